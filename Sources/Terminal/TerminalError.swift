/// Why there is no screen.
package enum TerminalError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Neither standard output nor `/dev/tty` is a terminal.
    case noTerminal
    /// Neither `$TERM` nor any of the usual types is known to terminfo.
    case unknownType(String)
    /// One process draws on one terminal at a time.
    case alreadyOpen
    /// A system call failed.
    case system(call: String, errno: Int32)

    package var description: String {
        switch self {
        case .noTerminal: "no terminal to draw on (over ssh, use ssh -t)"
        case .unknownType(let name):
            "terminal type '\(name)' is unknown, and so are the usual ones: is terminfo installed?"
        case .alreadyOpen: "the terminal is open already"
        case .system(let call, let errno): "\(call) failed (errno \(errno))"
        }
    }
}
