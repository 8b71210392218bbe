import Canvas

/// The keys worth knowing, from the table that binds them. A click on one does what the key does.
struct Footer {
    let model: Model
    /// What the row with the focus stands for, where there is one.
    let target: Target?

    private struct Entry {
        var key: String
        var word: String
        var action: Action

        var width: Int { DisplayWidth.width(of: key) + 1 + DisplayWidth.width(of: word) }
    }

    func draw(y: Int, on screen: inout Screen) {
        if let notice = model.notice {
            screen.put(StyledText(notice, .notice), x: 1, y: y, width: screen.size.width - 2)
            return
        }
        var x = 1
        for entry in entries(width: screen.size.width) {
            let key = entry.key == "space" ? String(screen.glyphs[.space]) : entry.key
            x += screen.put(key, x: x, y: y, style: Style(.accent, bold: true)) + 1
            x += screen.put(entry.word, x: x, y: y, style: Style(.dim)) + 2
        }
    }

    /// What the word drawn at a column is for.
    func action(atColumn column: Int, width: Int) -> Action? {
        var x = 1
        for entry in entries(width: width) {
            // Drawn as one sign.
            let taken = entry.width - (entry.key == "space" ? 4 : 0)
            if (x..<x + taken).contains(column) { return entry.action }
            x += taken + 2
        }
        return nil
    }

    /// As many as have room; the last one, how to leave, is the last to go.
    private func entries(width: Int) -> [Entry] {
        var entries = model.keys.bindings.compactMap { binding in
            binding.footer.flatMap { word in
                (binding.together ?? binding.keys.first?.label).map {
                    // Of two keys the first leads on.
                    Entry(key: String($0.prefix { $0 != " " }), word: word, action: binding.action)
                }
            }
        }
        if !model.pages.isEmpty {
            entries.removeAll { [.zoom1, .slices, .freeze, .theme].contains($0.action) }
            entries = ofPage.map { Entry(key: model.keys.name(of: $0.0) ?? "", word: $0.1, action: $0.0) } + entries
        }
        entries.removeAll { $0.key.isEmpty }
        while entries.count > 1, entries.reduce(-2, { $0 + $1.width + 2 }) > width - 2 {
            entries.remove(at: entries.count - 2)
        }
        return entries
    }

    private var isAboutAlert: Bool {
        if case .alert = model.page { return true }
        return target?.alert != nil
    }

    /// What can be done with the row that has the focus.
    private var ofPage: [(Action, String)] {
        var actions: [(Action, String)] = [(.back, "back")]
        let filters = target?.opens == nil && target?.condition != nil
        if filters {
            actions.append((.open, "filter by it"))
        } else if target?.opens != nil || target?.requests != nil || target?.time != nil {
            actions.append((.open, "open"))
        }
        if target?.requests != nil, target?.opens != nil || filters { actions.append((.requests, "requests")) }
        if target?.copies != nil { actions.append((.copy, "copy")) }
        if target?.url != nil { actions.append((.copyLink, "link")) }
        if isAboutAlert { actions += [(.acknowledge, "ack"), (.silence, "silence")] }
        if case .requests = model.page { actions.append((.sort, "sort")) }
        return actions
    }
}
