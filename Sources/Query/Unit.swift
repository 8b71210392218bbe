/// What a number measures, and in which size.
package enum Unit: String, Sendable, Hashable, CaseIterable {
    /// A plain number.
    case plain
    case count, tokens, characters
    /// 0.15, written `15%`.
    case fraction
    /// 15 where the fraction is 0.15: only for names that say so (`…_pct`).
    case percent
    case seconds
    /// Only for names that say so (`…_ms`).
    case milliseconds
    case dollars
    case dollarsPerHour
    case perSecond, perMinute, tokensPerMinute

    /// Units of one dimension can be compared; the scale tells how.
    enum Dimension: Sendable {
        case number, fraction, time, money, spending, rate
    }

    var dimension: Dimension {
        switch self {
        case .plain, .count, .tokens, .characters: .number
        case .fraction, .percent: .fraction
        case .seconds, .milliseconds: .time
        case .dollars: .money
        case .dollarsPerHour: .spending
        case .perSecond, .perMinute, .tokensPerMinute: .rate
        }
    }

    /// One of this unit in the dimension's own.
    var scale: Ratio {
        switch self {
        case .percent: Ratio(constant: 1, 100)
        case .milliseconds: Ratio(constant: 1, 1000)
        case .perMinute, .tokensPerMinute: Ratio(constant: 1, 60)
        default: Ratio(1)
        }
    }

    /// "a time", "a fraction", …
    var noun: String {
        switch dimension {
        case .number: "a plain number"
        case .fraction: "a fraction"
        case .time: "a time"
        case .money: "an amount in dollars"
        case .spending: "a cost per hour"
        case .rate: "a rate"
        }
    }

    /// What to multiply a number in this unit by to have it in another of the same dimension; nil for another dimension.
    func factor(to other: Unit) -> Ratio? {
        guard dimension == other.dimension else { return nil }
        return Ratio.quotient(scale, other.scale)
    }
}
