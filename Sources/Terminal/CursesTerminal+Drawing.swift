import CNcurses
package import Canvas

/// Cells in rows, as they were shown.
struct Picture: Equatable {
    let size: Size
    let cells: [Cell]

    func row(_ y: Int) -> ArraySlice<Cell> { cells[y * size.width..<(y + 1) * size.width] }
}

extension CursesTerminal {
    /// Shows a screen; only what differs from the one before is sent. A screen larger than the terminal is cut, a smaller one leaves blanks.
    package func show(_ screen: Screen, palette: Palette) {
        show(cells: screen.cells, size: screen.size) { palette.ink(for: $0, depth: depth) }
    }

    /// Shows cells that stand in rows, `size.width` each. They may hold anything: what can't be shown is drawn as `·`, in its columns.
    package func show(cells: [Cell], size: Size, ink: (Role) -> Ink) {
        guard size.width >= 0, size.height >= 0, cells.count == size.width * size.height else { return }
        let inks = Role.allCases.map(ink)
        if inks != shownInks {
            colours.removeAll()
            shownInks = inks
            pairs = Array(repeating: nil, count: inks.count)
            shown = nil
        }
        draw(Picture(size: size, cells: cells))
    }

    /// Paints everything again, as after another program wrote over the picture.
    package func repaint() {
        guard let last else { return }
        shown = nil
        draw(last)
    }

    private func draw(_ picture: Picture) {
        last = picture
        guard isOnScreen, !isLost else { return }
        // Part of the frame before was lost on the way: nobody knows what is to be seen.
        if sink.isTorn {
            sink.isTorn = false
            shown = nil
        }
        let before = shown?.size == picture.size ? shown : nil
        if before == nil { unsafe werase(shim_stdscr()) }
        if shown == nil {
            unsafe clearok(shim_stdscr(), true)
            renditions.forget()
        }

        let columns = min(picture.size.width, size.width)
        var elements: [cchar_t] = []
        elements.reserveCapacity(columns)
        for y in 0..<min(picture.size.height, size.height) {
            let row = picture.row(y).prefix(columns)
            guard let changed = Self.changed(row, since: before?.row(y).prefix(columns)) else { continue }
            elements.removeAll(keepingCapacity: true)
            append(row, from: changed.lowerBound, to: changed.upperBound, &elements)
            unsafe mvwadd_wchnstr(
                shim_stdscr(), Int32(y), Int32(changed.lowerBound - row.startIndex), elements, Int32(elements.count))
        }
        shown = picture
        unsafe wnoutrefresh(shim_stdscr())
        doupdate()
        flush()
        capture.trim()
    }

    /// The indices of a row that are not as they were, whole glyphs; nil if there are none.
    static func changed(_ row: ArraySlice<Cell>, since before: ArraySlice<Cell>?) -> Range<Int>? {
        guard let before else { return row.isEmpty ? nil : row.indices }
        guard let first = zip(row.indices, before.indices).first(where: { row[$0] != before[$1] }),
            let last = zip(row.indices, before.indices).reversed().first(where: { row[$0] != before[$1] })
        else { return nil }
        // The glyph before takes two columns or one by what follows it.
        var start = max(row.startIndex, first.0 - 1)
        while start > row.startIndex, row[start].glyph == nil { start -= 1 }
        var end = last.0 + 1
        while end < row.endIndex, row[end].glyph == nil { end += 1 }
        return start..<end
    }

    /// One element a glyph, however many columns it takes; one more where a blank has to fill up. What stands before `start` is
    /// looked at for its colours only.
    private func append(_ row: ArraySlice<Cell>, from start: Int, to end: Int, _ elements: inout [cchar_t]) {
        var index = row.startIndex
        var before: (ink: Int, background: Colour, attributes: attr_t)?
        while index < end {
            let cell = row[index]
            var ink = Int(cell.style.role.rawValue)
            var attributes = colours.attributes(of: shownInks[ink], style: cell.style)
            // Of a blank only the background is seen: drawn as what stands before it, it costs the wire no change of colour.
            if cell.glyph == " ", let before, before.background == shownInks[ink].background,
                (before.attributes | attributes) & (SHIM_A_REVERSE | SHIM_A_UNDERLINE) == 0
            {
                (ink, attributes) = (before.ink, before.attributes)
            } else {
                before = (ink, shownInks[ink].background, attributes)
            }
            // A half of a wide glyph that stands alone is a blank.
            let isWide = cell.glyph != nil && index + 1 < row.endIndex && row[index + 1].glyph == nil
            if index >= start { append(cell.glyph, isWide: isWide, attributes, pair(ofRole: ink), &elements) }
            index += isWide ? 2 : 1
        }
    }

    private func append(
        _ glyph: Character?, isWide: Bool, _ attributes: attr_t, _ pair: Int32, _ elements: inout [cchar_t]
    ) {
        guard let glyph else { return elements.append(Self.element(" ", attributes, pair)) }
        if !isWide, let ascii = glyph.asciiValue, (0x20..<0x7F).contains(ascii) {
            return elements.append(Self.element(Unicode.Scalar(ascii), attributes, pair))
        }
        let encoded = encoder.encode(glyph, isWide: isWide)
        if encoded.scalars.count == 1 {
            elements.append(Self.element(encoded.scalars[0], attributes, pair))
        } else {
            var element = cchar_t()
            let text = encoded.scalars.map { wchar_t(bitPattern: $0.value) } + [0]
            unsafe shim_set_cell(&element, text, attributes, pair)
            elements.append(element)
        }
        if encoded.blankAfter { elements.append(Self.element(" ", attributes, pair)) }
    }

    private static func element(_ scalar: Unicode.Scalar, _ attributes: attr_t, _ pair: Int32) -> cchar_t {
        var element = cchar_t()
        unsafe shim_set_scalar(&element, wchar_t(bitPattern: scalar.value), attributes, pair)
        return element
    }

    /// The number of a role's colours; looked up once for each palette.
    private func pair(ofRole role: Int) -> Int32 {
        if let known = pairs[role] { return known }
        let pair = colours.pair(of: shownInks[role])
        pairs[role] = pair
        return pair
    }
}
