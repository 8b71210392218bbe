/// A number at work: exact as long as it can be, a double from there on.
enum Number: Sendable {
    case exact(Ratio)
    case approximate(Double)

    /// Nil for a value that is no number, and for NaN and infinities, which nothing can be said about.
    init?(_ value: Value?) {
        switch value {
        case .ratio(let ratio): self = .exact(ratio)
        case .number(let double) where double.isFinite: self = .approximate(double)
        default: return nil
        }
    }

    var double: Double {
        switch self {
        case .exact(let ratio): ratio.nearestDouble
        case .approximate(let double): double
        }
    }

    var value: Value {
        switch self {
        case .exact(let ratio): .ratio(ratio)
        case .approximate(let double): .number(double)
        }
    }

    var isNegative: Bool {
        switch self {
        case .exact(let ratio): ratio.numerator < 0
        case .approximate(let double): double < 0
        }
    }

    var negated: Number {
        if case .exact(let ratio) = self, let exact = ratio.negated { return .exact(exact) }
        return .approximate(-double)
    }

    var magnitude: Number { isNegative ? negated : self }

    /// Two ratios by cross-multiplication; a double against a ratio by the ratio's nearest double, so that the double
    /// 0.1 equals the decimal 0.1.
    static func order(_ a: Number, _ b: Number) -> Ordering {
        if case .exact(let x) = a, case .exact(let y) = b {
            return x < y ? .less : x == y ? .equal : .greater
        }
        return a.double < b.double ? .less : a.double == b.double ? .equal : .greater
    }

    /// Nil for a division by 0 and for results beyond the doubles.
    static func combine(_ a: Number, _ operation: ArithmeticOperator, _ b: Number) -> Number? {
        if case .exact(let x) = a, case .exact(let y) = b {
            let exact: Ratio? =
                switch operation {
                case .add: Ratio.sum(x, y)
                case .subtract: y.negated.flatMap { Ratio.sum(x, $0) }
                case .multiply: Ratio.product(x, y)
                case .divide: Ratio.quotient(x, y)
                }
            if let exact { return .exact(exact) }
        }
        let result =
            switch operation {
            case .add: a.double + b.double
            case .subtract: a.double - b.double
            case .multiply: a.double * b.double
            case .divide: a.double / b.double
            }
        return result.isFinite ? .approximate(result) : nil
    }
}

/// How one number stands to another.
enum Ordering: Sendable {
    case less, equal, greater
}
