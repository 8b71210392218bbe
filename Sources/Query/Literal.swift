/// A number as written, with its unit: `15%`, `250ms`, `$50/h`, `41.2k`. The value is exact, in `unit`.
struct Literal: Sendable, Hashable {
    let value: Ratio
    let unit: Unit

    /// Why some characters are no number.
    enum Failure: Error {
        case unknownUnit(String)
        case tooLarge
        case malformed
    }

    /// More digits than any threshold needs, few enough that every value is exact in 64 bits.
    private static let maximumDigits = 15

    /// Reads a whole text as a number: `nil` for what does not begin like one.
    static func parse(_ text: some Collection<Character>) throws(Failure) -> Literal {
        var rest = Array(text)[...]
        let isMoney = rest.first == "$"
        if isMoney { rest.removeFirst() }
        var value = try digits(&rest)
        let suffix = String(rest.prefix { $0 != "/" })
        let per = rest.contains("/") ? String(rest.drop { $0 != "/" }.dropFirst()) : nil
        var unit = isMoney ? Unit.dollars : Unit.plain
        switch suffix {
        case "": break
        case "k", "K": value = try product(value, Ratio(1000))
        case "M": value = try product(value, Ratio(1_000_000))
        case "%", "pp":
            (value, unit) = (try product(value, Ratio(constant: 1, 100)), .fraction)
        default:
            guard let seconds = timeUnits[suffix] else { throw .unknownUnit(suffix) }
            (value, unit) = (try product(value, seconds), .seconds)
        }
        if isMoney, unit != .dollars { throw .unknownUnit(suffix) }
        guard let per else { return Literal(value: value, unit: unit) }
        guard let seconds = perUnits[per] else { throw .unknownUnit("/" + per) }
        switch unit {
        case .dollars:
            guard let hours = Ratio.quotient(Ratio(3600), seconds) else { throw .tooLarge }
            return Literal(value: try product(value, hours), unit: .dollarsPerHour)
        case .plain:
            guard let rate = Ratio.quotient(value, seconds) else { throw .tooLarge }
            return Literal(value: rate, unit: .perSecond)
        default: throw .unknownUnit(suffix + "/" + per)
        }
    }

    /// Whether a number may be given per this.
    static func isPerUnit(_ text: String) -> Bool { perUnits[text] != nil }

    private static let timeUnits: [String: Ratio] = [
        "us": Ratio(constant: 1, 1_000_000), "µs": Ratio(constant: 1, 1_000_000),
        "ms": Ratio(constant: 1, 1000), "s": Ratio(1), "sec": Ratio(1), "m": Ratio(60), "min": Ratio(60),
        "h": Ratio(3600), "hr": Ratio(3600), "d": Ratio(86_400), "w": Ratio(604_800),
    ]
    private static let perUnits: [String: Ratio] = [
        "s": Ratio(1), "sec": Ratio(1), "m": Ratio(60), "min": Ratio(60), "h": Ratio(3600), "hr": Ratio(3600),
        "hour": Ratio(3600), "d": Ratio(86_400), "day": Ratio(86_400),
    ]

    private static func product(_ a: Ratio, _ b: Ratio) throws(Failure) -> Ratio {
        guard let product = Ratio.product(a, b) else { throw .tooLarge }
        return product
    }

    /// Digits with at most one point in or before them, taken off the front.
    private static func digits(_ rest: inout ArraySlice<Character>) throws(Failure) -> Ratio {
        var mantissa: Int64 = 0
        var denominator: Int64 = 1
        var count = 0
        var significant = 0
        var seenPoint = false
        while let character = rest.first {
            if character == ".", !seenPoint {
                seenPoint = true
            } else if character.isASCII, let digit = character.wholeNumberValue {
                if mantissa > 0 || digit > 0 || seenPoint { significant += 1 }
                guard significant <= maximumDigits else { throw .tooLarge }
                mantissa = mantissa * 10 + Int64(digit)
                if seenPoint { denominator *= 10 }
                count += 1
            } else {
                break
            }
            rest.removeFirst()
        }
        guard count > 0 else { throw .malformed }
        return Ratio(constant: mantissa, denominator)
    }
}
