import Canvas
import Metrics
import Query

/// Requests over the last 24 hours, failures in their own row.
struct RequestsStrip {
    let figures: Figures

    func draw(in rect: Rect, on screen: inout Screen) {
        guard let now = figures.snapshot.now, rect.height >= 4 else { return }
        let columns = max(10, min(288, rect.width - 22))
        let bars = figures.snapshot.bars(lasting: Span.day, count: columns, endingAt: now, parts: [])
        let step = NumberFormat.duration(Double(bars.step) / 1e6, compact: true)
        screen.box(rect, title: "Requests, 24h", trailing: "a column is \(step)", titleStyle: Style(.title, bold: true))
        var canvas = PanelCanvas(
            inside: Rect(x: rect.x + 2, y: rect.y + 1, width: rect.width - 4, height: rect.height - 2),
            bars: bars.tallies.count)
        let requests = bars.values { $0.requests.raw > 0 ? $0.requests.value : nil }
        let failures = bars.values { $0.failed.raw > 0 ? $0.failed.value : nil }
        let total = bars.tallies.reduce(0) { $0 + $1.requests.value }
        let failed = bars.tallies.reduce(0) { $0 + $1.failed.value }
        let layout = RowColumns(label: 8, value: 7, tail: 0)
        canvas.draw(
            PanelRow(
                "requests", StyledText(NumberFormat.count(total), .text, bold: true),
                spark: Sparkline(requests, colouring: .role(.series1))),
            layout, on: &screen)
        canvas.draw(
            PanelRow(
                "failed", StyledText(NumberFormat.count(failed), .text, bold: true),
                spark: Sparkline(failures, colouring: .role(.critical))),
            layout, on: &screen)
        guard let place = canvas.sparkColumns else { return }
        drawTimes(bars, place, y: canvas.y, on: &screen)
    }

    private func drawTimes(_ bars: Bars, _ place: Range<Int>, y: Int, on screen: inout Screen) {
        let shown = min(place.count, bars.tallies.count)
        let start = bars.start + Int64(bars.tallies.count - shown) * bars.step
        let end = bars.start + Int64(bars.tallies.count) * bars.step
        guard shown > 0, end > start else { return }
        for tick in AxisTicks.times(in: start / Span.second...end / Span.second, atMost: max(2, shown / 9)) {
            let column = Int((tick * Span.second - start) / bars.step)
            let x = place.upperBound - shown + column
            if x + 5 <= place.upperBound {
                screen.put(ClockTime(tick * Span.second).text(seconds: false), x: x, y: y, style: Style(.dim))
            }
        }
        for mark in figures.snapshot.deploys where mark.time >= start && mark.time < end {
            let x = place.upperBound - shown + Int((mark.time - start) / bars.step)
            screen.put(String(screen.glyphs[.tick]), x: x, y: y, style: Style(.accent, bold: true))
        }
    }
}
