import ArgumentParser
import Canvas
import Configuration
import Dashboard
import Engine
import Glibc
import Metrics
import Monitoring
import Store
import Terminal

/// Engine, model and terminal, bound together until somebody quits.
struct ScreenSession {
    private let engine: ReadingThread
    private let terminal: CursesTerminal
    private var theme: WatchedTheme
    private let themes: ThemeSearch
    private let arguments: ScreenArguments
    private var settings: WatchedSettings
    /// The theme's name in the settings, or what is usual.
    private var statedTheme: String
    /// nil: what is said of alerts is not kept, and nobody is told.
    private let post: AlertPost?
    /// nil: baselines are kept for as long as this runs.
    private let shelf: BaselineShelf?
    private let sends: Bool
    /// nil: nothing is rolled back.
    private var rollback: RollbackDesk?
    private var model: Model
    /// µs on the monotonic clock when the screen was drawn last, and when it must be drawn again; nil: it is up to date.
    private var drawnAt: Int64 = 0
    private var dueAt: Int64?
    /// When numbers came last.
    private var arrivedAt: Int64 = 0
    /// The newest numbers, while the model doesn't know them yet.
    private var untold: Situation?

    /// µs between two drawings that only new numbers ask for.
    private static let pace: Int64 = 1_000_000
    /// µs between any two drawings.
    private static let leastPace: Int64 = 250_000
    /// µs that the first drawing waits for the first numbers: a screen without any would only flash by.
    private static let grace: Int64 = 200_000

    /// Runs the screen to its end.
    /// - Parameters:
    ///   - kept: the input, as named, for which it is kept what is said of alerts; nil: it isn't.
    ///   - sends: whether alerts are sent.
    ///   - acts: whether a canary is rolled back.
    /// - Throws: `ExitCode`: 2 when it could not begin, 128 + n when signal n ended it.
    static func run(
        _ options: EngineOptions, _ arguments: ScreenArguments, kept: [String]? = nil, sends: Bool = false,
        acts: Bool = false
    ) throws {
        // Before any thread exists: all of them inherit the mask.
        SignalGate.blockEarly()
        let themes = ThemeChoice.search
        let environment = ProcessEnvironment.current
        var options = options
        let code: Int32
        do {
            // First: a change between the two is seen at the first look.
            let watched = WatchedSettings(arguments.judged.config, environment: environment)
            let document = try ConfigurationFile.load(arguments.judged.config, environment: environment)
            let settings = try ScreenSettings(document, arguments, themes)
            let stated = try AlertSettings(
                document, packs: arguments.judged.rules, tier: arguments.tier, golden: arguments.golden,
                secrets: sends, environment: environment)
            // A broken rule is on the screen.
            if sends { try stated.complain(sends: true) }
            if acts, let problem = stated.noRollback(asks: true) { throw StoreError(path: "--act", message: problem) }
            options.book = stated.book
            var terminalOptions = CursesTerminal.Options()
            terminalOptions.usesMouse = !arguments.noMouse
            let post = try kept.map { input in
                try AlertPost(
                    stated, input: input, sends: sends, beats: false, environment: ProcessEnvironment.current)
            }
            let shelf = try post?.folder.map { BaselineShelf(in: try StateFolder($0)) }
            if let post { options.notifications = post.options } else { options.notifications.policy = stated.policy }
            let engine = ReadingThread(options)
            let terminal = try CursesTerminal(terminalOptions)
            defer { terminal.close() }
            var session = ScreenSession(
                engine, terminal, themes, settings, watched, arguments, post, shelf, sends: sends,
                filter: options.filter)
            if acts { session.rollback = try RollbackDesk(in: post?.folder, user: ProcessEnvironment.user) }
            try post?.start()
            try shelf?.start()
            try engine.start()
            code = session.loop()
            engine.stop()
            terminal.close()
            post?.stop()
            shelf?.stop()
        } catch let code as ExitCode {
            throw code
        } catch let error as any CustomStringConvertible {
            Complaint.write(error.description)
            throw ExitCode(2)
        }
        if code != 0 { throw ExitCode(code) }
    }

