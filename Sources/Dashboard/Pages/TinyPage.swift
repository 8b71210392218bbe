import Canvas
import Metrics
import Monitoring
import Query

/// The verdict and six numbers, wrapped to whatever width there is.
struct TinyPage {
    let model: Model
    let figures: Figures?

    func draw(on screen: inout Screen) {
        VerdictLine(figures: figures, isPaused: model.pause != nil).draw(y: 0, on: &screen)
        guard let figures else { return }
        let length = figures.drift[.outputLength]?.change
        let numbers: [(String, String)] = [
            ("p95", NumberFormat.duration(Figures.seconds(figures.tally.latency, 950))),
            ("ok", NumberFormat.percent(figures.tally.successRate)),
            ("cost", NumberFormat.text(figures.costPerHour, .dollarsPerHour)),
            ("length", NumberFormat.change(length)),
            ("firing", String(figures.situation.alerts.filter(\.state.isFiring).count)),
            ("canary", figures.canary?.verdict.rawValue ?? String(screen.glyphs[.missing])),
        ]
        var x = 1
        var y = 1
        for (label, value) in numbers {
            let text = StyledText(label + " ", .dim) + StyledText(value, .text, bold: true)
            if x > 1, x + text.width > screen.size.width {
                x = 1
                y += 1
            }
            guard y < screen.size.height else { return }
            screen.put(text, x: x, y: y, width: screen.size.width - x)
            x += text.width + 2
        }
    }
}
