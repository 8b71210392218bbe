/// Tallies at four resolutions and in total: 5 s for an hour, 1 min for 25 hours, 1 h for a week, 1 day for 35 days.
///
/// Records enter 5-second slots; a slot that is a minute old is rolled up into the coarser rings once, so that counting a
/// record touches one slot. Later arrivals enter every ring that still has their slot.
package struct Timeline: Sendable {
    private var fine = SlotRing<Tally>(step: 5 * Span.second, capacity: 733)
    private var coarse = [
        SlotRing<Tally>(step: Span.minute, capacity: 1501),
        SlotRing<Tally>(step: Span.hour, capacity: 7 * 24 + 1),
        SlotRing<Tally>(step: Span.day, capacity: 36),
    ]
    private var total: [Tally] = [Tally()]
    /// Fine slots that start before this are already in the coarser rings.
    private var rolledUpTo: Int64 = .min
    /// Start of the first slot ever written: where the data begins.
    package private(set) var origin: Int64?
    /// The first 60 minutes after `origin`, kept for ever: the baseline until there are days of history.
    private var opening: [Tally] = [Tally()]

    /// How long a slot stays open for the usual disorder of a stream before it is rolled up.
    private static let settling = Span.minute

    init() {}

    /// Counts something at `time`.
    mutating func update(_ time: Int64, _ change: (inout Tally) -> Void) {
        let start = time.alignedDown(to: fine.step)
        if origin == nil {
            origin = start
            rolledUpTo = start - Self.settling
        }
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
            if let origin, start < origin + Span.hour { opening[0].add(tally) }
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
            fine.forEach(in: from..<to) { tally.add($1, parts: parts) }
            return (tally, from.alignedDown(to: fine.step))
        }
        let ring = coarse.first { from >= $0.oldestKept || $0.newest == .min } ?? coarse[coarse.count - 1]
        ring.forEach(in: from..<to) { tally.add($1, parts: parts) }
        fine.forEach(in: Swift.max(rolledUpTo, from)..<Swift.max(rolledUpTo, to)) { tally.add($1, parts: parts) }
        return (tally, from.alignedDown(to: ring.step))
    }

    /// Everything ever counted.
    package func sumOfAll(parts: Tally.Parts = .all) -> Tally {
        var tally = total[0]
        fine.forEach(in: rolledUpTo..<Int64.max) { tally.add($1, parts: parts) }
        return tally
    }

    /// The first 60 minutes of data.
    package func openingHour() -> Tally {
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

    /// Start of the newest slot written.
    package var newest: Int64 { fine.newest }

    /// Whether anything was counted in `range`, as far as 5-second slots reach.
    package func hasActivity(in range: Range<Int64>) -> Bool {
        var found = false
        fine.forEach(in: range) { found = found || !$1.isEmpty }
        return found
    }
}
