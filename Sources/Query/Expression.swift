/// A condition, compiled once against a catalogue and evaluated as often as there are values.
package struct Expression: Sendable, Hashable {
    /// As it was written.
    package let source: String
    /// What it asks for, each once, in the order of first mention.
    package let references: [Reference]
    /// Its meaning.
    package let root: Term

    /// Parses and checks a condition.
    ///
    /// - Throws: what is wrong, and at which characters.
    package static func compile(_ source: String, _ catalogue: Catalogue) throws(QueryError) -> Expression {
        let syntax = try Parser.parse(source)
        var checker = TypeChecker(source: source, catalogue: catalogue)
        let root = try checker.condition(syntax)
        return Expression(source: source, references: checker.references, root: root)
    }

    private init(source: String, references: [Reference], root: Term) {
        self.source = source
        self.references = references
        self.root = root
    }

    /// The names of the entries it uses, each once.
    package var metricsUsed: [String] {
        var seen: Set<Int> = []
        return references.filter { seen.insert($0.entry).inserted }.map(\.name)
    }

    /// Whether the condition holds for the values `lookup` gives. A value of another type than the entry's is missing.
    package func evaluate(missing: MissingPolicy = .unknown, _ lookup: (Reference) -> Value?) -> Outcome {
        let evaluator = Evaluator(values: values(missing, lookup))
        switch evaluator.condition(root) {
        case true?: return .true
        case false?: return .false
        case nil: return .missing
        }
    }

    /// The first comparison of numbers that made the condition true: what an alert shows as value and threshold.
    ///
    /// Within `not` it is the first comparison that is false, with its operator inverted. Nil unless the condition holds.
    package func decision(missing: MissingPolicy = .unknown, _ lookup: (Reference) -> Value?) -> Decision? {
        let evaluator = Evaluator(values: values(missing, lookup))
        guard evaluator.condition(root) == true else { return nil }
        return evaluator.decision(root, wanted: true, references)
    }

    private func values(_ missing: MissingPolicy, _ lookup: (Reference) -> Value?) -> [Value?] {
        references.map { reference in
            if let value = lookup(reference), reference.type.admits(value) { return value }
            return missing == .zero ? reference.type.zero : nil
        }
    }
}

/// What a condition comes to.
package enum Outcome: Sendable, Hashable {
    case `true`, `false`
    /// A value that would have decided is not known.
    case missing
}

/// A comparison that held.
package struct Decision: Sendable, Hashable {
    /// The metric compared, where one side plainly names one (if within `abs`).
    package let reference: Reference?
    /// The metric's own value, signed even within `abs`; else the left side's.
    package let value: Double
    package let comparison: ComparisonOperator
    package let threshold: Double
    /// Of value and threshold.
    package let unit: Unit
}

extension ValueType {
    /// Whether a value is of this type, and a number one that can be compared.
    func admits(_ value: Value) -> Bool {
        switch (self, value) {
        case (.number, .ratio), (.boolean, .boolean), (.text, .text): true
        case (.number, .number(let double)): double.isFinite
        default: false
        }
    }
}
