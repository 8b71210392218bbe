/// A screen of cells, drawn from scratch for every frame.
///
/// Holds only glyphs that are safe to send to a terminal: whatever text comes in, control characters, escape sequences,
/// bidi controls and invisible junk are stored as the glyph set's `.replacement`. Drawing outside is cut off, never an
/// error. A glyph of width 2 is always followed by its continuation.
package struct Screen: Sendable, Equatable {
    /// Each side is 0…1000, whatever was asked for.
    package let size: Size
    /// What frames, ellipses and replacements are drawn with.
    package let glyphs: GlyphSet
    /// In rows, `size.width` each.
    package private(set) var cells: [Cell]

    /// A blank screen.
    package init(size: Size, glyphs: GlyphSet = .unicode) {
        self.size = Size(
            width: min(max(0, size.width), Self.longestSide), height: min(max(0, size.height), Self.longestSide))
        self.glyphs = glyphs
        cells = Array(repeating: .blank, count: self.size.width * self.size.height)
    }

    /// All of it.
    package var bounds: Rect { Rect(size) }

    /// The cell at column `x` and row `y`, both from 0; a blank one outside.
    package subscript(x: Int, y: Int) -> Cell {
        guard x >= 0, x < size.width, y >= 0, y < size.height else { return .blank }
        return cells[y * size.width + x]
    }

    /// Writes the text from column `x` on, at most `width` columns of it, and returns how many columns it took.
    ///
    /// Cuts between graphemes: a wide glyph that doesn't fit whole is left out. Columns left of the screen are counted,
    /// but not seen.
    @discardableResult
    package mutating func put(
        _ text: some StringProtocol, x: Int, y: Int, style: Style = Style(.text), width: Int? = nil
    ) -> Int {
        put(String(text), x: x, y: y, style: style, width: width)
    }

    /// The same, for what nearly every text is.
    @discardableResult
    package mutating func put(
        _ text: String, x: Int, y: Int, style: Style = Style(.text), width: Int? = nil
    ) -> Int {
        guard y >= 0, y < size.height, x < size.width else { return 0 }
        let start = max(x, -Self.longestSide * 2)
        let end = min(size.width, start + min(max(0, width ?? Int.max), Self.longestSide * 3))
        let replacement = glyphs[.replacement]
        var column = start
        if text.isPlain {
            // A byte is a glyph of one column: graphemes need not be looked for.
            for byte in text.utf8.prefix(max(0, end - start)) {
                store(PrintableGlyph(plain: byte), style, x: column, y: y)
                column += 1
            }
            return column - start
        }
        for character in text {
            if column >= end { break }
            let shown = PrintableGlyph(character, replacement: replacement)
            if column + shown.width > end { break }
            store(shown, style, x: column, y: y)
            column += shown.width
        }
        return column - start
    }

    /// Writes the text so that it ends with column `x + width - 1`, and returns how many columns it took.
    ///
    /// What doesn't fit is cut at its end and marked by an ellipsis: a number must not pass for a smaller one. The
    /// columns before a shorter text stay as they are.
    @discardableResult
    package mutating func put(
        rightAligned text: some StringProtocol, x: Int, y: Int, width: Int, style: Style = Style(.text)
    ) -> Int {
        let room = min(max(0, width), Self.longestSide)
        guard x > -Self.longestSide * 2, x < size.width else { return 0 }
        let shown = DisplayWidth.truncate(text, to: room, ellipsis: glyphs[.ellipsis])
        return put(shown, x: x + room - DisplayWidth.width(of: shown), y: y, style: style)
    }

    /// Writes ready cells, such as a chart's, from column `x` on, at most `width` of them; returns how many columns.
    @discardableResult
    package mutating func put(_ row: [Cell], x: Int, y: Int, width: Int? = nil) -> Int {
        guard y >= 0, y < size.height, x < size.width else { return 0 }
        let start = max(x, -Self.longestSide * 2)
        let end = min(size.width, start + min(max(0, width ?? Int.max), Self.longestSide * 3))
        let replacement = glyphs[.replacement]
        var column = start
        for cell in row {
            if column >= end { break }
            // Continuations come with the wide glyph before them.
            guard let glyph = cell.glyph else { continue }
            let shown = PrintableGlyph(glyph, replacement: replacement)
            if column + shown.width > end { break }
            store(shown, cell.style, x: column, y: y)
            column += shown.width
        }
        return column - start
    }

    /// Writes rows of ready cells from the corner (`x`, `y`) down.
    package mutating func put(rows: [[Cell]], x: Int, y: Int) {
        for (offset, row) in rows.enumerated() {
            let (line, overflow) = y.addingReportingOverflow(offset)
            if overflow || line >= size.height { break }
            put(row, x: x, y: line)
        }
    }

    /// Fills the rectangle with a glyph of width 1 (any other counts as a blank), over what was there.
    package mutating func fill(_ rect: Rect, style: Style = Style(.text), glyph: Character = " ") {
        var shown = PrintableGlyph(glyph, replacement: glyphs[.replacement])
        if shown.width != 1 { shown = PrintableGlyph(" ") }
        for y in rect.rows(within: size.height) {
            for x in rect.columns(within: size.width) { store(shown, style, x: x, y: y) }
        }
    }

    /// Changes the style of every cell in the rectangle and leaves its glyph: a selected row, a dimmed page.
    package mutating func restyle(_ rect: Rect, _ change: (inout Style) -> Void) {
        for y in rect.rows(within: size.height) {
            for x in rect.columns(within: size.width) { change(&cells[y * size.width + x].style) }
        }
    }

    /// The only place that changes a glyph. Keeps wide glyphs whole: what loses a half becomes a blank.
    private mutating func store(_ shown: PrintableGlyph, _ style: Style, x: Int, y: Int) {
        let row = y * size.width
        if x < 0 {
            // The right half of a wide glyph at the screen's left edge.
            if x + shown.width > 0 { store(PrintableGlyph(" "), style, x: 0, y: y) }
            return
        }
        if cells[row + x].glyph == nil, x > 0 { cells[row + x - 1].glyph = " " }
        let end = x + shown.width
        if end < size.width, cells[row + end].glyph == nil { cells[row + end].glyph = " " }
        let glyph = glyphs.isASCII ? shown.inASCII() : shown.glyph
        cells[row + x] = Cell(glyph, style)
        if shown.width == 2 { cells[row + x + 1] = Cell(glyphs.isASCII ? glyph : nil, style) }
    }

    /// Beyond any terminal; keeps a hostile size from taking all memory.
    private static let longestSide = 1000
}
