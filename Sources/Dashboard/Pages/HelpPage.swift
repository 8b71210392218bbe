import Canvas

/// The keys, from the table that binds them, and how to read the numbers.
struct HelpPage {
    let keys: KeyTable

    private static let notes = [
        "Percentiles are 0.54% off at most; max, counts and sums are exact.",
        "A dim p95 or p99 stands on fewer than 20 or 100 requests.",
        "Changes are against the baseline that the Drift panel names.",
        "What is not known is a dash, never 0. Times are UTC.",
        "To find out why: x; then the panel that the verdict is about (1 latency, 3 errors, 6 canary), a row, r for its requests, Enter for one of them, y for its id.",
    ]

    func sheet(width: Int) -> Sheet {
        var sheet = Sheet("Keys", trailing: "Esc goes back")
        let lines = keys.lines
        let name = min(12, lines.map { DisplayWidth.width(of: $0.keys) }.max() ?? 0)
        for line in lines {
            var text =
                StyledText(DisplayWidth.padLeft(line.keys, to: name) + "  ", .accent, bold: true)
                + StyledText(line.binding.help, .text)
            let detail = StyledText("; " + line.binding.detail, .dim)
            if !line.binding.detail.isEmpty, text.width + detail.width <= width { text += detail }
            sheet.line(text)
        }
        sheet.gap()
        for note in Self.notes { sheet.paragraph(note, .dim, width: width) }
        return sheet
    }
}
