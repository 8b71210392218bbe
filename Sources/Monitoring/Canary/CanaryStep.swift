import Metrics
import Statistics

/// Which step of its ramp a canary is in, seen from the share of the requests that it takes.
///
/// A share that lies between two steps comes out nearer to the one or the other by chance: another step is believed where the share
/// of the last minutes surely differs from what it was before, three minutes in a row.
struct CanaryStep: Sendable {
    /// Percent that the canary takes, and since when, µs since 1970.
    private(set) var percent: Int
    private(set) var since: Int64
    /// How often that has changed.
    private(set) var changes = 0
    /// Requests of the step before the last minutes, as many as they are worth.
    private var earlier = Requests()
    /// Of the last minutes, oldest first.
    private var recent: [Requests] = []
    private var waiting = (percent: 0, minutes: 0)

    struct Requests: Sendable {
        var control = 0.0
        var canary = 0.0

        var share: Proportion? { Proportion(canary, of: control + canary) }

        mutating func add(_ other: Requests) {
            control += other.control
            canary += other.canary
        }
    }

    private static let recentMinutes = 10
    /// Minutes in a row after which another step is believed.
    private static let patience = 3
    private static let confidence = 0.999

    /// - Parameter since: µs since 1970.
    init(_ percent: Int, since: Int64) { (self.percent, self.since) = (percent, since) }

    /// Takes in the minute that ended at `end`, µs since 1970.
    /// - Returns: whether another step has begun.
    mutating func follow(_ minute: Requests, at end: Int64, _ settings: CanarySettings) -> Bool {
        recent.append(minute)
        if recent.count > Self.recentMinutes { earlier.add(recent.removeFirst()) }
        guard let other = other(settings) else {
            waiting.minutes = 0
            return false
        }
        waiting = (other, waiting.percent == other ? waiting.minutes + 1 : 1)
        guard waiting.minutes >= Self.patience else { return false }
        // Before there is anything to compare with, it is only seen which step was the first.
        let isFirst = changes == 0 && earlier.control + earlier.canary == 0
        percent = other
        waiting.minutes = 0
        guard !isFirst else { return false }
        since = end
        changes += 1
        earlier = Requests()
        recent.removeAll()
        return true
    }

    private func other(_ settings: CanarySettings) -> Int? {
        let sum = recent.reduce(into: Requests()) { $0.add($1) }
        guard let share = sum.share, let nearest = settings.step(nearest: share.share), nearest != percent else {
            return nil
        }
        if let before = earlier.share {
            let change = Interval.newcombe(canary: share, control: before, confidence: Self.confidence)
            return change.contains(0) ? nil : nearest
        }
        return Interval.wilson(share, confidence: Self.confidence).contains(Double(percent) / 100) ? nil : nearest
    }
}
