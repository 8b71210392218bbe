/// A share as counted: how many of how many. Effective counts may be fractional.
package struct Proportion: Sendable, Hashable {
    /// 0...count.
    package let successes: Double
    /// Over 0.
    package let count: Double

    /// Nil where there is nothing to take a share of. Successes are kept inside 0...count.
    package init?(_ successes: Double, of count: Double) {
        guard count > 0, count.isFinite, !successes.isNaN else { return nil }
        self.successes = min(count, max(0, successes))
        self.count = count
    }

    /// 0...1.
    package var share: Double { successes / count }

    /// The same share, as sure as `effectiveCount` independent requests make it.
    package func scaled(toEffectiveCount effectiveCount: Double) -> Proportion? {
        Proportion(share * effectiveCount, of: effectiveCount)
    }
}

extension Interval {
    /// Wilson's score interval for a proportion, inside 0...1. Source: Wilson 1927.
    package static func wilson(_ proportion: Proportion, z: Double) -> Interval {
        let n = proportion.count
        let p = proportion.share
        let denominator = 1 + z * z / n
        let centre = (p + z * z / (2 * n)) / denominator
        let half = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot() / denominator
        // At the ends the bound is 0 or 1 by the formula; rounding must not push it inside.
        return Interval(
            proportion.successes <= 0 ? 0 : max(0, centre - half),
            proportion.successes >= n ? 1 : min(1, centre + half))
    }

    /// Wilson's score interval at a confidence such as 0.95.
    package static func wilson(_ proportion: Proportion, confidence: Double) -> Interval {
        wilson(proportion, z: NormalDistribution.twoSidedZ(confidence: confidence))
    }

    /// Newcombe's hybrid score interval for the difference `canary − control`, inside −1...1.
    ///
    /// Source: Newcombe 1998, method 10 (two Wilson intervals, no continuity correction).
    package static func newcombe(canary: Proportion, control: Proportion, z: Double) -> Interval {
        let (p1, p0) = (canary.share, control.share)
        let first = wilson(canary, z: z)
        let second = wilson(control, z: z)
        let down = hypotenuse(p1 - first.lower, second.upper - p0)
        let up = hypotenuse(first.upper - p1, p0 - second.lower)
        return Interval(max(-1, p1 - p0 - down), min(1, p1 - p0 + up))
    }

    /// Newcombe's interval at a confidence such as 0.95.
    package static func newcombe(canary: Proportion, control: Proportion, confidence: Double) -> Interval {
        newcombe(canary: canary, control: control, z: NormalDistribution.twoSidedZ(confidence: confidence))
    }

    private static func hypotenuse(_ a: Double, _ b: Double) -> Double {
        (a * a + b * b).squareRoot()
    }
}
