import Canvas
import Metrics

/// Draws one panel: its frame, what its subject draws inside, and the deploy ticks under its sparklines.
struct PanelFrame {
    let panel: Panel
    let figures: Figures
    let isFocused: Bool

    func draw(in rect: Rect, on screen: inout Screen) {
        guard rect.width >= 8, rect.height >= 3 else { return }
        let (left, right) = titles(width: rect.width)
        screen.box(
            rect, title: left, trailing: right, style: Style(isFocused ? .focus : .border),
            titleStyle: Style(.title, bold: true))
        let axis = drawInside(
            Rect(x: rect.x + 2, y: rect.y + 1, width: rect.width - 4, height: rect.height - 2), on: &screen)
        axis?.drawDeploys(figures.deploys, y: rect.maxY - 1, on: &screen)
    }

    /// What the panel's subject draws, and the times under its lowest chart.
    @discardableResult
    func drawInside(_ inside: Rect, on screen: inout Screen) -> TimeAxis? {
        var canvas = PanelCanvas(inside: inside, bars: figures.bars)
        switch panel {
        case .latency: LatencyPanel(figures).draw(&canvas, on: &screen)
        case .cost: CostPanel(figures).draw(&canvas, on: &screen)
        case .success: SuccessPanel(figures).draw(&canvas, on: &screen)
        case .drift: DriftPanel(figures).draw(&canvas, on: &screen)
        case .alerts: AlertsPanel(figures).draw(&canvas, on: &screen)
        case .canary: CanaryPanel(figures).draw(&canvas, on: &screen)
        }
        return canvas.axis
    }

    /// What stands in the upper line of the frame, at its left and at its right.
    func titles(width: Int) -> (String, String) {
        let title = "\(panel.rawValue) \(panel.title)"
        return switch panel {
        case .latency: (title, LatencyPanel(figures).trailing(width: width))
        case .cost: (title, CostPanel(figures).trailing)
        case .success: (title, SuccessPanel(figures).trailing(width: width))
        case .drift: (title, DriftPanel(figures).trailing(width: width))
        case .alerts: (title, AlertsPanel(figures).trailing)
        case .canary: (title + CanaryPanel(figures).subtitle(width: width), CanaryPanel(figures).trailing)
        }
    }
}
