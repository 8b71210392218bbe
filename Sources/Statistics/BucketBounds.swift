import Glibc

/// The bounds of exponential buckets: 64 steps an octave, of which lower scales take every second, fourth, …
enum BucketBounds {
    /// The scale of the steps.
    static let finest = 6

    /// `ceil(log2(x) · 2^6) − 1` for a positive, finite x, by the exponent's bits and a table. Buckets nest: a lower scale's
    /// index is this one shifted right.
    static func index(of x: Double) -> Int {
        guard x.isNormal else { return -(1023 << finest) }
        let bits = x.bitPattern
        let exponent = Int(bits >> 52 & 0x7ff) - 1023
        let fraction = bits & 0xf_ffff_ffff_ffff
        // A power of two is the inclusive upper bound of the bucket below.
        if fraction == 0 { return (exponent << finest) - 1 }
        let mantissa = Double(bitPattern: fraction | 0x3ff0_0000_0000_0000)
        var k = Int(BucketSteps.guesses[Int(fraction >> 45)])
        while BucketSteps.bounds[k + 1] < mantissa { k += 1 }
        return (exponent << finest) + k
    }

    /// 2^(index / 2^scale), exact at whole octaves.
    static func power(_ index: Int, scale: Int) -> Double {
        let fine = index << (finest - scale)
        return scalbn(BucketSteps.bounds[fine & 63], Int32(truncatingIfNeeded: fine >> finest))
    }
}
