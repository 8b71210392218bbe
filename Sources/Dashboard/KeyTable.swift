package import Canvas

/// What a key can make happen. Everything the program does on a key is one of these.
package enum Action: Sendable, Hashable, CaseIterable {
    case help, zoom1, zoom2, zoom3, zoom4, zoom5, zoom6, zoomFocused, back, focusNext, focusPrevious
    case focusLeft, focusRight, focusUp, focusDown
    case window, windowBack, theme, freeze, redraw, suspend, quit
}

/// The one table that binds keys: `update` looks keys up in it, and the help page and the footer are made from it.
package enum KeyTable {
    package struct Binding: Sendable {
        package var keys: [Key]
        package var action: Action
        /// How the keys are written; empty: not listed by itself.
        package var name: String
        /// A few words for the help page; `detail` follows where there is room.
        package var help: String
        package var detail = ""
        /// One word for the footer; nil: not there.
        package var footer: String?
    }

    package static let bindings: [Binding] = [
        Binding(
            keys: [.character("?"), .function(1)], action: .help, name: "?", help: "this list", detail: "F1 too",
            footer: "help"),
        Binding(
            keys: [.character("1")], action: .zoom1, name: "1-6", help: "zoom a panel",
            detail: "the same digit goes back", footer: "zoom"),
        Binding(keys: [.character("2")], action: .zoom2, name: "", help: ""),
        Binding(keys: [.character("3")], action: .zoom3, name: "", help: ""),
        Binding(keys: [.character("4")], action: .zoom4, name: "", help: ""),
        Binding(keys: [.character("5")], action: .zoom5, name: "", help: ""),
        Binding(keys: [.character("6")], action: .zoom6, name: "", help: ""),
        Binding(keys: [.enter], action: .zoomFocused, name: "Enter", help: "zoom the focus"),
        Binding(
            keys: [.escape, .backspace], action: .back, name: "Esc", help: "go back",
            detail: "Backspace too; on the overview it ends a freeze"),
        Binding(keys: [.tab], action: .focusNext, name: "Tab", help: "next panel"),
        Binding(keys: [.backTab], action: .focusPrevious, name: "Shift-Tab", help: "panel before"),
        Binding(
            keys: [.left, .character("h")], action: .focusLeft, name: "h j k l", help: "move the focus",
            detail: "arrows too"),
        Binding(keys: [.down, .character("j")], action: .focusDown, name: "", help: ""),
        Binding(keys: [.up, .character("k")], action: .focusUp, name: "", help: ""),
        Binding(keys: [.right, .character("l")], action: .focusRight, name: "", help: ""),
        Binding(
            keys: [.character("w")], action: .window, name: "w", help: "next window", detail: "1m 5m 15m 1h 6h 24h all",
            footer: "window"),
        Binding(keys: [.character("W")], action: .windowBack, name: "W", help: "window before"),
        Binding(
            keys: [.character(" ")], action: .freeze, name: "space", help: "freeze the screen",
            detail: "reading goes on", footer: "freeze"),
        Binding(keys: [.character("t")], action: .theme, name: "t", help: "next theme", footer: "theme"),
        Binding(keys: [.control("l")], action: .redraw, name: "Ctrl-L", help: "draw anew"),
        Binding(keys: [.control("z")], action: .suspend, name: "Ctrl-Z", help: "suspend", detail: "fg comes back"),
        Binding(
            keys: [.character("q"), .control("c")], action: .quit, name: "q", help: "quit", detail: "Ctrl-C too",
            footer: "quit"),
    ]

    private static let actions: [Key: Action] = Dictionary(
        bindings.flatMap { binding in binding.keys.map { ($0, binding.action) } },
        uniquingKeysWith: { first, _ in first })

    package static func action(for key: Key) -> Action? { actions[key] }
}