    private init(
        _ engine: ReadingThread, _ terminal: CursesTerminal, _ themes: ThemeSearch, _ settings: ScreenSettings,
        _ watched: WatchedSettings, _ arguments: ScreenArguments, _ post: AlertPost?, _ shelf: BaselineShelf?,
        sends: Bool,
        filter: RecordFilter?
    ) {
        self.engine = engine
        self.terminal = terminal
        self.themes = themes
        self.arguments = arguments
        self.post = post
        self.shelf = shelf
        self.sends = sends
        self.settings = watched
        statedTheme = settings.themeName
        theme = settings.theme
        model = Model(size: terminal.size, window: arguments.window, themes: themes.names, theme: settings.themeName)
        model.keys = settings.keys
        model.user = ProcessEnvironment.user
        model.filter = filter
        model.baselines = shelf?.load() ?? SavedBaselines()
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
                tell()
                while let key = terminal.nextKey() {
                    for effect in model.update(.key(key)) where perform(effect) { return 0 }
                    draw(after: 0)
                }
            }
            lookAtFiles()
            if let dueAt, WallClock.monotonic() >= dueAt { draw() }
            if model.wantsTrial { engine.tryRules() }
        }
    }

    /// Until the next drawing that is owed; −1 for as long as nothing happens.
    private func timeout() -> Int32 {
        guard let dueAt else { return rollback?.isBusy == true ? 250 : -1 }
        return Int32(clamping: max(0, (dueAt - WallClock.monotonic() + 999) / 1000))
    }

    /// Asks for a drawing, `pace` µs after the last one at the earliest.
    private mutating func draw(after pace: Int64) {
        dueAt = min(dueAt ?? .max, drawnAt + pace)
    }

    private mutating func arrived(_ situation: Situation) {
        let isFirst = model.latest?.snapshot.firstTime == nil
        let mayChange = mayChangeVerdict(situation)
        untold = situation
        rollback?.take(situation)
        // A change of verdict is shown at once, and so is the first number and the end; the rest waits for its second.
        let isUrgent = (mayChange && tell()) || isFirst || situation.snapshot.source.state == .ended
        // Where they come once a second anyway, they are drawn as they come: waiting would be a second wakeup.
        let now = WallClock.monotonic()
        let isRare = now - arrivedAt >= Self.pace * 9 / 10
        arrivedAt = now
        draw(after: isUrgent || isRare ? Self.leastPace : Self.pace)
    }

    /// Numbers come several times a second, judgements seldom: others than these need nobody to look for a change at once.
    private func mayChangeVerdict(_ situation: Situation) -> Bool {
        guard let latest = model.latest else { return true }
        return situation.judgedUpTo != latest.judgedUpTo
            || situation.snapshot.source.state != latest.snapshot.source.state
    }

    /// Tells the model of the newest numbers.
    /// - Returns: whether something came of them beside other numbers.
    @discardableResult
    private mutating func tell() -> Bool {
        guard let situation = untold else { return false }
        untold = nil
        let effects = model.update(.situation(situation))
        for effect in effects { _ = perform(effect) }
        return !effects.isEmpty
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
        case .filter(let filter): engine.setFilter(filter)
        case .tell(let order): engine.tell(order)
        case .keepBaseline(let baseline):
            _ = model.baselines.keep(baseline, at: WallClock.now())
            shelf?.keep(model.baselines)
        case .forgetBaseline(let name):
            model.baselines.forget(name, at: WallClock.now())
            shelf?.keep(model.baselines)
        case .rebaseline: engine.rebaseline()
        case .rollBack(let offer): rollback?.run(offer)
        case .copy(let text): copy(text)
        case .theme(let name):
            do {
                try theme.choose(name)
            } catch {
                // The theme before stays; what is wrong is said.
                model.notice = error.brief
            }
        }
        return false
    }

    /// The model has said that it was copied; what went otherwise is said instead.
    private mutating func copy(_ text: String) {
        switch terminal.copy(text) {
        case .tmux, .terminal: break
        case .tooLarge: model.notice = "too much for the clipboard of a terminal; agentdash --once prints it"
        case .failed: model.notice = "this terminal takes nothing for a clipboard: \(text.prefix(200))"
        }
    }

    /// Whatever ended a wait is an occasion to see whether a file has changed: settings, theme, what others say of alerts.
    private mutating func lookAtFiles() {
        if let change = settings.look(now: WallClock.monotonic()) { reload(change) }
        post?.look()
        if let problem = post?.takeProblem() ?? shelf?.takeProblem() { tell(notice: problem) }
        shelf?.look()
        if let news = shelf?.takeNews(), news != model.baselines {
            model.baselines = news
            draw(after: Self.leastPace)
        }
        rollBack()
        lookAtTheme()
    }

    /// Goes on with what is to be rolled back.
    private mutating func rollBack() {
        guard rollback != nil else { return }
        rollback?.look()
        let before = model.notice
        if let standing = rollback?.standing { _ = model.update(.rollback(standing)) }
        while let news = rollback?.takeNews() { model.notice = "canary: \(news)" }
        if model.notice != before { draw(after: Self.leastPace) }
    }

    private mutating func tell(notice: String) {
        model.notice = notice
        draw(after: Self.leastPace)
    }

    /// Goes on by what the settings say now; where they are wrong, as before.
    private mutating func reload(_ change: WatchedSettings.Change) {
        switch change {
        case .problem(let error): tell(notice: error.brief)
        case .document(let document):
            do {
                let stated = try AlertSettings(
                    document, packs: arguments.judged.rules, tier: arguments.tier, golden: arguments.golden,
                    secrets: sends, environment: ProcessEnvironment.current)
                let screen = try ScreenSettings(document, arguments, themes)
                if let refusal = stated.refusal(sends: sends) {
                    return tell(notice: "settings not taken over: \(refusal)")
                }
                post?.adopt(stated)
                engine.adopt(stated.book, stated.policy)
                model.keys = screen.keys
                // What was chosen by a key stays, unless the file says something else now.
                if screen.themeName != statedTheme {
                    theme = screen.theme
                    statedTheme = screen.themeName
                }
                tell(notice: "settings read again")
            } catch {
                tell(notice: error.brief)
            }
        }
    }

    private mutating func lookAtTheme() {
        switch theme.look(now: WallClock.monotonic()) {
        case .palette(let palette): model.notice = "theme \(palette.name) read again"
        case .problem(let error): model.notice = error.brief
        case nil: return
        }
        draw(after: Self.leastPace)
    }

    private mutating func draw() {
        tell()
        let palette = theme.palette
        terminal.show(model.view(glyphs: palette.glyphs(utf8: terminal.isUTF8)), palette: palette)
        drawnAt = WallClock.monotonic()
        dueAt = nil
    }
}
