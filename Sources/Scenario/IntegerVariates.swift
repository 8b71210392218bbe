import Statistics

/// Integers drawn from a seeded generator: no rounding of a C library can show in a story's bytes.
extension SplitMix64 {
    /// A number from 0 to `bound - 1`; 0 where `bound` is below 1. The bias is below `bound / 2^64`.
    mutating func below(_ bound: Int) -> Int {
        guard bound > 1 else { return 0 }
        return Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A number of the closed range, all equally likely.
    mutating func uniform(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// True with a probability in thousandths.
    mutating func chance(perMille: Int) -> Bool {
        below(1_000) < perMille
    }

    /// A standard normal deviate in 1/65,536, as the sum of twelve uniform numbers (so never beyond six deviations).
    mutating func normal() -> Int {
        var sum = 0
        for _ in 0..<3 {
            let bits = next()
            sum += Int(bits & 0xFFFF) + Int((bits >> 16) & 0xFFFF) + Int((bits >> 32) & 0xFFFF) + Int(bits >> 48)
        }
        return sum - 6 * 65_535
    }

    /// A normal deviate of the given mean and standard deviation, in the unit of both.
    mutating func normal(mean: Int, deviation: Int) -> Int {
        mean + (normal() * deviation) >> 16
    }

    /// A log-normal deviate: the median is `median`, the standard deviation of its natural logarithm `sigma` thousandths.
    mutating func logNormal(median: Int, sigma: Int) -> Int {
        // log2(e) in 1/65,536 is 94,548.
        let exponent = ((normal() * sigma / 1_000) * 94_548) >> 16
        return (median * powerOfTwo(exponent)) >> 16
    }
}

/// Two to the power `exponent`, both in 1/65,536, for exponents from -16 to 16 (clamped): a cubic on the fraction,
/// within 0.02%.
func powerOfTwo(_ exponent: Int) -> Int {
    let clamped = min(max(exponent, -16 << 16), 16 << 16)
    let fraction = clamped & 0xFFFF
    // 0.078024, 0.226170 and 0.695806 in 1/65,536: their sum is exactly one, so the curve has no steps.
    var factor = (fraction * 5_113) >> 16
    factor = ((14_822 + factor) * fraction) >> 16
    factor = ((45_601 + factor) * fraction) >> 16
    let mantissa = 65_536 + factor
    let whole = clamped >> 16
    return whole >= 0 ? mantissa << whole : mantissa >> -whole
}
