import Canvas
import Metrics
import Monitoring
import Query
import Statistics

/// The canary beside its control: what differs, how surely, and the verdict.
struct CanaryPanel {
    private let figures: Figures

    init(_ figures: Figures) { self.figures = figures }

    /// ` v2.4 5% : v2.3`, each version cut so that the other one is seen too.
    func subtitle(width: Int) -> String {
        guard let canary = figures.canary else { return "" }
        func cut(_ version: String, _ name: String) -> String {
            DisplayWidth.truncate(version.isEmpty ? name : version, to: max(8, (width - 34) / 2))
        }
        let version = cut(canary.canaryVersion, canary.canaryName)
        let control = cut(canary.controlVersion, canary.controlName)
        return " \(version) \(NumberFormat.percent(canary.share, decimals: 0)) : \(control)"
    }

    var trailing: String {
        figures.canary.map { ($0.isOver ? "over " : "soak ") + NumberFormat.age(Double($0.soak) / 1e6) } ?? ""
    }

    func draw(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        guard let canary = figures.canary else {
            if let shadow = figures.shadows.first(where: { !$0.isOver }) {
                return draw(shadow, &canvas, on: &screen)
            }
            canvas.draw(StyledText("no canary takes traffic", .dim), on: &screen)
            canvas.draw(StyledText("needs requests with variant=canary", .dim), on: &screen)
            return
        }
        let delta = String(screen.glyphs[.delta])
        canvas.draw(
            cells(
                "", StyledText("control", .control), StyledText("canary", .canary), StyledText(delta, .dim),
                StyledText("95% CI", .dim), canvas),
            on: &screen)
        for metric in shown(canary, rows: canvas.rowsLeft) { draw(metric, &canvas, on: &screen) }
        let counts = canary[.errorRate].map { "n=\($0.counts.control):\($0.counts.canary)" } ?? ""
        let (mark, role) = Self.look(canary.verdict, screen.glyphs)
        let sentence =
            StyledText("\(mark) \(canary.verdict.rawValue.uppercased())", role, bold: true)
            + StyledText(" " + (canary.reasons.first ?? ""), .text)
        // The reason matters more than how many requests the intervals above come from.
        let hasRoom = sentence.width + counts.count < canvas.inside.width
        canvas.draw(sentence, trailing: StyledText(hasRoom ? counts : "", .dim), on: &screen)
        for reason in canary.reasons.dropFirst() + (hasRoom ? [] : [counts]) where canvas.rowsLeft > 0 {
            canvas.draw(StyledText("  " + reason, .dim), on: &screen)
        }
        drawGates(&canvas, on: &screen)
    }

    /// Without a canary: what runs in the shadow.
    private func draw(_ shadow: ShadowReport, _ canvas: inout PanelCanvas, on screen: inout Screen) {
        let (mark, role): (Mark, Role) =
            switch shadow.finding {
            case .worse: (.critical, .critical)
            case .better, .asGood: (.good, .good)
            case .undecided: (.unknown, .dim)
            }
        let finding = shadow.finding.rawValue.split(separator: "_").joined(separator: " ").uppercased()
        canvas.draw(
            StyledText("\(screen.glyphs[mark]) \(finding)", role, bold: true)
                + StyledText(" \(shadow.name) in the shadow", .text),
            trailing: StyledText("n=\(shadow.counts.pairs)", .dim), on: &screen)
        canvas.draw(
            StyledText("alone failed ", .dim) + StyledText("\(shadow.counts.onlyShadowFailed)", .text, bold: true)
                + StyledText(", the original ", .dim)
                + StyledText("\(shadow.counts.onlyOriginalFailed)", .text, bold: true), on: &screen)
        if let latency = shadow.latencyChange {
            canvas.draw(
                StyledText("latency ", .dim) + StyledText(NumberFormat.change(latency.mean), .text)
                    + StyledText("  cost ", .dim) + StyledText(NumberFormat.change(shadow.costChange?.mean), .text),
                on: &screen)
        }
        for warning in shadow.warnings where canvas.rowsLeft > 0 {
            canvas.draw(StyledText("\(screen.glyphs[.notice]) \(warning)", .warning), on: &screen)
        }
    }

    /// Metrics in the order of what they say, as many as leave room for the verdict and what it rests on.
    private func shown(_ canary: CanaryReport, rows: Int) -> [CanaryMetric] {
        let room = max(1, rows - (rows > 4 ? min(2, canary.reasons.count) : 1))
        let known = Self.order.compactMap { canary[$0] }.filter { metric in
            Self.always.contains(metric.kind) || metric.control != nil || metric.canary != nil
        }
        return Array(known.prefix(room))
    }

