package import Metrics

/// `agentdash snapshot --format records`: native `snapshot` records, one a step, that add up to what was read.
///
/// Steps are written once they are over. What comes later for one of them is written as a further record of the same
/// step: records of a step add up. Where only coarser slots are kept any more, a record covers as many steps.
package struct SnapshotRecords {
    /// µs.
    private let step: Int64
    /// What each step was told to hold, of those that may still change.
    private var told: [Int64: StepCounts] = [:]
    private var sum = StepCounts()
    private var rounding = WholeCounts()
    /// Steps that begin before this were written.
    private var writtenUpTo: Int64?
    /// Steps that begin before this were looked at again.
    private var checkedUpTo: Int64?

    /// How long a step waits for the usual disorder of a stream, and when it is looked at again.
    private static let settling = 10 * Span.second
    private static let recheckAfter = Span.hour

    /// - Parameter step: µs; one of `isStep`.
    package init(every step: Int64) { self.step = step }

    /// Whether steps of this length are made of whole slots of every length: 5 s … 30 s, minutes that divide an hour, hours
    /// that divide a day.
    package static func isStep(_ length: Int64) -> Bool {
        switch length {
        case ..<Span.minute: length > 0 && Span.minute % length == 0 && length % (5 * Span.second) == 0
        case ..<Span.hour: Span.hour % length == 0 && length % Span.minute == 0
        default: Span.day % length == 0 && length % Span.hour == 0
        }
    }

    /// The records of the steps that are over as of the snapshot, one a line, and of what came late.
    package mutating func over(_ snapshot: Snapshot) -> String {
        guard let now = snapshot.now else { return "" }
        return lines(snapshot, until: now - Self.settling, recheckedUntil: now - Self.recheckAfter)
    }

    /// The rest, at the end of everything.
    package mutating func rest(_ snapshot: Snapshot) -> String {
        guard let now = snapshot.now, let first = snapshot.firstTime else { return "" }
        var text = lines(snapshot, until: nil, recheckedUntil: .max)
        // What was counted before anything that is kept: no step of its own is left to it.
        var remainder = StepCounts(snapshot.timeline.sumOfAll(), snapshot.names)
        remainder.subtract(sum)
        if !remainder.isEmpty {
            text += record(remainder, from: first, to: min(now, first + step) + 1, snapshot)
        }
        return text
    }

    /// The records of the window's steps alone. The first and the last may be shorter: they begin and end with the window.
    package static func window(_ window: Window, of snapshot: Snapshot, every step: Int64) -> String {
        var records = SnapshotRecords(every: step)
        guard window.duration != nil, let now = snapshot.now else { return records.rest(snapshot) }
        let totals = snapshot.totals(window, parts: [])
        var text = records.beginning(max(totals.from, snapshot.firstTime ?? totals.from))
        for (from, to) in records.steps(snapshot, from: totals.from, to: now + 1) {
            let counts = StepCounts(snapshot.timeline.sum(from: max(from, totals.from), to: to).tally, snapshot.names)
            if !counts.isEmpty {
                text += records.record(counts, from: max(from, totals.from), to: min(to, now + 1), snapshot)
            }
        }
        return text
    }

    // MARK: Steps

    private mutating func lines(_ snapshot: Snapshot, until limit: Int64?, recheckedUntil recheck: Int64) -> String {
        guard let now = snapshot.now, let first = snapshot.firstTime else { return "" }
        var text = ""
        var begin = writtenUpTo ?? first.alignedDown(to: step)
        if writtenUpTo == nil {
            guard limit.map({ begin + step <= $0 }) ?? true else { return "" }
            text += beginning(first)
        }
        // A stray time of long ago is no reason to look through what isn't kept.
        begin = max(begin, now.alignedDown(to: Span.day) - 40 * Span.day)
        for (from, to) in steps(snapshot, from: begin, to: now + 1) {
            if let limit, to > limit { break }
            text += write(from, to, snapshot)
            writtenUpTo = to
        }
        var check = checkedUpTo ?? first.alignedDown(to: step)
        for start in told.keys.sorted() where start >= check && start < recheck {
            guard let counts = told[start] else { continue }
            let length = max(step, snapshot.timeline.slotLength(from: start, endingAt: now))
            // Where its slots have become part of coarser ones, nobody knows what is late.
            if length == step {
                text += write(start, start + step, snapshot, before: counts)
            }
            told[start] = nil
            check = max(check, start + step)
        }
        checkedUpTo = check
        return text
    }

    /// Spans of whole slots, in order, each a step or longer.
    private func steps(_ snapshot: Snapshot, from begin: Int64, to end: Int64) -> [(from: Int64, to: Int64)] {
        var steps: [(Int64, Int64)] = []
        var start = begin.alignedDown(to: step)
        while start < end {
            let length = max(step, snapshot.timeline.slotLength(from: start, endingAt: snapshot.now ?? end))
            // A coarse slot may begin before: what was written of it already is taken away by `write`.
            let next = start.alignedDown(to: length) + length
            steps.append((start, next))
            start = next
        }
        return steps
    }

    private mutating func write(_ from: Int64, _ to: Int64, _ snapshot: Snapshot, before: StepCounts? = nil) -> String {
        let (tally, _) = snapshot.timeline.sum(from: from, to: to)
        let counts = StepCounts(tally, snapshot.names)
        told[from] = counts
        var change = counts
        if let before { change.subtract(before) }
        guard !change.isEmpty else { return "" }
        sum.add(change)
        return record(change, from: from, to: to, snapshot)
    }

    private mutating func record(_ counts: StepCounts, from: Int64, to: Int64, _ snapshot: Snapshot) -> String {
        // The end of a span belongs to the next: the record's time is the last millisecond before it.
        let now = snapshot.now ?? to
        let time = to > now ? now : to - 1000
        let begin = max(from, snapshot.firstTime ?? from)
        return SnapshotRecord(time: max(time, begin), duration: max(1000, min(to, now) - begin), counts: counts)
            .line(&rounding) + "\n"
    }

    /// An empty record that tells when the data begin: rates divide by the time since then.
    private func beginning(_ first: Int64) -> String {
        var none = WholeCounts()
        return SnapshotRecord(time: first, duration: 1000, counts: StepCounts()).line(&none) + "\n"
    }
}
