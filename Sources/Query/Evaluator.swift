/// Works out terms for the values of an expression's references.
///
/// What is missing makes unknown what depends on it, and no more: `false and missing` is false (Kleene's logic).
struct Evaluator {
    /// One for each reference.
    let values: [Value?]

    /// Nil is unknown.
    func condition(_ term: Term) -> Bool? {
        switch term {
        case .compare(let comparison, let left, let right, let unit):
            return unit == nil ? equality(comparison, left, right) : order(comparison, left, right)
        case .contains(let term, let part):
            guard case .text(let text)? = value(term) else { return nil }
            return Self.contains(text, part)
        case .membership(let term, let values):
            guard let value = value(term) else { return nil }
            return values.contains { Self.areEqual(value, $0) }
        case .not(let term): return condition(term).map { !$0 }
        case .all(let terms): return combined(terms, decidedBy: false)
        case .any(let terms): return combined(terms, decidedBy: true)
        case .constant, .reference:
            guard case .boolean(let boolean)? = value(term) else { return nil }
            return boolean
        case .absolute, .negated, .arithmetic: return nil
        }
    }

    private func combined(_ terms: [Term], decidedBy decisive: Bool) -> Bool? {
        var isKnown = true
        for term in terms {
            switch condition(term) {
            case decisive?: return decisive
            case nil: isKnown = false
            default: continue
            }
        }
        return isKnown ? !decisive : nil
    }

    private func order(_ comparison: ComparisonOperator, _ left: Term, _ right: Term) -> Bool? {
        guard let a = number(left), let b = number(right) else { return nil }
        return comparison.holds(Number.order(a, b))
    }

    private func equality(_ comparison: ComparisonOperator, _ left: Term, _ right: Term) -> Bool? {
        guard let a = operand(left), let b = operand(right) else { return nil }
        return comparison.holds(Self.areEqual(a, b) ? .equal : .less)
    }

    /// A side of an equality may itself be a condition.
    private func operand(_ term: Term) -> Value? {
        value(term) ?? condition(term).map(Value.boolean)
    }

    /// The value of a term that is no condition.
    private func value(_ term: Term) -> Value? {
        switch term {
        case .constant(let value): value
        case .reference(let index): values.indices.contains(index) ? values[index] : nil
        case .absolute, .negated, .arithmetic: number(term)?.value
        default: nil
        }
    }

    private func number(_ term: Term) -> Number? {
        switch term {
        case .absolute(let inner): number(inner)?.magnitude
        case .negated(let inner): number(inner)?.negated
        case .arithmetic(let operation, let left, let right):
            if let a = number(left), let b = number(right) { Number.combine(a, operation, b) } else { nil }
        default: Number(value(term))
        }
    }

    private static func areEqual(_ a: Value, _ b: Value) -> Bool {
        if let x = Number(a), let y = Number(b) { return Number.order(x, y) == .equal }
        return a == b
    }

    /// Substring search over bytes; ASCII letters match in either case.
    private static func contains(_ text: String, _ part: String) -> Bool {
        func folded(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte }
        let text = text.utf8.map(folded)
        let part = part.utf8.map(folded)
        guard part.count <= text.count else { return false }
        return (0...(text.count - part.count)).contains { start in text[start...].starts(with: part) }
    }

    // MARK: Which comparison decided

    func decision(_ term: Term, wanted: Bool, _ references: [Reference]) -> Decision? {
        guard condition(term) == wanted else { return nil }
        switch term {
        case .not(let inner): return decision(inner, wanted: !wanted, references)
        case .all(let terms), .any(let terms):
            for term in terms {
                if let found = decision(term, wanted: wanted, references) { return found }
            }
            return nil
        case .compare(let comparison, let left, let right, let unit?):
            let comparison = wanted ? comparison : comparison.inverse
            if let subject = subject(left), let threshold = number(right) {
                return decision(subject, comparison, threshold, unit, references)
            }
            if let subject = subject(right), let threshold = number(left) {
                return decision(subject, comparison.mirrored, threshold, unit, references)
            }
            guard let value = number(left), let threshold = number(right) else { return nil }
            return Decision(
                reference: nil, value: value.double, comparison: comparison, threshold: threshold.double, unit: unit)
        default: return nil
        }
    }

    private func decision(
        _ subject: Int, _ comparison: ComparisonOperator, _ threshold: Number, _ unit: Unit, _ references: [Reference]
    ) -> Decision? {
        guard let value = number(.reference(subject)) else { return nil }
        return Decision(
            reference: references[subject], value: value.double, comparison: comparison, threshold: threshold.double,
            unit: unit)
    }

    private func subject(_ term: Term) -> Int? {
        switch term {
        case .reference(let index): index
        case .absolute(.reference(let index)): index
        default: nil
        }
    }
}
