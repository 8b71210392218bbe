import Metrics

/// Lets recorded data pass at a multiple of its own pace.
struct Pacer: Sendable {
    /// How a record's time stands to the data's time so far.
    enum Standing {
        /// At most five minutes ahead.
        case following
        /// Further ahead, and another record lies there too: the data has a gap.
        case afterGap
        /// Further ahead, alone so far.
        case alone
    }

    /// Event seconds a second.
    let speed: Double
    /// Records before this pass at once, µs since 1970; nil: the first record starts the clock.
    private var opensAt: Int64?
    private var anchor: (event: Int64, clock: Int64)?
    /// A record ahead of the others, and since when it is waited for.
    private var waiting: (event: Int64, since: Int64)?

    /// A gap is not waited out for longer: it may be days, or one record whose clock was wrong.
    static let patience = Span.minute

    init(speed: Double, opensAt: Int64? = nil) {
        self.speed = max(0.001, speed)
        self.opensAt = opensAt
    }

    /// µs on the clock until a record of `time` is due; 0 or less is now.
    mutating func delay(of time: Int64, standing: Standing, clock: Int64) -> Int64 {
        if let opensAt, time < opensAt { return 0 }
        guard let anchor else {
            self.anchor = (time, clock)
            return 0
        }
        let due = Double(anchor.clock) + Double(time - anchor.event) / speed
        let delay = due > 9e18 ? .max : Int64(due) - clock
        guard delay > 0, standing != .following else {
            waiting = nil
            return delay
        }
        let since = waiting.flatMap { $0.event == time ? $0.since : nil } ?? clock
        waiting = (time, since)
        let patience = since + Self.patience - clock
        guard patience <= 0 else { return min(delay, patience) }
        waiting = nil
        if standing == .afterGap { self.anchor = (time, clock) }
        return 0
    }
}
