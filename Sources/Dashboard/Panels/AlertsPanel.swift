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
        let answered = alerts.filter { AlertAnswer($0, figures.situation) != nil && $0.state.isFiring }.count
        if firing == 0 { return "none firing" }
        return answered == 0 ? "\(firing) firing" : "\(firing) firing, \(firing - answered) open"
    }

    func draw(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        guard !alerts.isEmpty else {
            canvas.draw(StyledText("\(screen.glyphs[.good]) ", .good) + StyledText("nothing fires", .text), on: &screen)
            let count = figures.situation.rules.count
            let judged = figures.situation.judgedUpTo.map { "judged \(figures.clock($0, seconds: true))" }
            canvas.draw(
                StyledText("\(count) \(count == 1 ? "rule" : "rules") \(judged ?? "not judged yet")", .dim), on: &screen
            )
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
        let name = name(alert, screen.glyphs)
        // The name is what people search for: the longest end beside which it still fits whole.
        let ends = ends(alert)
        let end = ends.first { name.width + 1 + $0.width <= canvas.inside.width } ?? ends.last ?? StyledText()
        canvas.draw(name, trailing: end, on: &screen)
        if canvas.rowsLeft > alerts.count + 4, alert.state.isFiring {
            canvas.draw(StyledText("    " + alert.state.summary, .dim), on: &screen)
            if let exemplar = figures.situation.exemplar(for: alert) {
                canvas.draw(StyledText("    e.g. \(exemplar.traceID)", .dim), on: &screen)
            }
        }
    }

    /// `▲ P2 elevated_error_rate`.
    func name(_ alert: Alert, _ glyphs: GlyphSet) -> StyledText {
        let (mark, role) = Self.look(alert, glyphs)
        return StyledText("\(mark) ", role, bold: true)
            + StyledText("\(alert.severity.rawValue) ", role, bold: alert.state.isFiring)
            + StyledText(alert.title, alert.state.phase == .resolved ? .dim : .text)
    }

    /// What an alert's line ends with, the longest first.
    private func ends(_ alert: Alert) -> [StyledText] {
        let value = StyledText(alert.valueText, .text, bold: true)
        let threshold = StyledText(alert.thresholdText, .dim)
        switch alert.state.phase {
        case .resolved:
            let time = figures.clock(alert.state.resolvedAt)
            return ["resolved \(time), \(age(alert.state.resolvedAt)) ago", "resolved \(time)", "ended \(time)"]
                .map { StyledText($0, .dim) }
        case .pending:
            return [StyledText("pending ", .dim) + value + threshold, StyledText("pending", .dim)]
        default:
            let age = StyledText(" " + DisplayWidth.padLeft(age(alert.state.since), to: 3), .text)
            guard let answer = AlertAnswer(alert, figures.situation) else {
                return [value + threshold + age, value + age]
            }
            let brief = StyledText(" \(answer.brief)", answer.role)
            return [value + threshold + brief + age, value + brief + age, StyledText(answer.brief, answer.role) + age]
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
            let hasFired = event.to == .firing
            let (mark, role): (Mark, Role) = hasFired ? (.degraded, .warning) : (.good, .good)
            let text =
                StyledText("\(figures.clock(event.time)) ", .dim) + StyledText("\(screen.glyphs[mark]) ", role)
                + StyledText("\(event.severity.rawValue) \(event.rule)", .text)
            let word = StyledText(event.to?.rawValue ?? "", .dim)
            let fits = text.width + 1 + word.width <= canvas.inside.width
            canvas.draw(text, trailing: fits ? word : StyledText(), on: &screen)
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

    static func look(_ alert: Alert, _ glyphs: GlyphSet) -> (Character, Role) {
        switch alert.state.phase {
        case .resolved, nil: (glyphs[.good], .good)
        case .pending, .nodata, .error: (glyphs[.notice], .dim)
        case .firing, .recovering:
            switch alert.severity {
            case .p1: (glyphs[.critical], .critical)
            case .p2: (glyphs[.degraded], .warning)
            case .p3: (glyphs[.notice], .notice)
            }
        }
    }
}
