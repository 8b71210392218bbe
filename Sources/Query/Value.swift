/// What a name stands for at one moment. A number's unit is its catalogue entry's; what is not known is nil, not a value.
package enum Value: Sendable, Hashable {
    /// A count (over 1), a share of counts, or a scaled integer such as µs over 1,000,000.
    case ratio(Ratio)
    /// A number that is no ratio of counts: an interpolated percentile, a mean, a distance.
    case number(Double)
    case boolean(Bool)
    case text(String)

    /// A whole number.
    package static func count(_ n: Int64) -> Value { .ratio(Ratio(n)) }

    /// A share as counted, or a scaled integer; nil for a share of nothing.
    package static func share(_ numerator: Int64, of denominator: Int64) -> Value? {
        Ratio(numerator, of: denominator).map(Value.ratio)
    }

    /// By which share of `then` it differs from it, exactly where both are ratios; nil from nothing.
    package func change(from then: Value) -> Value? {
        guard let now = Number(self), let then = Number(then), let difference = Number.combine(now, .subtract, then)
        else { return nil }
        return Number.combine(difference, .divide, then)?.value
    }

    /// The number in the entry's unit, correctly rounded; nil for a boolean, a text, NaN and infinities.
    package var double: Double? { Number(self)?.double }
}

/// What kind of value a name or an expression has.
package enum ValueType: Sendable, Hashable {
    case number(Unit)
    case boolean
    case text

    /// What a missing value is read as where missing counts as zero.
    var zero: Value {
        switch self {
        case .number: .count(0)
        case .boolean: .boolean(false)
        case .text: .text("")
        }
    }

    /// "a time", "text", …
    var noun: String {
        switch self {
        case .number(let unit): unit.noun
        case .boolean: "true or false"
        case .text: "text"
        }
    }
}

/// What a missing value means.
package enum MissingPolicy: Sendable, Hashable {
    /// 0, false and "".
    case zero
    /// Not known: a comparison with it is neither true nor false.
    case unknown
}
