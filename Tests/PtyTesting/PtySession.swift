import CPtyTesting
import Glibc

/// A program on a pseudo-terminal of its own, as a user would run it: it controls the terminal, and a test types, watches, signals.
///
/// All waits have a generous limit and end as soon as what they wait for is so.
package final class PtySession {
    /// Where the program's standard input comes from.
    package enum Input: Sendable {
        case terminal
        /// A pipe; `feed` and `endInput` write to it.
        case pipe
    }

    /// How a program ended.
    package enum Ending: Sendable, Equatable {
        case code(Int32)
        case signal(Int32)
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Everything the terminal has received.
    package private(set) var output: [UInt8] = []
    /// What it shows.
    package private(set) var screen: VirtualTerminal
    /// Set to false, nothing more is read: the terminal stalls, as one behind a stuck connection.
    package var readsOutput = true
    /// The line modes before the program started.
    package let modesBefore: TerminalModes
    /// The process number.
    package let process: Int32
    private var master: Int32
    private var feeder: Int32 = -1
    private var ending: Ending?

    /// Starts `program` (a path). The environment is exactly the one given.
    package init(
        _ program: String, _ arguments: [String] = [], environment: [String: String], columns: Int = 80, rows: Int = 24,
        input: Input = .terminal, discardsOutput: Bool = false
    ) throws {
        var name = [CChar](repeating: 0, count: 128)
        master = unsafe pty_testing_open(&name, Int32(name.count))
        guard master >= 0 else { throw Failure(description: "no pty (errno \(errno))") }
        pty_testing_resize(master, Int32(columns), Int32(rows))
        modesBefore = TerminalModes(of: master)
        screen = VirtualTerminal(columns: columns, rows: rows)

        var reader: Int32 = -1
        if input == .pipe {
            // A program that ends while it is fed is a result, and not the end of the tests.
            _ = Glibc.signal(SIGPIPE, SIG_IGN)
            unsafe pty_testing_pipe(&reader, &feeder)
        }
        let null = discardsOutput ? unsafe open("/dev/null", O_WRONLY | O_CLOEXEC) : -1
        defer {
            if reader >= 0 { close(reader) }
            if null >= 0 { close(null) }
        }
        var child: pid_t = 0
        let result = unsafe Self.withCStrings([program] + arguments) { arguments in
            unsafe Self.withCStrings(environment.map { "\($0)=\($1)" }) { environment in
                unsafe pty_testing_spawn(&child, program, arguments, environment, name, reader, null)
            }
        }
        process = child
        guard result == 0 else {
            close(master)
            throw Failure(description: "can't start \(program) (errno \(result))")
        }
    }

    deinit {
        if ending == nil {
            kill(process, SIGKILL)
            // Stopped or not, it goes now; and is reaped, not left behind.
            while waitpid(process, nil, 0) < 0, errno == EINTR {}
        }
        if master >= 0 { close(master) }
        if feeder >= 0 { close(feeder) }
    }

    static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = unsafe strings.map { unsafe strdup($0) }
        defer { unsafe copies.forEach { unsafe free($0) } }
        return unsafe body(copies + [nil])
    }

    // MARK: What a user does

    /// Types text; `\u{1B}` and controls included.
    package func send(_ text: String) {
        guard master >= 0 else { return }
        write(Array(text.utf8), to: master)
    }

    /// Writes to the standard input of a program started with `input: .pipe`.
    package func feed(_ text: String) {
        if feeder >= 0 { write(Array(text.utf8), to: feeder) }
    }

    package func endInput() {
        if feeder >= 0 { close(feeder) }
        feeder = -1
    }

    package func resize(columns: Int, rows: Int) {
        pump()
        screen.resize(columns: columns, rows: rows)
        pty_testing_resize(master, Int32(columns), Int32(rows))
    }

    package func signal(_ number: Int32) {
        kill(process, number)
    }

    /// Hangs up, as a lost connection does.
    package func closeTerminal() {
        pump()
        if master >= 0 { close(master) }
        master = -1
    }

    // MARK: What a test looks at

    /// The line modes now.
    package var modes: TerminalModes { TerminalModes(of: master) }

    /// What a program that is gone has not given back of the terminal; empty when all is as it found it.
    package var leftBehind: [String] {
        var left: [String] = []
        if modes != modesBefore || !modes.echoes || !modes.isCanonical { left.append("line modes") }
        if screen.isAlternate { left.append("alternate screen") }
        if !screen.isCursorVisible { left.append("hidden cursor") }
        if !screen.mouseModes.isEmpty { left.append("mouse reports") }
        return left
    }

    /// The process numbers of the program's children.
    package var children: [Int32] {
        Self.contents("/proc/\(process)/task/\(process)/children").split(separator: " ").compactMap { Int32($0) }
    }

    /// The processor time the program has used, in clock ticks; 0 when it is gone.
    package var processorTicks: Int {
        // The name before the parenthesis may hold blanks.
        let fields = Self.contents("/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12 else { return 0 }
        return (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0)
    }

    /// A small file, such as those under /proc; empty when it can't be read.
    package static func contents(_ path: String) -> String {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe read(file, &bytes, bytes.count)
        return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
    }

    /// Reads until `isDone` holds. False when the limit passed first.
    @discardableResult
    package func wait(seconds: Int = 20, until isDone: (PtySession) -> Bool) -> Bool {
        for _ in 0..<(seconds * 100) {
            pump()
            if isDone(self) { return true }
            var ready = pollfd(fd: readsOutput ? master : -1, events: Int16(POLLIN), revents: 0)
            if unsafe poll(&ready, 1, 10) != 0, Int32(ready.revents) & POLLIN == 0 { usleep(10_000) }
        }
        pump()
        return isDone(self)
    }

    /// Reads for so long, whatever comes.
    package func pause(milliseconds: Int) {
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        while true {
            pump()
            let rest = end - ContinuousClock.now
            guard rest > .zero else { return }
            var ready = pollfd(fd: readsOutput ? master : -1, events: Int16(POLLIN), revents: 0)
            let limit = Int32(min(milliseconds, 10))
            if unsafe poll(&ready, 1, limit) != 0, Int32(ready.revents) & POLLIN == 0 { usleep(1000) }
        }
    }

    /// Waits until the text stands on the screen.
    @discardableResult
    package func wait(seconds: Int = 20, forText text: String) -> Bool {
        wait(seconds: seconds) { session in session.screen.rows.contains { $0.contains(text) } }
    }

    /// Waits for the end; nil when the program still runs after the limit.
    package func waitForEnding(seconds: Int = 20) -> Ending? {
        wait(seconds: seconds) { $0.reap() }
        pump()
        return ending
    }

    private func reap() -> Bool {
        if ending != nil { return true }
        var status: Int32 = 0
        guard unsafe pty_testing_reap(process, &status) == 1 else { return false }
        ending = status < 0 ? .signal(-status) : .code(status)
        return true
    }

    private func pump() {
        guard master >= 0, readsOutput else { return }
        var bytes = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe read(master, &bytes, bytes.count)
            guard count > 0 else { return }
            output += bytes[..<count]
            screen.receive(bytes[..<count])
        }
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) {
        var offset = 0
        for _ in 0..<1000 where offset < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { all in
                unsafe Glibc.write(descriptor, all.baseAddress.map { unsafe $0 + offset }, bytes.count - offset)
            }
            if count > 0 { offset += count } else { usleep(1000) }
        }
    }
}

/// The settings of a terminal's line, as `stty` shows them.
package struct TerminalModes: Sendable, Equatable {
    package let input: UInt32
    package let output: UInt32
    package let local: UInt32

    init(of descriptor: Int32) {
        var modes = termios()
        unsafe tcgetattr(descriptor, &modes)
        input = modes.c_iflag
        output = modes.c_oflag
        local = modes.c_lflag
    }

    /// Typed characters are shown.
    package var echoes: Bool { local & UInt32(ECHO) != 0 }
    /// Lines are edited before they are read.
    package var isCanonical: Bool { local & UInt32(ICANON) != 0 }
}
