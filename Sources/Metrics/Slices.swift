package import Statistics
package import Telemetry

/// One slice's counts over one span: a value of a dimension, with a coarse latency sketch.
package struct SliceRow: Row {
    package var counts = RequestRow()
    /// Scale 3: at most 4.4% off, shown with `~`.
    package var latency = ExponentialHistogram(scale: 3, unitsPerOne: 1000)

    package init() {}

    package mutating func add(_ other: SliceRow) {
        counts.add(other.counts)
        latency.merge(other.latency)
    }
}

/// Slices by (dimension, value) in 60 one-minute and 24 one-hour slots. A value's windows therefore begin on whole minutes
/// (hours beyond one hour).
package struct Slices: Sendable {
    private var minutes = SlotRing<Block>(step: Span.minute, capacity: 61)
    private var hours = SlotRing<Block>(step: Span.hour, capacity: 25)

    init() {}

    package struct Block: Sendable {
        fileprivate var tables = [NameTable<SliceRow>](repeating: NameTable(), count: Dimension.ofRequest.count)
    }

    mutating func update(_ values: DimensionValues, at time: Int64, _ change: (inout SliceRow) -> Void) {
        let record: (inout Block) -> Void = { block in
            for (i, dimension) in Dimension.ofRequest.enumerated() {
                let value = values[dimension]
                if !value.isAbsent { block.tables[i].update(value, change) }
            }
        }
        minutes.update(time, empty: Block(), record)
        hours.update(time, empty: Block(), record)
    }

    /// Sums of every value of a dimension over `from..<to`, and where they really begin.
    package func sum(_ dimension: Dimension, from: Int64, to: Int64) -> (table: NameTable<SliceRow>, start: Int64) {
        var table = NameTable<SliceRow>()
        guard let i = Dimension.ofRequest.firstIndex(of: dimension) else { return (table, from) }
        let ring = from >= minutes.oldestKept ? minutes : hours
        ring.forEach(in: from..<to) { table.merge($1.tables[i]) }
        return (table, from.alignedDown(to: ring.step))
    }
}
