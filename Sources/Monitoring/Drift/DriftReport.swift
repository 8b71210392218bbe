package import Metrics
import Statistics

/// One behaviour and how far it has moved from its baseline.
package struct DriftMetric: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case outputLength = "output_length"
        case toolCalls = "tool_calls"
        case sentiment
        case quality
    }

    package var kind: Kind
    /// Means: characters, calls, −1…1, 0…1. Nil where nothing is known.
    package var baseline: Double?
    package var current: Double?
    /// Relative change of the mean, a fraction; of sentiment, which crosses zero, the difference.
    package var change: Double?
    /// Population stability index over the baseline's quantile bins, and the index that n of this size reaches by chance.
    package var psi: Double?
    package var psiThreshold: Double?
    /// |change| beyond this is drift.
    package var threshold: Double
    /// Requests that carry the measure, now; of sampled ones, as many as they are worth.
    package var count: Int

    /// Whether the mean or the shape moved further than its threshold.
    package var hasDrifted: Bool {
        let moved = change.map { kind == .quality ? $0 < -threshold : abs($0) > threshold } ?? false
        let reshaped = psi.flatMap { psi in psiThreshold.map { psi > $0 } } ?? false
        return count >= DriftReport.minimumCount && (moved || reshaped)
    }
}

/// What has changed in how the agent behaves.
package struct DriftReport: Sendable {
    package var baseline: Baseline
    package var metrics: [DriftMetric]

    /// Fewer than this say nothing.
    package static let minimumCount = 20

    package subscript(kind: DriftMetric.Kind) -> DriftMetric? { metrics.first { $0.kind == kind } }

    /// Compares a window with its baseline.
    package init(_ snapshot: Snapshot, window: Window, endingAt end: Int64? = nil) {
        let now = snapshot.totals(window, endingAt: end, parts: [.lengths, .scores]).tally
        let (kind, then) = snapshot.baseline(for: window.duration, endingAt: end, parts: [.lengths, .scores])
        self.init(baseline: kind, now: now, then: then)
    }

    /// Compares two tallies.
    package init(baseline: Baseline, now: Tally, then: Tally) {
        self.baseline = baseline
        let shares = EffectiveShares(now: now.effectiveShare, then: then.effectiveShare)
        metrics = [
            Self.compare(.outputLength, now.outputLength, then.outputLength, shares, threshold: 0.15),
            Self.compare(.toolCalls, now.toolCallsPerRequest, then.toolCallsPerRequest, shares, threshold: 0.15),
            Self.compare(.sentiment, now.sentiment, then.sentiment, shares, threshold: 0.1),
            Self.compare(.quality, now.quality, then.quality, shares, threshold: 0.05),
        ]
    }

    /// (current − baseline) / baseline; nil without a baseline.
    package static func relativeChange(_ current: Double?, from baseline: Double?) -> Double? {
        guard let current, let baseline, baseline != 0 else { return nil }
        return (current - baseline) / baseline
    }

    private static func compare(
        _ kind: DriftMetric.Kind, _ now: ExponentialHistogram, _ then: ExponentialHistogram, _ shares: EffectiveShares,
        threshold: Double
    ) -> DriftMetric {
        var metric = DriftMetric(kind: kind, threshold: threshold, count: Int(shares.of(now: now.count)))
        metric.baseline = then.mean
        metric.current = now.mean
        metric.change = relativeChange(now.mean, from: then.mean)
        if let low = [now.bucketRange, then.bucketRange].compactMap({ $0?.lowerBound }).min(),
            let high = [now.bucketRange, then.bucketRange].compactMap({ $0?.upperBound }).max()
        {
            let range = low..<high
            judge(
                &metric, current: [now.zeroCount] + now.counts(in: range),
                base: [then.zeroCount] + then.counts(in: range), shares)
        }
        return metric
    }

    private static func compare(
        _ kind: DriftMetric.Kind, _ now: UniformBins, _ then: UniformBins, _ shares: EffectiveShares, threshold: Double
    ) -> DriftMetric {
        var metric = DriftMetric(kind: kind, threshold: threshold, count: Int(shares.of(now: now.count)))
        metric.baseline = then.mean.map { $0 / 1e6 }
        metric.current = now.mean.map { $0 / 1e6 }
        if kind == .sentiment {
            if let a = metric.current, let b = metric.baseline { metric.change = a - b }
        } else {
            metric.change = relativeChange(metric.current, from: metric.baseline)
        }
        judge(&metric, current: now.counts, base: then.counts, shares)
        return metric
    }

    /// PSI over about ten quantile bins of the baseline, with the threshold that the two sizes allow.
    private static func judge(
        _ metric: inout DriftMetric, current: [Int64], base: [Int64], _ shares: EffectiveShares
    ) {
        let n = shares.of(now: current.reduce(0, +))
        let m = shares.of(then: base.reduce(0, +))
        guard n >= Double(minimumCount), m >= Double(minimumCount) else { return }
        let bins = CoarseBins(baseline: base, bins: 10)
        guard bins.count > 1 else { return }
        metric.psi = DistributionDistance.populationStability(
            reference: bins.counts(of: base, unit: 1024), current: bins.counts(of: current, unit: 1024))
        metric.psiThreshold = DistributionDistance.populationStabilityThreshold(
            bins: bins.count, referenceCount: m, currentCount: n)
    }
}

/// How much of the weighted counts of two tallies is information.
private struct EffectiveShares {
    var now: Double
    var then: Double

    /// Requests, of a count in 1/1024 request.
    func of(now count: Int64) -> Double { Double(count) / 1024 * now }
    func of(then count: Int64) -> Double { Double(count) / 1024 * then }
}
