import Canvas
import Glibc
import Terminal

/// Colours for lines that are printed without curses.
///
/// What it writes to a terminal beside text are fixed sequences and numbers up to 255: nothing of an input's text.
struct ColouredText {
    let depth: ColourDepth

    /// For what standard output is: `mono`, and then no sequences at all, unless it is a terminal with colours and `NO_COLOR`
    /// isn't set.
    static var ofOutput: ColouredText {
        let environment = TerminalEnvironment.current()
        guard isatty(1) == 1 else { return ColouredText(depth: .mono) }
        return ColouredText(depth: environment.depth(colours: colours(environment.type), takesTrueColour: true))
    }

    /// By the type's name: without curses nobody else says.
    private static func colours(_ type: String) -> Int {
        if type.hasSuffix("-direct") { return 1 << 24 }
        if type.contains("256color") { return 256 }
        let coloured = [
            "xterm", "screen", "tmux", "rxvt", "linux", "ansi", "konsole", "alacritty", "foot", "kitty", "st",
        ]
        guard coloured.contains(where: { type == $0 || type.hasPrefix($0 + "-") }) else { return 0 }
        return type == "linux" || type == "ansi" || type == "xterm" ? 8 : 16
    }

    /// The text in the ink; as it is where there are no colours. Text of others must be printable already.
    func text(_ text: String, _ ink: Ink) -> String {
        guard depth != .mono else { return text }
        var codes: [String] = []
        for (attribute, code) in [(Attributes.bold, "1"), (.dim, "2"), (.underline, "4"), (.reverse, "7")]
        where ink.attributes.contains(attribute) {
            codes.append(code)
        }
        codes += Self.codes(ink.foreground, isForeground: true) + Self.codes(ink.background, isForeground: false)
        guard !codes.isEmpty else { return text }
        return "\u{1B}[\(codes.joined(separator: ";"))m\(text)\u{1B}[0m"
    }

    private static func codes(_ colour: Colour, isForeground: Bool) -> [String] {
        let base = isForeground ? 30 : 40
        switch colour {
        case .terminal: return []
        case .ansi(let index): return [String(index < 8 ? base + Int(index) : base + 60 + Int(index & 7))]
        case .indexed(let index): return ["\(base + 8);5;\(index)"]
        case .rgb(let red, let green, let blue): return ["\(base + 8);2;\(red);\(green);\(blue)"]
        }
    }
}