    private static let always: [CanaryMetric.Kind] = [.errorRate, .p95Latency, .satisfaction]
    private static let order: [CanaryMetric.Kind] =
        always + [.costPerRequest, .evalScore, .tokensPerRequest, .toolCallsPerRequest]

    private func draw(_ metric: CanaryMetric, _ canvas: inout PanelCanvas, on screen: inout Screen) {
        let isWorse = metric.isSurelyWorse
        canvas.draw(
            cells(
                Self.label(metric.kind), StyledText(text(metric.control, metric.kind), .text),
                StyledText(text(metric.canary, metric.kind), .text, bold: true),
                StyledText(difference(metric), isWorse ? .critical : .text, bold: isWorse),
                StyledText(interval(metric), .dim), canvas),
            on: &screen)
    }

    /// What decides, where there is room to say it.
    private func drawGates(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        guard canvas.rowsLeft > 6 else { return }
        guard let settings = figures.canary?.settings else { return }
        let gates = settings.gates
        func percent(_ hundredths: Int64) -> String { NumberFormat.plain(Double(hundredths) / 100) }
        canvas.skip()
        canvas.draw(StyledText("gates", .dim), on: &screen)
        let lines = [
            ("errors over control by more than", percent(gates.maximumIncrease) + "pp"),
            ("errors over, while control is not", percent(gates.maximumErrorRate) + "%"),
            ("eval score under", percent(gates.minimumEvalScore) + "%"),
            ("outcomes that a step needs", NumberFormat.count(CanarySettings.promotionRequests)),
            ("least soak", NumberFormat.age(Double(settings.minimumSoak) / 1e6)),
        ]
        for (text, limit) in lines {
            canvas.draw(
                StyledText("  " + DisplayWidth.padRight(text, to: 36), .text)
                    + StyledText(DisplayWidth.padLeft(limit, to: 5), .text, bold: true), on: &screen)
        }
    }

    /// Five columns that keep their places.
    private func cells(
        _ label: String, _ control: StyledText, _ canary: StyledText, _ difference: StyledText, _ interval: StyledText,
        _ canvas: PanelCanvas
    ) -> StyledText {
        let spare = max(0, canvas.inside.width - 36)
        let gap = min(4, spare / 4)
        func right(_ text: StyledText, _ width: Int) -> StyledText {
            StyledText(String(repeating: " ", count: max(0, width + gap - text.width))) + text
        }
        return StyledText(DisplayWidth.padRight(label, to: 6), .text) + right(control, 7) + right(canary, 7)
            + right(difference, 6) + right(interval, 10)
    }

    private func text(_ value: Double?, _ kind: CanaryMetric.Kind) -> String {
        switch kind {
        case .errorRate: NumberFormat.percent(value)
        case .satisfaction: NumberFormat.percent(value, decimals: 0)
        case .evalScore: NumberFormat.fixed(value, decimals: 2)
        case .p95Latency: NumberFormat.duration(value)
        case .costPerRequest: NumberFormat.dollars(value)
        case .tokensPerRequest: NumberFormat.count(value)
        case .toolCallsPerRequest: NumberFormat.fixed(value, decimals: 1)
        }
    }

    private func difference(_ metric: CanaryMetric) -> String {
        metric.kind.isAbsolute ? NumberFormat.points(metric.difference) : NumberFormat.change(metric.difference)
    }

    private func interval(_ metric: CanaryMetric) -> String {
        guard let interval = metric.interval else { return NumberFormat.missing }
        func bound(_ value: Double) -> String {
            let text = NumberFormat.fixed(value * 100, decimals: 0)
            return value > 0 && text != "0" ? "+" + text : text == "-0" ? "0" : text
        }
        let signed = "[\(bound(interval.lower)),\(bound(interval.upper))]"
        // The column is nine wide; a sign goes before a digit does.
        return signed.count <= 9 ? signed : signed.filter { $0 != "+" }
    }

    private static func label(_ kind: CanaryMetric.Kind) -> String {
        switch kind {
        case .errorRate: "errors"
        case .p95Latency: "p95"
        case .satisfaction: "up"
        case .evalScore: "eval"
        case .costPerRequest: "$/req"
        case .tokensPerRequest: "tokens"
        case .toolCallsPerRequest: "tools"
        }
    }

    private static func look(_ verdict: CanaryVerdict, _ glyphs: GlyphSet) -> (Character, Role) {
        switch verdict {
        case .rollback: (glyphs[.critical], .critical)
        case .promote: (glyphs[.good], .good)
        case .hold: (glyphs[.degraded], .warning)
        case .inconclusive: (glyphs[.unknown], .dim)
        }
    }
}
