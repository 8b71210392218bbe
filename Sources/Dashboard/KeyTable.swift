package import Canvas

/// The one table that binds keys: `update` looks keys up in it, and the help page, the palette and the footer are made from it.
package struct KeyTable: Sendable, Hashable {
    /// The keys of one action, and its words.
    package struct Binding: Sendable, Hashable {
        package var action: Action
        /// Any of them does it; the first is the one that is told. Empty: no key does.
        package var keys: [Key]
        /// A few words for the help page and the palette; `detail` follows where there is room.
        package var help: String
        package var detail = ""
        /// One word for the footer; nil: not there.
        package var footer: String?
        /// How the keys of this line and of those that follow it without words of their own are written together.
        package var together: String?

        package init(
            _ action: Action, _ keys: [Key], _ help: String, detail: String = "", footer: String? = nil,
            together: String? = nil
        ) {
            self.action = action
            self.keys = keys
            self.help = help
            self.detail = detail
            self.footer = footer
            self.together = together
        }
    }

    /// In the order of the list of keys.
    package private(set) var bindings: [Binding]
    private var actions: [Key: Action] = [:]

    /// Of bindings that share a key the first has it.
    package init(_ bindings: [Binding]) {
        self.bindings = bindings
        index()
    }

    private mutating func index() {
        actions = Dictionary(
            bindings.flatMap { binding in binding.keys.map { ($0, binding.action) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// What a key does; nil: nothing.
    package func action(for key: Key) -> Action? { actions[key] }

    /// The table with other keys for some actions, by their names; a key that is given away is taken from who had it.
    package func rebinding(_ keys: [String: [Key]]) -> KeyTable {
        let given = Set(keys.values.joined())
        var table = self
        for i in table.bindings.indices {
            if let own = keys[table.bindings[i].action.rawValue] {
                table.bindings[i].keys = own
                table.bindings[i].together = nil
            } else if table.bindings[i].keys.contains(where: given.contains) {
                table.bindings[i].keys.removeAll { given.contains($0) }
                table.bindings[i].together = nil
            }
        }
        table.index()
        return table
    }

    /// Lines for people: the keys as they are written, and what they do.
    struct Line {
        var keys: String
        var binding: Binding
    }

    var lines: [Line] {
        bindings.compactMap { binding in
            guard !binding.help.isEmpty else { return nil }
            let names = binding.together ?? binding.keys.map(\.label).joined(separator: " ")
            return names.isEmpty ? nil : Line(keys: names, binding: binding)
        }
    }

    /// The first key of an action, as it is written.
    func name(of action: Action) -> String? {
        bindings.first { $0.action == action }?.keys.first?.label
    }

    /// The keys that a screen has unless a configuration says otherwise.
    package static let standard = KeyTable([
        Binding(.help, [.character("?"), .function(1)], "this list", footer: "help"),
        Binding(
            .zoom1, [.character("1")], "zoom a panel", detail: "the same digit goes back", footer: "zoom",
            together: "1-6"),
        Binding(.zoom2, [.character("2")], ""),
        Binding(.zoom3, [.character("3")], ""),
        Binding(.zoom4, [.character("4")], ""),
        Binding(.zoom5, [.character("5")], ""),
        Binding(.zoom6, [.character("6")], ""),
        Binding(.open, [.enter], "open what has the focus", detail: "a panel, a row, one request"),
        Binding(
            .back, [.escape, .backspace], "go back", detail: "on the overview: end a freeze, twice: clear the filter"),
        Binding(
            .requests, [.character("r")], "the requests behind the focus", detail: "failures, the slowest, a slice"),
        Binding(
            .filter, [.character("/")], "filter everything", detail: "model = gpt-4o and latency > 5s",
            footer: "filter"),
        Binding(.addToFilter, [.character("+")], "add the focused row to the filter"),
        Binding(.clearFilter, [.character("-")], "clear the filter"),
        Binding(
            .slices, [.character("d")], "slices by dimension", detail: "for whom; again: the next dimension",
            footer: "slices"),
        Binding(
            .explain, [.character("x")], "why: what failing requests share",
            detail: "slow, expensive, rated down, canary: again; Enter filters", footer: "why"),
        Binding(
            .changes, [.character("c")], "what changed", detail: "deploys, before and after, how to undo them"),
        Binding(.agents, [.character("A")], "all agents side by side", detail: "+ filters by the focused one"),
        Binding(
            .window, [.character("w")], "next window", detail: "1m 5m 15m 1h 6h 24h all; W goes back",
            footer: "window", together: "w W"),
        Binding(.windowBack, [.character("W")], ""),
        Binding(
            .freeze, [.character(" ")], "freeze the screen", detail: "reading goes on; again: live", footer: "freeze"),
        Binding(
            .scrubBack, [.shiftLeft, .character("{")], "go back and forth in time",
            detail: "while frozen also the arrows, in smaller steps; End: now", together: "{ }"),
        Binding(.scrubForward, [.shiftRight, .character("}")], ""),
        Binding(
            .alertBack, [.character("[")], "to the alert before and after", detail: "freezes at the time it fired",
            together: "[ ]"),
        Binding(.alertForward, [.character("]")], ""),
        Binding(.focusNext, [.tab], "next panel, and the one before", together: "Tab S-Tab"),
        Binding(.focusPrevious, [.backTab], ""),
        Binding(
            .left, [.left, .character("h")], "move the focus", detail: "arrows too; on a page j k move among its rows",
            together: "h j k l"),
        Binding(.down, [.down, .character("j")], ""),
        Binding(.up, [.up, .character("k")], ""),
        Binding(.right, [.right, .character("l")], ""),
        Binding(.first, [.character("g"), .home], "first and last row", together: "g G"),
        Binding(.last, [.character("G"), .end], ""),
        Binding(.pageUp, [.pageUp, .control("b")], "a page up and down", together: "PgUp PgDn"),
        Binding(.pageDown, [.pageDown, .control("f")], ""),
        Binding(
            .acknowledge, [.character("a")], "acknowledge an alert", detail: "no repeats, no escalation until it ends"),
        Binding(.silence, [.character("s")], "silence an alert", detail: "for 30m, 2h or 8h, with a comment"),
        Binding(
            .baseline, [.character("b")], "baseline of drift",
            detail: "keep this window under a name, or choose another"),
        Binding(.rebaseline, [], "what is now is usual: the anomaly detector learns anew"),
        Binding(
            .rollback, [.character("R")], "roll the canary back",
            detail: "with --act, where the verdict is ROLLBACK; asked twice"),
        Binding(.sort, [.character("S")], "sort requests otherwise", detail: "newest, slowest, costliest first"),
        Binding(.copy, [.character("y")], "copy the trace id", detail: "through tmux or OSC 52"),
        Binding(.copyLink, [.character("o")], "copy the link to the trace"),
        Binding(.copyScreen, [.character("Y")], "copy the panel or page as text"),
        Binding(.palette, [.character(":")], "every action by name"),
        Binding(.theme, [.character("t")], "next theme", footer: "theme"),
        Binding(.redraw, [.control("l")], "draw anew"),
        Binding(.suspend, [.control("z")], "suspend", detail: "fg comes back"),
        Binding(.quit, [.character("q"), .control("c")], "quit", footer: "quit"),
    ])
}

extension Key {
    /// As it is written for people, where there is little room.
    var label: String {
        switch self {
        case .control(let character): "Ctrl-\(character.uppercased())"
        case .backTab: "S-Tab"
        case .backspace: "Bksp"
        case .shiftUp, .shiftDown, .shiftLeft, .shiftRight: "S-" + (name ?? "").dropFirst(6)
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .enter, .escape, .tab, .up, .down, .left, .right, .home, .end, .insert, .delete:
            (name ?? "").prefix(1).uppercased() + (name ?? "").dropFirst()
        default: name ?? "mouse"
        }
    }
}
