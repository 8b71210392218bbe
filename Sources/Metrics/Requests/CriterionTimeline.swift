/// What was good and bad when, in the same slots as everything else: 5 s for an hour, 1 min for 25 hours, 1 h for 8 days, 1 day
/// for 35 days.
package struct CriterionTimeline: Sendable {
    /// From fine to coarse; each has all of it.
    private var rings = zip(Timeline.slotLengths, [733, 1501, 8 * 24 + 1, 36]).map { step, capacity in
        SlotRing<CriterionTally>(step: step, capacity: capacity, looseLimit: capacity)
    }
    /// Requests before this were not looked at, µs since 1970; nil: all were.
    package private(set) var since: Int64?

    init(since: Int64? = nil) { self.since = since }

    /// Counts at `time`, µs since 1970.
    mutating func update(_ time: Int64, _ change: (inout CriterionTally) -> Void) {
        for place in rings.indices { rings[place].update(time, empty: CriterionTally(), change) }
    }

    /// The sum of `from..<to`, µs since 1970, from slots that reach back that far: it may begin up to one slot early.
    package func sum(from: Int64, to: Int64) -> CriterionTally {
        guard from < to, let finest = rings.first, finest.newest != .min else { return CriterionTally() }
        return sum(from, to, with: rings.firstIndex { from >= $0.oldestKept } ?? rings.count - 1)
    }

    private func sum(_ from: Int64, _ to: Int64, with place: Int) -> CriterionTally {
        let ring = rings[place]
        var sum = CriterionTally()
        func add(_ range: Range<Int64>) {
            ring.forEach(in: range) { _, slot in sum.add(slot[0]) }
        }
        // A span seldom ends where a coarse slot does: its end comes from finer ones, where they still have it.
        let whole = to.alignedDown(to: ring.step)
        guard whole > from, whole < to, let finer = rings[..<place].firstIndex(where: { whole >= $0.oldestKept }) else {
            add(from..<to)
            return sum
        }
        add(from..<whole)
        sum.add(self.sum(whole, to, with: finer))
        return sum
    }
}

extension CriterionTally: SlotContent {
    package var isWorthPacking: Bool { false }
    package mutating func pack() {}
}
