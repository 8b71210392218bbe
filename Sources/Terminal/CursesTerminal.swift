import CNcurses
import CPosix
package import Canvas
import Glibc

/// The terminal, drawn on through ncurses and read from. Everything happens on the main thread.
///
/// Whatever ends the process (a normal end, exit() anywhere, a signal read by `wait`, a trap or a fault on any thread), the terminal gets
/// its modes, its screen and its cursor back, and messages that were written to stderr meanwhile are shown.
@safe package final class CursesTerminal {
    /// Wishes of the caller.
    package struct Options: Sendable {
        /// Whether to ask for clicks and the wheel.
        package var usesMouse = true
        package var environment = TerminalEnvironment.current()

        package init() {}
    }

    /// How many colours are used.
    package var depth: ColourDepth { colours.depth }
    /// Whether glyphs outside ASCII can be shown; without, each becomes `?`.
    package let isUTF8: Bool
    /// Columns and rows at present.
    package internal(set) var size = Size(width: 80, height: 24)
    /// Something the user should know about the terminal, such as a type that terminfo does not have.
    package let notice: String?
    /// Bytes sent to the terminal so far.
    package var bytesWritten: Int { sink.bytesWritten }
    /// The terminal hung up, or took nothing when it was to be given back: whoever prints to it may wait for ever.
    package internal(set) var isLost = false

    var device: TerminalDevice
    var sink: FrameSink
    var signals: SignalReader
    let capture: StderrCapture
    var colours: ColourTable
    var renditions: RenditionFilter
    var encoder: GlyphEncoder
    var decoder = KeyDecoder()
    /// How often in a row keys seemed to wait and none was read.
    var unansweredReadies = 0
    let usesMouse: Bool
    /// It takes xterm's sequences for what is not the picture: the title, the clipboard.
    let takesTitle: Bool
    let multiplexer: TerminalEnvironment.Multiplexer?
    /// Mode 1006 is asked for here, because curses does not under this type.
    private let widensMouse: Bool
    private var shownTitle = ""
    private(set) var isOpen = true
    /// False while stopped.
    private(set) var isOnScreen = true

    /// Modes while the picture is shown.
    private let programModes: termios
    /// Of curses. Unsafe to use after `close`, which is why they are private to this file.
    private let curses: OpaquePointer
    private let streams: [UnsafeMutablePointer<FILE>]
    /// Keys are read through a window that is never drawn: reading through the screen's would refresh it.
    let keyWindow: UnsafeMutablePointer<WINDOW>?

    /// What the terminal shows; nil when that is unknown.
    var shown: Picture?
    /// What it was asked to show last.
    var last: Picture?
    /// By the role's number.
    var shownInks: [Ink] = []
    /// The numbers of their colours, as far as they were asked for.
    var pairs: [Int32?] = []

    /// Takes the terminal. Requires `SignalGate.blockEarly()`, and to be called before threads that read the locale.
    package init(_ options: Options = Options()) throws(TerminalError) {
        // curses has one state for the whole process: nothing of it may be touched a second time.
        if agentdash_guard_is_armed() { throw .alreadyOpen }
        let environment = options.environment
        let isUTF8 = TerminalLocale.apply(environment)
        let device = try TerminalDevice()
        let type = try TerminalType(environment: environment, descriptor: device.output)
        let sink = try FrameSink(terminal: device.output)
        let signals = try SignalReader()
        let capture = StderrCapture()

        guard unsafe agentdash_guard_arm(device.output, type.undo, type.undo.count, capture.file) == 0 else {
            throw .system(call: "tcgetattr", errno: errno)
        }
        agentdash_guard_install()
        let curses: Streams
        let programModes: termios
        do throws(TerminalError) {
            curses = try Self.startCurses(type: type, device: device)
            programModes = try device.modes()
        } catch {
            agentdash_guard_restore_modes()
            agentdash_guard_disarm()
            throw error
        }
        // From here on curses writes into memory; modes are ours to set.
        _ = unsafe fflush(curses.output)
        _ = unsafe dup3(sink.file, fileno(curses.output), O_CLOEXEC)
        capture.begin()

        _ = typeahead(-1)
        let keyWindow = unsafe newpad(1, 1)
        unsafe nodelay(keyWindow, true)
        unsafe keypad(keyWindow, true)
        _ = curs_set(0)
        usesMouse = options.usesMouse && type.hasMouse && !environment.isDumb
        if usesMouse { shim_enable_mouse() }

        self.isUTF8 = isUTF8
        notice = type.notice
        takesTitle = environment.takesTitle && type.notice == nil
        multiplexer = environment.multiplexer
        widensMouse = usesMouse && takesTitle && !type.hasWideMouse
        colours = ColourTable(
            environment: environment, colours: type.colours, setsForegroundByIndex: type.setsForegroundByIndex)
        renditions = RenditionFilter(isOn: type.setsForegroundByIndex)
        encoder = GlyphEncoder(isUTF8: isUTF8, mostScalars: Int(SHIM_CCHAR_MAX)) { Int(agentdash_wcwidth($0.value)) }
        self.device = device
        self.sink = sink
        self.signals = signals
        self.capture = capture
        self.programModes = programModes
        unsafe self.curses = curses.screen
        unsafe streams = [curses.output, curses.input]
        unsafe self.keyWindow = keyWindow
        size = Size(width: Int(shim_columns()), height: Int(shim_lines()))
        adoptSize()
        // What curses wrote at its start may end within a sequence on a tiny screen: a title must not come between.
        flush()
        if widensMouse { self.sink.send(MouseReport.on, signals: &self.signals) }
    }

    deinit {
        close()
    }

    @safe private struct Streams {
        let screen: OpaquePointer
        let output: UnsafeMutablePointer<FILE>
        let input: UnsafeMutablePointer<FILE>
    }

    private static func startCurses(
        type: TerminalType, device: borrowing TerminalDevice
    ) throws(TerminalError) -> Streams {
        guard let output = unsafe fdopen(fcntl(device.output, F_DUPFD_CLOEXEC, 0), "w"),
            let input = unsafe fdopen(fcntl(device.input, F_DUPFD_CLOEXEC, 0), "r")
        else { throw .system(call: "fdopen", errno: errno) }
        guard let screen = unsafe newterm(type.name, output, input) else {
            unsafe fclose(output)
            unsafe fclose(input)
            throw .unknownType(type.name)
        }
        raw()
        noecho()
        nonl()
        set_escdelay(25)
        return unsafe Streams(screen: screen, output: output, input: input)
    }

    /// Gives the terminal back and shows what was written to stderr meanwhile. Once; later calls do nothing.
    package func close() {
        guard isOpen else { return }
        isOpen = false
        if !agentdash_guard_is_spent() {
            // In the background, writing could stop the process instead of letting it end.
            var background = SIGTTOU
            _ = unsafe agentdash_block_signals(&background, 1)
            leaveScreen(patience: 500)
            if usesMouse { device.dropInput() }
            capture.end()
            agentdash_guard_replay()
            agentdash_guard_disarm()
        }
        unsafe delwin(keyWindow)
        unsafe delscreen(curses)
        unsafe streams.forEach { unsafe fclose($0) }
    }

    /// Sends what curses has written.
    func flush(patience: Int32 = -1) {
        let frame = renditions.shortened(colours.filter.rewrite(sink.takeFrame()))
        sink.send(frame, signals: &signals, patience: patience)
        if sink.isTorn { renditions.forget() }
        if sink.isLost || (!isOpen && sink.isTorn) { isLost = true }
    }

    /// Leaves the screen to the shell. A terminal that takes nothing is waited for `patience` milliseconds.
    func leaveScreen(patience: Int32) {
        guard isOnScreen else { return }
        isOnScreen = false
        if !shownTitle.isEmpty {
            sink.send(TerminalTitle.sequence("", isUTF8: isUTF8), signals: &signals, patience: patience)
        }
        endwin()
        flush(patience: patience)
        if widensMouse { sink.send(MouseReport.off, signals: &signals, patience: patience) }
        agentdash_guard_restore_modes()
    }

    /// Takes the screen (again) and paints all of it.
    func enterScreen() {
        device.set(programModes)
        unsafe keypad(keyWindow, true)
        isOnScreen = true
        adoptSize()
        if !shownTitle.isEmpty { sink.send(TerminalTitle.sequence(shownTitle, isUTF8: isUTF8), signals: &signals) }
        repaint()
        if widensMouse { sink.send(MouseReport.on, signals: &signals) }
    }

    /// Names the terminal's window, where it has a name. Controls are shown as `·`. Cleared at the end.
    package func title(_ text: String) {
        guard isOnScreen, takesTitle, text != shownTitle else { return }
        shownTitle = text
        sink.send(TerminalTitle.sequence(text, isUTF8: isUTF8), signals: &signals)
    }

    /// Rings the bell.
    package func bell() {
        guard isOnScreen else { return }
        beep()
        flush()
    }
}
