import Canvas
import Metrics

/// The six panels, and what else there is room for.
struct Overview {
    let figures: Figures
    let focus: Panel
    let sizeClass: SizeClass

    /// The parts of the page: the panels, and what there is room for besides.
    private struct Parts {
        var panels: Rect
        var strip: Rect?
        var side: Rect?

        init(_ rect: Rect, _ sizeClass: SizeClass) {
            panels = rect
            if sizeClass == .large || sizeClass == .huge {
                let rows = Layout.rows([.fill(weight: 1), .fixed(5)], in: panels)
                (panels, strip) = (rows[0], rows[1])
            }
            if sizeClass == .huge {
                let columns = Layout.columns([.fill(weight: 7), .fill(weight: 3)], in: panels)
                (panels, side) = (columns[0], columns[1])
            }
        }
    }

    func draw(in rect: Rect, on screen: inout Screen) {
        let parts = Parts(rect, sizeClass)
        if let strip = parts.strip { RequestsStrip(figures: figures).draw(in: strip, on: &screen) }
        if let side = parts.side { SideColumn(figures: figures).draw(in: side, on: &screen) }
        for (panel, place) in Self.places(in: parts.panels) {
            PanelFrame(panel: panel, figures: figures, isFocused: panel == focus).draw(in: place, on: &screen)
        }
    }

    /// The panel that is drawn at a place of the screen.
    static func panel(atX x: Int, y: Int, in rect: Rect, _ sizeClass: SizeClass) -> Panel? {
        places(in: Parts(rect, sizeClass).panels).first { $0.1.contains(x: x, y: y) }?.0
    }

    /// The rectangle of a panel.
    static func place(of panel: Panel, in rect: Rect, _ sizeClass: SizeClass) -> Rect? {
        places(in: Parts(rect, sizeClass).panels).first { $0.0 == panel }?.1
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
