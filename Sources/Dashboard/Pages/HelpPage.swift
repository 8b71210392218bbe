import Canvas

/// The keys, from the table that binds them.
struct HelpPage {
    private static let notes = [
        "Percentiles are 0.54% off at most; max, counts and sums are exact.",
        "A dim p95 or p99 stands on fewer than 20 or 100 requests.",
        "Changes are against the baseline that the Drift panel names.",
        "What is not known is a dash, never 0. Times are UTC.",
    ]

    func draw(in rect: Rect, on screen: inout Screen) {
        screen.box(rect, title: "Keys", trailing: "Esc goes back", titleStyle: Style(.title, bold: true))
        let inside = rect.inset(horizontal: 2)
        let bindings = KeyTable.bindings.filter { !$0.name.isEmpty }
        guard bindings.count > inside.height else {
            for (i, binding) in bindings.enumerated() {
                draw(
                    binding, hasDetail: true, Rect(x: inside.x, y: inside.y + i, width: inside.width, height: 1),
                    on: &screen)
            }
            var notes = inside
            notes.y += bindings.count
            notes.height -= bindings.count
            return drawNotes(notes, on: &screen)
        }
        // Two columns, in short.
        let half = (bindings.count + 1) / 2
        let width = inside.width / 2
        for (i, binding) in bindings.enumerated() where i % half < inside.height {
            let place = Rect(x: inside.x + i / half * width, y: inside.y + i % half, width: width, height: 1)
            draw(binding, hasDetail: false, place, on: &screen)
        }
    }

    private func draw(_ binding: KeyTable.Binding, hasDetail: Bool, _ place: Rect, on screen: inout Screen) {
        screen.put(rightAligned: binding.name, x: place.x, y: place.y, width: 9, style: Style(.accent, bold: true))
        var text = StyledText(binding.help, .text)
        if hasDetail, !binding.detail.isEmpty { text += StyledText("; " + binding.detail, .dim) }
        screen.put(text, x: place.x + 11, y: place.y, width: place.width - 11)
    }

    /// As many of the notes as have room whole.
    private func drawNotes(_ rect: Rect, on screen: inout Screen) {
        var y = rect.y + 1
        for note in Self.notes {
            let lines = DisplayWidth.lines(of: note, within: rect.width)
            guard y + lines.count <= rect.maxY else { return }
            for line in lines {
                screen.put(StyledText(line, .dim), x: rect.x, y: y, width: rect.width)
                y += 1
            }
        }
    }
}
