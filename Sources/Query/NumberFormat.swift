/// Numbers as the screen shows them: short, never with an exponent, the same in every locale; `–` for what is not known.
package enum NumberFormat {
    /// Stands for every number that is not known, NaN and infinities among them.
    package static let missing = "–"

    /// A number in its unit: `15.0%`, `4.20s`, `$14.20/h`, `1,204`.
    package static func text(_ value: Double?, _ unit: Unit) -> String {
        guard let value, value.isFinite else { return missing }
        switch unit {
        case .plain: return measured(value)
        case .count, .tokens, .characters: return count(value)
        case .fraction: return percent(value)
        case .percent: return fixed(value, decimals: 1) + "%"
        case .seconds: return duration(value)
        case .milliseconds: return duration(value / 1000)
        case .dollars: return dollars(value)
        case .dollarsPerHour: return dollars(value) + "/h"
        case .perSecond: return rate(value) + "/s"
        case .perMinute: return rate(value) + "/min"
        case .tokensPerMinute: return count(value) + " tok/min"
        }
    }

    /// `-8.07`: so many decimals, correctly rounded.
    package static func fixed(_ value: Double?, decimals: Int) -> String {
        guard let value, value.isFinite else { return missing }
        return FixedDecimal.text(value, decimals: decimals)
    }

    /// As few decimals as it takes, at most six: `0.15`, `30`, `1234.5`.
    package static func plain(_ value: Double?) -> String {
        guard let value, value.isFinite else { return missing }
        if value.magnitude >= 1e15 { return count(value) }
        var text = FixedDecimal.text(value, decimals: 6)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    /// A measured number without a unit, to some three digits: `0.31`, `14.4`, `1,204`.
    package static func measured(_ value: Double?) -> String {
        guard let value, value.isFinite, value.magnitude < 100 else { return count(value) }
        return plain(value.rounded(toDecimals: value.magnitude < 10 ? 2 : 1))
    }

    /// Below 10,000 every one (`1,204`), from there on at most three digits: `41.2k`, `151k`, `1.2M`.
    package static func count(_ value: Double?) -> String {
        guard let value, value.isFinite else { return missing }
        let whole = FixedDecimal.digits(value, decimals: 0).whole
        let sign = value < 0 && whole != "0" ? "-" : ""
        if whole.count <= 4 { return sign + FixedDecimal.grouped(whole) }
        return sign + abbreviated(value.magnitude)
    }

    /// Every digit, in groups, up to 9,999,999; beyond that as `count`.
    package static func grouped(_ value: Double?) -> String {
        guard let value, value.isFinite else { return missing }
        guard value.magnitude < 9_999_999.5 else { return count(value) }
        let whole = FixedDecimal.digits(value, decimals: 0).whole
        return (value < 0 && whole != "0" ? "-" : "") + FixedDecimal.grouped(whole)
    }

    /// Three digits: `0.42`, `25.3`, `379`, then as `count`; `<0.01` for what would round to nothing.
    package static func rate(_ value: Double?) -> String {
        guard let value, value.isFinite else { return missing }
        if value > 0, value < 0.005 { return "<0.01" }
        for (limit, decimals) in [(10.0, 2), (100.0, 1)] where value.magnitude < limit {
            let text = FixedDecimal.text(value, decimals: decimals)
            if text.filter(\.isNumber).count == 3 { return text }
        }
        return count(value)
    }

    /// A fraction as `15.0%`; `<0.1%` and `>99.9%` for what would round to nothing or to all.
    package static func percent(_ fraction: Double?, decimals: Int = 1) -> String {
        guard let fraction, (fraction * 100).isFinite else { return missing }
        let hundred = fraction * 100
        let text = FixedDecimal.text(hundred, decimals: decimals)
        let step = "0" + (decimals > 0 ? "." + String(repeating: "0", count: decimals - 1) + "1" : "")
        if hundred > 0, text.allSatisfy({ $0 == "0" || $0 == "." }) { return "<\(decimals > 0 ? step : "1")%" }
        if hundred < 100, text.hasPrefix("100") {
            return ">" + (decimals > 0 ? "99." + String(repeating: "9", count: decimals) : "99") + "%"
        }
        return text + "%"
    }

    /// A change as `+83%` or `-8.1%`, `0%` for none, `>+999%` where the number says no more.
    package static func change(_ fraction: Double?, decimals: Int = 0) -> String {
        guard let fraction, (fraction * 100).isFinite else { return missing }
        if fraction >= 10 { return ">+999%" }
        if fraction <= -10 { return "<-999%" }
        let text = FixedDecimal.text(fraction * 100, decimals: decimals)
        let isZero = text.allSatisfy { $0 == "0" || $0 == "." }
        return (fraction > 0 && !isZero ? "+" : "") + text + "%"
    }

    /// A difference of shares in percentage points: `+12pp`, `-0.4pp`.
    package static func points(_ difference: Double?, decimals: Int = 0) -> String {
        let text = change(difference, decimals: decimals)
        return text == missing ? text : String(text.dropLast()) + "pp"
    }

    /// `$14.20`, `$0.0094`, `$212`, `$1.2k`; `<$0.0001` for what would round to nothing.
    package static func dollars(_ value: Double?) -> String {
        guard let value, value.isFinite else { return missing }
        let x = value.magnitude
        let sign = value < 0 ? "-" : ""
        if x == 0 { return "$0.00" }
        if x < 0.00005 { return value < 0 ? "-$0.0000" : "<$0.0001" }
        if x < 0.09995 { return "\(sign)$" + FixedDecimal.text(x, decimals: 4) }
        if x < 99.995 { return "\(sign)$" + FixedDecimal.text(x, decimals: 2) }
        if x < 999.5 { return "\(sign)$" + FixedDecimal.text(x, decimals: 0) }
        return "\(sign)$" + abbreviated(x)
    }

    /// Right-aligned in a column of fixed width, in characters; a number that does not fit is `#`s, never cut.
    package static func aligned(_ text: String, width: Int) -> String {
        let missing = width - text.count
        return missing >= 0
            ? String(repeating: " ", count: missing) + text : String(repeating: "#", count: max(0, width))
    }

    /// At most three digits and a letter, from 1000 on; beyond all letters `>999E`.
    private static func abbreviated(_ x: Double) -> String {
        var scaled = x
        for letter in ["k", "M", "G", "T", "P", "E"] {
            scaled /= 1000
            for (limit, decimals) in [(100.0, 1), (1000.0, 0)] where scaled < limit {
                let text = FixedDecimal.text(scaled, decimals: decimals)
                if text.filter(\.isNumber).count <= 3 { return text + letter }
            }
        }
        return ">999E"
    }
}

extension Double {
    fileprivate func rounded(toDecimals decimals: Int) -> Double {
        let scale = decimals == 1 ? 10.0 : 100
        return (self * scale).rounded() / scale
    }
}
