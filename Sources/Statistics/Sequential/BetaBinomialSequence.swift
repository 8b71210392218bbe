import Glibc

/// Intervals for a share, and for quantiles, that hold at every time at once: the beta-binomial mixture of Howard, Ramdas,
/// McAuliffe and Sekhon ("Time-uniform, nonparametric, nonasymptotic confidence sequences", 2021). Exact, whatever the count.
package struct BetaBinomialSequence: Sendable, Hashable {
    /// Probability that it ever fails to hold, inside (0, 1).
    package let alpha: Double
    /// Values at which the interval is tightest.
    package let tuning: Double
    /// α that the tuning is for.
    private let tunedAlpha: Double

    package init(alpha: Double, tuning: Double, tunedAlpha: Double = 0.05) {
        self.alpha = min(1 - 1e-12, max(1e-300, alpha))
        self.tuning = max(1, tuning)
        self.tunedAlpha = tunedAlpha
    }

    // MARK: The mixture

    /// ln of the mixture supermartingale at the deviation `s` with intrinsic time `v`; steps lie in [−g, h].
    static func logMixture(s: Double, v: Double, tunedTo: Double, g: Double, h: Double, tunedAlpha: Double) -> Double {
        let l = -log(tunedAlpha)
        let r = max(tunedTo / (2 * l + log(1 + 2 * l)) - g * h, 1e-3 * g * h)
        let k = g + h
        let weights =
            v / (g * h) * log(k) - (v + h * s) / (h * k) * log(g) - (v - g * s) / (g * k) * log(h)
        return weights + logBeta((r + v - g * s) / (g * k), (r + v + h * s) / (h * k))
            - logBeta(r / (g * k), r / (h * k))
    }

    private static func logBeta(_ a: Double, _ b: Double) -> Double {
        LogGamma.value(a) + LogGamma.value(b) - LogGamma.value(a + b)
    }

    // MARK: Shares

    /// The interval for the share of successes behind `successes` of `count`; both may be fractional (effective counts).
    package func interval(_ proportion: Proportion) -> Interval {
        let share = proportion.share
        let n = proportion.count
        func rejects(_ p: Double) -> Bool {
            guard p > 0, p < 1 else { return true }
            let value = Self.logMixture(
                s: (share - p) * n, v: p * (1 - p) * n, tunedTo: p * (1 - p) * tuning, g: p, h: 1 - p,
                tunedAlpha: tunedAlpha)
            return value > -log(alpha)
        }
        func border(rejected: Double, kept: Double) -> Double {
            var (out, inside) = (rejected, kept)
            for _ in 0..<80 {
                let middle = (out + inside) / 2
                if rejects(middle) { out = middle } else { inside = middle }
            }
            return (out + inside) / 2
        }
        return Interval(
            share <= 0 ? 0 : border(rejected: 0, kept: share), share >= 1 ? 1 : border(rejected: 1, kept: share))
    }

    /// The interval for `canary − control`: half of α for each arm.
    package static func difference(
        canary: Proportion, control: Proportion, alpha: Double, tuning: (canary: Double, control: Double)
    ) -> Interval {
        let a = BetaBinomialSequence(alpha: alpha / 2, tuning: tuning.canary, tunedAlpha: alpha / 2).interval(canary)
        let b = BetaBinomialSequence(alpha: alpha / 2, tuning: tuning.control, tunedAlpha: alpha / 2).interval(control)
        return Interval(a.lower - b.upper, a.upper - b.lower)
    }

    // MARK: Quantiles

    /// Between which order statistics a quantile lies, at every time at once.
    ///
    /// - Parameter permille: 950 for p95, inside 1...999.
    package func ranks(count: Int64, permille: Int) -> RankInterval {
        let p = Double(min(999, max(1, permille))) / 1000
        guard count > 0 else { return RankInterval(lower: nil, upper: nil) }
        let n = Double(count)
        let below = bound(v: p * (1 - p) * n, tunedTo: p * (1 - p) * tuning, g: 1 - p, h: p)
        let above = bound(v: p * (1 - p) * n, tunedTo: p * (1 - p) * tuning, g: p, h: 1 - p)
        let lower = below.map { Int64((n * p - $0 - 1e-9).rounded(.up)) }
        let upper = above.map { Int64((n * p + $0 + 1e-9).rounded(.down)) + 1 }
        return RankInterval(lower: lower.flatMap { $0 < 1 ? nil : $0 }, upper: upper.flatMap { $0 > count ? nil : $0 })
    }

    /// The deviation that is never exceeded; nil where the mixture never gets so large.
    private func bound(v: Double, tunedTo: Double, g: Double, h: Double) -> Double? {
        let most = v / g * (1 - 1e-12)
        func exceeds(_ s: Double) -> Bool {
            Self.logMixture(s: s, v: v, tunedTo: tunedTo, g: g, h: h, tunedAlpha: tunedAlpha) > -log(alpha)
        }
        guard exceeds(most) else { return nil }
        var (low, high) = (0.0, most)
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if exceeds(middle) { high = middle } else { low = middle }
        }
        return (low + high) / 2
    }
}

/// The logarithm of the gamma function; the C library's, without its global sign.
enum LogGamma {
    static func value(_ x: Double) -> Double {
        var sign: Int32 = 0
        return unsafe lgamma_r(x, &sign)
    }
}
