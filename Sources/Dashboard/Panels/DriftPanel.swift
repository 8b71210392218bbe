import Canvas
import Metrics
import Monitoring
import Query
import Statistics

/// Whether behaviour changes: each measure's mean against the baseline, how far its shape has moved, and whether users ask for
/// something else. Rows keep their places; what moves most is said in words where there is room.
struct DriftPanel {
    private let figures: Figures
    private static let columns = RowColumns(label: 10, value: 7, tail: 9)
    /// In every panel, in this order; with the mix of requests before the last.
    private static let first: [DriftMetric.Kind] = [.outputLength, .toolCalls, .sentiment]
    /// Where there is room.
    private static let others: [DriftMetric.Kind] = [.latency, .inputLength, .inputTokens, .outputTokens]
    private static let mixes: [MixShift.Kind] = [.tools, .errors, .stopReasons]
    /// A panel of fewer columns holds the first rows only.
    private static let leastWide = 50

    init(_ figures: Figures) { self.figures = figures }

    private var report: DriftReport { figures.drift }

    /// What it is compared with, and how much more moves than the rows tell.
    func trailing(width: Int) -> String {
        let title = report.basis.title(figures.window)
        guard width < Self.leastWide else { return title }
        let hidden = report.movements.count { movement in
            switch movement.subject {
            case .measure(let kind): Self.others.contains(kind)
            case .name(let kind, _): !kind.isOfInput
            case .injections: true
            }
        }
        let more = "\(hidden) more, \(title)"
        // Beside the panel's own name.
        return hidden > 0 && more.count <= width - 16 ? more : title
    }

    func draw(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        let isSmall = canvas.inside.width < Self.leastWide - 4 || canvas.rowsLeft < 8
        for metric in Self.first.compactMap({ report[$0] }) { draw(metric, &canvas, on: &screen) }
        drawInput(&canvas, on: &screen)
        if let quality = report[.quality] {
            if canvas.rowsLeft > 1 || report.inputHeadline == nil || quality.current == nil {
                draw(quality, &canvas, on: &screen)
            }
            if isSmall, quality.current != nil {
                canvas.draw(mean(quality, width: canvas.inside.width), on: &screen)
            }
        }
        guard !isSmall else { return }
        drawSentence(&canvas, on: &screen)
        for metric in Self.others.compactMap({ report[$0] }) where metric.current != nil {
            draw(metric, &canvas, on: &screen)
        }
        for mix in Self.mixes.compactMap({ report[$0] }) {
            if let mover = mix.movers.first { draw(mix, mover, label: mix.kind.title, &canvas, on: &screen) }
        }
        guard ChartBlock.fits(canvas) else { return }
        let bars = figures.chartBars(parts: .lengths)
        ChartBlock(
            names: ["mean output length"], format: { NumberFormat.count($0) },
            series: [.init(bars.values { $0.outputLength.mean }, role: .series1)], bars: bars
        ).draw(&canvas, on: &screen)
    }

    private func draw(_ metric: DriftMetric, _ canvas: inout PanelCanvas, on screen: inout Screen) {
        let style: Role = metric.hasDrifted ? .warning : metric.change == nil ? .dim : .text
        let flag = metric.hasDrifted ? String(screen.glyphs[.degraded]) : " "
        let psi = metric.psi.map { "PSI " + DisplayWidth.padLeft(NumberFormat.index($0), to: 4) } ?? ""
        canvas.draw(
            PanelRow(
                metric.kind.shortName, StyledText(metric.changeText, style, bold: metric.change != nil),
                spark: metric.spark(figures.bars),
                tail: StyledText(psi, .dim) + StyledText(flag, .warning, bold: true)),
            Self.columns, on: &screen)
    }

    private func drawInput(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        guard let (kind, mover) = report.inputHeadline, let mix = report[kind] else { return }
        if mover.isNew {
            let flag = StyledText(String(screen.glyphs[.degraded]), .warning, bold: true)
            let room = canvas.inside.width - 12
            let whole = StyledText("new \(kind.noun)", .warning) + flag
            let isTight = shares(mover, width: .max, style: .warning).width + whole.width > room
            let tail = isTight ? StyledText("new", .warning) + flag : whole
            canvas.draw(
                label("input mix") + shares(mover, width: room - tail.width, style: .warning), trailing: tail,
                on: &screen)
        } else {
            draw(mix, mover, label: "input mix", &canvas, on: &screen)
        }
    }

    /// The name that moved most, and the distance of the whole.
    private func draw(
        _ mix: MixShift, _ mover: MixShift.Mover, label text: String, _ canvas: inout PanelCanvas,
        on screen: inout Screen
    ) {
        let flag = mix.hasDrifted ? String(screen.glyphs[.degraded]) : " "
        let distance = mix.distance.map { "JS " + DisplayWidth.padLeft(NumberFormat.index($0), to: 4) } ?? ""
        let tail = StyledText(distance, .dim) + StyledText(flag, .warning, bold: true)
        let style: Role = mix.hasDrifted ? .warning : .text
        let room = canvas.inside.width - 12 - tail.width
        var shares = shares(mover, width: room, style: style)
        let change = StyledText(" " + NumberFormat.points(mover.difference), style)
        // The name goes before by how much.
        if mix.distance != nil, shares.width + change.width <= room { shares += change }
        canvas.draw(label(text) + shares, trailing: tail, on: &screen)
    }

    private func label(_ text: String) -> StyledText { StyledText(DisplayWidth.padRight(text, to: 11), .dim) }

    private func shares(_ mover: MixShift.Mover, width: Int, style: Role) -> StyledText {
        let share = NumberFormat.percent(mover.current, decimals: mover.current < 0.0995 ? 1 : 0)
        let name = DisplayWidth.truncate(mover.name, to: max(3, width - share.count - 1))
        return StyledText(name + " ", style) + StyledText(share, style, bold: true)
    }

    /// What moves most, in words.
    private func drawSentence(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        guard let first = report.movements.first else {
            if report.then != nil { canvas.draw(.dim("nothing moves beyond chance"), on: &screen) }
            return
        }
        canvas.draw(StyledText(first.sentence, .warning, bold: true), on: &screen)
    }

    private func mean(_ metric: DriftMetric, width: Int) -> StyledText {
        let means =
            StyledText(DisplayWidth.padRight(metric.kind.shortName, to: 11), .dim)
            + StyledText(DisplayWidth.padLeft(metric.kind.text(metric.current), to: 6), .text, bold: true)
            + StyledText(" base ", .dim)
            + StyledText(DisplayWidth.padLeft(metric.kind.text(metric.baseline), to: 6), .text)
        let count = StyledText(" n=\(NumberFormat.count(Double(metric.count)))", .dim)
        return means.width + count.width <= width ? means + count : means
    }
}
