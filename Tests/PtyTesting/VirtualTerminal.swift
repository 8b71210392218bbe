import Glibc

/// What a terminal of xterm's family would show: enough of its sequences for what ncurses sends, and a record of all others.
package struct VirtualTerminal: Sendable {
    /// The look of a cell.
    package struct Style: Sendable, Hashable {
        package var foreground: Colour = .default
        package var background: Colour = .default
        package var bold = false
        package var dim = false
        package var underline = false
        package var reverse = false
    }

    package enum Colour: Sendable, Hashable {
        case `default`
        case indexed(Int)
        case rgb(Int, Int, Int)
    }

    package struct Cell: Sendable, Hashable {
        /// Empty for the second half of a wide glyph.
        package var text: String = " "
        package var style = Style()
    }

    package private(set) var columns: Int
    package private(set) var height: Int
    package internal(set) var cells: [[Cell]]
    package internal(set) var isAlternate = false
    package internal(set) var isCursorVisible = true
    /// Private modes 1000…1006 that are on.
    package internal(set) var mouseModes: Set<Int> = []
    package internal(set) var title = ""
    package internal(set) var bells = 0
    /// What was put on the clipboard (OSC 52), in base64, oldest first.
    package internal(set) var clipboard: [String] = []
    /// Sequences that were not understood, for a test to show.
    package internal(set) var unknown: [String] = []
    /// SGR parameters seen, each once: what colours were sent at all.
    package internal(set) var renditions: Set<String> = []

    var x = 0
    var y = 0
    var style = Style()
    var top = 0
    var bottom: Int
    var saved = (x: 0, y: 0)
    var primary: [[Cell]] = []
    var lastText = " "
    var insertsCharacters = false
    var drawsLines = false
    var wrapsNext = false
    var parser = Parser()

    package init(columns: Int, rows: Int) {
        self.columns = columns
        height = rows
        bottom = rows - 1
        cells = Self.blank(columns, rows)
    }

    /// The text of each row, without trailing blanks.
    package var rows: [String] {
        cells.map { row in
            var text = row.map(\.text).joined()
            while text.hasSuffix(" ") { text.removeLast() }
            return text
        }
    }

    /// The cells as the eye tells them apart: of a blank only the background is seen.
    package var visible: [[Cell]] {
        cells.map { row in
            row.map { cell in
                guard cell.text == " ", !cell.style.underline, !cell.style.reverse else { return cell }
                return Cell(style: Style(background: cell.style.background))
            }
        }
    }

    static func blank(_ columns: Int, _ rows: Int) -> [[Cell]] {
        Array(repeating: Array(repeating: Cell(), count: columns), count: rows)
    }

    package mutating func resize(columns: Int, rows: Int) {
        func fit(_ old: [[Cell]]) -> [[Cell]] {
            var new = Self.blank(columns, rows)
            for y in 0..<min(rows, old.count) {
                for x in 0..<min(columns, old[y].count) { new[y][x] = old[y][x] }
            }
            return new
        }
        cells = fit(cells)
        if isAlternate { primary = fit(primary) }
        self.columns = columns
        height = rows
        (top, bottom) = (0, rows - 1)
        (x, y) = (min(x, columns - 1), min(y, rows - 1))
    }

    // MARK: Drawing

    mutating func put(_ scalar: Unicode.Scalar) {
        var text = String(scalar)
        if drawsLines, let line = Self.lineDrawing[scalar] { text = String(line) }
        let width = Self.width(scalar)
        if width == 0 {
            let before = wrapsNext ? x : max(0, x - 1)
            cells[y][before].text.unicodeScalars.append(scalar)
            return
        }
        if wrapsNext || x + width > columns {
            x = 0
            lineFeed()
        }
        wrapsNext = false
        if insertsCharacters { insertBlanks(width) }
        cells[y][x] = Cell(text: text, style: style)
        if width == 2, x + 1 < columns { cells[y][x + 1] = Cell(text: "", style: style) }
        lastText = text
        x += width
        if x >= columns {
            x = columns - 1
            wrapsNext = true
        }
    }

    mutating func lineFeed() {
        if y == bottom { scroll(from: top, by: 1) } else if y < height - 1 { y += 1 }
    }

    /// Positive moves lines up.
    mutating func scroll(from first: Int, by count: Int) {
        guard first <= bottom else { return }
        for _ in 0..<min(abs(count), height) {
            let line = Array(repeating: blankCell, count: columns)
            if count > 0 {
                cells.remove(at: first)
                cells.insert(line, at: bottom)
            } else {
                cells.remove(at: bottom)
                cells.insert(line, at: first)
            }
        }
    }

    mutating func insertBlanks(_ count: Int) {
        for _ in 0..<min(count, columns - x) {
            cells[y].insert(blankCell, at: x)
            cells[y].removeLast()
        }
    }

    mutating func deleteCharacters(_ count: Int) {
        for _ in 0..<min(count, columns - x) {
            cells[y].remove(at: x)
            cells[y].append(blankCell)
        }
    }

    mutating func erase(row: Int, from first: Int, to end: Int) {
        guard cells.indices.contains(row), first < end else { return }
        for column in max(0, first)..<min(columns, end) { cells[row][column] = blankCell }
    }

    /// Erased cells keep the background colour.
    private var blankCell: Cell { Cell(style: Style(background: style.background)) }

    static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        let value = scalar.value
        let wide: [ClosedRange<UInt32>] = [
            0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6C5,
            0x1F900...0x1F9FF, 0x20000...0x3FFFD,
        ]
        return wide.contains { $0.contains(value) } ? 2 : 1
    }

    static let lineDrawing: [Unicode.Scalar: Unicode.Scalar] = [
        "j": "┘", "k": "┐", "l": "┌", "m": "└", "n": "┼", "q": "─", "t": "├", "u": "┤", "v": "┴", "w": "┬", "x": "│",
    ]
}
