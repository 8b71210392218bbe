import CPosix
import Glibc
package import Monitoring
package import Store
package import Threads

/// Notifications on their way to receivers: kept on disk until they are there, tried again while that may help, each sent once by
/// whichever process holds the lock of its channel.
///
/// "Once" is what a sender can promise: where a receiver took a notification and neither it nor we lived to say so, it is sent again.
/// PagerDuty, Jira, Grafana and Alertmanager know it by its key then.
package final class DeliveryQueue: Sendable {
    private struct Inbox: Sendable {
        var arrivals: [RoutedNotification] = []
        var isAlive = false
        var isStopping = false
        var plan: Plan
    }

    /// What is to be reached.
    private struct Plan: Sendable, Hashable {
        var routes: [Route]
        var heartbeat: Heartbeat?
    }

    private let folder: StateFolder
    private let courier: Courier
    private let clock: @Sendable () -> Int64
    private let onOutcome: @Sendable (DeliveryOutcome) -> Void
    private let inbox: Locked<Inbox>
    private let thread = AwaitedThread()
    private let latest = Locked(DeliveryStatus())
    private let wake: Int32

    /// Notifications that may wait to be written to disk.
    package static let capacity = 1000

    /// - Parameters:
    ///   - folder: the program's state folder; the queue's is in it. Processes with the same one share what waits and what was sent.
    ///   - clock: µs since 1970.
    ///   - onOutcome: called on the sending thread for everything that comes of an attempt; must not wait.
    /// - Throws: when a folder can't be made.
    package init(
        in folder: StateFolder, routes: [Route], heartbeat: Heartbeat? = nil, clock: @escaping @Sendable () -> Int64,
        onOutcome: @escaping @Sendable (DeliveryOutcome) -> Void = { _ in }
    ) throws(StoreError) {
        let own = try folder.folder("delivery")
        self.folder = try own.folder("queue")
        inbox = Locked(Inbox(plan: Plan(routes: routes, heartbeat: heartbeat)))
        courier = Courier(bodies: try own.folder("bodies"))
        self.clock = clock
        self.onOutcome = onOutcome
        wake = agentdash_eventfd()
    }

    deinit { close(wake) }

    /// Starts the thread that sends. It ends with `stop`.
    package func start() throws(ThreadError) { try thread.start("agentdash-send") { self.run() } }

    /// Sends by other routes, once what is on its way has come or failed: what waits for a route that is left goes by that. Does not wait.
    package func adopt(_ routes: [Route], heartbeat: Heartbeat?) {
        inbox.withLock { $0.plan = Plan(routes: routes, heartbeat: heartbeat) }
        agentdash_eventfd_signal(wake)
    }

    /// Takes a notification over; never waits, not even for a disk.
    ///
    /// - Returns: false when too many wait to be written to disk: it is left out, and told as an outcome on the calling thread.
    @discardableResult
    package func enqueue(_ notification: RoutedNotification) -> Bool {
        let isTaken = inbox.withLock { inbox in
            guard inbox.arrivals.count < Self.capacity else { return false }
            inbox.arrivals.append(notification)
            return true
        }
        if isTaken {
            agentdash_eventfd_signal(wake)
        } else {
            onOutcome(
                DeliveryOutcome(
                    id: notification.id, route: notification.route, channel: "", time: clock(),
                    result: .failed("\(Self.capacity) notifications wait for the disk: left out", retryAt: nil)))
        }
        return isTaken
    }

    /// A sign that judgement goes on, to be given often: the heartbeat is sent while signs come.
    package func signOfLife() { inbox.withLock { $0.isAlive = true } }

    /// How it does; cheap enough for every frame.
    package var status: DeliveryStatus {
        var status = latest.withLock { $0 }
        status.waiting += inbox.withLock { $0.arrivals.count }
        return status
    }

    /// Ends the thread, waiting at most so many ms for what is on its way. What waits stays on disk for the next start.
    package func stop(within milliseconds: Int = 3000) {
        inbox.withLock { $0.isStopping = true }
        agentdash_eventfd_signal(wake)
        thread.wait(atMost: milliseconds)
    }

    private func run() {
        var worker: DeliveryWorker?
        var plan: Plan?
        while true {
            agentdash_eventfd_drain(wake)
            let (wanted, isStopping) = inbox.withLock { ($0.plan, $0.isStopping) }
            if wanted != plan, worker?.isBusy != true {
                let counts = worker?.status ?? DeliveryStatus()
                // The locks of its channels go with the one before.
                worker = nil
                worker = makeWorker(wanted, counts)
                plan = worker == nil ? nil : wanted
            }
            guard let worker else {
                if isStopping { return }
                var polled = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
                _ = unsafe poll(&polled, 1, Self.retryPause)
                continue
            }
            // What arrives for other routes waits for them.
            let isReady = wanted == plan
            let order = inbox.withLock { inbox in
                let order = (arrivals: isReady ? inbox.arrivals : [], isAlive: inbox.isAlive)
                if isReady { inbox.arrivals = [] }
                inbox.isAlive = false
                return order
            }
            let outcomes = worker.turn(
                order.arrivals, isAlive: order.isAlive, mayStart: isReady && !isStopping, now: clock())
            let status = worker.status
            latest.withLock { $0 = status }
            outcomes.forEach(onOutcome)
            if isStopping, !worker.isBusy { return }
            wait(worker)
        }
    }

    /// ms until it is tried again to make what the disk would not have.
    private static let retryPause: Int32 = 5000

    /// nil, and told in the status, where nothing can be kept.
    private func makeWorker(_ plan: Plan, _ counts: DeliveryStatus) -> DeliveryWorker? {
        do throws(StoreError) {
            return try DeliveryWorker(
                folder, routes: plan.routes, heartbeat: plan.heartbeat, courier: courier, counts: counts,
                random: { Double.random(in: 0..<1) })
        } catch {
            let failure = DeliveryOutcome(
                id: "", route: "", channel: "", time: clock(), result: .failed(error.description, retryAt: nil))
            latest.withLock { $0.problem = failure }
            return nil
        }
    }

    private func wait(_ worker: DeliveryWorker) {
        let descriptors = [wake] + worker.descriptors
        var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        // A program closes what it writes to a moment before it has ended, and some close it long before.
        _ = unsafe poll(&polled, nfds_t(polled.count), worker.isBusy ? 20 : 500)
        if polled.dropFirst().contains(where: { $0.revents & Int16(POLLHUP) != 0 }) { poll(nil, 0, 2) }
    }
}
