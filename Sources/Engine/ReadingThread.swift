import CPosix
import Glibc
package import Metrics
package import Monitoring
import Threads

/// Reads and judges on a thread of its own, and hands out what is known under one lock: nobody ever waits for it.
package final class ReadingThread: Sendable {
    private let options: EngineOptions
    private let latest: Locked<Situation?>
    private let isStopping = Locked(false)
    /// What was ordered and not yet taken over.
    private let orders = Locked(Orders())
    private let trials: RuleTrials
    /// Wakes the reading thread.
    private let wake: Int32
    /// Readable whenever there is something new; emptied by `take()`.
    package let descriptor: Int32

    private struct Orders: Sendable {
        /// Which filter is to be, if any.
        var filter: RecordFilter??
        var rules: (book: RuleBook, policy: NotificationPolicy)?

        var isUsual = false

        mutating func take() -> Orders {
            defer { self = Orders() }
            return self
        }
    }

    /// Records between two looks at the clock.
    private static let roundLength = 4096
    /// Records that a filter looks at between two rounds of reading: more than one brings, so that it catches up.
    private static let filterLength = 3 * roundLength
    /// µs between two hand-overs while reading at full speed, and between two looks at a source that brings little at a time.
    private static let handOverInterval: Int64 = 250_000
    /// A round of fewer records is little: what waits meanwhile has room in a pipe.
    private static let littleLength = 32

    package init(_ options: EngineOptions) {
        self.options = options
        latest = Locked(nil)
        trials = RuleTrials(options.book, clock: options.clock)
        wake = agentdash_eventfd()
        descriptor = agentdash_eventfd()
        // Whoever adds may outlive this thread: a signal for nobody is none.
        options.notifications.orders.onAdd { [weak self] in if let self { agentdash_eventfd_signal(self.wake) } }
    }

    deinit {
        close(wake)
        close(descriptor)
    }

    /// Starts the reading thread. It ends with `stop()`.
    package func start() throws(EngineError) {
        do throws(ThreadError) {
            try DetachedThread.start("agentdash-read") { self.run() }
        } catch {
            throw .noThread(error)
        }
    }

    /// Asks the reading thread to end; does not wait for it.
    package func stop() {
        isStopping.withLock { $0 = true }
        agentdash_eventfd_signal(wake)
    }

    /// Has the requests that pass a filter counted beside the whole: those held first, then every one that comes. The next
    /// states tell them (`Situation.filtered`), growing until they are complete. nil ends it; of several calls the last counts.
    package func setFilter(_ filter: RecordFilter?) {
        orders.withLock { $0.filter = .some(filter) }
        agentdash_eventfd_signal(wake)
    }

    /// Judges by other rules, and tells by another policy, from the next judgement on. Alerts live on where a rule of their name is left.
    package func adopt(_ book: RuleBook, _ policy: NotificationPolicy = NotificationPolicy()) {
        trials.adopt(book)
        orders.withLock { $0.rules = (book, policy) }
        agentdash_eventfd_signal(wake)
    }

    /// What is now is as it should be: the anomaly detector learns anew.
    package func rebaseline() {
        orders.withLock { $0.isUsual = true }
        agentdash_eventfd_signal(wake)
    }

    /// Says something about alerts: the next states know of it.
    package func tell(_ order: NotificationOrder) { options.notifications.orders.add(order) }

    /// Has the rules, and the packs that are off, tried on the history of the newest state; what comes of it is in a later one
    /// (`Situation.trial`). For whenever it is wanted: not more is done than a twentieth of a core can.
    package func tryRules() {
        guard let situation = latest.withLock({ $0 }) else { return }
        trials.start(situation) { [weak self] in if let self { agentdash_eventfd_signal(self.descriptor) } }
    }

    /// The newest state; nil before the first.
    package func take() -> Situation? {
        agentdash_eventfd_drain(descriptor)
        var situation = latest.withLock { $0 }
        situation?.trial = trials.latest
        return situation
    }

    private func run() {
        let reader = Reader(options)
        var handedOver: HandOver?
        while true {
            // Emptied first: whoever signals has already said what is wanted.
            agentdash_eventfd_drain(wake)
            if isStopping.withLock({ $0 }) { return }
            let changes = orders.withLock { $0.take() }
            if let rules = changes.rules { reader.adopt(rules.book, rules.policy) }
            if changes.isUsual { reader.rebaseline() }
            if let filter = changes.filter { reader.setFilter(filter) }
            let hasOrders = reader.takeOrders()
            let outcome = reader.round(limit: Self.roundLength)
            let isFiltering = reader.advanceFilter(limit: Self.filterLength)
            let now = options.clock()
            let rest = handedOver.map { pause(after: $0, reader, outcome, now) } ?? 0
            if rest <= 0 || changes.filter != nil || changes.rules != nil || hasOrders
                || (outcome.isFinal && !isFiltering)
            {
                handedOver = HandOver(time: now, judgedUpTo: reader.judgedUpTo)
                handOver(reader)
                if !isFiltering { wait(reader, outcome, now, atMost: nil) }
            } else if !isFiltering {
                wait(reader, outcome, now, atMost: rest)
            }
        }
    }

    /// When a state was handed over, and how far it was judged.
    private struct HandOver {
        var time: Int64
        var judgedUpTo: Int64
    }

    /// µs until the next hand-over. A live stream that was read to its end is shown once a second, with the second, and at once when
    /// it was judged.
    private func pause(after last: HandOver, _ reader: Reader, _ outcome: Reader.Outcome, _ now: Int64) -> Int64 {
        if outcome.isIdle, reader.isLive {
            if reader.judgedUpTo != last.judgedUpTo { return 0 }
            return last.time - last.time % Span.second + Span.second - now
        }
        return Self.handOverInterval - (now - last.time)
    }

    /// Waits for what can happen next, at most so many µs: something may still have to be handed over.
    private func wait(_ reader: Reader, _ outcome: Reader.Outcome, _ now: Int64, atMost rest: Int64?) {
        switch outcome {
        case .busy: break
        case .due(let delay):
            let limit = min(delay, rest ?? Self.handOverInterval)
            reader.wait(atMost: limit, wake: wake, onlyForTime: true)
        case .idle:
            // Live numbers decay with the clock: a look each full second. Recorded ones stand still.
            let limit = rest ?? (reader.isLive || reader.isHolding ? Span.second - now % Span.second : nil)
            // Lines that come one by one are not looked at one by one.
            let isTrickle = reader.isLive && (1..<Self.littleLength).contains(reader.brought)
            if isTrickle {
                reader.wait(atMost: min(limit ?? .max, Self.handOverInterval), wake: wake, onlyForTime: true)
            } else {
                reader.wait(atMost: limit, wake: wake)
            }
        case .ended: reader.wait(atMost: nil, wake: wake)
        }
    }

    private func handOver(_ reader: Reader) {
        let situation = reader.situation()
        latest.withLock { $0 = situation }
        agentdash_eventfd_signal(descriptor)
    }
}
