import Canvas
import Metrics

/// The six panels, and what else there is room for.
struct Overview {
    let figures: Figures
    let focus: Panel
    let sizeClass: SizeClass

    func draw(in rect: Rect, on screen: inout Screen) {
        var rect = rect
        if sizeClass == .large || sizeClass == .huge {
            let parts = Layout.rows([.fill(weight: 1), .fixed(5)], in: rect)
            rect = parts[0]
            RequestsStrip(figures: figures).draw(in: parts[1], on: &screen)
        }
        if sizeClass == .huge {
            let parts = Layout.columns([.fill(weight: 7), .fill(weight: 3)], in: rect)
            rect = parts[0]
            SideColumn(figures: figures).draw(in: parts[1], on: &screen)
        }
        for (panel, place) in Self.places(in: rect) {
            PanelFrame(panel: panel, figures: figures, isFocused: panel == focus).draw(in: place, on: &screen)
        }
    }

    /// Two columns of three panels; rows differ by one at most, the upper ones larger.
    static func places(in rect: Rect) -> [(Panel, Rect)] {
        let third = rect.height / 3
        let rest = rect.height % 3
        let heights = (0..<3).map { third + ($0 < rest ? 1 : 0) }
        let rows = Layout.rows(heights.map { .fixed($0) }, in: rect)
        return zip(rows, [(Panel.latency, Panel.cost), (.success, .drift), (.alerts, .canary)]).flatMap { row, panels in
            let columns = Layout.columns([.fill(weight: 1), .fill(weight: 1)], in: row)
            return [(panels.0, columns[0]), (panels.1, columns[1])]
        }
    }
}
