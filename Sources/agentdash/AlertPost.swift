import Delivery
import Engine
import Glibc
import Metrics
import Monitoring
import Statistics
import Store
import Threads

/// Who hears of alerts, and what was told and said: the queue of what is sent and the state file, bound to an engine.
final class AlertPost: Sendable {
    /// For the engine.
    let options: NotificationOptions
    /// The folder for what is kept; nil: nothing is.
    let folder: String?
    /// nil: nobody is told.
    private let queue: DeliveryQueue?
    private let state: SharedState<NotificationState>?
    private let statedPath: String?
    private let beats: Bool
    private let problems: Locked<[String]>
    /// The delivery's problem that was told last.
    private let told = Locked<String?>(nil)

    /// What the state file means; raised when it means something else.
    private static let version = 1
    /// Problems that wait to be told.
    private static let mostProblems = 20

    /// - Parameters:
    ///   - input: what is watched, as named: what is kept is kept for each, unless the settings name a folder to share.
    ///   - sends: whether anybody is told.
    ///   - beats: whether the heartbeat of the settings is given.
    /// - Throws: when something is to be sent and nothing can be kept.
    init(_ settings: AlertSettings, input: [String], sends: Bool, beats: Bool, environment: [String: String]) throws {
        var folder: StateFolder?
        var forgotten: String?
        do {
            folder = try Self.folder(settings, input, sends: sends, environment)
        } catch {
            // A look at a file needs none: what is said of its alerts is forgotten then.
            if sends { throw error }
            forgotten = error.description
        }
        let problems = Locked(forgotten.map { ["what is said of alerts is not kept: \($0)"] } ?? [])
        var options = NotificationOptions()
        options.policy = settings.policy
        let state = folder.map { Self.state(in: $0, options.orders, problems) }
        if let state {
            if var known = state.load() {
                known.forget(at: WallClock.now())
                options.state = known
            }
            options.keep = { state.keep($0) }
            options.unkept = {
                let current = state.current
                return current.problem.map {
                    NotificationReport.Unkept(why: $0, kept: current.kept ?? NotificationState())
                }
            }
        } else if let forgotten {
            options.unkept = { NotificationReport.Unkept(why: forgotten, kept: NotificationState()) }
        }
        var queue: DeliveryQueue?
        if sends, let folder {
            let made = try Self.queue(in: folder, settings, beats: beats, options.orders)
            options.send = { made.enqueue($0) }
            queue = made
        }
        self.options = options
        self.folder = folder?.path
        self.queue = queue
        self.state = state
        self.beats = beats
        self.problems = problems
        statedPath = settings.statePath
    }

    private static func state(
        in folder: StateFolder, _ orders: NotificationOrders, _ problems: Locked<[String]>
    ) -> SharedState<NotificationState> {
        SharedState(
            StateFile("notifications.json", in: folder, version: version),
            join: { mine, theirs in
                mine.merge(theirs)
                mine.forget(at: WallClock.now())
            }, onNews: { orders.add(.share($0)) },
            onProblem: { problem in
                problems.withLock { problems in
                    guard problems.count < mostProblems else { return }
                    problems.append("what was said of alerts is not kept yet: \(problem)")
                }
            })
    }

    private static func queue(
        in folder: StateFolder, _ settings: AlertSettings, beats: Bool, _ orders: NotificationOrders
    ) throws(StoreError) -> DeliveryQueue {
        try DeliveryQueue(
            in: folder, routes: settings.routes, heartbeat: beats ? settings.heartbeat : nil, clock: WallClock.now
        ) { outcome in
            switch outcome.result {
            case .delivered: orders.add(.delivered(outcome.id, channel: outcome.channel))
            case .failed(let reason, let retryAt):
                orders.add(.failed(outcome.id, reason: reason, channel: outcome.channel, retryAt: retryAt))
            }
        }
    }

    /// That of the settings, or one for each input: alerts of different agents have the same names.
    static func folder(
        _ settings: AlertSettings, _ input: [String], sends: Bool, _ environment: [String: String]
    ) throws(StoreError) -> StateFolder {
        if let path = settings.statePath { return try StateFolder(path) }
        guard let usual = StateFolder.usualPath(environment: environment) else {
            throw StoreError(path: "state", message: "has no place: neither XDG_STATE_HOME nor HOME is set")
        }
        let isPipe = input.isEmpty || input.contains("-")
        if isPipe, sends {
            throw StoreError(
                path: "--notify", message: "on standard input needs [state] path: nothing tells one pipe from another")
        }
        // The same file by another name is another input: better than two agents under one name.
        let places = input.map { $0.hasPrefix("/") ? $0 : "\(workingFolder)/\($0)" } + (isPipe ? [workingFolder] : [])
        let name = SHA256.hexadecimal(Array(places.joined(separator: "\n").utf8)).prefix(12)
        return try StateFolder(usual).folder("input-\(name)")
    }

    private static var workingFolder: String {
        guard let path = unsafe getcwd(nil, 0) else { return "." }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    /// Starts its threads. They end with `stop`.
    func start() throws(ThreadError) {
        try state?.start()
        try queue?.start()
    }

    /// Looks for what other processes have said; to be called now and then.
    func look() { state?.look() }

    /// Judgement goes on.
    func signOfLife() { queue?.signOfLife() }

    /// Sends by other routes from now on; what waits goes by them too.
    func adopt(_ settings: AlertSettings) {
        queue?.adopt(settings.routes, heartbeat: beats ? settings.heartbeat : nil)
        guard settings.statePath != statedPath else { return }
        problems.withLock { $0.append("[state] path: another folder counts from the next start") }
    }

    /// What can't be kept or delivered, each once; nil if nothing new.
    func takeProblem() -> String? {
        if let problem = problems.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return problem }
        let current = queue.map(\.status).flatMap(Self.problem)
        return told.withLock { told in
            defer { told = current }
            return current == told ? nil : current
        }
    }

    /// Also where another channel of the route took it, so that its alert counts as told.
    private static func problem(_ status: DeliveryStatus) -> String? {
        if let problem = status.problem, case .failed(let reason, let retryAt) = problem.result {
            let place = [problem.route, problem.channel].filter { !$0.isEmpty }.joined(separator: ", ")
            return (place.isEmpty ? "nothing is sent: " : "not sent by \(place): ") + reason
                + (retryAt == nil ? "" : "; it is tried again")
        }
        return status.heartbeatProblem.map { "heartbeat: \($0)" }
    }

    /// Ends its threads: what waits to be sent waits on disk.
    func stop() {
        queue?.stop()
        state?.stop()
    }
}
