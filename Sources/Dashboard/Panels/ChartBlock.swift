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

    func draw(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        let inside = canvas.inside
        guard canvas.rowsLeft >= Self.leastRows + 1, inside.width >= 30, !bars.tallies.isEmpty,
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
        drawTimes(
            Rect(x: inside.x + Self.axisWidth + 1, y: canvas.y + height, width: width, height: 1), on: &screen)
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
            screen.put(rightAligned: format(tick), x: rect.x, y: y, width: rect.width, style: Style(.dim))
        }
    }

    private func drawTimes(_ rect: Rect, on screen: inout Screen) {
        let end = bars.start + bars.step * Int64(bars.tallies.count)
        guard end > bars.start else { return }
        let seconds = bars.start / Span.second...end / Span.second
        for tick in AxisTicks.times(in: seconds, atMost: max(2, rect.width / 12)) {
            let fraction = Double(tick * Span.second - bars.start) / Double(end - bars.start)
            let text = ClockTime(tick * Span.second).text(seconds: false)
            let x = rect.x + Int(fraction * Double(rect.width))
            if x + text.count <= rect.maxX { screen.put(text, x: x, y: rect.y, style: Style(.dim)) }
        }
    }
}
