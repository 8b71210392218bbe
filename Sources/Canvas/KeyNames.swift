extension Key {
    /// The key that a settings file or a help page calls so: `q`, `space`, `enter`, `shift-left`, `ctrl-r`, `F5`. Names of more than
    /// one character may be written in any case; nil for what names no key.
    package init?(name: String) {
        if name.count == 1, let character = name.first {
            guard character.isPrintableKey else { return nil }
            self = .character(character)
            return
        }
        let lower = name.lowercased()
        if let known = Self.named.first(where: { $0.name == lower || $0.others.contains(lower) }) {
            self = known.key
        } else if lower.hasPrefix("ctrl-"), lower.count == 6, let letter = lower.last, Self.controls.contains(letter) {
            self = .control(letter)
        } else if lower.hasPrefix("f"), let number = Int(lower.dropFirst()), (1...63).contains(number),
            String(number) == lower.dropFirst()
        {
            self = .function(number)
        } else {
            return nil
        }
    }

    /// How a settings file and a help page call it; nil for the mouse, which they can't.
    package var name: String? {
        switch self {
        case .character(" "): "space"
        case .character(let character): String(character)
        case .control(" "): "ctrl-space"
        case .control(let character): "ctrl-\(character)"
        case .function(let number): "F\(number)"
        case .click, .wheel: nil
        default: Self.named.first { $0.key == self }?.name
        }
    }

    /// Examples for a message about a name that is none.
    package static let nameExamples = "a character, space, enter, esc, tab, up, shift-left, pageup, ctrl-r or F5"

    /// The names of more than one character that are the same on every keyboard, but for those of letters and numbers.
    package static var names: [String] { named.map(\.name) }

    private static let named: [(key: Key, name: String, others: [String])] = [
        (.character(" "), "space", []), (.enter, "enter", ["return"]), (.escape, "esc", ["escape"]), (.tab, "tab", []),
        (.backTab, "shift-tab", ["backtab"]), (.backspace, "backspace", []), (.insert, "insert", ["ins"]),
        (.delete, "delete", ["del"]), (.up, "up", []), (.down, "down", []), (.left, "left", []), (.right, "right", []),
        (.shiftUp, "shift-up", []), (.shiftDown, "shift-down", []), (.shiftLeft, "shift-left", []),
        (.shiftRight, "shift-right", []), (.controlLeft, "ctrl-left", []), (.controlRight, "ctrl-right", []),
        (.home, "home", []), (.end, "end", []), (.pageUp, "pageup", ["page-up", "pgup"]),
        (.pageDown, "pagedown", ["page-down", "pgdn"]), (.control(" "), "ctrl-space", []),
    ]

    /// What Ctrl goes with on every terminal, and is no other key: not h (backspace), i (tab), j and m (enter), [ (escape).
    private static let controls: [Character] = Array("abcdefgklnopqrstuvwxyz\\]^_")
}

extension Character {
    /// A key types it, and it shows as itself.
    fileprivate var isPrintableKey: Bool {
        guard let scalar = unicodeScalars.first, unicodeScalars.count == 1 else { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator, .privateUse: return false
        case .nonspacingMark, .enclosingMark, .spacingMark: return false
        default: return true
        }
    }
}
