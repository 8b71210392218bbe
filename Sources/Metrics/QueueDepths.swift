package import Telemetry

/// How many items have waited in each queue, as its records tell it: the older, the more coarsely.
///
/// Held are the newest of every 5 seconds, 720 of them; the largest of a minute, 1,440; and the largest of an hour, 192: an
/// hour, a day and 8 days of a queue that is told of all the time, and more of one that seldom is.
package struct QueueDepths: Sendable {
    private var series: [Symbol: QueueSeries] = [:]

    private static let queueLimit = 64

    package init() {}

    /// Of more than 64 queues the first are told.
    mutating func note(_ queue: Symbol, _ depth: Int64, at time: Int64) {
        guard series[queue] != nil || series.count < Self.queueLimit else { return }
        series[queue, default: QueueSeries()].insert(QueueSeries.Reading(time: time, depth: depth))
    }

    /// The depth of each queue that had a record before a time, µs since 1970.
    package func before(_ end: Int64) -> [Symbol: Int64] { series.compactMapValues { $0.before(end)?.depth } }

    /// The time of the oldest reading held of each queue, µs since 1970.
    package var oldest: [Symbol: Int64] { series.compactMapValues(\.oldest) }
}

/// The readings of one queue.
private struct QueueSeries: Sendable {
    struct Reading: Sendable {
        /// µs since 1970.
        var time: Int64
        var depth: Int64
    }

    /// Those of one step, oldest first.
    private struct Tier: Sendable {
        let step: Int64
        let limit: Int
        /// Of a step the largest counts, else the newest.
        let isOfLargest: Bool
        var readings: [Reading] = []

        /// Mostly it is the newest; what comes late has its place among the others.
        mutating func insert(_ reading: Reading) {
            let slot = reading.time.alignedDown(to: step)
            let place = (readings.lastIndex { $0.time.alignedDown(to: step) <= slot }).map { $0 + 1 } ?? 0
            if place > 0, readings[place - 1].time.alignedDown(to: step) == slot {
                let held = readings[place - 1]
                let counts = isOfLargest ? held.depth < reading.depth : held.time <= reading.time
                if counts { readings[place - 1] = reading }
            } else {
                readings.insert(reading, at: place)
                if readings.count > limit { readings.removeFirst() }
            }
        }
    }

    /// Finest first. Times of day that no judgement comes between are one.
    private var seconds = Tier(step: 5 * Span.second, limit: 720, isOfLargest: false)
    private var minutes = Tier(step: Span.minute, limit: 1440, isOfLargest: true)
    private var hours = Tier(step: Span.hour, limit: 192, isOfLargest: true)

    mutating func insert(_ reading: Reading) {
        seconds.insert(reading)
        minutes.insert(reading)
        hours.insert(reading)
    }

    /// The last reading before a time, from the finest that reaches so far.
    func before(_ end: Int64) -> Reading? {
        func last(_ tier: Tier) -> Reading? { tier.readings.last { $0.time < end } }
        return last(seconds) ?? last(minutes) ?? last(hours)
    }

    var oldest: Int64? {
        [seconds, minutes, hours].compactMap { $0.readings.first?.time }.min()
    }
}
