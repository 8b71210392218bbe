/// What stands after the colon in `{error_rate:.1%}`: a subset of Python's format mini-language.
///
/// `[+][,][.digits](f|%|d)`, rounded half to even on the exact binary value, as Python does.
struct FormatSpecifier: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case fixed, percent, integer
    }

    let kind: Kind
    let decimals: Int
    let hasPlus: Bool
    let isGrouped: Bool

    /// Nil for what is not of this form.
    init?(_ text: String) {
        var rest = text[...]
        func take(_ character: Character) -> Bool {
            guard rest.first == character else { return false }
            rest.removeFirst()
            return true
        }
        hasPlus = take("+")
        isGrouped = take(",")
        var precision: Int?
        if take(".") {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard digits.count <= 2, let number = Int(digits), number <= FixedDecimal.maximumDecimals else {
                return nil
            }
            precision = number
            rest = rest.dropFirst(digits.count)
        }
        switch rest {
        case "f": kind = .fixed
        case "%": kind = .percent
        case "d" where precision == nil: kind = .integer
        case "" where precision == nil && (hasPlus || isGrouped): kind = .integer
        default: return nil
        }
        decimals = kind == .integer ? 0 : precision ?? 6
    }

    /// The number in this format; `–` for NaN and infinities.
    func format(_ value: Double) -> String {
        let value = kind == .percent ? value * 100 : value
        guard value.isFinite else { return NumberFormat.missing }
        let (whole, fraction) = FixedDecimal.digits(value, decimals: decimals)
        let isMinus = value.sign == .minus && !(kind == .integer && whole == "0")
        let sign = isMinus ? "-" : hasPlus ? "+" : ""
        let number = (isGrouped ? FixedDecimal.grouped(whole) : whole) + (fraction.isEmpty ? "" : "." + fraction)
        return sign + number + (kind == .percent ? "%" : "")
    }
}
