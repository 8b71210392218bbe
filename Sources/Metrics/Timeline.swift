/// Tallies at four resolutions and in total: 5 s for an hour, 1 min for 25 hours, 1 h for 8 days (a week behind any day),
/// 1 day for 35 days.
///
/// Records enter 5-second slots. A slot that is a minute old is rolled up into its minute, and a minute that is whole into
/// its hour, its day and the totals, each once, so that counting a record touches one slot. Later arrivals enter every ring
/// that has their slot already and still.
package struct Timeline: Sendable {
    private var fine = SlotRing<Tally>(step: 5 * Span.second, capacity: 733, looseLimit: 16)
    private var minutes = SlotRing<Tally>(step: Span.minute, capacity: 1501, looseLimit: 4)
    private var hours = SlotRing<Tally>(step: Span.hour, capacity: 8 * 24 + 1, looseLimit: 2)
    private var days = SlotRing<Tally>(step: Span.day, capacity: 36, looseLimit: 2)
    private var total: [Tally] = [Tally()]
    /// Fine slots that start before this are in their minutes.
    private var rolledUpTo: Int64 = .min
    /// Minutes that start before this are in hours, days and totals. It never is behind `rolledUpTo` by a minute or more.
    private var summedUpTo: Int64 = .min
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
        if fine.newest != .min { rollUp(before: (fine.newest + Span.minute).alignedDown(to: Span.minute)) }
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
            rolledUpTo = max(rolledUpTo, start - Self.settling)
            summedUpTo = max(summedUpTo, rolledUpTo.alignedDown(to: minutes.step))
        }
        if let first = origin, start < first, start >= rolledUpTo { origin = start }
        if start > fine.newest { rollUp(before: start - Self.settling) }
        fine.update(time, empty: Tally(), change)
        guard start < rolledUpTo else { return }
        minutes.update(time, empty: Tally(), change)
        guard start < summedUpTo else { return }
        hours.update(time, empty: Tally(), change)
        days.update(time, empty: Tally(), change)
        change(&total[0])
        if let origin, start >= origin, start < origin + Span.hour { change(&opening[0]) }
    }

    private mutating func rollUp(before limit: Int64) {
        guard limit > rolledUpTo else { return }
        let settled = fine
        settled.forEach(in: rolledUpTo..<limit) { start, tally in
            minutes.update(start, empty: Tally()) { $0.add(tally) }
        }
        rolledUpTo = limit
        sumUp(before: limit.alignedDown(to: minutes.step))
    }

    private mutating func sumUp(before limit: Int64) {
        guard limit > summedUpTo else { return }
        let whole = minutes
        whole.forEach(in: summedUpTo..<limit) { start, tally in
            hours.update(start, empty: Tally()) { $0.add(tally) }
            days.update(start, empty: Tally()) { $0.add(tally) }
            total[0].add(tally)
        }
        if let origin, summedUpTo < origin + Span.hour, origin < limit {
            // It may begin within a minute.
            var part = Tally()
            forEachPiece(in: max(origin, summedUpTo)..<min(limit, origin + Span.hour)) { part.add($0) }
            opening[0].add(part)
        }
        summedUpTo = limit
    }

    // MARK: Reading

    /// Calls `body` with the minutes of a span; whole hours that are summed up are sixty minutes in one.
    private func forEachWholeHour(in range: Range<Int64>, _ body: (Swift.Span<Tally>) -> Void) {
        let firstHour = (range.lowerBound + hours.step - 1).alignedDown(to: hours.step)
        let endOfHours = min(range.upperBound, summedUpTo).alignedDown(to: hours.step)
        guard firstHour < endOfHours else { return minutes.forEach(in: range) { body($1) } }
        minutes.forEach(in: range.lowerBound..<firstHour) { body($1) }
        hours.forEach(in: firstHour..<endOfHours) { body($1) }
        minutes.forEach(in: endOfHours..<range.upperBound) { body($1) }
    }

    /// Calls `body` with the slots of a span that the finest ring holds; whole minutes that are rolled up are twelve slots
    /// in one.
    private func forEachPiece(in range: Range<Int64>, _ body: (Swift.Span<Tally>) -> Void) {
        let firstMinute = (range.lowerBound + minutes.step - 1).alignedDown(to: minutes.step)
        let endOfMinutes = min(range.upperBound, rolledUpTo).alignedDown(to: minutes.step)
        guard firstMinute < endOfMinutes else { return fine.forEach(in: range) { body($1) } }
        fine.forEach(in: range.lowerBound..<firstMinute) { body($1) }
        minutes.forEach(in: firstMinute..<endOfMinutes) { body($1) }
        fine.forEach(in: endOfMinutes..<range.upperBound) { body($1) }
    }

    /// The sum of `from..<to`, from slots of the finest ring that reaches back that far.
    /// - Returns: the tally, and where it really begins (a slot's border at or before `from`).
    package func sum(from: Int64, to: Int64, parts: Tally.Parts = .all) -> (tally: Tally, start: Int64) {
        var tally = Tally()
        guard from < to, newest != .min else { return (tally, from) }
        if from >= fine.oldestKept {
            let start = from.alignedDown(to: fine.step)
            forEachPiece(in: start..<to) { tally.add($0, parts: parts) }
            return (tally, start)
        }
        let ring =
            from >= minutes.oldestKept ? minutes : from >= hours.oldestKept || hours.newest == .min ? hours : days
        // A span that ended long ago seldom ends where a coarse slot does: its end comes from finer ones.
        let whole = to.alignedDown(to: ring.step)
        if to <= fine.newest, whole > from, finest(holding: whole) < ring.step {
            ring.forEach(in: from..<whole) { tally.add($1, parts: parts) }
            tally.add(sum(from: whole, to: to, parts: parts).tally, parts: parts)
            return (tally, from.alignedDown(to: ring.step))
        }
        if ring.step == minutes.step {
            forEachWholeHour(in: from..<to) { tally.add($0, parts: parts) }
        } else {
            ring.forEach(in: from..<to) { tally.add($1, parts: parts) }
        }
        let open = max(from, ring.step == minutes.step ? rolledUpTo : summedUpTo)
        if open < to { fine.forEach(in: open..<to) { tally.add($1, parts: parts) } }
        return (tally, from.alignedDown(to: ring.step))
    }

    /// Length of the finest slots that still reach back to `time`, µs.
    private func finest(holding time: Int64) -> Int64 { slotLength(from: time, endingAt: .min) }

    /// Length of the slots that a sum from `start` is made of at the time `end`, µs.
    package func slotLength(from start: Int64, endingAt end: Int64) -> Int64 {
        let newest = Swift.max(fine.newest, end)
        if start >= fine.oldestKept(asOf: newest) { return fine.step }
        if start >= minutes.oldestKept(asOf: newest) { return minutes.step }
        return start >= hours.oldestKept(asOf: newest) ? hours.step : days.step
    }

    /// From fine to coarse, µs.
    static let slotLengths = [5 * Span.second, Span.minute, Span.hour, Span.day]

    /// Everything ever counted.
    package func sumOfAll(parts: Tally.Parts = .all) -> Tally {
        var tally = total[0]
        fine.forEach(in: summedUpTo..<Int64.max) { tally.add($1, parts: parts) }
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
        fine.forEach(in: max(summedUpTo, origin)..<max(summedUpTo, origin + Span.hour)) { tally.add($1) }
        return tally
    }

    /// Hourly tallies of the given hours (multiples of an hour since 1970), whatever of them is kept.
    package func hours(_ starts: [Int64], parts: Tally.Parts = .all) -> Tally {
        var tally = Tally()
        for start in starts {
            hours.forEach(in: start..<start + 1) { tally.add($1, parts: parts) }
            forEachOpenSlot(ofHour: start) { tally.add($0, parts: parts) }
        }
        return tally
    }

    /// How many of the given hours have a slot.
    package func heldHours(_ starts: [Int64]) -> Int {
        starts.count { start in
            var isHeld = hours.holds(start)
            forEachOpenSlot(ofHour: start) { _ in isHeld = true }
            return isHeld
        }
    }

    /// Calls `body` with the fine slots that are not in their hour yet.
    private func forEachOpenSlot(ofHour start: Int64, _ body: (Swift.Span<Tally>) -> Void) {
        let open = max(summedUpTo, start)
        if open < start + Span.hour { fine.forEach(in: open..<start + Span.hour) { body($1) } }
    }

    /// Start of the newest slot written.
    package var newest: Int64 { fine.newest }

    /// When something was counted last before `time`, to the length of a slot; `time` itself where slots are too long to tell.
    func lastActivity(before time: Int64) -> Int64? {
        guard time >= minutes.oldestKept else { return time }
        var last: Int64?
        for ring in [minutes, fine] {
            ring.forEach(in: time - Span.day..<time) { start, slot in
                if !Tally.isEmpty(slot) { last = max(last ?? .min, min(time, start + ring.step)) }
            }
        }
        return last ?? origin.map { min($0, time) }
    }

    /// Whether anything was counted in `range`, or in the coarser slots around it where only they reach back that far.
    package func hasActivity(in range: Range<Int64>) -> Bool {
        guard range.lowerBound >= fine.oldestKept else {
            return !sum(from: range.lowerBound, to: range.upperBound, parts: []).tally.isEmpty
        }
        var found = false
        fine.forEach(in: range) { if !Tally.isEmpty($1) { found = true } }
        return found
    }
}
