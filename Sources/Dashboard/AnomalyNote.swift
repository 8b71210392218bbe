import Canvas
import Metrics
import Monitoring
import Query

/// One metric that is not as usual, in words: `p95 not as usual: 41% over 1.20s since 14:02`.
struct AnomalyNote {
    let anomaly: Anomaly
    let figures: Figures

    var text: String {
        let kind = anomaly.kind == .shift ? "not as usual" : "goes from day to day"
        let side = anomaly.direction == .up ? "over" : "under"
        return "\(anomaly.metric.label) \(kind): \(distance) \(side) \(value(anomaly.expected)) since \(since)"
    }

    /// Shares differ by points, all else by a share of what was expected.
    private var distance: String {
        switch anomaly.metric {
        case .errorRate, .completion:
            return NumberFormat.points((anomaly.value - anomaly.expected).magnitude, decimals: 1)
                .replacing("+", with: "")
        case .p95Latency, .costPerRequest, .tokensPerRequest, .requestRate:
            guard anomaly.expected > 0 else { return value(anomaly.value) }
            return NumberFormat.percent((anomaly.value / anomaly.expected - 1).magnitude, decimals: 0)
        }
    }

    private func value(_ value: Double) -> String {
        switch anomaly.metric {
        case .errorRate, .completion: NumberFormat.percent(value)
        case .p95Latency: NumberFormat.duration(value)
        case .costPerRequest: NumberFormat.dollars(value)
        case .tokensPerRequest: NumberFormat.count(value)
        case .requestRate: NumberFormat.rate(value * 60) + "/min"
        }
    }

    /// With the date where it is another day's.
    private var since: String {
        let begin = ClockTime(anomaly.since)
        guard let now = figures.snapshot.now, ClockTime(now).date != begin.date else {
            return figures.clock(anomaly.since)
        }
        return "\(begin.date) \(figures.clock(anomaly.since))"
    }
}

extension Anomaly {
    /// Which way it went: the mark of a number that is not as usual.
    func mark(_ glyphs: GlyphSet) -> StyledText {
        StyledText(String(glyphs[direction == .up ? .up : .down]), .warning, bold: true)
    }
}

extension Figures {
    /// The arrow beside a number of a panel that is not as usual, of which its page says more; nil: it is.
    func unusual(_ metrics: AnomalyMetric..., glyphs: GlyphSet) -> StyledText? {
        situation.watches.anomalies.first { metrics.contains($0.metric) }?.mark(glyphs)
    }

    /// The same of what succeeds, which goes down when failures go up.
    func unusualSuccess(_ glyphs: GlyphSet) -> StyledText? {
        let isUnusual = situation.watches.anomalies.contains { $0.metric == .errorRate || $0.metric == .completion }
        return isUnusual ? StyledText(String(glyphs[.down]), .warning, bold: true) : nil
    }
}

extension Sheet {
    /// What is unusual about some metrics, a line each, under the row that they belong to.
    mutating func anomalies(_ metrics: AnomalyMetric..., context: SheetContext) {
        for anomaly in context.figures.situation.watches.anomalies where metrics.contains(anomaly.metric) {
            line(
                StyledText("  ") + anomaly.mark(context.glyphs) + StyledText(" ")
                    + StyledText(AnomalyNote(anomaly: anomaly, figures: context.figures).text, .warning))
        }
    }
}
