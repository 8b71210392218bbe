import Glibc

/// How many requests a comparison of a fixed size needs.
package struct SampleSize: Sendable, Hashable {
    /// Probability of an alarm where there is no difference, of both sides; inside (0, 1).
    package let alpha: Double
    /// Probability of finding the difference, inside (0, 1).
    package let power: Double
    /// Requests of control for one of the canary, above 0.
    package let ratio: Double
    /// How many requests of few users are worth one of many; at least 1.
    package let designEffect: Double

    package init(alpha: Double = 0.05, power: Double = 0.8, ratio: Double = 1, designEffect: Double = 1) {
        (self.alpha, self.power) = (alpha, power)
        (self.ratio, self.designEffect) = (ratio, max(1, designEffect))
    }

    private var z: Double { NormalDistribution.quantile(1 - alpha / 2) + NormalDistribution.quantile(power) }

    /// Canary requests that tell two rates apart, not rounded; nil where they are equal or no rates. Unpooled variances.
    package func canary(control: Double, canary: Double) -> Double? {
        guard control != canary, (0...1).contains(control), (0...1).contains(canary) else { return nil }
        let variance = canary * (1 - canary) + control * (1 - control) / ratio
        return z * z * variance / ((canary - control) * (canary - control)) * designEffect
    }

    /// Canary requests that show a difference of means where values have a standard deviation.
    package func canary(deviation: Double, difference: Double) -> Double? {
        guard difference != 0, deviation > 0 else { return nil }
        return z * z * deviation * deviation * (1 + 1 / ratio) / (difference * difference) * designEffect
    }
}

/// How much less the requests of users are worth than independent ones: DEFF.
package enum DesignEffect {
    /// 1 + (m − 1)·ICC, of clusters of m.
    package static func ofClusters(size: Double, correlation: Double) -> Double {
        max(1, 1 + (size - 1) * correlation)
    }

    /// From the outcomes of groups of users: the variance of the share between groups over that of independent requests.
    ///
    /// - Parameters:
    ///   - bad: of each group, weighted.
    ///   - counts: of each group, weighted.
    ///   - effective: independent requests that all of them would be worth if users did not matter.
    /// - Returns: at least 1; nil while fewer than 8 groups have requests, or the share is 0 or 1.
    package static func ofGroups(bad: [Double], counts: [Double], effective: Double) -> Double? {
        let total = counts.reduce(0, +)
        let groups = Double(counts.count { $0 > 0 })
        guard groups >= 8, total > 0, effective > 0 else { return nil }
        let share = bad.reduce(0, +) / total
        guard share > 0, share < 1 else { return nil }
        let sum = zip(bad, counts).reduce(0.0) { sum, pair in
            let residual = pair.0 - share * pair.1
            return sum + residual * residual
        }
        let variance = groups / (groups - 1) * sum / (total * total)
        return max(1, variance / (share * (1 - share) / effective))
    }
}
