import CNcurses
import CPosix

/// The entry of terminfo that the terminal is driven by.
struct TerminalType {
    let name: String
    /// What to tell the user when it is not the one asked for.
    let notice: String?
    /// Colours the type has.
    let colours: Int
    /// Colours are set by `38;5;n`.
    let setsForegroundByIndex: Bool
    /// Undoes whatever drawing did to the terminal: the crash path and exit() send it.
    let undo: [UInt8]
    /// Mouse reports can be asked for.
    let hasMouse: Bool
    /// The entry knows xterm's mode 1006, so that curses asks for it.
    let hasWideMouse: Bool

    /// The first candidate that terminfo knows and that can place the cursor.
    init(environment: TerminalEnvironment, descriptor: Int32) throws(TerminalError) {
        for name in environment.candidates {
            var status: Int32 = 0
            guard unsafe setupterm(name, descriptor, &status) == OK, Self.capability("cup") != nil else { continue }
            self.name = name
            if name == environment.type {
                notice = nil
            } else if environment.isDumb {
                notice = "TERM=dumb can't place the cursor: drawn as \(name) without colour"
            } else {
                notice = "terminal type '\(Self.printable(environment.type))' is unknown: using \(name)"
            }
            // curses' own count is 0 until colours are started.
            colours = unsafe Int(tigetnum("colors"))
            setsForegroundByIndex = Self.capability("setaf")?.contains("38;5;") ?? false
            hasMouse = Self.capability("kmous") != nil
            hasWideMouse = Self.capability("XM")?.contains("1006") ?? false
            // Mouse off before all else; then the way back that terminfo names, delays taken out.
            var undo = hasMouse ? "\u{1B}[?1006l\u{1B}[?1003l\u{1B}[?1002l\u{1B}[?1000l" : ""
            for capability in ["op", "sgr0", "rmir", "rmcup", "rmkx", "cnorm"] {
                undo += Self.withoutDelays(Self.capability(capability) ?? "")
            }
            // Without another screen to leave, the picture stays: go below it.
            if Self.capability("rmcup") == nil { undo += "\u{1B}[999;1H\n" }
            self.undo = Array(undo.utf8.prefix(Int(AGENTDASH_GUARD_BYTES)))
            return
        }
        throw .unknownType(Self.printable(environment.type))
    }

    private static func capability(_ name: String) -> String? {
        guard let value = unsafe shim_capability(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// `$<5/>` asks for a pause, which a dying process can't give.
    static func withoutDelays(_ capability: String) -> String {
        var result = ""
        var rest = capability[...]
        while let start = rest.firstRange(of: "$<"), let end = rest[start.upperBound...].firstIndex(of: ">") {
            result += rest[..<start.lowerBound]
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    static func printable(_ name: String) -> String {
        String(name.unicodeScalars.prefix(40).map { $0.value >= 0x20 && $0.value < 0x7F ? Character($0) : "?" })
    }
}
