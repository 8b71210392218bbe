package import Telemetry

/// How many items have waited in each queue, as its records tell it: the newest of every 5 seconds, and of those the last
/// 1,440, which is a day where a record comes each minute.
package struct QueueDepths: Sendable {
    fileprivate struct Reading: Sendable {
        /// µs since 1970.
        var time: Int64
        var depth: Int64

        /// Times of day that no judgement comes between are one.
        var slot: Int64 { time.alignedDown(to: QueueDepths.slotLength) }
    }

    /// Oldest first.
    private var readings: [Symbol: [Reading]] = [:]

    fileprivate static let slotLength = 5 * Span.second
    private static let queueLimit = 64
    fileprivate static let readingLimit = 1440

    package init() {}

    /// Of more than 64 queues the first are told.
    mutating func note(_ queue: Symbol, _ depth: Int64, at time: Int64) {
        guard readings[queue] != nil || readings.count < Self.queueLimit else { return }
        readings[queue, default: []].insert(Reading(time: time, depth: depth))
    }

    /// The depth of each queue that had a record before a time, µs since 1970.
    package func before(_ end: Int64) -> [Symbol: Int64] {
        readings.compactMapValues { list in list.last { $0.time < end }?.depth }
    }
}

extension [QueueDepths.Reading] {
    /// Mostly it is the newest; what comes late has its place among the others.
    fileprivate mutating func insert(_ reading: QueueDepths.Reading) {
        let place = (lastIndex { $0.slot <= reading.slot }).map { $0 + 1 } ?? 0
        if place > 0, self[place - 1].slot == reading.slot {
            if self[place - 1].time <= reading.time { self[place - 1] = reading }
        } else {
            insert(reading, at: place)
            if count > QueueDepths.readingLimit { removeFirst() }
        }
    }
}
