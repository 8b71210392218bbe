package import Canvas
import Glibc

/// What the environment says about the terminal, and what follows from it.
package struct TerminalEnvironment: Sendable, Equatable {
    /// `TERM`.
    package var type: String
    /// `COLORTERM`.
    package var colourTerm: String
    /// `NO_COLOR`: any text at all asks for no colour (no-color.org).
    package var noColour: String
    /// The first that is not empty of `LC_ALL`, `LC_CTYPE` and `LANG`.
    package var locale: String
    /// Within what the terminal runs, as `TMUX` and `STY` tell.
    package var multiplexer: Multiplexer?

    /// A program between this one and the terminal.
    package enum Multiplexer: Sendable, Equatable {
        case tmux, screen
    }

    package init(
        type: String, colourTerm: String = "", noColour: String = "", locale: String = "",
        multiplexer: Multiplexer? = nil
    ) {
        self.type = type
        self.colourTerm = colourTerm
        self.noColour = noColour
        self.locale = locale
        self.multiplexer = multiplexer
    }

    /// The environment of this process.
    package static func current() -> TerminalEnvironment {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.map(variable).first { !$0.isEmpty }
        return TerminalEnvironment(
            type: variable("TERM"), colourTerm: variable("COLORTERM"), noColour: variable("NO_COLOR"),
            locale: locale ?? "",
            multiplexer: !variable("TMUX").isEmpty ? .tmux : !variable("STY").isEmpty ? .screen : nil)
    }

    private static func variable(_ name: String) -> String {
        guard let value = unsafe getenv(name) else { return "" }
        return unsafe String(cString: value)
    }

    /// Whether the locale's name asks for UTF-8 (`de_DE.UTF-8`, `C.utf8`).
    package var namesUTF8: Bool {
        guard let dot = locale.firstIndex(of: ".") else { return false }
        let codeset = locale[locale.index(after: dot)...].prefix { $0 != "@" }.lowercased()
        return codeset == "utf-8" || codeset == "utf8"
    }

    /// `TERM=dumb` promises nothing, not even a cursor that can be placed.
    package var isDumb: Bool { type == "dumb" }

    /// Types to try in order. A dumb terminal gets the plainest one.
    package var candidates: [String] {
        if isDumb { return ["vt100", "xterm", "xterm-256color"] }
        return (type.isEmpty ? [] : [type]) + ["xterm-256color", "xterm", "vt100"]
    }

    /// The colours to use on a terminal whose type has `colours` of them.
    ///
    /// - Parameter takesTrueColour: whether 24-bit colours can be sent to a terminal that says it takes them.
    package func depth(colours: Int, takesTrueColour: Bool) -> ColourDepth {
        if !noColour.isEmpty || isDumb || colours < 8 { return .mono }
        if colours < 16 { return .eight }
        if colours < 256 { return .sixteen }
        if colours >= 1 << 24 { return .truecolor }
        // A direct type whose entry is not installed is driven by another, and the terminal is what its name says.
        let says = colourTerm == "truecolor" || colourTerm == "24bit" || type.hasSuffix("-direct")
        return says && takesTrueColour ? .truecolor : .indexed256
    }

    /// Whether the type is one of those that take xterm's title sequence. Others might print it.
    package var takesTitle: Bool {
        let families = [
            "xterm", "tmux", "screen", "rxvt", "alacritty", "kitty", "foot", "wezterm", "ghostty", "konsole", "gnome",
            "vte", "putty", "st-", "mintty", "contour", "iterm",
        ]
        return families.contains { type.hasPrefix($0) }
    }
}
