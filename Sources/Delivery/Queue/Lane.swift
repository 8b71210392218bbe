import Monitoring
import Statistics
import Store

/// The deliveries through one channel of a route, in a folder that processes share: whoever holds its lock sends everybody's.
///
/// What concerns one alert goes one after the other, in the order in which it was decided; different alerts don't wait for each other.
final class Lane {
    let route: String
    let channel: Channel
    /// For messages.
    var label: String { "\(channel.kind) \(channel.destination)" }

    private let folder: StateFolder
    private let random: @Sendable () -> Double
    private var lock: StateLock?
    private var journal: SentJournal
    private var active: ActiveAlerts
    /// By the names of their files.
    private var waiting: [String: QueuedDelivery] = [:]
    private var running: (work: Work, attempt: Attempt)?
    /// Failures in a row that say that the receiver as a whole isn't well.
    private var failures = 0
    /// Nothing is tried before, µs since 1970.
    private var pausedUntil: Int64 = 0
    private var lookedAt: Int64?

    private enum Work {
        case delivery(QueuedDelivery)
        /// What fires is said again.
        case reminder(AlertNotification)
    }

    /// Deliveries that may wait.
    static let capacity = 10_000
    /// µs between two looks at what others have put in.
    private static let pace: Int64 = 1_000_000

    /// - Parameters:
    ///   - folder: of all lanes.
    ///   - ordinal: among the channels of its kind in the route.
    init(
        route: String, channel: Channel, ordinal: Int, in folder: StateFolder, random: @escaping @Sendable () -> Double
    ) throws(StoreError) {
        self.route = route
        self.channel = channel
        self.random = random
        self.folder = try folder.folder(Self.folderName(route: route, kind: channel.kind, ordinal: ordinal))
        journal = SentJournal(self.folder)
        active = ActiveAlerts(self.folder)
    }

    /// `oncall.pagerduty`; not of the receiver's address: what waits is sent to where the route leads now.
    static func folderName(route: String, kind: String, ordinal: Int) -> String {
        let isPlain =
            !route.isEmpty && route.utf8.count <= 64
            && route.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
        let name = isPlain ? route : "route-" + SHA256.hexadecimal(Array(route.utf8)).prefix(16)
        return "\(name).\(kind)" + (ordinal > 0 ? ".\(ordinal + 1)" : "")
    }

    /// Whether this process sends.
    var holdsLock: Bool { lock != nil }
    /// The process that does, where it isn't this one.
    var holder: Int32? { lock == nil ? StateLock.holder("lock", in: folder) : nil }
    var count: Int { waiting.count }
    var oldest: Int64? { waiting.values.map(\.since).min() }
    var attempt: Attempt? { running?.attempt }

    /// Takes a notification in: it is on the disk when this returns, or else at least kept as long as the process lives.
    func accept(_ routed: RoutedNotification, now: Int64) -> DeliveryOutcome? {
        let delivery = QueuedDelivery(routed, since: now)
        guard waiting[delivery.name] == nil else { return nil }
        if lock == nil { journal.load() }
        if let entry = journal[routed.id], let how = entry.delivered {
            return outcome(delivery, .delivered(how), at: entry.time)
        }
        guard waiting.count < Self.capacity else {
            return outcome(
                delivery, .failed("\(Self.capacity) deliveries wait already: left out", retryAt: nil), at: now)
        }
        waiting[delivery.name] = delivery
        do throws(StoreError) {
            try DurableFile.write(StoredJSON.bytes(delivery), to: delivery.name, in: folder)
        } catch {
            // Sent all the same, if this process lives to see it.
            return outcome(delivery, .failed("not on the disk: \(error.description)", retryAt: now), at: now)
        }
        return nil
    }

    /// Looks, at most once a second, for the lock, for what other processes have put in and for what they have sent.
    func look(now: Int64) -> [DeliveryOutcome] {
        if let lookedAt, now >= lookedAt, now < lookedAt + Self.pace { return [] }
        lookedAt = now
        var outcomes: [DeliveryOutcome] = []
        if lock == nil, let gained = try? StateLock.attempt("lock", in: folder) {
            lock = gained
            DurableFile.sweep(folder)
            journal.load()
            _ = active.load()
        } else if lock == nil {
            if !waiting.isEmpty { journal.load() }
        }
        outcomes += settled()
        if lock != nil { readOthers(now) }
        return outcomes
    }

    /// What waits here and was sent, or given up, by another process.
    private func settled() -> [DeliveryOutcome] {
        var outcomes: [DeliveryOutcome] = []
        for (name, delivery) in waiting {
            guard let entry = journal[delivery.routed.id] else { continue }
            if let how = entry.delivered {
                outcomes.append(outcome(delivery, .delivered(how), at: entry.time))
            } else if let reason = entry.failed, entry.time >= delivery.since {
                outcomes.append(outcome(delivery, .failed(reason, retryAt: nil), at: entry.time))
            } else {
                continue
            }
            waiting[name] = nil
            folder.remove(name)
        }
        return outcomes
    }

