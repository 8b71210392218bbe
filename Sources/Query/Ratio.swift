/// A ratio of two integers: 15 failures of 100 requests, 850 ms in µs, 1/10 for the decimal 0.1.
///
/// Ratios compare by cross-multiplication, so that `>` means exactly that. They are not reduced: 15/100 keeps its n.
package struct Ratio: Sendable, Hashable, Comparable {
    package let numerator: Int64
    /// Over 0.
    package let denominator: Int64

    /// A share as counted; nil where the denominator is not positive: a share of nothing is missing, not zero.
    package init?(_ numerator: Int64, of denominator: Int64) {
        guard denominator > 0 else { return nil }
        self.numerator = numerator
        self.denominator = denominator
    }

    /// A whole number.
    package init(_ whole: Int64) {
        numerator = whole
        denominator = 1
    }

    /// A constant whose denominator the caller knows to be positive.
    init(constant numerator: Int64, _ denominator: Int64) {
        self.numerator = numerator
        self.denominator = max(1, denominator)
    }

    /// In lowest terms if that fits 64 bits; nil if not, or for a denominator of 0.
    private init?(reducing numerator: Int128, _ denominator: Int128) {
        guard denominator != 0 else { return nil }
        var (a, b) = (numerator.magnitude, denominator.magnitude)
        while b != 0 { (a, b) = (b, a % b) }
        let divisor = Int128(a == 0 ? 1 : a) * (denominator < 0 ? -1 : 1)
        guard let n = Int64(exactly: numerator / divisor), let d = Int64(exactly: denominator / divisor) else {
            return nil
        }
        self.numerator = n
        self.denominator = d
    }

    package static func == (a: Ratio, b: Ratio) -> Bool {
        Int128(a.numerator) * Int128(b.denominator) == Int128(b.numerator) * Int128(a.denominator)
    }

    package static func < (a: Ratio, b: Ratio) -> Bool {
        Int128(a.numerator) * Int128(b.denominator) < Int128(b.numerator) * Int128(a.denominator)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(nearestDouble)
    }

    /// The correctly rounded quotient.
    package var nearestDouble: Double {
        let limit: UInt64 = 1 << 53
        if numerator.magnitude <= limit, denominator.magnitude <= limit {
            return Double(numerator) / Double(denominator)
        }
        if numerator == 0 { return 0 }
        // 64 significant bits of the quotient, the last of which remembers whether anything follows: then one rounding.
        let shift = numerator.magnitude.leadingZeroBitCount
        let divisor = UInt128(denominator.magnitude)
        let (quotient, remainder) = (UInt128(numerator.magnitude << UInt64(shift)) << 64)
            .quotientAndRemainder(dividingBy: divisor)
        let excess = 64 - quotient.leadingZeroBitCount
        let kept = UInt64(truncatingIfNeeded: quotient >> UInt128(excess))
        let lost = remainder != 0 || quotient & ((1 << UInt128(excess)) - 1) != 0
        let magnitude = Double(kept | (lost ? 1 : 0))
        let scaled = Double(sign: .plus, exponent: excess - shift - 64, significand: magnitude)
        return numerator < 0 ? -scaled : scaled
    }

    // MARK: Exact arithmetic, nil where the result does not fit (or divides by 0)

    static func sum(_ a: Ratio, _ b: Ratio) -> Ratio? {
        let (left, overflow) = (Int128(a.numerator) * Int128(b.denominator))
            .addingReportingOverflow(Int128(b.numerator) * Int128(a.denominator))
        return overflow ? nil : Ratio(reducing: left, Int128(a.denominator) * Int128(b.denominator))
    }

    static func product(_ a: Ratio, _ b: Ratio) -> Ratio? {
        Ratio(
            reducing: Int128(a.numerator) * Int128(b.numerator), Int128(a.denominator) * Int128(b.denominator))
    }

    static func quotient(_ a: Ratio, _ b: Ratio) -> Ratio? {
        Ratio(
            reducing: Int128(a.numerator) * Int128(b.denominator), Int128(a.denominator) * Int128(b.numerator))
    }

    /// −x; nil for −2⁶³.
    var negated: Ratio? {
        Int64(exactly: -Int128(numerator)).map { Ratio(constant: $0, denominator) }
    }
}
