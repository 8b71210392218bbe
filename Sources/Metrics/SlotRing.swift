/// What a slot holds.
package protocol SlotContent: Sendable {
    /// Whether `pack` would save much.
    var isWorthPacking: Bool { get }
    /// Takes less room until it is written again.
    mutating func pack()
}

/// Slots of equal length in time, the newest `capacity` of them. A slot is a one-element array: shared with snapshots until
/// it is written again, then copied alone.
///
/// All but the `looseLimit` slots that were written last are packed.
package struct SlotRing<Content: SlotContent>: Sendable {
    /// Length of a slot, µs.
    package let step: Int64
    package let capacity: Int
    private let looseLimit: Int
    private var starts: [Int64]
    private var boxes: [[Content]]
    /// Starts of slots that are not packed, the one written last at the end.
    private var loose: [Int64] = []
    /// Start of the newest slot ever written.
    package private(set) var newest: Int64 = .min

    init(step: Int64, capacity: Int, looseLimit: Int) {
        self.step = step
        self.capacity = capacity
        self.looseLimit = looseLimit
        starts = [Int64](repeating: .min, count: capacity)
        boxes = [[Content]](repeating: [], count: capacity)
    }

    /// Start of the oldest slot that may still be kept.
    package var oldestKept: Int64 {
        newest == .min ? .min : newest - Int64(capacity - 1) * step
    }

    /// The same once something is written at `time`.
    func oldestKept(asOf time: Int64) -> Int64 {
        Swift.max(newest, time.alignedDown(to: step)) - Int64(capacity - 1) * step
    }

    private func position(_ start: Int64) -> Int {
        let index = Int((start / step) % Int64(capacity))
        return index < 0 ? index + capacity : index
    }

    /// Whether the slot that starts at `start` was written and is still kept.
    func holds(_ start: Int64) -> Bool {
        start >= oldestKept && starts[position(start)] == start
    }

    /// Changes the slot that holds `time`, making it with `empty`. False if that slot is older than what is kept.
    @discardableResult
    mutating func update(_ time: Int64, empty: @autoclosure () -> Content, _ change: (inout Content) -> Void) -> Bool {
        let start = time.alignedDown(to: step)
        if start > newest { newest = start }
        guard start >= oldestKept else { return false }
        if loose.last != start { loosen(start) }
        let index = position(start)
        if starts[index] != start {
            starts[index] = start
            boxes[index] = [empty()]
        }
        change(&boxes[index][0])
        return true
    }

    /// Packs the slot that was written the longest ago in favour of the one that starts at `start`.
    private mutating func loosen(_ start: Int64) {
        if let place = loose.lastIndex(of: start) { loose.remove(at: place) }
        loose.append(start)
        guard loose.count > looseLimit else { return }
        let left = loose.removeFirst()
        let index = position(left)
        guard starts[index] == left, boxes[index].first?.isWorthPacking == true else { return }
        boxes[index][0].pack()
    }

    /// Calls `body` with every kept slot that starts in `range`, oldest first.
    /// - Parameter body: takes a span of one, whose parts can be read where they are: a tally is two dozen arrays, and
    ///   Swift copies what it passes on its own.
    package func forEach(in range: Range<Int64>, _ body: (_ start: Int64, _ slot: Swift.Span<Content>) -> Void) {
        guard newest != .min else { return }
        var start = Swift.max(range.lowerBound.alignedDown(to: step), oldestKept)
        if start < range.lowerBound.alignedDown(to: step) { start += step }
        let last = Swift.min(newest, range.upperBound - 1)
        while start <= last {
            let index = position(start)
            if starts[index] == start {
                let box = boxes[index]
                body(start, box.span)
            }
            start += step
        }
    }
}
