import Glibc

/// The bounds of exponential buckets: 64 steps an octave, of which lower scales take every second, fourth, …
enum BucketBounds {
    /// 2^(k/64) for k in 0...64, each the nearest double.
    static let steps: [Double] = (0...64).map { exp2(Double($0) / 64) }

    /// For the top seven bits of a mantissa, the step at or below it: at most two comparisons are left.
    private static let guesses: [UInt8] = (0..<128).map { top in
        let mantissa = 1 + Double(top) / 128
        var k = 0
        while k < 63, steps[k + 1] < mantissa { k += 1 }
        return UInt8(k)
    }

    /// `ceil(log2(x) · 2^scale) − 1` for a positive, finite x, by the exponent's bits and a table.
    static func index(of x: Double, scale: Int) -> Int {
        guard x.isNormal else { return -(1023 << scale) }
        let bits = x.bitPattern
        let exponent = Int(bits >> 52 & 0x7ff) - 1023
        let fraction = bits & 0xf_ffff_ffff_ffff
        // A power of two is the inclusive upper bound of the bucket below.
        if fraction == 0 { return (exponent << scale) - 1 }
        let mantissa = Double(bitPattern: fraction | 0x3ff0_0000_0000_0000)
        var k = Int(guesses[Int(fraction >> 45)])
        while steps[k + 1] < mantissa { k += 1 }
        return ((exponent << 6) + k) >> (6 - scale)
    }

    /// 2^(index / 2^scale), exact at whole octaves.
    static func power(_ index: Int, scale: Int) -> Double {
        let fine = index << (6 - scale)
        return scalbn(steps[fine & 63], Int32(truncatingIfNeeded: fine >> 6))
    }
}
