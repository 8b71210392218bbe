/// What happens when in the shop, in milliseconds since the story's start.
struct ShopDay: Sendable {
    /// Whether anything happens at all (else: health, at a constant rate, for ever).
    let isEventful: Bool
    /// Requests per 1,000 seconds, on average.
    let rate: Int

    static func clock(_ hours: Int, _ minutes: Int) -> Int {
        (hours * 60 + minutes) * 60_000
    }

    static let canary = clock(2, 10)..<clock(3, 0)
    static let outage = clock(3, 20)..<clock(3, 45)
    static let nightly = clock(2, 0)..<clock(5, 0)
    /// The prompt that makes answers longer rolls out over five minutes, so all is drifted from 04:10.
    static let rollout = clock(4, 5)..<clock(4, 10)
    static let fix = clock(5, 20)
    /// When refunds from the Union begin to be a theme.
    static let europeWakes = clock(4, 0)

    /// Thousandths of `rate` at each full hour, with straight lines between: a mild peak at two.
    private static let shape = [950, 1_000, 1_180, 1_120, 980, 900, 880]

    /// Requests per 1,000 seconds at a time.
    func rate(at time: Int) -> Int {
        guard isEventful else { return rate }
        let clamped = min(max(time, 0), 6 * 3_600_000 - 1)
        let hour = clamped / 3_600_000
        let step = (Self.shape[hour + 1] - Self.shape[hour]) * (clamped % 3_600_000) / 3_600_000
        return rate * (Self.shape[hour] + step) / 1_000
    }

    /// Whether refunds are asked for from the Union rather than from home.
    func isEuropean(_ time: Int) -> Bool { isEventful && time >= Self.europeWakes }

    func isCanary(_ time: Int) -> Bool { isEventful && Self.canary.contains(time) }
    /// Whether a session that begins now may still run in the experiment.
    func isNearCanary(_ time: Int) -> Bool { isCanary(time) || isCanary(time + 900_000) }
    func isOutage(_ time: Int) -> Bool { isEventful && Self.outage.contains(time) }
    func isNightly(_ time: Int) -> Bool { isEventful && Self.nightly.contains(time) }

    /// Thousandths of requests that are answered by the version with the longer answers.
    func driftedShare(at time: Int) -> Int {
        guard isEventful, time < Self.fix, time >= Self.rollout.lowerBound else { return 0 }
        return min((time - Self.rollout.lowerBound) * 1_000 / Self.rollout.count, 1_000)
    }

    /// Requests waiting for a person, without noise: 3 in health, up to 38 at the outage's end, worked off in half an hour.
    func queueDepth(at time: Int) -> Int {
        guard isEventful, time >= Self.outage.lowerBound else { return 3 }
        if time < Self.outage.upperBound {
            return 3 + 35 * (time - Self.outage.lowerBound) / Self.outage.count
        }
        return 3 + max(35 - 35 * (time - Self.outage.upperBound) / 1_800_000, 0)
    }
}
