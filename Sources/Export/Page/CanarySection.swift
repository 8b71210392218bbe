import Metrics
import Monitoring
import Query
import Statistics

struct CanarySection {
    let figures: PageFigures

    var markup: Markup {
        guard let report = figures.canary else {
            return .panel("Canary", isWide: true, "<p class=\"dim\">None takes traffic.</p>\n")
        }
        let note =
            "\(NumberFormat.percent(report.share, decimals: 0)) of traffic, soaked \(PageFigures.span(0, report.soak))"
            + (report.isOver ? ", over" : "")
        return .panel("Canary", note: note, isWide: true, verdict(report) + table(report))
    }

    private func verdict(_ report: CanaryReport) -> Markup {
        let (glyph, role) =
            switch report.verdict {
            case .rollback: ("✗", "critical")
            case .hold: ("▲", "warning")
            case .promote: ("✓", "good")
            case .inconclusive: ("?", "notice")
            }
        let word = "\(glyph) \(report.verdict.rawValue.uppercased())"
        return "<p>" + .coloured(word, role) + " \(report.reasons.joined(separator: "; "))</p>\n"
    }

    private func table(_ report: CanaryReport) -> Markup {
        func head(_ name: String, _ version: String) -> String { version.isEmpty ? name : "\(name) \(version)" }
        let rows = report.metrics.filter { $0.control != nil || $0.canary != nil }.map { metric -> [Markup] in
            [
                "\(name(metric.kind))", "\(value(metric.control, metric.kind))", "\(value(metric.canary, metric.kind))",
                "\(difference(metric.difference, metric.kind))", "\(interval(metric))",
                "\(NumberFormat.grouped(Double(metric.counts.control))) : \(NumberFormat.grouped(Double(metric.counts.canary)))",
            ]
        }
        return .table(
            [
                "", "#\(head(report.controlName, report.controlVersion))",
                "#\(head(report.canaryName, report.canaryVersion))", "#difference", "#95% interval", "#n",
            ], rows)
    }

    private func name(_ kind: CanaryMetric.Kind) -> String {
        switch kind {
        case .errorRate: "failed"
        case .p95Latency: "p95 latency"
        case .satisfaction: "thumbs up"
        case .evalScore: "eval score"
        case .costPerRequest: "cost a request"
        case .tokensPerRequest: "tokens a request"
        case .toolCallsPerRequest: "tool calls a request"
        }
    }

    private func value(_ value: Double?, _ kind: CanaryMetric.Kind) -> String {
        switch kind {
        case .errorRate, .satisfaction: NumberFormat.percent(value)
        case .evalScore: NumberFormat.fixed(value, decimals: 3)
        case .p95Latency: NumberFormat.duration(value)
        case .costPerRequest: NumberFormat.dollars(value)
        case .tokensPerRequest: NumberFormat.count(value)
        case .toolCallsPerRequest: NumberFormat.fixed(value, decimals: 1)
        }
    }

    private func difference(_ value: Double?, _ kind: CanaryMetric.Kind) -> String {
        kind.isAbsolute ? NumberFormat.points(value, decimals: 1) : NumberFormat.change(value, decimals: 1)
    }

    private func interval(_ metric: CanaryMetric) -> String {
        guard let interval = metric.interval else { return NumberFormat.missing }
        return "\(difference(interval.lower, metric.kind)) … \(difference(interval.upper, metric.kind))"
    }
}
