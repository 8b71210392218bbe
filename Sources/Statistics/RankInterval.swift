import Glibc

/// Between which order statistics a quantile lies; the values at these ranks bound it.
package struct RankInterval: Sendable, Hashable {
    /// 1-based; nil is unbounded below: there are too few values.
    package let lower: Int64?
    /// 1-based; nil is unbounded above.
    package let upper: Int64?

    /// Up to here ranks come from the binomial distribution itself.
    private static let largestExactCount: Int64 = 100_000

    /// The distribution-free interval of a quantile: the ranks ⌊b(α/2)⌋ and b(1 − α/2) + 1, b the quantile function of
    /// Binomial(count, p). Coverage is at least `confidence`, for any continuous distribution and any fixed count.
    ///
    /// Beyond 100,000 values b is the normal approximation with continuity correction, widened by one rank.
    /// - Parameters:
    ///   - count: how many values; where they are clustered, pass the effective count and scale the ranks.
    ///   - permille: 950 for p95, inside 1...999.
    ///   - confidence: 0.95, say; inside (0, 1).
    package static func quantile(count: Int64, permille: Int, confidence: Double) -> RankInterval {
        let confidence = confidence.isNaN ? 0.95 : min(1 - 1e-12, max(0, confidence))
        let p = Double(min(999, max(1, permille))) / 1000
        guard count > 0 else { return RankInterval(lower: nil, upper: nil) }
        let tail = (1 - confidence) / 2
        let ranks =
            count <= largestExactCount
            ? exactRanks(Int(count), p, tail: tail) : normalRanks(Double(count), p, tail: tail)
        return RankInterval(
            lower: ranks.lower >= 1 ? ranks.lower : nil, upper: ranks.upper <= count ? ranks.upper : nil)
    }

    private static func exactRanks(_ n: Int, _ p: Double, tail: Double) -> (lower: Int64, upper: Int64) {
        // Weights relative to the mode need no gamma function; the mass beyond 14 standard deviations is below rounding.
        let mode = min(n, Int(Double(n + 1) * p))
        let reach = 40 + Int(14 * (Double(n) * p * (1 - p)).squareRoot())
        let first = max(0, mode - reach)
        let last = min(n, mode + reach)
        let odds = p / (1 - p)
        var weights = [Double](repeating: 0, count: last - first + 1)
        weights[mode - first] = 1
        var k = mode
        while k < last {
            weights[k + 1 - first] = weights[k - first] * odds * Double(n - k) / Double(k + 1)
            k += 1
        }
        k = mode
        while k > first {
            weights[k - 1 - first] = weights[k - first] / odds * Double(k) / Double(n - k + 1)
            k -= 1
        }
        let total = weights.reduce(0, +)
        return (
            lower: Int64(first + position(of: tail * total, in: weights)),
            upper: Int64(first + position(of: (1 - tail) * total, in: weights)) + 1
        )
    }

    /// The first index at which the running sum reaches `target`.
    private static func position(of target: Double, in weights: [Double]) -> Int {
        var sum = 0.0
        for (index, weight) in weights.enumerated() {
            sum += weight
            if sum >= target { return index }
        }
        return weights.count - 1
    }

    private static func normalRanks(_ n: Double, _ p: Double, tail: Double) -> (lower: Int64, upper: Int64) {
        let half = -NormalDistribution.quantile(tail) * (n * p * (1 - p)).squareRoot() + 0.5
        return (lower: Int64((n * p - half).rounded(.down)) - 1, upper: Int64((n * p + half).rounded(.up)) + 2)
    }
}
