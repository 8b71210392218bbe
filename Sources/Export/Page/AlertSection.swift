import Metrics
import Monitoring
import Query

struct AlertSection {
    let figures: PageFigures

    var markup: Markup {
        let firing = figures.situation.alerts.count { $0.state.isFiring }
        let rules = figures.situation.rules.count
        return .panel(
            "Alerts", note: "\(firing) firing, \(rules) rule\(rules == 1 ? "" : "s") watched", isWide: true,
            table + timeline)
    }

    private var table: Markup {
        let alerts = figures.situation.alerts
        guard !alerts.isEmpty else { return "<p class=\"dim\">None fires, and none did within the last hour.</p>\n" }
        let rows = alerts.map { alert -> [Markup] in
            let end = alert.state.resolvedAt ?? figures.snapshot.now ?? alert.state.since
            return [
                state(alert), "<code>\(alert.name)</code>", "\(alert.valueText)", "\(alert.thresholdText)",
                "<span class=\"nowrap\">\(figures.clock(alert.state.since))</span>",
                "\(PageFigures.span(alert.state.since, end))", "\(alert.state.summary)", trace(alert),
            ]
        }
        return .table(
            ["", "rule", "#value", "#threshold", "since", "#for", "what it says", "trace"], rows, stacks: true)
    }

    private func state(_ alert: Alert) -> Markup {
        let severity = alert.severity.rawValue
        switch alert.state.phase {
        case .firing, .recovering:
            let (glyph, role) =
                switch alert.severity {
                case .p1: ("✗", "critical")
                case .p2: ("▲", "warning")
                case .p3: ("·", "notice")
                }
            let word = alert.state.phase == .firing ? "firing" : "recovering"
            return "<span class=\"nowrap \(role)\">\(glyph) \(severity) \(word)</span>"
        case .resolved: return "<span class=\"nowrap\">" + .coloured("✓ \(severity) resolved", "good") + "</span>"
        default: return "<span class=\"nowrap dim\">\(severity) \(alert.state.phase?.rawValue ?? "")</span>"
        }
    }

    private func trace(_ alert: Alert) -> Markup {
        guard let exemplar = figures.situation.exemplar(for: alert), !exemplar.traceID.isEmpty else { return "–" }
        return .link(exemplar.traceID, to: exemplar.traceURL)
    }

    // MARK: What happened when

    private static let mostEvents = 16

    private var timeline: Markup {
        var events: [(time: Int64, what: Markup)] = figures.snapshot.deploys.map {
            ($0.time, "deploy <code>\($0.label)</code>")
        }
        for event in figures.situation.events {
            let words: String
            switch (event.from, event.to) {
            case (.recovering?, .firing?): continue
            case (_, .firing?): words = "fires"
            case (_, .resolved?): words = "is resolved"
            default: continue
            }
            events.append((event.time, "\(event.severity.rawValue) <code>\(event.rule)</code> \(words)"))
        }
        let shown = events.filter { $0.time >= figures.begin - Span.hour }.sorted { $0.time < $1.time }
            .suffix(Self.mostEvents)
        guard !shown.isEmpty else { return .none }
        let rows = shown.map { event -> [Markup] in
            ["<span class=\"nowrap\">\(figures.clock(event.time, seconds: true))</span>", event.what]
        }
        return "<h3>What happened when</h3>\n" + .table(["time", "event"], Array(rows))
    }
}
