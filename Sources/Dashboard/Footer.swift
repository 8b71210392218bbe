import Canvas

/// The keys worth knowing, from the table that binds them.
struct Footer {
    let model: Model

    func draw(y: Int, on screen: inout Screen) {
        if let notice = model.notice {
            screen.put(StyledText(notice, .notice), x: 1, y: y, width: screen.size.width - 2)
            return
        }
        var entries = KeyTable.bindings.compactMap { binding in
            binding.footer.map { (binding.name == "space" ? String(screen.glyphs[.space]) : binding.name, $0) }
        }
        if !model.pages.isEmpty { entries.insert(("Esc", "back"), at: 0) }
        // The last one, how to leave, is the last to go.
        while entries.count > 1, width(entries) > screen.size.width - 2 { entries.remove(at: entries.count - 2) }
        var x = 1
        for (key, word) in entries {
            x += screen.put(key, x: x, y: y, style: Style(.accent, bold: true)) + 1
            x += screen.put(word, x: x, y: y, style: Style(.dim)) + 2
        }
    }

    private func width(_ entries: [(String, String)]) -> Int {
        entries.reduce(-2) { $0 + DisplayWidth.width(of: $1.0) + 1 + DisplayWidth.width(of: $1.1) + 2 }
    }
}
