import ArgumentParser
import Canvas
import Configuration
import Engine
import Glibc
import Ingest
import Metrics
import Monitoring
import Query
import Store
import Terminal

/// `agentdash watch --headless`: judges and tells without a screen, until it is ended.
struct Service: ~Copyable {
    private let engine: ReadingThread
    private let post: AlertPost
    private let judged: RuleArguments
    private let sends: Bool
    private var settings: WatchedSettings
    /// nil: nothing is rolled back.
    private var rollback: RollbackDesk?
    private var signals: SignalReader
    /// What was written of the alerts and of what was told of them.
    private var written = AlertJournal(from: WallClock.now() - 5 * Span.minute)
    /// What was said of the input last.
    private var saidOfInput: String?

    /// - Throws: `ExitCode`: 2 when it could not begin or nothing can be read any more.
    static func run(_ options: EngineOptions, _ arguments: RuleArguments, files: [String], sends: Bool, acts: Bool)
        throws
    {
        SignalGate.blockEarly()
        do {
            var service = try Service(options, arguments, files: files, sends: sends, acts: acts)
            try service.loop()
        } catch let error as ExitCode {
            throw error
        } catch let error as any CustomStringConvertible {
            Complaint.write(error.description)
            throw ExitCode(2)
        }
    }

    private init(_ options: EngineOptions, _ arguments: RuleArguments, files: [String], sends: Bool, acts: Bool) throws
    {
        let environment = ProcessEnvironment.current
        let settings = WatchedSettings(arguments.config, environment: environment)
        let stated = try arguments.settings(secrets: sends)
        try stated.complain(sends: sends)
        if acts, let problem = stated.noRollback(asks: false) { throw StoreError(path: "--act", message: problem) }
        let post = try AlertPost(stated, input: files, sends: sends, beats: true, environment: environment)
        let rollback = acts ? try RollbackDesk(in: post.folder, user: "agentdash") : nil
        var options = options
        options.book = stated.book
        options.notifications = post.options
        // A service is about now, whatever is in the files it begins with.
        if options.nowMode == .automatic { options.nowMode = .clock }
        let signals = try SignalReader()
        self.signals = signals
        self.settings = settings
        self.post = post
        self.rollback = rollback
        self.sends = sends
        judged = arguments
        Complaint.write(
            "watching \(options.sources.map(\.displayName).joined(separator: ", ")); \(stated.summary); "
                + "what is told and said is kept in \(post.folder ?? "no place")")
        engine = ReadingThread(options)
    }

    private mutating func loop() throws {
        try post.start()
        defer { post.stop() }
        try engine.start()
        defer { engine.stop() }
        while true {
            var waiting = [engine.descriptor, signals.descriptor].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            _ = unsafe poll(&waiting, nfds_t(waiting.count), 1000)
            let pending = signals.take()
            if pending.hangup { reload(settings.read()) }
            if let signal = pending.termination, signal != SIGHUP { return }
            if let change = settings.look(now: WallClock.monotonic()) { reload(change) }
            post.look()
            rollBack()
            while let problem = post.takeProblem() { Complaint.write(problem) }
            if waiting[0].revents != 0, let situation = engine.take(), try !take(situation) { return }
        }
    }

    /// - Returns: false once nothing more will come.
    private mutating func take(_ situation: Situation) throws -> Bool {
        try written.write(situation)
        rollback?.take(situation)
        tell(ofInput: situation.snapshot)
        if situation.judgedUpTo != nil || situation.snapshot.source.isLive { post.signOfLife() }
        switch situation.snapshot.source.state {
        case .ended: return false
        case .failed(let reason):
            Complaint.write(reason)
            throw ExitCode(2)
        default: return true
        }
    }

    /// Goes on with what is to be rolled back, and writes what came of it.
    private mutating func rollBack() {
        rollback?.look()
        while let text = rollback?.takeNews() {
            _ = Output.isWritten("\(ClockTime(WallClock.now()).rfc3339) canary: \(text)".printable + "\n")
        }
    }

    /// Says once what keeps records from coming.
    private mutating func tell(ofInput snapshot: Snapshot) {
        let problem: String? =
            switch snapshot.source.state {
            case .waiting(let name): "\(name) does not exist yet; it will be read as soon as it does"
            case .blocked(let reason): reason
            default:
                snapshot.read == 0 && snapshot.source.rejected > 0
                    ? "no line so far was a record; agentdash inspect tells how the input is understood" : nil
            }
        if let problem, problem != saidOfInput { Complaint.write(problem) }
        saidOfInput = problem
    }

    /// Goes on by what the settings say now; where they are wrong, as before.
    private func reload(_ change: WatchedSettings.Change) {
        switch change {
        case .problem(let error): Complaint.write("settings not taken over: \(error.description)")
        case .document(let document):
            do {
                let stated = try AlertSettings(
                    document, packs: judged.rules, secrets: sends, environment: ProcessEnvironment.current)
                if let refusal = stated.refusal(sends: sends) {
                    return Complaint.write("settings not taken over: \(refusal)")
                }
                stated.problems(sends: sends).forEach(Complaint.write)
                post.adopt(stated)
                engine.adopt(stated.book, stated.policy)
                Complaint.write("settings read again: \(stated.summary)")
            } catch {
                Complaint.write("settings not taken over: \(error)")
            }
        }
    }
}
