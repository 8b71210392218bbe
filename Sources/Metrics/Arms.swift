package import Telemetry

/// The variants' minute blocks of the last 24 hours, and when each variant was seen.
package struct Arms: Sendable {
    private var minutes = SlotRing<NameTable<ArmRow>>(step: Span.minute, capacity: 1441, looseLimit: 4)
    private var hints = PlaceHints()
    private var taskHints = PlaceHints()
    /// Outcomes by task type, and by groups of users.
    private var tasks = SlotRing<NameTable<ArmOutcomes>>(step: Span.minute, capacity: 1441, looseLimit: 4)
    private var groups = SlotRing<NameTable<UserGroups>>(step: Self.groupStep, capacity: 145, looseLimit: 2)
    /// Of at most `variantLimit` variants.
    private var presences: [(variant: Symbol, presence: Presence)] = []

    /// A stretch of time in which a variant took traffic without a pause of more than `pause`.
    package struct Presence: Sendable, Hashable {
        package var first: Int64
        package var last: Int64

        fileprivate mutating func extend(to time: Int64) {
            if time > last + Arms.pause {
                self = Presence(first: time, last: time)
            } else if time >= first - Arms.pause {
                first = min(first, time)
                last = max(last, time)
            }
        }
    }

    /// A variant that was away for longer starts its soak anew.
    package static let pause = 30 * Span.minute
    private static let variantLimit = 16
    /// µs; a step of a ramp takes some of these.
    package static let groupStep = 10 * Span.minute

    init() {}

    /// Counts a batch's requests that have a variant.
    /// - Parameter users: which of them were seen; forgotten where a variant begins to take traffic.
    mutating func count(_ batch: borrowing RequestBatch, _ users: inout UserLedger) {
        guard batch.rows.contains(where: { !$0.values[.variant].isAbsent }) else { return }
        // First and last time of each variant, in the order they came.
        var times: [(variant: Symbol, first: Int64, last: Int64)] = []
        minutes.update(batch.start, empty: NameTable()) { table in
            let rows = batch.rows.span
            for place in rows.indices {
                let variant = rows[place].values[.variant]
                if variant.isAbsent { continue }
                table.update(variant, &hints) { $0.count(rows[place]) }
                let time = rows[place].time
                if let i = times.firstIndex(where: { $0.variant.rawValue == variant.rawValue }) {
                    times[i].first = min(times[i].first, time)
                    times[i].last = max(times[i].last, time)
                } else {
                    times.append((variant, time, time))
                }
            }
        }
        for (variant, first, last) in times {
            if see(variant, at: first) { users.removeAll() }
            if see(variant, at: last) { users.removeAll() }
        }
        countParts(batch, &users)
    }

    /// What is compared within the arms, task types and users: a batch lies in one minute.
    private mutating func countParts(_ batch: borrowing RequestBatch, _ users: inout UserLedger) {
        let rows = batch.rows.span
        tasks.update(batch.start, empty: NameTable()) { table in
            for place in rows.indices where rows[place].outcome != .unknown {
                let variant = rows[place].values[.variant]
                let task = rows[place].values[.taskType]
                if variant.isAbsent || task.isAbsent { continue }
                table.update(task, &taskHints) { $0.count(variant, rows[place].row) }
            }
        }
        groups.update(batch.start, empty: NameTable()) { table in
            for place in rows.indices {
                let user = rows[place].userHash
                if user == 0 { continue }
                let variant = rows[place].values[.variant]
                if rows[place].outcome != .unknown {
                    let squaredWeight = Tally.squared(rows[place].weight)
                    table.update(variant, &hints) {
                        $0.count(user, rows[place].row, squaredWeight: squaredWeight)
                        if let buckets = rows[place].buckets { $0.routed.count(buckets) }
                    }
                }
                switch users.see(user, variant) {
                case .known: break
                case .new: minutes.update(batch.start, empty: NameTable()) { $0.update(variant) { $0.newUsers &+= 1 } }
                case .moved:
                    minutes.update(batch.start, empty: NameTable()) { $0.update(variant) { $0.movedUsers &+= 1 } }
                }
            }
        }
    }

    mutating func update(_ variant: Symbol, at time: Int64, _ change: (inout ArmRow) -> Void) {
        minutes.update(time, empty: NameTable()) { $0.update(variant, change) }
    }

    /// Notes that a request of `variant` ended at `time`.
    /// - Returns: whether it begins to take traffic.
    private mutating func see(_ variant: Symbol, at time: Int64) -> Bool {
        if let place = presences.firstIndex(where: { $0.variant.rawValue == variant.rawValue }) {
            let began = presences[place].presence.first
            presences[place].presence.extend(to: time)
            return presences[place].presence.first > began
        }
        if presences.count >= Self.variantLimit {
            // Who has been away longest makes room.
            let oldest = presences.indices.min {
                (presences[$0].presence.last, presences[$0].variant.rawValue)
                    < (presences[$1].presence.last, presences[$1].variant.rawValue)
            }
            guard let oldest, presences[oldest].presence.last + Self.pause < time else { return false }
            presences.remove(at: oldest)
        }
        presences.append((variant, Presence(first: time, last: time)))
        return true
    }

    /// When `variant` took traffic last, without longer pauses.
    package func presence(of variant: Symbol) -> Presence? {
        presences.first { $0.variant == variant }?.presence
    }

    /// The same as of an earlier time: from the minutes held, and so to a minute at its beginning.
    package func presence(of variant: Symbol, asOf time: Int64) -> Presence? {
        if var presence = presence(of: variant), presence.first <= time {
            presence.last = min(presence.last, time)
            return presence
        }
        var found: Presence?
        minutes.forEach(in: time - Span.day..<time + 1) { start, slot in
            guard slot[0][variant] != nil else { return }
            let last = min(time, start + Span.minute)
            if found == nil {
                found = Presence(first: start, last: last)
            } else {
                found?.extend(to: last)
            }
        }
        return found
    }

    /// Every variant that took traffic, in no order.
    package var variants: [Symbol] { presences.map(\.variant) }

    /// Sums by variant over whole minutes of `from..<to`.
    package func sum(from: Int64, to: Int64) -> NameTable<ArmRow> {
        var table = NameTable<ArmRow>()
        minutes.forEach(in: from..<to) { table.merge($1[0]) }
        return table
    }

    /// The same of outcomes by task type.
    package func outcomesByTask(from: Int64, to: Int64) -> NameTable<ArmOutcomes> {
        var table = NameTable<ArmOutcomes>()
        tasks.forEach(in: from..<to) { table.merge($1[0]) }
        return table
    }

    /// Outcomes by groups of users, of each variant, over the slots of `groupStep` that `from..<to` touches.
    package func userGroups(from: Int64, to: Int64) -> NameTable<UserGroups> {
        var table = NameTable<UserGroups>()
        groups.forEach(in: from..<to) { table.merge($1[0]) }
        return table
    }
}
