extension Screen {
    /// The text of each row, without its trailing blanks.
    package var rows: [String] {
        (0..<size.height).map { y in
            var row = ""
            var end = row.endIndex
            for x in 0..<size.width {
                guard let glyph = self[x, y].glyph else { continue }
                row.append(glyph)
                if glyph != " " { end = row.endIndex }
            }
            return String(row[..<end])
        }
    }

    /// One letter a cell for what the cell means (`Role.letter`), one string a row. Blanks that look like the page are
    /// spaces, and left out at a row's end.
    package var roleMap: [String] {
        map { cell in cell == .blank ? " " : cell.style.role.letter }
    }

    /// One digit a cell for its emphasis: 1 bold, 2 reverse, 4 underline, added up; a space for none.
    package var emphasisMap: [String] {
        map { cell in
            let bits = (cell.style.bold ? 1 : 0) + (cell.style.reverse ? 2 : 0) + (cell.style.underline ? 4 : 0)
            return bits == 0 ? " " : Character(String(bits))
        }
    }

    private func map(_ letter: (Cell) -> Character) -> [String] {
        (0..<size.height).map { y in
            var row = (0..<size.width).map { letter(self[$0, y]) }
            while row.last == " " { row.removeLast() }
            return String(row)
        }
    }
}
