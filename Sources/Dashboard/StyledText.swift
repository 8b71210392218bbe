import Canvas

/// Text in pieces, each with its style.
struct StyledText {
    private(set) var pieces: [(text: String, style: Style)] = []

    init() {}

    init(_ text: String, _ style: Style = Style(.text)) { pieces = [(text, style)] }

    init(_ text: String, _ role: Role, bold: Bool = false) { pieces = [(text, Style(role, bold: bold))] }

    static func + (a: StyledText, b: StyledText) -> StyledText {
        var sum = a
        sum.pieces += b.pieces
        return sum
    }

    static func += (a: inout StyledText, b: StyledText) { a = a + b }

    /// Columns.
    var width: Int { pieces.reduce(0) { $0 + DisplayWidth.width(of: $1.text) } }
}

extension Screen {
    /// Writes the pieces from column `x` on, at most `width` columns; returns how many columns it took.
    @discardableResult
    mutating func put(_ text: StyledText, x: Int, y: Int, width: Int) -> Int {
        var used = 0
        for piece in text.pieces {
            guard used < width else { break }
            let needed = DisplayWidth.width(of: piece.text)
            let room = width - used
            if needed > room {
                let cut = DisplayWidth.truncate(piece.text, to: room, ellipsis: glyphs[.ellipsis])
                used += put(cut, x: x + used, y: y, style: piece.style, width: room)
                return used
            }
            used += put(piece.text, x: x + used, y: y, style: piece.style)
        }
        return used
    }

    /// Writes the pieces so that they end at column `x + width - 1`.
    mutating func put(rightAligned text: StyledText, x: Int, y: Int, width: Int) {
        put(text, x: x + max(0, width - text.width), y: y, width: min(width, text.width))
    }
}

extension DisplayWidth {
    /// The text, cut to at most `columns` columns at its beginning: of a path the end tells the files apart.
    static func keepEnd(of text: String, to columns: Int, ellipsis: Character) -> String {
        guard width(of: text) > columns else { return text }
        var used = 1
        var kept: [Character] = []
        for character in text.reversed() {
            used += width(of: String(character))
            if used > columns { break }
            kept.append(character)
        }
        return columns > 0 ? String(ellipsis) + String(kept.reversed()) : ""
    }

    /// The text in lines of at most `columns` columns, broken at blanks; a word longer than a line is cut by whoever draws it.
    static func lines(of text: String, within columns: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, width(of: last) + 1 + width(of: word) <= columns {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
