import Monitoring
import Query

struct DriftSection {
    let figures: PageFigures

    var markup: Markup {
        let known = figures.drift.metrics.filter { $0.current != nil }
        guard !known.isEmpty else {
            return .panel("Drift", "<p class=\"dim\">No request carries what drift is measured by.</p>\n")
        }
        return .panel(
            "Drift", note: "against \(figures.baselineName)",
            .table(["", "#baseline", "#now", "#change", "#PSI", "#n"], known.map(row)))
    }

    private func row(_ metric: DriftMetric) -> [Markup] {
        let isDifference = metric.kind == .sentiment
        let change =
            isDifference
            ? NumberFormat.fixed(metric.change, decimals: 2) : NumberFormat.change(metric.change, decimals: 1)
        return [
            "\(name(metric.kind).0)<span class=\"below dim\">\(name(metric.kind).1)</span>",
            "\(value(metric.baseline, metric.kind))",
            "\(value(metric.current, metric.kind))",
            "\(change)" + flag(metric),
            "\(NumberFormat.fixed(metric.psi, decimals: 2))"
                + (metric.psiThreshold.map { Markup.dim(" of \(NumberFormat.fixed($0, decimals: 2))") } ?? .none),
            "\(NumberFormat.grouped(Double(metric.count)))",
        ]
    }

    private func flag(_ metric: DriftMetric) -> Markup {
        if metric.hasDrifted { return "<span class=\"below warning\">▲ drifted</span>" }
        return metric.change == nil ? .none : "<span class=\"below good\">✓ steady</span>"
    }

    /// What it is called, and in what it is measured.
    private func name(_ kind: DriftMetric.Kind) -> (String, String) {
        switch kind {
        case .outputLength: ("output length", "chars")
        case .toolCalls: ("tool calls", "a request")
        case .sentiment: ("sentiment", "−1…1")
        case .quality: ("quality", "0…1")
        }
    }

    private func value(_ value: Double?, _ kind: DriftMetric.Kind) -> String {
        switch kind {
        case .outputLength: NumberFormat.count(value)
        case .toolCalls, .sentiment: NumberFormat.fixed(value, decimals: 2)
        case .quality: NumberFormat.fixed(value, decimals: 3)
        }
    }
}
