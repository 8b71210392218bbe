import Delivery
import Engine
import Metrics
import Monitoring
import Statistics
import Store
import Threads

/// Who hears of alerts, and what was told and said: the queue of what is sent and the state file, bound to an engine.
final class AlertPost: Sendable {
    /// For the engine.
    let options: NotificationOptions
    private let queue = Locked<DeliveryQueue?>(nil)
    private let state = Locked<SharedState<NotificationState>?>(nil)
    private let folder: StateFolder?
    private let sends: Bool
    private let routes: Locked<[Route]>
    private let problems: Locked<[String]>

    /// What the state file means; raised when it means something else.
    private static let version = 1

    /// - Parameters:
    ///   - input: what is watched, as named: what was said about alerts is kept for each, unless the settings name a folder to share.
    ///   - sends: whether anybody is told.
    ///   - beats: whether the heartbeat of the settings is given.
    /// - Throws: when something is to be sent and nothing can be kept.
    init(_ settings: AlertSettings, input: [String], sends: Bool, beats: Bool, environment: [String: String]) throws {
        self.sends = sends
        routes = Locked(settings.routes)
        let problems = Locked<[String]>([])
        self.problems = problems
        var options = NotificationOptions()
        options.policy = settings.policy
        let orders = options.orders
        var folder: StateFolder?
        do {
            guard let path = settings.statePath ?? StateFolder.usualPath(environment: environment) else {
                throw StoreError(path: "state", message: "has no place: neither XDG_STATE_HOME nor HOME is set")
            }
            folder = try StateFolder(path)
        } catch  where !sends {
            // Told when there is something to keep.
            problems.withLock { $0.append("not kept for the next time: \(error)") }
        }
        self.folder = folder
        if let folder {
            let name = settings.statePath == nil ? Self.name(of: input) : "notifications.json"
            let shared = SharedState(
                StateFile<NotificationState>(name, in: folder, version: Self.version),
                join: { mine, theirs in
                    mine.merge(theirs)
                    mine.forget(at: WallClock.now())
                }, onNews: { orders.add(.share($0)) },
                onProblem: { problem in problems.withLock { $0.append(problem) } })
            if var known = shared.load() {
                known.forget(at: WallClock.now())
                options.state = known
            }
            state.withLock { $0 = shared }
        }
        options.keep = { [state] value in state.withLock { $0 }?.keep(value) }
        if sends { options.send = { [queue] notification in queue.withLock { $0 }?.enqueue(notification) } }
        self.options = options
        if sends, let folder {
            let made = try Self.queue(in: folder, settings.routes, beats ? settings.heartbeat : nil, orders)
            queue.withLock { $0 = made }
        }
    }

    /// One folder holds what is known of several inputs.
    private static func name(of input: [String]) -> String {
        "notifications-\(SHA256.hexadecimal(Array(input.joined(separator: "\n").utf8)).prefix(12)).json"
    }

    private static func queue(
        in folder: StateFolder, _ routes: [Route], _ heartbeat: Heartbeat?, _ orders: NotificationOrders
    ) throws(StoreError) -> DeliveryQueue {
        try DeliveryQueue(in: folder, routes: routes, heartbeat: heartbeat, clock: WallClock.now) { outcome in
            switch outcome.result {
            case .delivered: orders.add(.delivered(outcome.id))
            case .failed(let reason, _): orders.add(.failed(outcome.id, reason: "\(outcome.channel): \(reason)"))
            }
        }
    }

    /// Starts its threads. They end with `stop`.
    func start() throws(ThreadError) {
        try state.withLock { $0 }?.start()
        try queue.withLock { $0 }?.start()
    }

    /// Looks for what other processes have said; to be called now and then.
    func look() { state.withLock { $0 }?.look() }

    /// Judgement goes on.
    func signOfLife() { queue.withLock { $0 }?.signOfLife() }

    /// How the delivery does; nil where nothing is sent.
    var status: DeliveryStatus? { queue.withLock { $0 }?.status }

    /// Sends by other routes from now on; what waits goes by them too.
    func adopt(_ settings: AlertSettings, beats: Bool) throws {
        guard sends, let folder, settings.routes != routes.withLock({ $0 }) else { return }
        // First: one process sends through a channel.
        queue.withLock { $0 }?.stop()
        let made = try Self.queue(in: folder, settings.routes, beats ? settings.heartbeat : nil, options.orders)
        queue.withLock { $0 = made }
        routes.withLock { $0 = settings.routes }
        try made.start()
    }

    /// What could not be kept, once; nil if nothing.
    func takeProblem() -> String? {
        problems.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }

    /// Ends its threads: what waits to be sent waits on disk.
    func stop() {
        queue.withLock { $0 }?.stop()
        state.withLock { $0 }?.stop()
    }
}
