import Glibc

/// Intervals for a difference of means that hold at every time at once, however often one looks.
///
/// The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (arXiv 2103.06476v7, equations 9 and
/// 161), for the pooled count: approximate for small counts, as any interval that rests on variances.
package struct AsymptoticSequence: Sendable, Hashable {
    /// Requests of both arms at which the interval is tightest.
    package let tuning: Double
    /// Probability that it ever fails to hold, inside (0, 1).
    package let alpha: Double

    /// - Parameter tuning: the requests that are expected in all, at least 1.
    package init(alpha: Double, tuning: Double = 5000) {
        self.alpha = min(1 - 1e-12, max(1e-300, alpha))
        self.tuning = max(1, tuning)
    }

    /// ρ², that the width depends on.
    private static func density(_ alpha: Double, _ tuning: Double) -> Double {
        (-2 * log(alpha) + log(1 - 2 * log(alpha))) / tuning
    }

    /// Half of the interval's width.
    private func reach(variance: Double, count: Double, alpha: Double) -> Double {
        let r = Self.density(alpha, tuning)
        let t = count * r + 1
        return (variance * count).squareRoot()
            * (2 * t * log(t.squareRoot() / alpha) / (count * count * r)).squareRoot()
    }

    private static func spread(_ canary: SampleMean, _ control: SampleMean) -> (variance: Double, count: Double) {
        (canary.variance / canary.count + control.variance / control.count, canary.count + control.count)
    }

    /// The interval for `canary − control`.
    package func interval(canary: SampleMean, control: SampleMean) -> Interval {
        let (variance, count) = Self.spread(canary, control)
        let half = reach(variance: variance, count: count, alpha: alpha)
        let difference = canary.mean - control.mean
        return Interval(difference - half, difference + half)
    }

    /// What `canary − control` surely exceeds: one side alone, for the same α.
    package func lowerBound(canary: SampleMean, control: SampleMean) -> Double {
        let (variance, count) = Self.spread(canary, control)
        return canary.mean - control.mean - reach(variance: variance, count: count, alpha: min(0.999, 2 * alpha))
    }

    /// The interval for one mean.
    package func interval(_ sample: SampleMean) -> Interval {
        let half = reach(variance: sample.variance / sample.count, count: sample.count, alpha: alpha)
        return Interval(sample.mean - half, sample.mean + half)
    }

    /// How improbable such a difference is where there is none; of one time, and so the smallest so far counts.
    package func pValue(canary: SampleMean, control: SampleMean) -> Double {
        let (variance, count) = Self.spread(canary, control)
        guard variance > 0 else { return canary.mean == control.mean ? 1 : 0 }
        let r = Self.density(alpha, tuning)
        let t = count * r + 1
        let difference = canary.mean - control.mean
        let logEvidence = r * difference * difference * count / variance / (2 * t) - log(t) / 2
        return min(1, exp(-logEvidence))
    }
}
