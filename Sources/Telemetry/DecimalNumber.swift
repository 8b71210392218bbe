/// A JSON number as written: ±mantissa · 10^exponent. At most 19 significant digits are kept; more are cut off, which
/// can't change the result of rounding half away from zero to any place that these digits reach.
struct DecimalNumber {
    var mantissa: UInt64 = 0
    var exponent = 0
    var isNegative = false

    private static let powers: InlineArray<20, UInt64> = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]

    /// The number times 10^`power`, rounded half away from zero; nil beyond Int64.
    @inline(__always)
    func scaled(by power: Int) -> Int64? {
        guard let magnitude = magnitude(scaledBy: power) else { return nil }
        guard let value = Int64(exactly: magnitude) else { return nil }
        return isNegative ? -value : value
    }

    @inline(__always)
    private func magnitude(scaledBy power: Int) -> UInt64? {
        if mantissa == 0 { return 0 }
        let shift = exponent &+ power
        if shift >= 0 {
            guard shift < 20 else { return nil }
            let (product, overflow) = mantissa.multipliedReportingOverflow(by: Self.powers[shift])
            return overflow ? nil : product
        }
        guard shift > -20 else { return 0 }
        let divisor = Self.powers[0 &- shift]
        let (quotient, remainder) = mantissa.quotientAndRemainder(dividingBy: divisor)
        return remainder >= divisor &- remainder ? quotient &+ 1 : quotient
    }

    /// Above 0, however little.
    var isPositive: Bool { mantissa != 0 && !isNegative }
}