    private func readOthers(_ now: Int64) {
        for name in (try? folder.names()) ?? [] where name.utf8.count == 37 && waiting[name] == nil {
            guard let bytes = (try? DurableFile.read(folder[name])).flatMap(\.self) else { continue }
            guard let delivery = StoredJSON.value(QueuedDelivery.self, from: bytes), delivery.name == name,
                journal[delivery.routed.id]?.delivered == nil
            else {
                // Sent already, or none of ours.
                folder.remove(name)
                continue
            }
            waiting[name] = delivery
        }
    }

    /// Advances what is on its way, and sends what is due next.
    func work(_ courier: Courier, mayStart: Bool, now: Int64) -> [DeliveryOutcome] {
        var outcomes: [DeliveryOutcome] = []
        guard lock != nil else { return outcomes }
        while true {
            if let current = running {
                guard let result = current.attempt.advance() else { return outcomes }
                running = nil
                switch current.work {
                case .delivery(let delivery): outcomes.append(finish(delivery, result, now))
                case .reminder(let notification): active.said(notification.identity, now: now)
                }
            }
            outcomes += giveUp(now)
            guard mayStart, let work = next(now) else { return outcomes }
            switch work {
            case .delivery(let delivery):
                running = (work, Attempt(channel, delivery.routed.notification, courier, now: now))
            case .reminder(let notification): running = (work, Attempt(channel, notification, courier, now: now))
            }
        }
    }

    private func next(_ now: Int64) -> Work? {
        // A clock that was set back keeps nobody waiting.
        if pausedUntil > now, pausedUntil - now <= 2 * Backoff.longestAsked { return nil }
        var heads: [String: QueuedDelivery] = [:]
        for delivery in waiting.values {
            let identity = delivery.routed.notification.identity
            if let head = heads[identity], head.isBefore(delivery) { continue }
            heads[identity] = delivery
        }
        let due = heads.values.filter {
            $0.nextAttempt <= now || $0.nextAttempt - now > 2 * Backoff.longestAsked
        }
        if let delivery = due.min(by: { $0.isMoreUrgent(than: $1) }) { return .delivery(delivery) }
        guard case .alertmanager = channel else { return nil }
        return active.due(now: now, except: Set(heads.keys)).map { .reminder($0) }
    }

    private func giveUp(_ now: Int64) -> [DeliveryOutcome] {
        waiting.values.filter { now - $0.since >= Backoff.patience }.map { delivery in
            let last = delivery.problem.isEmpty ? "" : ": \(delivery.problem)"
            return end(delivery, failed: "given up after 24 h\(last)", now)
        }
    }

    private func finish(_ delivery: QueuedDelivery, _ result: AttemptResult, _ now: Int64) -> DeliveryOutcome {
        switch result {
        case .delivered(let how):
            failures = 0
            pausedUntil = 0
            if case .alertmanager = channel { active.delivered(delivery.routed.notification, now: now) }
            // First that it was sent, then that it needn't be: the other way round it would be lost or, worse, sent twice.
            try? journal.add(SentJournal.Entry(id: delivery.routed.id, time: now, delivered: how))
            remove(delivery)
            return outcome(delivery, .delivered(how), at: now)
        case .refused(let reason):
            failures = 0
            return end(delivery, failed: reason, now)
        case .failed(let failure): return putOff(delivery, failure, now)
        }
    }

    private func putOff(_ delivery: QueuedDelivery, _ failure: AttemptFailure, _ now: Int64) -> DeliveryOutcome {
        var delivery = delivery
        delivery.attempts += 1
        delivery.problem = failure.reason
        let isPage = delivery.routed.notification.severity == .p1
        delivery.nextAttempt =
            now
            + Backoff.delay(
                attempts: delivery.attempts, longest: isPage ? Backoff.longestForPages : Backoff.longest,
                random: random(), asked: failure.retryAfter)
        waiting[delivery.name] = delivery
        // Without it a restart tries again at once, which is no harm.
        try? DurableFile.write(StoredJSON.bytes(delivery), to: delivery.name, in: folder)
        if failure.pausesLane {
            failures += 1
            let pause = Backoff.delay(
                attempts: failures, longest: Backoff.longestForPages, random: random(), asked: failure.retryAfter)
            pausedUntil = max(pausedUntil, min(delivery.nextAttempt, now + pause))
        }
        return outcome(
            delivery, .failed(failure.reason, retryAt: max(delivery.nextAttempt, pausedUntil)), at: now)
    }

    private func end(_ delivery: QueuedDelivery, failed reason: String, _ now: Int64) -> DeliveryOutcome {
        try? journal.add(SentJournal.Entry(id: delivery.routed.id, time: now, failed: reason))
        remove(delivery)
        return outcome(delivery, .failed(reason, retryAt: nil), at: now)
    }

    private func remove(_ delivery: QueuedDelivery) {
        waiting[delivery.name] = nil
        folder.remove(delivery.name)
    }

    private func outcome(_ delivery: QueuedDelivery, _ result: DeliveryOutcome.Result, at time: Int64)
        -> DeliveryOutcome
    {
        DeliveryOutcome(id: delivery.routed.id, route: route, channel: label, time: time, result: result)
    }
}
