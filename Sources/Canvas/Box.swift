extension Screen {
    /// Draws a frame with a title at the left of its top line and another at the right: `╭─ 1 Latency ─── chat ─╮`.
    ///
    /// Where both don't fit, the right one is shortened, then left out, then the left one is shortened. The inside
    /// stays as it is. Nothing is drawn below 2 columns; a single row holds the top line only.
    package mutating func box(
        _ rect: Rect,
        title: String = "",
        trailing: String = "",
        style: Style = Style(.border),
        titleStyle: Style = Style(.title),
        trailingStyle: Style = Style(.dim)
    ) {
        guard rect.width >= 2, rect.height >= 1, rect.columns(within: size.width).count > 0 else { return }
        // The rectangle meets the screen: only its far edges can still overflow.
        let (sum, overflow) = rect.x.addingReportingOverflow(rect.width - 1)
        let right = overflow ? Int.max : sum
        let bottom = rect.y.addingReportingOverflow(rect.height - 1)
        for x in [rect.x, right] {
            fill(Rect(x: x, y: rect.y, width: 1, height: rect.height), style: style, glyph: glyphs[.vertical])
        }
        for y in Set([rect.y, bottom.overflow ? rect.y : bottom.partialValue]) {
            let isTop = y == rect.y
            fill(Rect(x: rect.x, y: y, width: rect.width, height: 1), style: style, glyph: glyphs[.horizontal])
            put(glyphs[isTop ? .topLeft : .bottomLeft], x: rect.x, y: y, style: style)
            put(glyphs[isTop ? .topRight : .bottomRight], x: right, y: y, style: style)
        }
        let titles = BoxTitles(title: title, trailing: trailing, room: rect.width - 4, ellipsis: glyphs[.ellipsis])
        if !titles.title.isEmpty {
            put(" \(titles.title) ", x: rect.x + 2, y: rect.y, style: titleStyle)
        }
        if !titles.trailing.isEmpty {
            let start = right - 3 - DisplayWidth.width(of: titles.trailing)
            put(" \(titles.trailing) ", x: start, y: rect.y, style: trailingStyle)
        }
    }

    /// Draws a dividing line across a frame: `├────┤`.
    package mutating func divider(in rect: Rect, y: Int, style: Style = Style(.border)) {
        guard rect.width >= 2, rect.rows(within: size.height).contains(y) else { return }
        let columns = rect.columns(within: size.width)
        for x in columns {
            let part: FramePart = x == rect.x ? .teeLeft : x &- rect.x == rect.width - 1 ? .teeRight : .horizontal
            put(glyphs[part], x: x, y: y, style: style)
        }
    }

    private mutating func put(_ glyph: Character, x: Int, y: Int, style: Style) {
        put(String(glyph), x: x, y: y, style: style)
    }
}

/// What remains of two titles that share a line, each with a blank on both sides.
struct BoxTitles {
    private(set) var title = ""
    private(set) var trailing = ""

    init(title: String, trailing: String, room: Int, ellipsis: Character) {
        let wanted = DisplayWidth.width(of: title)
        let titleRoom = room - 2
        guard titleRoom >= 1 else { return }
        self.title = DisplayWidth.truncate(title, to: titleRoom, ellipsis: ellipsis)
        let used = wanted == 0 ? 0 : DisplayWidth.width(of: self.title) + 2
        let trailingRoom = room - used - 2
        let whole = DisplayWidth.width(of: trailing)
        // Two letters and an ellipsis say nothing.
        guard trailingRoom >= min(whole, 4) else { return }
        self.trailing = DisplayWidth.truncate(trailing, to: trailingRoom, ellipsis: ellipsis)
    }
}
