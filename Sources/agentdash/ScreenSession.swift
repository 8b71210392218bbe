import ArgumentParser
import Canvas
import Configuration
import Dashboard
import Engine
import Glibc
import Metrics
import Monitoring
import Terminal

/// Engine, model and terminal, bound together until somebody quits.
struct ScreenSession {
    private let engine: ReadingThread
    private let terminal: CursesTerminal
    private let themes: ThemeSearch
    private var palette: Palette
    private var model: Model
    /// µs on the monotonic clock when the screen was drawn last, and when it must be drawn again; nil: it is up to date.
    private var drawnAt: Int64 = 0
    private var dueAt: Int64?

    /// µs between two drawings that only new numbers ask for.
    private static let pace: Int64 = 1_000_000
    /// µs between any two drawings.
    private static let leastPace: Int64 = 250_000
    /// µs that the first drawing waits for the first numbers: a screen without any would only flash by.
    private static let grace: Int64 = 200_000

    /// Runs the screen to its end.
    /// - Throws: `ExitCode`: 2 when it could not begin, 128 + n when signal n ended it.
    static func run(_ options: EngineOptions, _ arguments: ScreenArguments) throws {
        // Before any thread exists: all of them inherit the mask.
        SignalGate.blockEarly()
        let themes = ThemeSearch(environment: Environment.homes)
        let code: Int32
        do {
            let palette = try themes.find(arguments.theme).palette
            var terminalOptions = CursesTerminal.Options()
            terminalOptions.usesMouse = !arguments.noMouse
            let engine = ReadingThread(options)
            let terminal = try CursesTerminal(terminalOptions)
            defer { terminal.close() }
            var session = ScreenSession(engine, terminal, themes, palette, arguments)
            try engine.start()
            code = session.loop()
            engine.stop()
        } catch let error as any CustomStringConvertible {
            Complaint.write(error.description)
            throw ExitCode(2)
        }
        if code != 0 { throw ExitCode(code) }
    }

    private init(
        _ engine: ReadingThread, _ terminal: CursesTerminal, _ themes: ThemeSearch, _ palette: Palette,
        _ arguments: ScreenArguments
    ) {
        self.engine = engine
        self.terminal = terminal
        self.themes = themes
        self.palette = palette
        model = Model(size: terminal.size, window: arguments.window, themes: themes.names, theme: arguments.theme)
        model.tier = arguments.tier
        model.notice = terminal.notice
    }

    /// - Returns: the exit code.
    private mutating func loop() -> Int32 {
        dueAt = WallClock.monotonic() + Self.grace
        while true {
            let events = terminal.wait(wake: engine.descriptor, milliseconds: timeout())
            if events.terminalLost { return 128 + SIGHUP }
            if let signal = events.termination { return 128 + signal }
            if events.stop { terminal.suspend() }
            if events.resized { handle(.resize(terminal.size)) }
            if events.continued { draw(after: 0) }
            if events.wake, let situation = engine.take() { arrived(situation) }
            if events.keys {
                while let key = terminal.nextKey() {
                    for effect in model.update(.key(key)) where perform(effect) { return 0 }
                    draw(after: 0)
                }
            }
            if let dueAt, WallClock.monotonic() >= dueAt { draw() }
        }
    }

    /// Until the next drawing that is owed; −1 for as long as nothing happens.
    private func timeout() -> Int32 {
        guard let dueAt else { return -1 }
        return Int32(clamping: max(0, (dueAt - WallClock.monotonic() + 999) / 1000))
    }

    /// Asks for a drawing, `pace` µs after the last one at the earliest.
    private mutating func draw(after pace: Int64) {
        dueAt = min(dueAt ?? .max, drawnAt + pace)
    }

    private mutating func arrived(_ situation: Situation) {
        let isFirst = model.latest?.snapshot.firstTime == nil
        let effects = model.update(.situation(situation))
        // A change of verdict is shown at once, and so is the first number and the end; the rest waits for its second.
        let isUrgent = !effects.isEmpty || isFirst || situation.snapshot.source.state == .ended
        draw(after: isUrgent ? Self.leastPace : Self.pace)
        for effect in effects { _ = perform(effect) }
    }

    private mutating func handle(_ message: Message) {
        _ = model.update(message)
        draw(after: 0)
    }

    /// - Returns: true if the program is to end.
    private mutating func perform(_ effect: Effect) -> Bool {
        switch effect {
        case .quit: return true
        case .suspend: terminal.suspend()
        case .redraw: terminal.repaint()
        case .title(let title): terminal.title(title)
        case .bell: terminal.bell()
        case .theme(let name):
            do {
                palette = try themes.find(name).palette
            } catch {
                // The theme before stays; what is wrong is said.
                model.notice = error.description
            }
        }
        return false
    }

    private mutating func draw() {
        terminal.show(model.view(glyphs: palette.glyphs(utf8: terminal.isUTF8)), palette: palette)
        drawnAt = WallClock.monotonic()
        dueAt = nil
    }
}

/// Where the user keeps things.
private enum Environment {
    static var homes: [String: String] {
        ["HOME", "XDG_CONFIG_HOME"].reduce(into: [:]) { result, name in
            if let value = unsafe getenv(name) { result[name] = unsafe String(cString: value) }
        }
    }
}
