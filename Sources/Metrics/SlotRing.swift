/// Slots of equal length in time, the newest `capacity` of them. A slot is a one-element array: shared with snapshots until
/// it is written again, then copied alone.
package struct SlotRing<Content: Sendable>: Sendable {
    /// Length of a slot, µs.
    package let step: Int64
    package let capacity: Int
    private var starts: [Int64]
    private var boxes: [[Content]]
    /// Start of the newest slot ever written.
    package private(set) var newest: Int64 = .min

    init(step: Int64, capacity: Int) {
        self.step = step
        self.capacity = capacity
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

    /// The slot that starts at `start`, if it was written and is still kept.
    package func content(startingAt start: Int64) -> Content? {
        guard start >= oldestKept else { return nil }
        let index = position(start)
        return starts[index] == start ? boxes[index].first : nil
    }

    /// Changes the slot that holds `time`, making it with `empty`. False if that slot is older than what is kept.
    @discardableResult
    mutating func update(_ time: Int64, empty: @autoclosure () -> Content, _ change: (inout Content) -> Void) -> Bool {
        let start = time.alignedDown(to: step)
        if start > newest { newest = start }
        guard start >= oldestKept else { return false }
        let index = position(start)
        if starts[index] != start {
            starts[index] = start
            boxes[index] = [empty()]
        }
        change(&boxes[index][0])
        return true
    }

    /// Calls `body` with every kept slot that starts in `range`, oldest first.
    package func forEach(in range: Range<Int64>, _ body: (_ start: Int64, _ content: Content) -> Void) {
        guard newest != .min else { return }
        var start = Swift.max(range.lowerBound.alignedDown(to: step), oldestKept)
        if start < range.lowerBound.alignedDown(to: step) { start += step }
        let last = Swift.min(newest, range.upperBound - 1)
        while start <= last {
            let index = position(start)
            if starts[index] == start, let content = boxes[index].first { body(start, content) }
            start += step
        }
    }
}
