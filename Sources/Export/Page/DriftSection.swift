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
            "Drift", note: note,
            sentence + .table(["", "#baseline", "#now", "#change", "#PSI", "#n"], known.map(row)) + mixes)
    }

    private var note: String {
        if case .usual = figures.drift.basis { return "against \(figures.baselineName)" }
        return figures.drift.basis.title(figures.window)
    }

    /// What moves most, in words.
    private var sentence: Markup {
        guard let first = figures.drift.movements.first else { return .none }
        return "<p class=\"warning\">▲ \(first.sentence)</p>\n"
    }

    /// The names that moved most of each mix.
    private var mixes: Markup {
        let known = figures.drift.mixes.filter { $0.distance != nil }
        guard !known.isEmpty else { return .none }
        return .table(
            ["shares of", "what moved most", "#JS", "#n"],
            known.map { mix in
                let movers = mix.movers.prefix(2).map {
                    "\($0.name) \(NumberFormat.percent($0.baseline)) to \(NumberFormat.percent($0.current))"
                }
                let flag: Markup = mix.hasDrifted ? "<span class=\"below warning\">▲ drifted</span>" : .none
                return [
                    "\(mix.kind.title)", "\(movers.joined(separator: ", "))",
                    "\(NumberFormat.fixed(mix.distance, decimals: 2))"
                        + (mix.threshold.map { Markup.dim(" of \(NumberFormat.fixed($0, decimals: 2))") } ?? .none)
                        + flag,
                    "\(NumberFormat.grouped(Double(mix.count)))",
                ]
            })
    }

    private func row(_ metric: DriftMetric) -> [Markup] {
        let isDifference = metric.kind.isDifference
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
        let unit =
            switch kind {
            case .outputLength, .inputLength: "chars"
            case .inputTokens, .outputTokens: "tokens"
            case .latency: "mean"
            case .toolCalls: "a request"
            case .sentiment: "−1…1"
            case .quality: "0…1"
            }
        return (kind.noun, unit)
    }

    private func value(_ value: Double?, _ kind: DriftMetric.Kind) -> String {
        switch kind {
        case .outputLength, .inputLength, .inputTokens, .outputTokens: NumberFormat.count(value)
        case .latency: NumberFormat.duration(value)
        case .toolCalls, .sentiment: NumberFormat.fixed(value, decimals: 2)
        case .quality: NumberFormat.fixed(value, decimals: 3)
        }
    }
}
