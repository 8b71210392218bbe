package import Query
import Statistics

/// The values of plain window metrics at one time; what is expensive is only computed when asked for. A call needs a
/// `WindowReader`.
package struct WindowValues {
    private let snapshot: Snapshot
    private let end: Int64
    package let totals: WindowTotals
    private let baseline: (kind: Baseline, tally: Tally)?

    /// - Parameters:
    ///   - duration: µs before `end`.
    ///   - metrics: which ones will be asked for.
    package init(_ snapshot: Snapshot, lasting duration: Int64, endingAt end: Int64, metrics: Set<WindowMetric>) {
        self.snapshot = snapshot
        self.end = end
        let parts = metrics.reduce(into: Tally.Parts()) { $0.formUnion($1.parts) }
        totals = snapshot.totals(lasting: duration, endingAt: end, parts: parts, judging: true)
        baseline =
            metrics.contains(where: \.isDrift)
            ? snapshot.baseline(for: duration, endingAt: end, parts: parts.intersection([.lengths, .scores])) : nil
    }

    /// The metric's value in its unit; nil where nothing is known.
    package subscript(metric: WindowMetric) -> Value? {
        switch metric {
        case .silence: snapshot.newestTime.flatMap { .share(max(0, end - $0), of: 1_000_000) }
        case _ where metric.isDrift: baseline.flatMap { Self.drift(metric, totals.tally, $0.tally) }
        default: totals.value(of: metric)
        }
    }

    /// A change against the baseline; of sentiment, which may be 0, the difference.
    static func drift(_ metric: WindowMetric, _ now: Tally, _ then: Tally) -> Value? {
        switch metric {
        case .outputLengthDrift: change(mean(now.outputLength, now), mean(then.outputLength, then))
        case .toolCallsDrift: change(mean(now.toolCallsPerRequest, now), mean(then.toolCallsPerRequest, then))
        case .sentimentDrift:
            if let now = now.sentiment.mean, let then = then.sentiment.mean { .number((now - then) / 1e6) } else { nil }
        default: nil
        }
    }

    /// nil of fewer than two: one says nothing of how they differ.
    private static func mean(_ histogram: ExponentialHistogram, _ tally: Tally) -> SampleMean? {
        guard let mean = histogram.mean, let variance = histogram.variance else { return nil }
        let count = Double(histogram.count) / 1024 * min(1, tally.effectiveShare)
        guard count >= 2 else { return nil }
        return SampleMean(mean: mean, variance: variance * count / (count - 1), count: count)
    }

    /// So many of its own standard errors are more than chance, where it is asked for every ten seconds.
    private static let certainty = 4.5
    /// Changes with a smaller standard error are known whatever they are.
    private static let exactEnough = 0.03

    /// By which share a mean has changed; nil too where it may be chance: a few answers differ in length for no reason.
    ///
    /// Lengths are skewed: a few that are short by chance seem to vary little too, and to be sure of their mean. Of the two
    /// spreads the larger therefore counts for both.
    private static func change(_ now: SampleMean?, _ then: SampleMean?) -> Value? {
        guard let now, let then, then.mean > 0 else { return nil }
        let change = (now.mean - then.mean) / then.mean
        let variance = max(now.variance, then.variance)
        let error = (variance / now.count + variance / then.count).squareRoot() / then.mean
        return error <= max(exactEnough, abs(change) / certainty) ? .number(change) : nil
    }
}

extension WindowMetric {
    /// Whether it is measured against the baseline.
    var isDrift: Bool { self == .outputLengthDrift || self == .toolCallsDrift || self == .sentimentDrift }
}
