/// Gives every name its meaning and every number its unit, or says what does not fit and where.
struct TypeChecker {
    let source: String
    let catalogue: Catalogue
    private(set) var references: [Reference] = []
    private var indices: [Reference: Int] = [:]

    init(source: String, catalogue: Catalogue) {
        self.source = source
        self.catalogue = catalogue
    }

    func error(_ message: String, _ range: Range<Int>) -> QueryError {
        QueryError(message, at: range, in: source)
    }

    // MARK: Conditions

    /// A term that is true or false.
    mutating func condition(_ syntax: Syntax) throws(QueryError) -> Term {
        let checked = try check(syntax)
        guard checked.type == .boolean else {
            let what = spelled(checked)
            throw error("\(what) is \(checked.type.noun), not a condition; compare it with something", checked.range)
        }
        return checked.term
    }

    mutating func check(_ syntax: Syntax) throws(QueryError) -> Checked {
        switch syntax {
        case .number(let literal, _, let range): return .constant(literal, range)
        case .text(let text, let range): return Checked(term: .constant(.text(text)), type: .text, range: range)
        case .word(let name, let range): return try named(name, range)
        case .call(let name, let nameRange, let arguments, let range):
            return try call(name, nameRange, arguments, range)
        case .negate(let inner, let range): return try negated(inner, range)
        case .arithmetic(let operation, let left, let right):
            return try arithmetic(operation, try check(left), try check(right))
        case .compare(let comparison, let left, let right): return try compare(comparison, left, right)
        case .contains(let left, let right): return try contains(left, right)
        case .membership(let left, let items, let negated, let range):
            let term = try membership(left, items)
            return Checked(term: negated ? .not(term) : term, type: .boolean, range: range)
        case .not(let inner, let range):
            return Checked(term: .not(try condition(inner)), type: .boolean, range: range)
        case .all(let parts):
            return Checked(term: .all(try conditions(parts)), type: .boolean, range: syntax.range)
        case .any(let parts):
            return Checked(term: .any(try conditions(parts)), type: .boolean, range: syntax.range)
        }
    }

    private mutating func conditions(_ parts: [Syntax]) throws(QueryError) -> [Term] {
        var terms: [Term] = []
        for part in parts { terms.append(try condition(part)) }
        return terms
    }

    // MARK: Names

    private mutating func named(_ name: String, _ range: Range<Int>) throws(QueryError) -> Checked {
        guard let resolution = catalogue.resolve(name) else {
            if name == "true" || name == "false" {
                return Checked(term: .constant(.boolean(name == "true")), type: .boolean, range: range)
            }
            throw error(catalogue.unknownName(name), range)
        }
        let entry = catalogue.entries[resolution.index]
        if entry.isFunction, !entry.isCallOptional {
            throw error("\(name) needs arguments: \(signature(entry))", range)
        }
        return refer(to: resolution, arguments: [], range)
    }

    mutating func refer(
        to resolution: Catalogue.Resolution, arguments: [Argument], _ range: Range<Int>
    ) -> Checked {
        let reference = reference(to: resolution, arguments: arguments)
        let index = indices[reference] ?? references.count
        if index == references.count {
            references.append(reference)
            indices[reference] = index
        }
        return Checked(
            term: .reference(index), type: reference.type, range: range, entry: resolution.index,
            bounds: catalogue.entries[self.subject(of: reference).entry].range, spokenUnit: resolution.spokenUnit)
    }

    /// What a name stands for, without noting that it is asked for.
    func reference(to resolution: Catalogue.Resolution, arguments: [Argument]) -> Reference {
        let entry = catalogue.entries[resolution.index]
        let reference = Reference(
            entry: resolution.index, name: entry.name, type: entry.type, arguments: arguments)
        return Reference(
            entry: resolution.index, name: entry.name, type: subject(of: reference).type, arguments: arguments)
    }

    /// The metric that tells type and range: the one its call names where it is like that.
    private func subject(of reference: Reference) -> Reference {
        guard catalogue.entries[reference.entry].isLikeItsMetric else { return reference }
        for case .metric(let metric) in reference.arguments { return metric }
        return reference
    }

    // MARK: Texts and booleans

    private mutating func compare(
        _ comparison: ComparisonOperator, _ left: Syntax, _ right: Syntax
    ) throws(QueryError) -> Checked {
        let range = left.range.lowerBound..<right.range.upperBound
        let first = try check(left)
        let second = isTextName(first) ? try textSide(right) : try check(right)
        if case .number = first.type, case .number = second.type {
            let (a, b, unit) = try matched(first, second)
            return Checked(term: .compare(comparison, a, b, unit), type: .boolean, range: range)
        }
        guard first.type == second.type else {
            throw error(
                "\(spelled(first)) is \(first.type.noun), \(spelled(second)) is \(second.type.noun)", second.range)
        }
        guard comparison == .equal || comparison == .notEqual else {
            throw error("\(spelled(first)) is \(first.type.noun); it knows =, != and in only", range)
        }
        return Checked(term: .compare(comparison, first.term, second.term, nil), type: .boolean, range: range)
    }

    /// Whether it is a text that is not itself a constant.
    private func isTextName(_ checked: Checked) -> Bool {
        if case .constant = checked.term { return false }
        return checked.type == .text
    }

    /// The right side of a comparison with a text: what is not quoted is meant as written, never as a name.
    private mutating func textSide(_ syntax: Syntax) throws(QueryError) -> Checked {
        switch syntax {
        case .word(let text, let range), .number(_, let text, let range):
            Checked(term: .constant(.text(text)), type: .text, range: range)
        default: try check(syntax)
        }
    }

    private mutating func contains(_ left: Syntax, _ right: Syntax) throws(QueryError) -> Checked {
        let first = try check(left)
        guard first.type == .text else {
            throw error("\(spelled(first)) is \(first.type.noun); ~ looks into a text", first.range)
        }
        let second = try textSide(right)
        guard case .constant(.text(let part)) = second.term else {
            throw error("a text is expected after ~", second.range)
        }
        return Checked(
            term: .contains(first.term, part), type: .boolean,
            range: left.range.lowerBound..<right.range.upperBound)
    }

    private mutating func membership(_ left: Syntax, _ items: [Syntax]) throws(QueryError) -> Term {
        let first = try check(left)
        var values: [Value] = []
        for item in items {
            let second = first.type == .text ? try textSide(item) : try check(item)
            guard case .constant(let value) = second.term else {
                throw error("a list holds texts and numbers, no names", second.range)
            }
            switch (first.type, second.type) {
            case (.number, .number):
                guard case .constant(let converted) = try matched(first, second).1 else { continue }
                values.append(converted)
            case (.text, .text), (.boolean, .boolean): values.append(value)
            default:
                throw error(
                    "\(spelled(first)) is \(first.type.noun), \(spelled(second)) is \(second.type.noun)", second.range)
            }
        }
        return .membership(first.term, values)
    }

    // MARK: Words for errors

    /// What stands there, as written.
    func spelled(_ checked: Checked) -> String {
        let characters = Array(source)
        let range = checked.range.clamped(to: 0..<characters.count)
        let text = String(characters[range])
        return text.count <= 40 ? text : "this"
    }

    func signature(_ entry: Catalogue.Entry) -> String {
        let parameters = entry.parameters.map { parameter in
            switch parameter {
            case .text(let choices): "\"\(choices.first ?? "…")\""
            case .duration: "1h"
            case .count(let range): String(range.lowerBound)
            case .metric: "name"
            }
        }
        return "\(entry.name)(\(parameters.joined(separator: ", ")))"
    }
}
