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
    /// Requests of one value that stand for themselves.
    struct Entry {
        let key: UInt64
        /// The row that was counted last: a tool that is called twice is one of the request's.
        var lastRow = -1
        var cases = 0
        var others = 0
    }

    /// Requests of one value that stand for others.
    private struct Weighted {
        var cases = EffectiveCount()
        var others = EffectiveCount()
        var casesSeen = 0
        var seen = 0
    }

    private(set) var entries: [Entry] = []
    /// By their places, as far as there are any.
    private var weighted: [Weighted] = []
    /// Places in `entries`, one more; 0 is free. A power of two, at most half full.
    private var index = [UInt32](repeating: 0, count: 256)

    /// Values that are told apart; later ones are left out.
    private static let limit = 8192

    /// Makes room for the next field, keeping the buffers.
    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        weighted.removeAll(keepingCapacity: true)
        for i in index.indices { index[i] = 0 }
    }

    /// What was counted at a place.
    func count(at place: Int, _ slice: RequestSlice) -> SliceCount {
        let entry = entries[place]
        let sampled = place < weighted.count ? weighted[place] : Weighted()
        var (cases, others) = (sampled.cases, sampled.others)
        cases.record(1024, times: Int64(entry.cases))
        others.record(1024, times: Int64(entry.others))
        return SliceCount(
            slice, cases: cases, others: others, casesSeen: entry.cases + sampled.casesSeen,
            seen: entry.cases + entry.others + sampled.seen)
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
        var place = Int(index[slot(of: key)]) &- 1
        if place < 0 {
            guard entries.count < Self.limit else { return }
            place = add(key)
        }
        if entries[place].lastRow == row { return }
        entries[place].lastRow = row
        if let weight {
            count(at: place, isCase: isCase, weight: weight)
        } else if isCase {
            entries[place].cases &+= 1
        } else {
            entries[place].others &+= 1
        }
    }

    private mutating func count(at place: Int, isCase: Bool, weight: Int64) {
        while weighted.count <= place { weighted.append(Weighted()) }
        weighted[place].seen += 1
        if isCase {
            weighted[place].casesSeen += 1
            weighted[place].cases.record(weight)
        } else {
            weighted[place].others.record(weight)
        }
    }

    /// - Returns: its place.
    private mutating func add(_ key: UInt64) -> Int {
        entries.append(Entry(key: key))
        if 2 * entries.count > index.count {
            index = [UInt32](repeating: 0, count: 4 * index.count)
            for place in entries.indices { index[slot(of: entries[place].key)] = UInt32(place + 1) }
        } else {
            index[slot(of: key)] = UInt32(entries.count)
        }
        return entries.count - 1
    }
}
