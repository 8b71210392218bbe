package import Statistics

/// How many requests of a slice have an outcome.
package struct SliceCount: Sendable, Hashable {
    package let slice: RequestSlice
    /// With the outcome and without, weighted in 1/1024 request.
    package let cases: EffectiveCount
    package let others: EffectiveCount
    /// As many as were seen, whatever they stand for.
    package let casesSeen: Int
    package let seen: Int

    package init(
        _ slice: RequestSlice, cases: EffectiveCount, others: EffectiveCount, casesSeen: Int, seen: Int
    ) {
        self.slice = slice
        (self.cases, self.others) = (cases, others)
        (self.casesSeen, self.seen) = (casesSeen, seen)
    }
}

/// Counts by number of a value, for one field after the other. Open addressing: a hash table of the library takes ten times
/// as long.
struct SliceCounting {
    /// Counts of one value.
    struct Entry {
        var key: UInt64
        /// The row that was counted last: a tool that is called twice is one of the request's.
        var lastRow = -1
        // Requests that stand for themselves.
        var cases = 0
        var others = 0
        // Those that stand for others.
        var weightedCases = EffectiveCount()
        var weightedOthers = EffectiveCount()
        var weightedCasesSeen = 0
        var weightedSeen = 0

        func count(_ slice: RequestSlice) -> SliceCount {
            var (cases, others) = (weightedCases, weightedOthers)
            cases.record(1024, times: Int64(self.cases))
            others.record(1024, times: Int64(self.others))
            return SliceCount(
                slice, cases: cases, others: others, casesSeen: self.cases + weightedCasesSeen,
                seen: self.cases + self.others + weightedSeen)
        }
    }

    private(set) var entries: [Entry] = []
    /// Places in `entries`, one more; 0 is free. A power of two, at most half full.
    private var index = [UInt32](repeating: 0, count: 256)

    /// Values that are told apart; later ones are left out.
    private static let limit = 8192

    /// Makes room for the next field, keeping the buffers.
    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        for i in index.indices { index[i] = 0 }
    }

    @inline(__always)
    private func slot(of key: UInt64) -> Int {
        let mask = index.count &- 1
        var slot = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 32) & mask
        while index[slot] != 0, entries[Int(index[slot]) &- 1].key != key { slot = (slot &+ 1) & mask }
        return slot
    }

    /// Counts a row under a value.
    /// - Parameters:
    ///   - row: its place among all rows.
    ///   - weight: in 1/1024 request; nil: it stands for itself.
    @inline(__always)
    mutating func count(_ key: UInt64, row: Int, isCase: Bool, weight: Int64?) {
        var slot = slot(of: key)
        if index[slot] == 0 {
            guard entries.count < Self.limit else { return }
            if 2 * entries.count >= index.count { grow() }
            slot = self.slot(of: key)
            entries.append(Entry(key: key))
            index[slot] = UInt32(entries.count)
        }
        let place = Int(index[slot]) &- 1
        if entries[place].lastRow == row { return }
        entries[place].lastRow = row
        guard let weight else {
            if isCase { entries[place].cases &+= 1 } else { entries[place].others &+= 1 }
            return
        }
        entries[place].weightedSeen &+= 1
        if isCase {
            entries[place].weightedCasesSeen &+= 1
            entries[place].weightedCases.record(weight)
        } else {
            entries[place].weightedOthers.record(weight)
        }
    }

    private mutating func grow() {
        index = [UInt32](repeating: 0, count: 4 * index.count)
        for place in entries.indices { index[slot(of: entries[place].key)] = UInt32(place + 1) }
    }
}
