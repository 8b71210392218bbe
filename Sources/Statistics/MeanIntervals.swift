/// A mean with what its uncertainty follows from.
package struct SampleMean: Sendable, Hashable {
    package let mean: Double
    /// Of one value (n − 1 in the denominator), not of the mean.
    package let variance: Double
    /// Effective number of independent values; may be fractional.
    package let count: Double

    /// Nil unless all are finite, there is at least one value, and the variance is not negative.
    package init?(mean: Double, variance: Double, count: Double) {
        guard mean.isFinite, variance.isFinite, variance >= 0, count.isFinite, count >= 1 else { return nil }
        self.mean = mean
        self.variance = variance
        self.count = count
    }

    /// From n, Σx and Σx²; nil for fewer than two values. Negative rounding remainders of the variance become 0.
    package init?(count: Double, sum: Double, sumOfSquares: Double) {
        guard count >= 2 else { return nil }
        let mean = sum / count
        self.init(mean: mean, variance: max(0, (sumOfSquares - sum * mean) / (count - 1)), count: count)
    }
}

extension Interval {
    /// The normal interval for `canary − control` with Welch's standard error √(s₁²/n₁ + s₀²/n₀), for unlike variances.
    package static func welch(canary: SampleMean, control: SampleMean, z: Double) -> Interval {
        let difference = canary.mean - control.mean
        let error = (canary.variance / canary.count + control.variance / control.count).squareRoot()
        return Interval(difference - z * error, difference + z * error)
    }

    /// Welch's interval at a confidence such as 0.95.
    package static func welch(canary: SampleMean, control: SampleMean, confidence: Double) -> Interval {
        welch(canary: canary, control: control, z: NormalDistribution.twoSidedZ(confidence: confidence))
    }
}
