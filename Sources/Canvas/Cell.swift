/// One column of the screen: a glyph (a grapheme of width 1 or 2) in a style.
///
/// A glyph of width 2 is followed by a cell whose glyph is nil (`Cell.continuation`), so that an index in a row is always a column.
package struct Cell: Sendable, Hashable {
    package var glyph: Character?
    package var style: Style

    package init(_ glyph: Character?, _ style: Style) {
        self.glyph = glyph
        self.style = style
    }

    package static let blank = Cell(" ", Style(.text))
}
