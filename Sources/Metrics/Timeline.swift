/// Tallies at four resolutions and in total: 5 s for an hour, 1 min for 25 hours, 1 h for 8 days (a week behind any day),
/// 1 day for 35 days.
///
/// Records enter 5-second slots; a slot that is a minute old is rolled up into the coarser rings once, so that counting a
/// record touches one slot. Later arrivals enter every ring that still has their slot.
package struct Timeline: Sendable {
    private var fine = SlotRing<Tally>(step: 5 * Span.second, capacity: 733)
    private var coarse = [
        SlotRing<Tally>(step: Span.minute, capacity: 1501),
        SlotRing<Tally>(step: Span.hour, capacity: 8 * 24 + 1),
        SlotRing<Tally>(step: Span.day, capacity: 36),
    ]
    private var total: [Tally] = [Tally()]
    /// Fine slots that start before this are already in the coarser rings.
    private var rolledUpTo: Int64 = .min
    /// Start of the first slot written (or of one that came within a minute after it, out of order): where the data begins.
    package private(set) var origin: Int64?
    /// The first 60 minutes after `origin`, kept for ever: the baseline until there are days of history.
    private var opening: [Tally] = [Tally()]
    /// What came before the beginning was filled in behind: the opening hour is then another one.
    private var isFilledIn = false

    /// How long a slot stays open for the usual disorder of a stream before it is rolled up.
    private static let settling = Span.minute

    /// The longest that anything is kept.
    static let retention = 35 * Span.day

    init() {}

    /// What comes next is the beginning of the data; totals stay.
    mutating func restart() {
        if fine.newest != .min { rollUp(before: fine.newest + fine.step, newest: fine.newest) }
        origin = nil
        opening = [Tally()]
    }

    /// Something was counted at `time` that is no late arrival but history, filled in behind: the data begins there.
    mutating func noteHistory(at time: Int64) {
        guard let first = origin, time < first, time >= first - Self.retention else { return }
        origin = time.alignedDown(to: fine.step)
        isFilledIn = true
    }

    /// Counts something at `time`.
    mutating func update(_ time: Int64, _ change: (inout Tally) -> Void) {
        let start = time.alignedDown(to: fine.step)
        if origin == nil {
            origin = start
            rolledUpTo = start - Self.settling
        }
        if let first = origin, start < first, start >= rolledUpTo { origin = start }
        if start > fine.newest { rollUp(before: start - Self.settling, newest: start) }
        if start >= rolledUpTo {
            fine.update(time, empty: Tally(), change)
            return
        }
        fine.update(time, empty: Tally(), change)
        for i in coarse.indices { coarse[i].update(time, empty: Tally(), change) }
        change(&total[0])
        if let origin, start >= origin, start < origin + Span.hour { change(&opening[0]) }
    }

    private mutating func rollUp(before limit: Int64, newest: Int64) {
        guard limit > rolledUpTo else { return }
        let kept = fine
        kept.forEach(in: rolledUpTo..<limit) { start, tally in
            for i in coarse.indices { coarse[i].update(start, empty: Tally()) { $0.add(tally) } }
            total[0].add(tally)
            if let origin, start >= origin, start < origin + Span.hour { opening[0].add(tally) }
        }
        rolledUpTo = limit
    }

    // MARK: Reading

    /// The sum of `from..<to`, from slots of the finest ring that reaches back that far.
    /// - Returns: the tally, and where it really begins (a slot's border at or before `from`).
    package func sum(from: Int64, to: Int64, parts: Tally.Parts = .all) -> (tally: Tally, start: Int64) {
        var tally = Tally()
        guard from < to, newest != .min else { return (tally, from) }
        if from >= fine.oldestKept {
            // Whole minutes that are rolled up are twelve slots in one.
            let start = from.alignedDown(to: fine.step)
            let firstMinute = (start + Span.minute - 1).alignedDown(to: Span.minute)
            let endOfMinutes = Swift.min(to, rolledUpTo).alignedDown(to: Span.minute)
            if firstMinute < endOfMinutes {
                fine.forEach(in: start..<firstMinute) { tally.add($1, parts: parts) }
                coarse[0].forEach(in: firstMinute..<endOfMinutes) { tally.add($1, parts: parts) }
                fine.forEach(in: endOfMinutes..<to) { tally.add($1, parts: parts) }
            } else {
                fine.forEach(in: start..<to) { tally.add($1, parts: parts) }
            }
            return (tally, start)
        }
        let ring = coarse.first { from >= $0.oldestKept || $0.newest == .min } ?? coarse[coarse.count - 1]
        ring.forEach(in: from..<to) { tally.add($1, parts: parts) }
        fine.forEach(in: Swift.max(rolledUpTo, from)..<Swift.max(rolledUpTo, to)) { tally.add($1, parts: parts) }
        return (tally, from.alignedDown(to: ring.step))
    }

    /// Length of the slots that a sum from `start` is made of at the time `end`, µs.
    func slotLength(from start: Int64, endingAt end: Int64) -> Int64 {
        let newest = Swift.max(fine.newest, end)
        if start >= fine.oldestKept(asOf: newest) { return fine.step }
        let ring = coarse.first { start >= $0.oldestKept(asOf: newest) } ?? coarse[coarse.count - 1]
        return ring.step
    }

    /// From fine to coarse, µs.
    static let slotLengths = [5 * Span.second, Span.minute, Span.hour, Span.day]

    /// Everything ever counted.
    package func sumOfAll(parts: Tally.Parts = .all) -> Tally {
        var tally = total[0]
        fine.forEach(in: rolledUpTo..<Int64.max) { tally.add($1, parts: parts) }
        return tally
    }

    /// The first 60 minutes of data.
    package func openingHour() -> Tally {
        if isFilledIn, let origin {
            // Of hours only whole ones are an hour long: the first that is whole.
            let length = slotLength(from: origin, endingAt: fine.newest)
            let start =
                length <= Span.minute
                ? origin.alignedDown(to: length) : (origin - 1).alignedDown(to: Span.hour) + Span.hour
            return sum(from: start, to: start + Span.hour).tally
        }
        var tally = opening[0]
        guard let origin else { return tally }
        fine.forEach(in: Swift.max(rolledUpTo, origin)..<Swift.max(rolledUpTo, origin + Span.hour)) { tally.add($1) }
        return tally
    }

    /// Hourly tallies of the given hours (multiples of an hour since 1970), whatever of them is kept.
    package func hours(_ hours: [Int64], parts: Tally.Parts = .all) -> Tally {
        var tally = Tally()
        for hour in hours {
            if let slot = coarse[1].content(startingAt: hour) { tally.add(slot, parts: parts) }
        }
        return tally
    }

    /// How many of the given hours have a slot.
    package func heldHours(_ hours: [Int64]) -> Int {
        hours.reduce(0) { $0 + (coarse[1].content(startingAt: $1) == nil ? 0 : 1) }
    }

    /// Start of the newest slot written.
    package var newest: Int64 { fine.newest }

    /// Whether anything was counted in `range`, or in the coarser slots around it where only they reach back that far.
    package func hasActivity(in range: Range<Int64>) -> Bool {
        guard range.lowerBound >= fine.oldestKept else {
            return !sum(from: range.lowerBound, to: range.upperBound, parts: []).tally.isEmpty
        }
        var found = false
        fine.forEach(in: range) { found = found || !$1.isEmpty }
        return found
    }
}
