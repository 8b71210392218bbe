import Metrics

/// Lets recorded data pass at a multiple of its own pace.
struct Pacer: Sendable {
    /// Event seconds a second.
    let speed: Double
    /// Records before this pass at once, µs since 1970; nil: the first record starts the clock.
    private var opensAt: Int64?
    private var anchor: (event: Int64, clock: Int64)?

    init(speed: Double, opensAt: Int64? = nil) {
        self.speed = max(0.001, speed)
        self.opensAt = opensAt
    }

    /// µs on the clock until a record of `time` is due; 0 or less is now.
    mutating func delay(of time: Int64, clock: Int64) -> Int64 {
        if let opensAt, time < opensAt { return 0 }
        guard let anchor else {
            self.anchor = (time, clock)
            return 0
        }
        let due = Double(anchor.clock) + Double(time - anchor.event) / speed
        return due > 9e18 ? .max : Int64(due) - clock
    }
}
