import Canvas
import Metrics
import Monitoring
import Query

/// What fires, since when and by how much; what is resolved stays for an hour.
struct AlertsPanel {
    private let figures: Figures

    init(_ figures: Figures) { self.figures = figures }

    private var alerts: [Alert] { figures.situation.alerts }

    var trailing: String {
        let firing = alerts.filter(\.state.isFiring).count
        return firing == 0 ? "none firing" : "\(firing) firing"
    }

    func draw(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        guard !alerts.isEmpty else {
            canvas.draw(StyledText("\(screen.glyphs[.good]) ", .good) + StyledText("nothing fires", .text), on: &screen)
            let judged =
                figures.situation.judgedUpTo.map { "judged \(figures.clock($0, seconds: true))" } ?? "not judged yet"
            canvas.draw(StyledText(judged, .dim), on: &screen)
            drawHistory(&canvas, on: &screen)
            drawRules(&canvas, on: &screen)
            return
        }
        for (i, alert) in alerts.enumerated() {
            if canvas.rowsLeft == 1, alerts.count - i > 1 {
                canvas.draw(StyledText("\(alerts.count - i) more", .dim), on: &screen)
                return
            }
            draw(alert, &canvas, on: &screen)
        }
        drawHistory(&canvas, on: &screen)
        drawRules(&canvas, on: &screen)
    }

    private func draw(_ alert: Alert, _ canvas: inout PanelCanvas, on screen: inout Screen) {
        let (mark, role) = Self.look(alert, screen.glyphs)
        // The longest built-in name has to fit into half of 80 columns.
        let gap = canvas.inside.width < 38 ? "" : " "
        var text =
            StyledText("\(mark)\(gap)", role, bold: true)
            + StyledText("\(alert.severity.rawValue) ", role, bold: alert.state.isFiring)
        let end: StyledText
        switch alert.state.phase {
        case .resolved:
            text += StyledText(alert.name, .dim)
            end = StyledText("resolved \(figures.clock(alert.state.resolvedAt)) \(age(alert.state.resolvedAt))", .dim)
        case .pending:
            text += StyledText(alert.name, .text)
            end = StyledText("pending \(alert.valueText)\(alert.thresholdText)", .dim)
        default:
            text += StyledText(alert.name, .text)
            end =
                StyledText(alert.valueText, .text, bold: true) + StyledText(alert.thresholdText, .dim)
                + StyledText(" \(age(alert.state.since))", .text)
        }
        canvas.draw(text, trailing: end, on: &screen)
        if canvas.rowsLeft > alerts.count + 4, alert.state.isFiring {
            canvas.draw(StyledText("    " + alert.state.summary, .dim), on: &screen)
            if let exemplar = figures.situation.exemplar(for: alert) {
                canvas.draw(StyledText("    e.g. \(exemplar.traceID)", .dim), on: &screen)
            }
        }
    }

    /// The latest changes, where there is room.
    private func drawHistory(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        guard canvas.rowsLeft >= 4, !figures.situation.events.isEmpty else { return }
        canvas.skip()
        canvas.draw(StyledText("history", .dim), on: &screen)
        for event in figures.situation.events.reversed().filter({ $0.to == .firing || $0.to == .resolved }).prefix(
            canvas.rowsLeft)
        {
            canvas.draw(
                StyledText("\(figures.clock(event.time)) ", .dim)
                    + StyledText("\(event.severity.rawValue) \(event.rule) ", .text)
                    + StyledText(event.to?.rawValue ?? "", event.to == .firing ? .warning : .good), on: &screen)
        }
    }

    /// What is watched, where there is room for all of it.
    private func drawRules(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        let rules = figures.situation.rules
        guard !rules.isEmpty, canvas.rowsLeft >= rules.count + 2 else { return }
        canvas.skip()
        canvas.draw(StyledText("rules", .dim), on: &screen)
        for rule in rules {
            canvas.draw(
                StyledText("\(rule.severity.rawValue) ", .dim) + StyledText(rule.name, .text),
                trailing: StyledText(rule.condition, .dim), on: &screen)
        }
    }

    private func age(_ time: Int64?) -> String {
        guard let time, let now = figures.snapshot.now else { return "" }
        return NumberFormat.age(Double(now - time) / 1e6)
    }

    private static func look(_ alert: Alert, _ glyphs: GlyphSet) -> (Character, Role) {
        switch alert.state.phase {
        case .resolved, nil: (glyphs[.good], .good)
        case .pending, .nodata: (glyphs[.notice], .dim)
        case .firing, .recovering:
            switch alert.severity {
            case .p1: (glyphs[.critical], .critical)
            case .p2: (glyphs[.degraded], .warning)
            case .p3: (glyphs[.notice], .notice)
            }
        }
    }
}
