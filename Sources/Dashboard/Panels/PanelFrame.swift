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
        // A narrow table reaches to its right border.
        let isTable = panel == .alerts || panel == .canary
        let padding = isTable && rect.width < 48 ? 3 : 4
        let inside = Rect(x: rect.x + 2, y: rect.y + 1, width: rect.width - padding, height: rect.height - 2)
        var canvas = PanelCanvas(inside: inside, bars: figures.bars.tallies.count)
        switch panel {
        case .latency: LatencyPanel(figures).draw(&canvas, on: &screen)
        case .cost: CostPanel(figures).draw(&canvas, on: &screen)
        case .success: SuccessPanel(figures).draw(&canvas, on: &screen)
        case .drift: DriftPanel(figures).draw(&canvas, on: &screen)
        case .alerts: AlertsPanel(figures).draw(&canvas, on: &screen)
        case .canary: CanaryPanel(figures).draw(&canvas, on: &screen)
        }
        if let columns = canvas.sparkColumns { drawDeploys(under: columns, y: rect.maxY - 1, on: &screen) }
    }

    private func titles(_ title: String, width: Int) -> (String, String) {
        switch panel {
        case .latency: (title, LatencyPanel(figures).trailing)
        case .cost: (title, CostPanel(figures).trailing)
        case .success: (title, SuccessPanel(figures).trailing(width: width))
        case .drift: (title, DriftPanel(figures).trailing)
        case .alerts: (title, AlertsPanel(figures).trailing)
        case .canary: (title + CanaryPanel(figures).subtitle, CanaryPanel(figures).trailing)
        }
    }

    /// A tick on the frame under the column in which something was deployed.
    private func drawDeploys(under columns: Range<Int>, y: Int, on screen: inout Screen) {
        let shown = min(columns.count, figures.bars.tallies.count)
        for mark in figures.snapshot.deploys {
            guard let bar = figures.bars.index(of: mark.time) else { continue }
            let place = bar - (figures.bars.tallies.count - shown)
            guard place >= 0 else { continue }
            screen.put(String(screen.glyphs[.tick]), x: columns.upperBound - shown + place, y: y, style: Style(.accent))
        }
    }
}
