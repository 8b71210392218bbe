/// Whole numbers of a chunk's rows, as narrow as they fit: offsets from the least of them, or nothing at all where every
/// row that has one has the same.
struct PackedColumn: Sendable {
    private let base: Int64
    private let offsets: Offsets
    /// Which rows have a number; nil: all.
    private let present: RowBits?
    /// From the least number to the greatest; nil where no row has one.
    let range: ClosedRange<Int64>?

    private enum Offsets: Sendable {
        case none
        case bytes([UInt8])
        case halves([UInt16])
        case words([UInt32])
        case whole([Int64])
    }

    /// - Parameters:
    ///   - cells: a number for each row; of no meaning where the row has none.
    ///   - masks: for each row, with `bit` where it has one; nil: all have.
    init(_ cells: Swift.Span<Int64>, masks: Swift.Span<UInt64>?, bit: UInt64) {
        var low = Int64.max
        var high = Int64.min
        var bits: RowBits?
        if let masks {
            var words = RowBits(count: cells.count)
            for row in cells.indices where masks[row] & bit != 0 {
                words.insert(row)
                low = min(low, cells[row])
                high = max(high, cells[row])
            }
            bits = words
        } else {
            for row in cells.indices {
                low = min(low, cells[row])
                high = max(high, cells[row])
            }
        }
        present = bits
        range = low <= high ? low...high : nil
        let width = low <= high ? UInt64(bitPattern: high &- low) : 0
        base = low <= high && width <= UInt64(UInt32.max) ? low : 0
        offsets =
            if width == 0 {
                .none
            } else if width <= UInt64(UInt8.max) {
                .bytes(Self.narrowed(cells, base))
            } else if width <= UInt64(UInt16.max) {
                .halves(Self.narrowed(cells, base))
            } else if width <= UInt64(UInt32.max) {
                .words(Self.narrowed(cells, base))
            } else {
                .whole(Self.narrowed(cells, base))
            }
    }

    @inline(__always)
    private static func narrowed<Narrow: FixedWidthInteger>(_ cells: Swift.Span<Int64>, _ base: Int64) -> [Narrow] {
        // What a row without a number holds is any number: cut, it does no harm.
        unsafe Array(unsafeUninitializedCapacity: cells.count) { buffer, count in
            for row in cells.indices { unsafe buffer[row] = Narrow(truncatingIfNeeded: cells[row] &- base) }
            count = cells.count
        }
    }

    /// The row's number; nil where it has none.
    subscript(row: Int) -> Int64? {
        if let present, !present.contains(row) { return nil }
        switch offsets {
        case .none: return base
        case .bytes(let offsets): return base &+ Int64(offsets[row])
        case .halves(let offsets): return base &+ Int64(offsets[row])
        case .words(let offsets): return base &+ Int64(offsets[row])
        case .whole(let offsets): return base &+ offsets[row]
        }
    }

    /// Writes the numbers of the first rows, as many as `numbers` has room for.
    func unpack(into numbers: inout [Int64]) {
        switch offsets {
        case .none: for row in numbers.indices { numbers[row] = base }
        case .bytes(let offsets): Self.widen(offsets, base, &numbers)
        case .halves(let offsets): Self.widen(offsets, base, &numbers)
        case .words(let offsets): Self.widen(offsets, base, &numbers)
        case .whole(let offsets): Self.widen(offsets, base, &numbers)
        }
    }

    @inline(__always)
    private static func widen(_ offsets: [some FixedWidthInteger], _ base: Int64, _ numbers: inout [Int64]) {
        for row in 0..<min(numbers.count, offsets.count) {
            numbers[row] = base &+ Int64(truncatingIfNeeded: offsets[row])
        }
    }

    /// Which of `count` rows have a number.
    func known(count: Int) -> RowBits { present ?? RowBits(count: count, all: true) }

    /// Bytes on the heap.
    var byteCount: Int {
        let width =
            switch offsets {
            case .none: 0
            case .bytes(let offsets): offsets.count + 32
            case .halves(let offsets): 2 * offsets.count + 32
            case .words(let offsets): 4 * offsets.count + 32
            case .whole(let offsets): 8 * offsets.count + 32
            }
        return width + (present?.byteCount ?? 0)
    }
}
