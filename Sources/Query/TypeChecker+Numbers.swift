extension TypeChecker {
    // MARK: Units

    /// Both sides in one unit: that of the side that is no constant.
    func matched(_ left: Checked, _ right: Checked) throws(QueryError) -> (Term, Term, Unit) {
        guard let first = left.unit, let second = right.unit else {
            throw error("numbers are expected", left.range.lowerBound..<right.range.upperBound)
        }
        if left.literal != nil, right.literal == nil {
            return (try constant(left, for: right), right.term, second)
        }
        if right.literal != nil {
            return (left.term, try constant(right, for: left), first)
        }
        if let factor = second.factor(to: first) { return (left.term, scaled(right.term, by: factor), first) }
        if isRatioOfThings(left, with: right) || isRatioOfThings(right, with: left) {
            return (left.term, right.term, left.isComputed ? second : first)
        }
        throw mismatch(left, right)
    }

    private func scaled(_ term: Term, by factor: Ratio) -> Term {
        factor == Ratio(1) ? term : .arithmetic(.multiply, term, .constant(.ratio(factor)))
    }

    private func isRatioOfThings(_ side: Checked, with other: Checked) -> Bool {
        side.isComputed && (other.unit?.dimension == .fraction || other.unit?.dimension == .number)
    }

    /// The constant in the unit of what it stands beside.
    private func constant(_ constant: Checked, for subject: Checked) throws(QueryError) -> Term {
        guard let literal = constant.literal, let unit = subject.unit else { return constant.term }
        var written = literal.unit
        if constant.isBare {
            try checkBare(literal.value, constant, subject)
            written = subject.spokenUnit ?? unit
        }
        guard let factor = written.factor(to: unit) else {
            if isRatioOfThings(subject, with: constant) { return constant.term }
            throw mismatch(subject, constant)
        }
        guard let value = Ratio.product(literal.value, factor) else {
            throw error("\(spelled(constant)) has too many digits here", constant.range)
        }
        try checkRange(value, constant, subject)
        return .constant(.ratio(value))
    }

    /// A number without a unit beside a fraction or a time is where mistakes happen: 15 for 15%, 30 for 30 ms.
    private func checkBare(_ value: Ratio, _ constant: Checked, _ subject: Checked) throws(QueryError) {
        guard subject.spokenUnit == nil, let unit = subject.unit, value != Ratio(0) else { return }
        let written = spelled(constant)
        switch unit.dimension {
        case .fraction where value > Ratio(1) || value < Ratio(-1):
            let bounds = subject.bounds == 0...1 ? " between 0 and 1" : ""
            var message = "\(name(of: subject)) is a fraction\(bounds)"
            let share = value.nearestDouble / 100
            if bounds.isEmpty || share <= 1 {
                message += "; did you mean \(written)% (\(NumberFormat.plain(share)))?"
            }
            throw error(message, constant.range)
        case .time:
            throw error("\(name(of: subject)) is a time; did you mean \(written)s?", constant.range)
        default: return
        }
    }

    private func checkRange(_ value: Ratio, _ constant: Checked, _ subject: Checked) throws(QueryError) {
        guard let index = subject.entry, let unit = subject.unit, let range = subject.bounds else { return }
        let entry = catalogue.entries[index]
        let number = value.nearestDouble
        guard !range.contains(number) else { return }
        let isAbove = number > range.upperBound
        let bound = isAbove ? range.upperBound : range.lowerBound
        let text = unit == .fraction ? NumberFormat.plain(bound * 100) + "%" : NumberFormat.text(bound, unit)
        throw error("\(entry.name) is never \(isAbove ? "above" : "below") \(text)", constant.range)
    }

    private func mismatch(_ left: Checked, _ right: Checked) -> QueryError {
        var message = "\(name(of: left)) is \(left.type.noun), \(spelled(right)) is \(right.type.noun)"
        if left.unit == .dollarsPerHour, right.literal?.unit == .dollars {
            message += "; did you mean \(spelled(right))/h?"
        }
        return error(message, right.range)
    }

    private func name(of checked: Checked) -> String {
        checked.entry.map { catalogue.entries[$0].name } ?? spelled(checked)
    }

    // MARK: Arithmetic

    mutating func negated(_ inner: Syntax, _ range: Range<Int>) throws(QueryError) -> Checked {
        var checked = try number(inner, "-")
        if let literal = checked.literal, let value = literal.value.negated {
            return .constant(Literal(value: value, unit: literal.unit), range)
        }
        checked.term = .negated(checked.term)
        checked.range = range
        checked.entry = nil
        checked.bounds = nil
        return checked
    }

    private mutating func number(_ syntax: Syntax, _ operation: String) throws(QueryError) -> Checked {
        let checked = try check(syntax)
        guard checked.unit != nil else {
            throw error("\(spelled(checked)) is \(checked.type.noun); \(operation) takes numbers", checked.range)
        }
        return checked
    }

    func arithmetic(
        _ operation: ArithmeticOperator, _ left: Checked, _ right: Checked
    ) throws(QueryError) -> Checked {
        let range = left.range.lowerBound..<right.range.upperBound
        guard let first = left.unit, let second = right.unit else {
            let culprit = left.unit == nil ? left : right
            throw error("\(spelled(culprit)) is \(culprit.type.noun); \(operation.rawValue) takes numbers", range)
        }
        if let folded = try folded(operation, left, right, range) { return folded }
        switch operation {
        case .add, .subtract:
            let (a, b, unit) = try matched(left, right)
            return Checked(
                term: .arithmetic(operation, a, b), type: .number(unit), range: range,
                spokenUnit: left.spokenUnit ?? right.spokenUnit)
        case .multiply, .divide:
            let term = Term.arithmetic(operation, left.term, right.term)
            if operation == .divide, let factor = second.factor(to: first) {
                return Checked(
                    term: .arithmetic(operation, left.term, scaled(right.term, by: factor)), type: .number(.plain),
                    range: range, isComputed: true)
            }
            // `2 * error_rate` is as much a rate as `error_rate * 2`.
            if operation == .multiply, left.isBare {
                return Checked(term: term, type: right.type, range: range, spokenUnit: right.spokenUnit)
            }
            if isPure(second) {
                return Checked(term: term, type: left.type, range: range, spokenUnit: left.spokenUnit)
            }
            if operation == .multiply, isPure(first) {
                return Checked(term: term, type: right.type, range: range, spokenUnit: right.spokenUnit)
            }
            let verb = operation == .multiply ? "multiplied" : "divided"
            throw error("\(first.noun) cannot be \(verb) by \(second.noun)", range)
        }
    }

    /// Whether a factor in this unit leaves the other side's unit alone.
    private func isPure(_ unit: Unit) -> Bool {
        unit.dimension == .number || unit.dimension == .fraction
    }

    /// Two constants make one.
    private func folded(
        _ operation: ArithmeticOperator, _ left: Checked, _ right: Checked, _ range: Range<Int>
    ) throws(QueryError) -> Checked? {
        guard let a = left.literal, let b = right.literal else { return nil }
        let unit: Unit? =
            switch operation {
            case .add, .subtract: a.unit == b.unit ? a.unit : nil
            case .multiply: a.unit == .plain ? b.unit : b.unit == .plain ? a.unit : nil
            case .divide: b.unit == .plain ? a.unit : a.unit == b.unit ? .plain : nil
            }
        guard let unit else { throw mismatch(left, right) }
        guard let result = Number.combine(.exact(a.value), operation, .exact(b.value)), case .exact(let value) = result
        else {
            throw error("this has no exact value", range)
        }
        return .constant(Literal(value: value, unit: unit), range)
    }

    // MARK: Functions

    mutating func call(
        _ name: String, _ nameRange: Range<Int>, _ arguments: [Syntax], _ range: Range<Int>
    ) throws(QueryError) -> Checked {
        guard let resolution = catalogue.resolve(name) else {
            if name == "abs" { return try absolute(arguments, range) }
            throw error(catalogue.unknownName(name), nameRange)
        }
        let entry = catalogue.entries[resolution.index]
        guard entry.isFunction else { throw error("\(name) takes no arguments", range) }
        let count = entry.parameters.count
        guard arguments.count == count else {
            throw error(
                "\(name) takes \(count == 1 ? "one argument" : "\(count) arguments"): \(signature(entry))", range)
        }
        return refer(to: resolution, arguments: try checked(arguments, of: entry), range)
    }

    private func checked(_ arguments: [Syntax], of entry: Catalogue.Entry) throws(QueryError) -> [Argument] {
        var checked: [Argument] = []
        for (parameter, argument) in zip(entry.parameters, arguments) {
            checked.append(try self.argument(argument, parameter))
        }
        return checked
    }

    private mutating func absolute(_ arguments: [Syntax], _ range: Range<Int>) throws(QueryError) -> Checked {
        guard arguments.count == 1, let argument = arguments.first else {
            throw error("abs takes one number", range)
        }
        var checked = try number(argument, "abs")
        if let literal = checked.literal, literal.value < Ratio(0), let value = literal.value.negated {
            return .constant(Literal(value: value, unit: literal.unit), range)
        }
        checked.term = .absolute(checked.term)
        checked.range = range
        return checked
    }

    private func argument(_ syntax: Syntax, _ parameter: Catalogue.Parameter) throws(QueryError) -> Argument {
        switch (parameter, syntax) {
        case (.text(let choices), .text(let text, let range)), (.text(let choices), .word(let text, let range)):
            guard choices.isEmpty || choices.contains(text) else {
                let nearest = Suggestion.nearest(to: text, among: choices)
                let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ": \(choices.joined(separator: ", "))"
                throw error("\"\(text)\" is not one of the known values\(hint)", range)
            }
            return .text(text)
        case (.duration, .number(let literal, _, _)) where literal.unit == .seconds && literal.value > Ratio(0):
            return .duration(literal.value)
        case (.duration, .text(let text, _)):
            if let literal = try? Literal.parse(text), literal.unit == .seconds, literal.value > Ratio(0) {
                return .duration(literal.value)
            }
        case (.count(let counts), .number(let literal, _, _)) where literal.unit == .plain:
            if literal.value.denominator == 1, counts.contains(literal.value.numerator) {
                return .count(literal.value.numerator)
            }
        case (.metric, .word(let name, let range)):
            if let metric = try metric(name, range, [], syntax.range) { return .metric(metric) }
        case (.metric, .call(let name, let nameRange, let arguments, let range)):
            if let metric = try metric(name, nameRange, arguments, range) { return .metric(metric) }
        default: break
        }
        let wanted =
            switch parameter {
            case .text: "a text"
            case .duration: "a time such as 1h"
            case .count(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
            case .metric: "the name of a number"
            }
        throw error("\(wanted) is expected here", syntax.range)
    }

    /// A number that a call looks at; nil if the name stands for something else.
    private func metric(
        _ name: String, _ nameRange: Range<Int>, _ arguments: [Syntax], _ range: Range<Int>
    ) throws(QueryError) -> Reference? {
        guard let resolution = catalogue.resolve(name) else { throw error(catalogue.unknownName(name), nameRange) }
        let entry = catalogue.entries[resolution.index]
        guard case .number = entry.type, !entry.takesMetric else { return nil }
        if arguments.isEmpty, entry.parameters.isEmpty || entry.isCallOptional {
            return reference(to: resolution, arguments: [])
        }
        guard arguments.count == entry.parameters.count else {
            throw error(
                entry.isFunction ? "\(name) needs arguments: \(signature(entry))" : "\(name) takes no arguments", range)
        }
        return reference(to: resolution, arguments: try checked(arguments, of: entry))
    }
}
