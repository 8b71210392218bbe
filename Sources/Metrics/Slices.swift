package import Statistics
package import Telemetry

/// One slice's counts over one span: a value of a dimension, with a coarse latency sketch.
package struct SliceRow: Row {
    package var counts = RequestRow()
    /// Scale 3: at most 4.4% off, shown with `~`.
    package var latency = ExponentialHistogram(scale: 3, unitsPerOne: 1000)

    package init() {}

    package var heaviness: Int64 { counts.requests.weighted }

    package mutating func add(_ other: SliceRow) {
        counts.add(other.counts)
        latency.merge(other.latency)
    }

    package func pack(into numbers: inout PackedNumbers) {
        counts.pack(into: &numbers)
        latency.pack(into: &numbers)
    }

    package init(from numbers: inout PackedNumbersReader) {
        counts = RequestRow(from: &numbers)
        latency.unpack(from: &numbers)
    }
}

/// Slices by (dimension, value) in 60 one-minute and 24 one-hour slots. A value's windows therefore begin on whole minutes
/// (hours beyond one hour).
///
/// Requests enter a minute, which is added to its hour once it is over; later arrivals enter both.
package struct Slices: Sendable {
    private var minutes = SlotRing<Block>(step: Span.minute, capacity: 61, looseLimit: 4)
    private var hours = SlotRing<Block>(step: Span.hour, capacity: 25, looseLimit: 2)
    private var hints = PlaceHints()
    /// Minutes that start before this are in their hours.
    private var rolledUpTo: Int64 = .min

    /// How long a minute stays open for the usual disorder of a stream.
    private static let settling = Span.minute

    init() {}

    package struct Block: SlotContent {
        /// By `Dimension.rawValue`.
        fileprivate var tables = [NameTable<SliceRow>](repeating: NameTable(), count: Dimension.ofRequest.count)

        package var isWorthPacking: Bool { tables.contains { $0.isWorthPacking } }

        package mutating func pack() {
            for i in tables.indices { tables[i].pack() }
        }

        fileprivate mutating func add(_ slot: Swift.Span<Block>) {
            for i in tables.indices { tables[i].merge(slot[0].tables[i]) }
        }

        fileprivate mutating func count(_ batch: borrowing RequestBatch, hints: inout PlaceHints) {
            var left = batch.dimensions
            while left != 0 {
                let place = left.trailingZeroBitCount
                left &= left - 1
                guard place < tables.count else { break }
                // Looked at in place: a row is larger than what is read of it.
                let rows = batch.rows.span
                for i in rows.indices {
                    let value = rows[i].values[place: place]
                    if !value.isAbsent { tables[place].update(value, &hints) { $0.count(rows[i]) } }
                }
            }
        }
    }

    /// Counts every request of a batch.
    mutating func count(_ batch: borrowing RequestBatch) {
        let minute = batch.start.alignedDown(to: Span.minute)
        if rolledUpTo == .min { rolledUpTo = minute - Self.settling }
        if minute > minutes.newest { rollUp(before: minute - Self.settling) }
        minutes.update(minute, empty: Block()) { $0.count(batch, hints: &hints) }
        if minute < rolledUpTo { hours.update(minute, empty: Block()) { $0.count(batch, hints: &hints) } }
    }

    /// Changes the rows of every value in `values`, where they still are.
    mutating func update(_ values: DimensionValues, at time: Int64, _ change: (inout SliceRow) -> Void) {
        let every: (inout Block) -> Void = { block in
            for place in block.tables.indices {
                let value = values[place: place]
                if !value.isAbsent { block.tables[place].update(value, change) }
            }
        }
        minutes.update(time, empty: Block(), every)
        if time.alignedDown(to: Span.minute) < rolledUpTo { hours.update(time, empty: Block(), every) }
    }

    private mutating func rollUp(before limit: Int64) {
        guard limit > rolledUpTo else { return }
        let kept = minutes
        kept.forEach(in: rolledUpTo..<limit) { start, block in
            hours.update(start, empty: Block()) { $0.add(block) }
        }
        rolledUpTo = limit
    }

    /// The time that `sum` over `from..<to` really covers: whole minutes, and where only hours reach back so far, whole hours.
    package func extent(from: Int64, to: Int64) -> Range<Int64> {
        func end(_ step: Int64) -> Int64 { (to - 1).alignedDown(to: step) + step }
        if from >= minutes.oldestKept { return from.alignedDown(to: minutes.step)..<end(minutes.step) }
        let start = from.alignedDown(to: hours.step)
        return start..<max(start, to <= rolledUpTo ? min(end(hours.step), rolledUpTo) : end(minutes.step))
    }

    /// Sums of every value of a dimension over `from..<to`, and where they really begin.
    package func sum(_ dimension: Dimension, from: Int64, to: Int64) -> (table: NameTable<SliceRow>, start: Int64) {
        var table = NameTable<SliceRow>()
        let i = Int(dimension.rawValue)
        guard i < Dimension.ofRequest.count else { return (table, from) }
        if from >= minutes.oldestKept {
            minutes.forEach(in: from..<to) { table.merge($1[0].tables[i]) }
            return (table, from.alignedDown(to: minutes.step))
        }
        // Hours are whole: what is compared with them must be too (`extent`).
        hours.forEach(in: from..<to) { table.merge($1[0].tables[i]) }
        let open = max(rolledUpTo, from)
        if open < to { minutes.forEach(in: open..<to) { table.merge($1[0].tables[i]) } }
        return (table, from.alignedDown(to: hours.step))
    }
}
