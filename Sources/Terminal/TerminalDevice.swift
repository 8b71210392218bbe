import CPosix
import Canvas
import Glibc

/// The descriptors of the terminal and its line modes.
struct TerminalDevice: ~Copyable {
    /// Where the picture goes; non-blocking where that could be had.
    let output: Int32
    /// Where keys come from.
    let input: Int32

    /// Standard output if it is a terminal, else `/dev/tty`; keys from standard input if it is one, else from `/dev/tty`.
    init() throws(TerminalError) {
        let opened = Self.open(standard: STDOUT_FILENO)
        guard opened >= 0 else { throw .noTerminal }
        var keys = Self.open(standard: STDIN_FILENO)
        // Without a controlling terminal /dev/tty does not exist, but the one drawn on has a keyboard too.
        if keys < 0 { keys = fcntl(opened, F_DUPFD_CLOEXEC, 0) }
        guard keys >= 0 else {
            close(opened)
            throw .noTerminal
        }
        output = opened
        input = keys
    }

    deinit {
        close(output)
        close(input)
    }

    /// A description of our own, so that making it non-blocking does not touch the shell's and the pipeline's.
    private static func open(standard: Int32) -> Int32 {
        let flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC
        if isatty(standard) == 1 {
            let own = unsafe Glibc.open("/proc/self/fd/\(standard)", flags)
            return own >= 0 ? own : fcntl(standard, F_DUPFD_CLOEXEC, 0)
        }
        let terminal = unsafe Glibc.open("/dev/tty", flags)
        if terminal >= 0, isatty(terminal) != 1 {
            close(terminal)
            return -1
        }
        return terminal
    }

    /// Nil where the terminal does not know, as on a serial line. Absurd sizes are cut: curses allocates them.
    func size() -> Size? {
        var columns: Int32 = 0
        var rows: Int32 = 0
        guard unsafe agentdash_window_size(output, &columns, &rows) == 0, columns > 0, rows > 0 else { return nil }
        return Size(width: min(Int(columns), 1000), height: min(Int(rows), 500))
    }

    /// Whether the terminal is ours to draw on: the shell has not taken it back.
    var isForeground: Bool { agentdash_is_foreground(output) }

    func modes() throws(TerminalError) -> termios {
        var modes = termios()
        guard unsafe tcgetattr(output, &modes) == 0 else { throw .system(call: "tcgetattr", errno: errno) }
        return modes
    }

    func set(_ modes: termios) {
        var modes = modes
        while unsafe tcsetattr(output, TCSANOW, &modes) != 0, errno == EINTR {}
    }

    /// Drops what was typed or reported and not read, such as the last movements of a mouse.
    func dropInput() {
        tcflush(input, TCIFLUSH)
    }
}
