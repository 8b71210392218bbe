import Canvas
import Metrics
import Monitoring
import Query
import Statistics

/// Whether behaviour changes: each measure's mean against the baseline, and how far its shape has moved.
struct DriftPanel {
    private let figures: Figures
    private static let columns = RowColumns(label: 10, value: 7, tail: 9)

    init(_ figures: Figures) { self.figures = figures }

    var trailing: String { figures.baselineName }

    func draw(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        for metric in figures.drift.metrics { draw(metric, &canvas, on: &screen) }
        drawMeans(&canvas, on: &screen)
        guard ChartBlock.fits(canvas) else { return }
        let bars = figures.chartBars(parts: .lengths)
        ChartBlock(
            names: ["mean output length"], format: { NumberFormat.count($0) },
            series: [.init(bars.values { $0.outputLength.mean }, role: .series1)], bars: bars
        ).draw(&canvas, on: &screen)
    }

    private func draw(_ metric: DriftMetric, _ canvas: inout PanelCanvas, on screen: inout Screen) {
        let style: Role = metric.hasDrifted ? .warning : metric.change == nil ? .dim : .text
        let change =
            metric.kind == .sentiment
            ? signed(metric.change) : NumberFormat.change(metric.change, decimals: 1)
        let flag = metric.hasDrifted ? String(screen.glyphs[.degraded]) : " "
        let psi = metric.psi.map { "PSI " + DisplayWidth.padLeft(Self.index($0), to: 4) } ?? ""
        canvas.draw(
            PanelRow(
                Self.label(metric.kind), StyledText(change, style, bold: metric.change != nil),
                spark: Sparkline(
                    values(metric.kind), scale: scale(metric), isZeroBased: false,
                    colouring: .role(metric.hasDrifted ? .barHigh : .barLow)),
                tail: StyledText(psi, .dim) + StyledText(flag, .warning, bold: true)),
            Self.columns, on: &screen)
    }

    /// Means now and then, where there is room for a table.
    private func drawMeans(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        guard canvas.rowsLeft > 0 else { return }
        guard canvas.rowsLeft > 5 else {
            if let quality = figures.drift[.quality], quality.current != nil { canvas.draw(mean(quality), on: &screen) }
            return
        }
        canvas.skip()
        for metric in figures.drift.metrics where metric.current != nil { canvas.draw(mean(metric), on: &screen) }
    }

    private func mean(_ metric: DriftMetric) -> StyledText {
        func text(_ value: Double?) -> String {
            switch metric.kind {
            case .outputLength: NumberFormat.count(value)
            case .toolCalls: NumberFormat.fixed(value, decimals: 2)
            case .sentiment, .quality: NumberFormat.fixed(value, decimals: 3)
            }
        }
        return StyledText(DisplayWidth.padRight(Self.label(metric.kind), to: 11), .dim)
            + StyledText(DisplayWidth.padLeft(text(metric.current), to: 6), .text, bold: true)
            + StyledText(" base ", .dim) + StyledText(DisplayWidth.padLeft(text(metric.baseline), to: 6), .text)
            + StyledText(" n=\(NumberFormat.count(Double(metric.count)))", .dim)
    }

    private func values(_ kind: DriftMetric.Kind) -> [Double?] {
        figures.bars.values { tally in
            switch kind {
            case .outputLength: tally.outputLength.mean
            case .toolCalls: tally.toolCallsPerRequest.mean
            case .sentiment: tally.sentiment.mean.map { $0 / 1e6 }
            case .quality: tally.quality.mean.map { $0 / 1e6 }
            }
        }
    }

    /// The baseline in the middle: drift shows as a slope, noise as a flat line.
    private func scale(_ metric: DriftMetric) -> ClosedRange<Double>? {
        guard let middle = metric.baseline ?? metric.current else { return nil }
        let reach = max(abs(middle) * 0.5, metric.kind == .sentiment ? 0.3 : 0.001)
        return middle - reach...middle + reach
    }

    private func signed(_ value: Double?) -> String {
        guard let value else { return NumberFormat.missing }
        let text = NumberFormat.fixed(value, decimals: 2)
        return value > 0 && !text.hasPrefix("-") ? "+" + text : text
    }

    /// `.27`, `1.20`, `12.3`: an index in four columns at most.
    private static func index(_ value: Double) -> String {
        if value >= 99.95 { return ">99" }
        let text = NumberFormat.fixed(value, decimals: value < 9.995 ? 2 : 1)
        return text.hasPrefix("0.") ? String(text.dropFirst()) : text
    }

    private static func label(_ kind: DriftMetric.Kind) -> String {
        switch kind {
        case .outputLength: "output len"
        case .toolCalls: "tool calls"
        case .sentiment: "sentiment"
        case .quality: "quality"
        }
    }
}
