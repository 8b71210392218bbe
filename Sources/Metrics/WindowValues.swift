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
        case .outputLengthDrift: change(now.outputLength.mean, then.outputLength.mean)
        case .toolCallsDrift: change(now.toolCallsPerRequest.mean, then.toolCallsPerRequest.mean)
        case .sentimentDrift:
            if let now = now.sentiment.mean, let then = then.sentiment.mean { .number((now - then) / 1e6) } else { nil }
        default: nil
        }
    }

    private static func change(_ now: Double?, _ then: Double?) -> Value? {
        guard let now, let then, then != 0 else { return nil }
        return .number((now - then) / then)
    }
}

extension WindowMetric {
    /// Whether it is measured against the baseline.
    var isDrift: Bool { self == .outputLengthDrift || self == .toolCallsDrift || self == .sentimentDrift }
}
