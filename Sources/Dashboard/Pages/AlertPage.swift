import Canvas
import Metrics
import Monitoring
import Query
import Telemetry

/// One alert: what it says, its rule, a request that shows it, and its life so far.
struct AlertPage {
    let name: String
    let context: SheetContext

    private var figures: Figures { context.figures }

    var sheet: Sheet {
        let alert = figures.situation.alerts.first { $0.name == name }
        let rule = figures.situation.rules.first { $0.name == name }
        var sheet = Sheet("Alert \(name)", trailing: rule.map(\.severity.rawValue) ?? "")
        if let alert { addState(alert, to: &sheet) } else { sheet.line(StyledText("not active", .dim)) }
        if let rule {
            sheet.heading("rule", trailing: "over \(NumberFormat.age(Double(rule.window) / 1e6))")
            sheet.paragraph(rule.condition, width: context.width)
        }
        addTimeline(to: &sheet)
        return sheet
    }

    private func addState(_ alert: Alert, to sheet: inout Sheet) {
        let (mark, role) = AlertsPanel.look(alert, context.glyphs)
        let word = alert.state.phase?.rawValue.uppercased() ?? ""
        sheet.line(
            StyledText("\(mark) \(alert.severity.rawValue) \(word)", role, bold: true)
                + StyledText("  \(alert.symptom)", .text, bold: true))
        if !alert.state.summary.isEmpty { sheet.paragraph(alert.state.summary, width: context.width) }
        let now = figures.snapshot.now ?? alert.state.since
        let age = NumberFormat.elapsed(Double((alert.state.resolvedAt ?? now) - alert.state.since) / 1e6)
        sheet.line(
            StyledText("since ", .dim) + StyledText(figures.clock(alert.state.since, seconds: true), .text)
                + StyledText(" for \(age)", .dim))
        let times = max(0, alert.state.since - 5 * Span.minute)...(alert.state.resolvedAt ?? now)
        sheet.gap()
        sheet.line(
            StyledText("requests behind it", .text),
            target: Target(id: "requests", requests: alert.requests(during: times)))
        if let exemplar = figures.situation.exemplar(for: alert) {
            var line = StyledText("for example ", .dim) + StyledText(exemplar.traceID, .text, bold: true)
            if !exemplar.errorType.isAbsent {
                line += StyledText("  " + figures.names.label(exemplar.errorType), .critical)
            }
            sheet.line(
                line,
                trailing: StyledText(
                    NumberFormat.duration(exemplar.latency.map { Double($0) / 1e6 }, compact: true), .text),
                target: Target(
                    id: "exemplar", opens: .request(traceID: exemplar.traceID, time: exemplar.time),
                    copies: exemplar.traceID, url: exemplar.traceURL.isEmpty ? nil : exemplar.traceURL))
        }
    }

    private func addTimeline(to sheet: inout Sheet) {
        let events = figures.situation.events.filter { $0.rule == name }
        guard !events.isEmpty else { return }
        sheet.heading("timeline", trailing: "Enter: the screen as of then")
        for (i, event) in events.reversed().enumerated() {
            let from = event.from?.rawValue ?? "quiet"
            let to = event.to?.rawValue ?? "quiet"
            let role: Role = event.to == .firing ? .warning : event.to == .resolved ? .good : .text
            sheet.line(
                StyledText(figures.clock(event.time, seconds: true) + "  ", .dim)
                    + StyledText("\(from) \(context.glyphs[.right]) ", .dim) + StyledText(to, role, bold: true),
                trailing: StyledText(event.alert?.valueText ?? "", .text)
                    + StyledText(event.alert.map { " " + $0.thresholdText } ?? "", .dim),
                target: Target(id: "event \(events.count - i) \(event.time)", time: event.time))
        }
    }
}

extension Alert {
    /// The requests that made it.
    func requests(during times: ClosedRange<Int64>) -> RequestsQuery {
        switch metric {
        case .p50Latency, .p95Latency, .p99Latency, .maxLatency, .timeToFirstTokenP95:
            RequestsQuery("\(name): slowest requests", order: .slowest, times: times)
        case .costPerHour, .costPerRequest, .costPerSuccess, .tokensPerMinute:
            RequestsQuery("\(name): costliest requests", order: .costliest, times: times)
        case .errorRate, .errorCount, .toolErrorRate:
            RequestsQuery("\(name): failed requests", QueryText.failed, times: times)
        default: RequestsQuery("\(name): requests", times: times)
        }
    }
}
