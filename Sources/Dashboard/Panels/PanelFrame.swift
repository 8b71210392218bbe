import Canvas
import Metrics

/// Draws one panel: its frame, what its subject draws inside, and the deploy ticks under its sparklines.
struct PanelFrame {
    let panel: Panel
    let figures: Figures
    let isFocused: Bool

    func draw(in rect: Rect, on screen: inout Screen) {
        guard rect.width >= 8, rect.height >= 3 else { return }
        let title = "\(panel.rawValue) \(panel.title)"
        let (left, right) = titles(title, width: rect.width)
        screen.box(
            rect, title: left, trailing: right, style: Style(isFocused ? .focus : .border),
            titleStyle: Style(.title, bold: true))
        let inside = Rect(x: rect.x + 2, y: rect.y + 1, width: rect.width - 4, height: rect.height - 2)
        var canvas = PanelCanvas(inside: inside, bars: figures.bars)
        switch panel {
        case .latency: LatencyPanel(figures).draw(&canvas, on: &screen)
        case .cost: CostPanel(figures).draw(&canvas, on: &screen)
        case .success: SuccessPanel(figures).draw(&canvas, on: &screen)
        case .drift: DriftPanel(figures).draw(&canvas, on: &screen)
        case .alerts: AlertsPanel(figures).draw(&canvas, on: &screen)
        case .canary: CanaryPanel(figures).draw(&canvas, on: &screen)
        }
        canvas.axis?.drawDeploys(figures.snapshot.deploys, y: rect.maxY - 1, on: &screen)
    }

    private func titles(_ title: String, width: Int) -> (String, String) {
        switch panel {
        case .latency: (title, LatencyPanel(figures).trailing)
        case .cost: (title, CostPanel(figures).trailing)
        case .success: (title, SuccessPanel(figures).trailing(width: width))
        case .drift: (title, DriftPanel(figures).trailing)
        case .alerts: (title, AlertsPanel(figures).trailing)
        case .canary: (title + CanaryPanel(figures).subtitle(width: width), CanaryPanel(figures).trailing)
        }
    }
}
