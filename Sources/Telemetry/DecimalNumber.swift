/// A JSON number as written: ±mantissa · 10^exponent. At most 19 significant digits are kept; more are cut off, which
/// can't change the result of rounding half away from zero to any place that these digits reach.
struct DecimalNumber {
    var mantissa: UInt64 = 0
    var exponent = 0
    var isNegative = false
    /// Whether the digits to come stand behind the point.
    var isFraction = false

    private static let powers: InlineArray<20, UInt64> = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]

    /// Takes in the digits that stand from `start` on, eight at once, and returns where they end; looks for no more once
    /// it is at `end` or behind.
    @inline(__always)
    mutating func take(_ bytes: RawSpan, from start: Int, before end: Int) -> Int {
        var offset = start
        while offset < end, mantissa < 10_000_000_000 {
            let word = bytes.word(at: offset)
            let count = Digits.count(in: word)
            if count == 0 { return offset }
            mantissa = mantissa &* Digits.power(count) &+ Digits.value(of: word, count: count)
            if isFraction { exponent &-= count }
            offset &+= count
            if count < 8 { return offset }
        }
        while offset < end {
            let digit = ASCII.digit(bytes.byte(at: offset))
            guard digit < 10 else { return offset }
            if mantissa < 1_000_000_000_000_000_000 {
                mantissa = mantissa &* 10 &+ UInt64(digit)
                if isFraction { exponent &-= 1 }
            } else if !isFraction {
                exponent &+= 1
            }
            offset &+= 1
        }
        return offset
    }

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
