import Metrics
import Query
package import Statistics

/// One number before and after a deploy.
package struct DeployMetric: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case successRate = "success_rate"
        /// Seconds.
        case p95Latency = "p95_latency"
        /// Dollars.
        case costPerRequest = "cost_per_request"
        case evalScore = "eval_score"
        /// Characters, or output tokens.
        case outputLength = "output_length"

        /// Whether more of it is better; nil: neither is.
        package var isBetterHigher: Bool? {
            switch self {
            case .successRate, .evalScore: true
            case .p95Latency, .costPerRequest: false
            case .outputLength: nil
            }
        }

        /// Whether its difference is one of the values themselves; else it is relative to what was before.
        package var isAbsolute: Bool { self == .successRate || self == .evalScore }

        package var words: String {
            switch self {
            case .successRate: "success"
            case .p95Latency: "p95 latency"
            case .costPerRequest: "cost per request"
            case .evalScore: "eval score"
            case .outputLength: "output length"
            }
        }
    }

    package let kind: Kind
    package let before: Double?
    package let after: Double?
    /// After minus before: of the values themselves, or relative to before.
    package let difference: Double?
    /// Where `difference` lies with 95% confidence, however often it is looked at; nil: too few.
    package let interval: Interval?
    /// Whether it has surely changed: the same with 99%.
    package let isSure: Bool
    /// What stands behind each: requests, or evals.
    package let counts: (before: Int64, after: Int64)

    /// Fewer on either side show nothing.
    package static let fewest: Int64 = 20

    /// Whether either side is worth fewer: of sampled requests as many count as equally weighted ones would be.
    package let isFew: Bool

    package enum Direction: String, Sendable { case worse, better, changed }

    /// What has surely become of it; nil: it may be chance.
    package var verdict: Direction? {
        guard isSure, let difference, difference != 0 else { return nil }
        guard let isBetterHigher = kind.isBetterHigher else { return .changed }
        return (difference > 0) == isBetterHigher ? .better : .worse
    }

    /// A value as it is written.
    package func text(_ value: Double?) -> String {
        switch kind {
        case .successRate: NumberFormat.percent(value)
        case .p95Latency: NumberFormat.duration(value)
        case .costPerRequest: NumberFormat.dollars(value)
        case .evalScore: NumberFormat.fixed(value, decimals: 3)
        case .outputLength: NumberFormat.count(value)
        }
    }

    init(_ kind: Kind, before: VersionCounts, after: VersionCounts) {
        self.kind = kind
        let sides = Comparison(before: before, after: after)
        counts = (sides.count(kind, before), sides.count(kind, after))
        isFew = min(sides.worth(kind, before), sides.worth(kind, after)) < Double(Self.fewest)
        let values = (sides.value(kind, before), sides.value(kind, after))
        (self.before, self.after) = values
        guard let old = values.0, let new = values.1, kind.isAbsolute || old > 0 else {
            (difference, interval, isSure) = (nil, nil, false)
            return
        }
        difference = kind.isAbsolute ? new - old : new / old - 1
        guard !isFew else {
            (interval, isSure) = (nil, false)
            return
        }
        interval = sides.interval(kind, alpha: 0.05)
        isSure = sides.interval(kind, alpha: 0.01).map { !$0.contains(0) } ?? false
    }
}

/// Two sides of a deploy beside each other. The intervals hold at all times at once: a page is looked at again and again.
private struct Comparison {
    let before: VersionCounts
    let after: VersionCounts

    /// Requests or evals behind a number.
    func count(_ kind: DeployMetric.Kind, _ side: VersionCounts) -> Int64 {
        switch kind {
        case .successRate: side.succeeded.raw + side.failed.raw
        case .p95Latency: side.latency.count / 1024
        case .costPerRequest: side.cost.weight / 1024
        case .evalScore: side.evalScore.weight / 1024
        case .outputLength: side.outputLength.weight / 1024
        }
    }

    /// As many as equally weighted ones would be.
    func worth(_ kind: DeployMetric.Kind, _ side: VersionCounts) -> Double {
        switch kind {
        case .successRate: Double(side.succeeded.weighted + side.failed.weighted) / 1024 * side.effectiveShare
        default: Double(count(kind, side)) * side.effectiveShare
        }
    }

    func value(_ kind: DeployMetric.Kind, _ side: VersionCounts) -> Double? {
        kind == .p95Latency ? side.latency.quantile(permille: 950).map { $0 / 1e6 } : sample(kind, side)?.mean
    }

    private func sample(_ kind: DeployMetric.Kind, _ side: VersionCounts) -> SampleMean? {
        func mean(_ moments: Moments, unit: Double, spread: Double = 0) -> SampleMean? {
            guard let mean = moments.mean, let variance = moments.variance else { return nil }
            let n = max(1, Double(moments.weight) / 1024 * side.effectiveShare)
            return SampleMean(mean: mean / unit, variance: variance / unit / unit + spread / n, count: n)
        }
        switch kind {
        case .successRate:
            let judged = side.succeeded.weighted + side.failed.weighted
            guard judged > 0 else { return nil }
            let n = max(1, Double(judged) / 1024 * side.effectiveShare)
            let rate = Double(side.succeeded.weighted) / Double(judged)
            // Drawn towards a half, so that all of few has a variance as well.
            let drawn = (rate * n + 0.5) / (n + 1)
            return SampleMean(mean: rate, variance: drawn * (1 - drawn), count: n)
        case .costPerRequest: return mean(side.cost, unit: 1e9)
        // Few that are alike are no proof that all are.
        case .evalScore: return mean(side.evalScore, unit: 1e6, spread: 0.05)
        case .outputLength: return mean(side.outputLength, unit: 1)
        case .p95Latency: return nil
        }
    }

    /// Of the difference, as `DeployMetric` tells it.
    func interval(_ kind: DeployMetric.Kind, alpha: Double) -> Interval? {
        if kind == .p95Latency {
            guard let low = p95(before, alpha: alpha), let high = p95(after, alpha: alpha) else { return nil }
            return Interval(high.lower / low.upper - 1, high.upper / low.lower - 1)
        }
        guard let old = sample(kind, before), let new = sample(kind, after) else { return nil }
        let interval = AsymptoticSequence(alpha: alpha).interval(canary: new, control: old)
        if kind.isAbsolute { return Interval(max(-1, interval.lower), min(1, interval.upper)) }
        return old.mean > 0 ? Interval(max(-1, interval.lower / old.mean), interval.upper / old.mean) : nil
    }

    /// Seconds between which p95 lies, from the ranks that bound it among as many requests as these are worth.
    private func p95(_ side: VersionCounts, alpha: Double) -> Interval? {
        let latency = side.latency
        let n = Int64((Double(latency.count) / 1024 * side.effectiveShare).rounded(.down))
        guard n > 0 else { return nil }
        let ranks = BetaBinomialSequence(alpha: alpha / 2, tuning: 1000).ranks(count: n, permille: 950)
        func value(_ rank: Int64) -> Double? {
            latency.value(rank: Int64((Int128(rank) * Int128(latency.count) + Int128(n - 1)) / Int128(n)))
        }
        guard let low = ranks.lower, let high = ranks.upper, let lower = value(low), let upper = value(high), lower > 0
        else { return nil }
        return Interval(lower / 1e6, upper / 1e6)
    }
}
