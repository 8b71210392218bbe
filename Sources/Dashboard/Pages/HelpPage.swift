import Canvas

/// The keys, from the table that binds them.
struct HelpPage {
    func draw(in rect: Rect, on screen: inout Screen) {
        screen.box(rect, title: "Keys", trailing: "Esc goes back", titleStyle: Style(.title, bold: true))
        var y = rect.y + 1
        for binding in KeyTable.bindings where !binding.name.isEmpty && y < rect.maxY - 1 {
            screen.put(rightAligned: binding.name, x: rect.x + 2, y: y, width: 10, style: Style(.accent, bold: true))
            screen.put(StyledText(binding.help, .text), x: rect.x + 14, y: y, width: rect.width - 16)
            y += 1
        }
        let notes = [
            "Percentiles are 0.54% off at most; max, counts and sums are exact.",
            "A dim p95 or p99 stands on fewer than 20 or 100 requests.",
            "Changes are against the baseline that the Drift panel names.",
            "What is not known is a dash, never 0. Times are UTC.",
        ]
        for note in notes where y + 1 < rect.maxY - 1 {
            y += 1
            screen.put(StyledText(note, .dim), x: rect.x + 2, y: y, width: rect.width - 4)
        }
    }
}
