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
            let row = picture.row(y)
            if let before, before.row(y) == row { continue }
            elements.removeAll(keepingCapacity: true)
            append(row.prefix(columns), to: &elements)
            unsafe mvwadd_wchnstr(shim_stdscr(), Int32(y), 0, elements, Int32(elements.count))
        }
        shown = picture
        unsafe wnoutrefresh(shim_stdscr())
        doupdate()
        flush()
        capture.trim()
    }

    /// One element a glyph, however many columns it takes; one more where a blank has to fill up.
    private func append(_ row: ArraySlice<Cell>, to elements: inout [cchar_t]) {
        var index = row.startIndex
        var before: (ink: Ink, attributes: attr_t, pair: Int32)?
        while index < row.endIndex {
            let cell = row[index]
            let ink = shownInks[Int(cell.style.role.rawValue)]
            var attributes = colours.attributes(of: ink, style: cell.style)
            var pair = colours.pair(of: ink)
            // Of a blank only the background is seen: drawn as what stands before it, it costs the wire no change of colour.
            if cell.glyph == " ", let before, before.ink.background == ink.background,
                (before.attributes | attributes) & (SHIM_A_REVERSE | SHIM_A_UNDERLINE) == 0
            {
                (attributes, pair) = (before.attributes, before.pair)
            } else {
                before = (ink, attributes, pair)
            }
            // A half of a wide glyph that stands alone is a blank.
            let isWide = cell.glyph != nil && index + 1 < row.endIndex && row[index + 1].glyph == nil
            if !isWide, let ascii = cell.glyph?.asciiValue, (0x20..<0x7F).contains(ascii) {
                elements.append(Self.element([wchar_t(ascii), 0], attributes, pair))
            } else if let glyph = cell.glyph {
                let encoded = encoder.encode(glyph, isWide: isWide)
                let text = encoded.scalars.map { wchar_t(bitPattern: $0.value) } + [0]
                elements.append(Self.element(text, attributes, pair))
                if encoded.blankAfter { elements.append(Self.element([0x20, 0], attributes, pair)) }
            } else {
                elements.append(Self.element([0x20, 0], attributes, pair))
            }
            index += isWide ? 2 : 1
        }
    }

    private static func element(_ text: [wchar_t], _ attributes: attr_t, _ pair: Int32) -> cchar_t {
        var element = cchar_t()
        unsafe shim_set_cell(&element, text, attributes, pair)
        return element
    }
}
