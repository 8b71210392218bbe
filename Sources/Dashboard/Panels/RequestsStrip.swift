import Canvas
import Metrics
import Query

/// Requests over the last 24 hours, failures in their own row.
struct RequestsStrip {
    let figures: Figures

    /// Bars that a strip of so many columns shows.
    static func bars(width: Int) -> Int { max(10, min(288, width - 22)) }

    func draw(in rect: Rect, on screen: inout Screen) {
        guard let now = figures.snapshot.now, let bars = figures.day, rect.height >= 4 else { return }
        let step = NumberFormat.age(Double(bars.step) / 1e6)
        screen.box(rect, title: "Requests, 24h", trailing: "a column is \(step)", titleStyle: Style(.title, bold: true))
        var canvas = PanelCanvas(
            inside: Rect(x: rect.x + 2, y: rect.y + 1, width: rect.width - 4, height: rect.height - 2),
            bars: bars)
        let requests = bars.values { $0.requests.raw > 0 ? $0.requests.value : nil }
        let failures = bars.values { $0.failed.raw > 0 ? $0.failed.value : nil }
        // The bar under way counts here, though it is not drawn yet.
        let total = figures.snapshot.totals(lasting: Span.day, endingAt: now, parts: []).tally
        let layout = RowColumns(label: 8, value: 7, tail: 0)
        canvas.draw(
            PanelRow(
                "requests", StyledText(NumberFormat.count(total.requests.value), .text, bold: true),
                spark: Sparkline(requests, colouring: .role(.series1))),
            layout, on: &screen)
        canvas.draw(
            PanelRow(
                "failed", StyledText(NumberFormat.count(total.failed.value), .text, bold: true),
                spark: Sparkline(failures, colouring: .role(.critical))),
            layout, on: &screen)
        guard let axis = canvas.axis else { return }
        drawTimes(axis, y: canvas.y, on: &screen)
        // In the frame, as in every panel: a tick must not eat a digit, nor a digit a tick.
        axis.drawDeploys(figures.deploys, y: rect.maxY - 1, on: &screen)
    }

    private func drawTimes(_ axis: TimeAxis, y: Int, on screen: inout Screen) {
        let seconds = axis.times.lowerBound / Span.second...axis.times.upperBound / Span.second
        for tick in AxisTicks.times(in: seconds, atMost: max(2, axis.columns.count / 9)) {
            guard let x = axis.column(of: tick * Span.second), x + 5 <= axis.columns.upperBound else { continue }
            screen.put(ClockTime(tick * Span.second).text(seconds: false), x: x, y: y, style: Style(.dim))
        }
    }
}
