import GRDB

/// The order in which what a database already holds is read: the newest window from its beginning to its end, then the
/// rest in blocks, the newest first, each from its beginning to its end.
struct Backfill {
    /// What to read next.
    struct Block {
        var strand: Int
        var range: ClosedRange<Int64>
        var isHistory: Bool
        var limit: Int
    }

    private struct Strand {
        /// Not planned yet: these are to be read in later blocks.
        var rest: ClosedRange<Int64>?
        /// What is left of the present block.
        var block: ClosedRange<Int64>?
        var isHistory = false
        /// Cursors a block, adapted to how dense the cursors are.
        var width: Int64 = 1_024
        var found = 0
    }

    private var strands: [Strand] = []
    private(set) var isPlanned = false
    /// µs since 1970: what is older is history.
    private(set) var windowStart: Int64 = .min
    /// Rows that a damaged page took in a row.
    private var damage = 0
    private var limit = Int.max
    private var current = 0

    /// After so many unreadable stretches the rest is given up.
    private static let maximumDamage = 200
    private static let maximumWidth: Int64 = 1 << 61

    init() {}

    init(_ store: any Store, _ database: Database, window: Int64, history: Int64) throws {
        isPlanned = true
        var extents: [ClosedRange<Int64>?] = []
        var newest = Int64.min
        for strand in 0..<store.strandCount {
            let extent = try store.extent(strand, database)
            extents.append(extent)
            if let extent {
                newest = max(newest, try Self.newestTime(store, strand, extent, database) ?? .min)
            }
        }
        windowStart = newest == .min ? .min : newest.subtractingReportingOverflow(window).partialValue
        let oldest = newest.subtractingReportingOverflow(history)
        for (index, extent) in extents.enumerated() {
            guard let extent else {
                strands.append(Strand())
                continue
            }
            let first = try Self.first(from: windowStart, store, index, extent, database)
            var low = extent.lowerBound
            if newest != .min, history != .max, !oldest.overflow {
                low = try Self.first(from: oldest.partialValue, store, index, extent, database)
            }
            var strand = Strand()
            strand.block = max(first, low)...extent.upperBound
            if first > low { strand.rest = low...(first - 1) }
            strands.append(strand)
        }
    }

    /// The time that the newest rows agree on: one row with a skewed clock does not move it.
    private static func newestTime(
        _ store: any Store, _ strand: Int, _ extent: ClosedRange<Int64>, _ database: Database
    ) throws -> Int64? {
        var times: [Int64] = []
        for step in 0..<8 {
            let (cursor, overflow) = extent.upperBound.subtractingReportingOverflow(Int64(step))
            guard !overflow, cursor >= extent.lowerBound else { break }
            if let time = try store.time(strand, from: cursor, database) { times.append(time) }
        }
        times.sort()
        return times.isEmpty ? nil : times[times.count / 2]
    }

    /// The first cursor whose request isn't older than `time`, by bisection: cursors grow with time but for a few that
    /// came late.
    private static func first(
        from time: Int64, _ store: any Store, _ strand: Int, _ extent: ClosedRange<Int64>, _ database: Database
    ) throws -> Int64 {
        var low = extent.lowerBound
        var high = extent.upperBound
        while low < high {
            let half = low + Int64((UInt64(bitPattern: high) &- UInt64(bitPattern: low)) / 2)
            guard let there = try store.time(strand, from: half, database) else { return extent.lowerBound }
            if there < time { low = half + 1 } else { high = half }
        }
        return low
    }

    // MARK: Walking

    var isDone: Bool { isPlanned && strands.allSatisfy { $0.block == nil && $0.rest == nil } }

    /// Whether a cursor is still to be read.
    func isUndelivered(_ strand: Int, _ cursor: Int64) -> Bool {
        guard isPlanned, strands.indices.contains(strand) else { return true }
        return (strands[strand].block?.contains(cursor) ?? false) || (strands[strand].rest?.contains(cursor) ?? false)
    }

    /// The next block: windows of all strands before any history.
    mutating func next() -> Block? {
        if let index = strands.indices.first(where: { strands[$0].block != nil && !strands[$0].isHistory }) {
            current = index
        } else if let index = strands.indices.first(where: { strands[$0].block != nil || strands[$0].rest != nil }) {
            current = index
            if strands[index].block == nil { cutBlock(index) }
        } else {
            return nil
        }
        guard let range = strands[current].block else { return nil }
        return Block(strand: current, range: range, isHistory: strands[current].isHistory, limit: limit)
    }

    private mutating func cutBlock(_ index: Int) {
        guard let rest = strands[index].rest else { return }
        let (wanted, overflow) = rest.upperBound.subtractingReportingOverflow(strands[index].width - 1)
        let low = overflow ? rest.lowerBound : max(wanted, rest.lowerBound)
        strands[index].block = low...rest.upperBound
        strands[index].rest = low > rest.lowerBound ? rest.lowerBound...(low - 1) : nil
        strands[index].isHistory = true
        strands[index].found = 0
    }

    /// A part of the block was read.
    /// - Parameter last: the last cursor read; nil if the block is read.
    mutating func advance(to last: Int64?, count: Int) {
        damage = 0
        limit = Int.max
        guard let block = strands[current].block else { return }
        strands[current].found += count
        if let last, last < block.upperBound {
            strands[current].block = (last + 1)...block.upperBound
            return
        }
        strands[current].block = nil
        guard strands[current].isHistory else { return }
        // Cursors with gaps: wider blocks. A block that took several chunks: narrower ones.
        if strands[current].found < 256 {
            strands[current].width = min(strands[current].width, Self.maximumWidth / 4) * 4
        } else if strands[current].found > 2_048 {
            strands[current].width = max(strands[current].width / Int64(strands[current].found / 512), 1_024)
        }
    }

    /// A part can't be read: the next try takes less, in the end one cursor, and then goes beyond it, in growing steps.
    mutating func stepOver() {
        damage += 1
        guard damage <= Self.maximumDamage, let block = strands[current].block else { return abandon() }
        if limit > 1 {
            limit = min(limit, 1_024) / 8
            limit = max(limit, 1)
            return
        }
        let step = Int64(1) << Int64(min(damage / 8, 20))
        let (next, overflow) = block.lowerBound.addingReportingOverflow(step)
        strands[current].block = overflow || next > block.upperBound ? nil : next...block.upperBound
    }

    /// Gives the rest up.
    mutating func abandon() {
        for index in strands.indices {
            strands[index].block = nil
            strands[index].rest = nil
        }
    }
}
