import Canvas
import Metrics
import Query

/// A chart in what is left of a panel: braille lines, a value axis at the left, times below.
struct ChartBlock {
    /// One name a series.
    var names: [String]
    var format: (Double) -> String
    var series: [BrailleChart.Series]
    var bars: Bars

    /// Fewer rows than this show nothing a sparkline does not.
    private static let leastRows = 5
    private static let axisWidth = 7

    /// Whether there is room for it at all.
    static func fits(_ canvas: PanelCanvas) -> Bool { canvas.rowsLeft > leastRows && canvas.inside.width >= 30 }

    func draw(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        let inside = canvas.inside
        guard Self.fits(canvas), !bars.tallies.isEmpty,
            series.contains(where: { $0.values.contains { $0 != nil } })
        else { return }
        drawLegend(Rect(x: inside.x, y: canvas.y, width: inside.width, height: 1), on: &screen)
        canvas.skip()
        let height = canvas.rowsLeft - 1
        let width = inside.width - Self.axisWidth - 1
        let range = BrailleChart.range(of: series)
        let top = range.upperBound > range.lowerBound ? range.lowerBound...(range.upperBound * 1.05) : range
        screen.put(
            rows: BrailleChart(series, range: top).rows(width: width, height: height, glyphs: screen.glyphs),
            x: inside.x + Self.axisWidth + 1, y: canvas.y)
        drawValues(top, Rect(x: inside.x, y: canvas.y, width: Self.axisWidth, height: height), on: &screen)
        if let axis = TimeAxis(bars, over: inside.x + Self.axisWidth + 1..<inside.maxX) {
            drawTimes(axis, y: canvas.y + height, on: &screen)
            canvas.axis = axis
        }
        while canvas.rowsLeft > 0 { canvas.skip() }
    }

    private func drawLegend(_ rect: Rect, on screen: inout Screen) {
        var legend = StyledText()
        for (name, line) in zip(names, series) { legend += StyledText("  " + name, line.role, bold: true) }
        screen.put(rightAligned: legend, x: rect.x, y: rect.y, width: rect.width)
    }

    private func drawValues(_ range: ClosedRange<Double>, _ rect: Rect, on screen: inout Screen) {
        guard range.upperBound > range.lowerBound else { return }
        for tick in AxisTicks.values(in: range, atMost: max(2, rect.height / 3)) {
            let fraction = (tick - range.lowerBound) / (range.upperBound - range.lowerBound)
            let y = rect.maxY - 1 - Int((fraction * Double(rect.height - 1)).rounded())
            screen.put(
                rightAligned: tick == 0 ? "0" : format(tick), x: rect.x, y: y, width: rect.width, style: Style(.dim))
        }
    }

    private func drawTimes(_ axis: TimeAxis, y: Int, on screen: inout Screen) {
        let seconds = axis.times.lowerBound / Span.second...axis.times.upperBound / Span.second
        for tick in AxisTicks.times(in: seconds, atMost: max(2, axis.columns.count / 12)) {
            guard let x = axis.column(of: tick * Span.second), x + 5 <= axis.columns.upperBound else { continue }
            screen.put(ClockTime(tick * Span.second).text(seconds: false), x: x, y: y, style: Style(.dim))
        }
    }
}
