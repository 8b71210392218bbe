import Canvas
import Query

/// Draws a sheet in its frame, scrolled as the cursor says.
struct SheetView {
    let sheet: Sheet
    let cursor: Cursor

    /// Where the sheet's lines are: one column in from the frame's sides, and one more for the mark of the focus.
    static func inside(_ rect: Rect) -> Rect {
        Rect(x: rect.x + 2, y: rect.y + 1, width: max(0, rect.width - 4), height: max(0, rect.height - 2))
    }

    /// The sheet's line that is drawn first.
    func firstLine(height: Int) -> Int { cursor.firstLine(in: sheet, height: height) }

    func draw(in rect: Rect, on screen: inout Screen) {
        let inside = Self.inside(rect)
        screen.box(
            rect, title: sheet.title, trailing: sheet.trailing, style: Style(.focus),
            titleStyle: Style(.title, bold: true))
        let first = firstLine(height: inside.height)
        let focused = cursor.target(in: sheet, height: inside.height)
        var y = inside.y - first
        for item in sheet.items {
            defer { y += item.height }
            // An item that does not fit whole is left out at the end and at the beginning: half a chart misleads.
            guard y >= inside.y, y + item.height <= inside.maxY else { continue }
            let place = Rect(x: inside.x, y: y, width: inside.width, height: item.height)
            item.draw(place, &screen)
            if let target = item.target, target.id == focused?.id { mark(place, on: &screen) }
        }
        drawPosition(rect, first: first, height: inside.height, on: &screen)
    }

    private func mark(_ place: Rect, on screen: inout Screen) {
        screen.restyle(Rect(x: place.x - 1, y: place.y, width: place.width + 2, height: place.height)) {
            $0 = Style(.selection, bold: $0.bold)
        }
        screen.put(String(screen.glyphs[.cursor]), x: place.x - 1, y: place.y, style: Style(.selection, bold: true))
    }

    /// `12–40 of 96`, in the frame's lower line, where not all is seen.
    private func drawPosition(_ rect: Rect, first: Int, height: Int, on screen: inout Screen) {
        guard sheet.height > height, height > 0 else { return }
        let last = min(sheet.height, first + height)
        let text = " \(first + 1)\(screen.glyphs[.minus])\(last) of \(sheet.height) "
        screen.put(rightAligned: text, x: rect.x, y: rect.maxY - 1, width: max(0, rect.width - 3), style: Style(.dim))
    }
}
