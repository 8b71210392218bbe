import CPosix
import Glibc
import Metrics
package import Monitoring

/// Reads and judges on a thread of its own, and hands out what is known under one lock: nobody ever waits for it.
package final class ReadingThread: Sendable {
    private let options: EngineOptions
    private let latest: Locked<Situation?>
    private let isStopping = Locked(false)
    /// Wakes the reading thread.
    private let wake: Int32
    /// Readable whenever there is something new; emptied by `take()`.
    package let descriptor: Int32

    /// Records between two looks at the clock.
    private static let roundLength = 4096
    /// µs between two hand-overs while reading at full speed.
    private static let handOverInterval: Int64 = 250_000

    package init(_ options: EngineOptions) {
        self.options = options
        latest = Locked(nil)
        wake = agentdash_eventfd()
        descriptor = agentdash_eventfd()
    }

    deinit {
        close(wake)
        close(descriptor)
    }

    /// Starts the reading thread. It ends with `stop()`.
    package func start() throws(EngineError) {
        try DetachedThread.start("agentdash-read") { self.run() }
    }

    /// Asks the reading thread to end; does not wait for it.
    package func stop() {
        isStopping.withLock { $0 = true }
        agentdash_eventfd_signal(wake)
    }

    /// The newest state; nil before the first.
    package func take() -> Situation? {
        agentdash_eventfd_drain(descriptor)
        return latest.withLock { $0 }
    }

    private func run() {
        let reader = Reader(options)
        var handedOver: Int64?
        while !isStopping.withLock({ $0 }) {
            let outcome = reader.round(limit: Self.roundLength)
            let now = options.clock()
            let rest = handedOver.map { Self.handOverInterval - (now - $0) } ?? 0
            if rest <= 0 || outcome.isFinal {
                handedOver = now
                handOver(reader)
                wait(reader, outcome, now, atMost: nil)
            } else {
                wait(reader, outcome, now, atMost: rest)
            }
        }
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
            reader.wait(atMost: limit, wake: wake)
        case .ended: reader.wait(atMost: nil, wake: wake)
        }
    }

    private func handOver(_ reader: Reader) {
        let situation = reader.situation()
        latest.withLock { $0 = situation }
        agentdash_eventfd_signal(descriptor)
    }
}
