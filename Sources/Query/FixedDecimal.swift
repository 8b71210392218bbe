/// Doubles as decimals with a fixed number of digits, correctly rounded (half to even on the exact binary value), with
/// integers only: no C library, no locale, never an exponent.
enum FixedDecimal {
    static let maximumDecimals = 20

    /// The digits of |x| before and after the point; x must be finite. Decimals are kept inside 0...20.
    static func digits(_ x: Double, decimals: Int) -> (whole: String, fraction: String) {
        let decimals = min(maximumDecimals, max(0, decimals))
        let x = x.magnitude
        // x = mantissa · 2^exponent, both integers.
        let exponent = x.isNormal || x == 0 ? Int(x.exponentBitPattern) - 1075 : -1074
        let mantissa = x.isNormal ? x.significandBitPattern | 1 << 52 : x.significandBitPattern
        if exponent >= 0 {
            return (whole(mantissa, shiftedBy: exponent), String(repeating: "0", count: decimals))
        }
        // Below 2⁵³·10²⁰ < 2¹²⁰, so nothing is lost.
        let scaled = UInt128(mantissa) * power(decimals)
        let text = String(rounded(scaled, shiftedBy: -exponent))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - text.count)) + text
        return (String(padded.dropLast(decimals)), String(padded.suffix(decimals)))
    }

    /// `-1234.5`; the sign of −0 and of what rounds to it only where `signedZero`.
    static func text(_ x: Double, decimals: Int, signedZero: Bool = false) -> String {
        let (whole, fraction) = digits(x, decimals: decimals)
        let isZero = (whole + fraction).allSatisfy { $0 == "0" }
        let sign = x.sign == .minus && (signedZero || !isZero) ? "-" : ""
        return sign + whole + (fraction.isEmpty ? "" : "." + fraction)
    }

    /// Digits with a comma between thousands.
    static func grouped(_ digits: String) -> String {
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(",") }
            result.append(digit)
        }
        return result
    }

    private static func power(_ exponent: Int) -> UInt128 {
        var result: UInt128 = 1
        for _ in 0..<exponent { result *= 10 }
        return result
    }

    private static func rounded(_ scaled: UInt128, shiftedBy bits: Int) -> UInt128 {
        guard bits < 127 else { return 0 }
        let quotient = scaled >> UInt128(bits)
        let rest = scaled & ((1 << UInt128(bits)) - 1)
        let half = UInt128(1) << UInt128(bits - 1)
        let up = rest > half || (rest == half && quotient & 1 == 1)
        return quotient + (up ? 1 : 0)
    }

    /// mantissa · 2^bits in decimal, by doubling limbs of nine digits; at most 309 digits.
    private static func whole(_ mantissa: UInt64, shiftedBy bits: Int) -> String {
        let base: UInt64 = 1_000_000_000
        var limbs: [UInt64] = []
        var rest = mantissa
        repeat {
            limbs.append(rest % base)
            rest /= base
        } while rest > 0
        for _ in 0..<bits {
            var carry: UInt64 = 0
            for i in limbs.indices {
                let doubled = limbs[i] * 2 + carry
                limbs[i] = doubled % base
                carry = doubled / base
            }
            if carry > 0 { limbs.append(carry) }
        }
        var text = String(limbs.last ?? 0)
        for limb in limbs.dropLast().reversed() {
            let digits = String(limb)
            text += String(repeating: "0", count: 9 - digits.count) + digits
        }
        return text
    }
}
