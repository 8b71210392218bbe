import Statistics
import Telemetry

extension ExponentialHistogram {
    /// Merges a histogram as it travels: exactly, if its scale is at least this one's (buckets nest); a coarser one's counts
    /// go to the middle of its buckets.
    mutating func merge(_ wire: WireHistogram) {
        let unit = Record.unitWeight
        var arrived = ExponentialHistogram(scale: scale, unitsPerOne: unitsPerOne)
        arrived.recordZeros(max(0, wire.zeroCount) &* unit)
        for (i, n) in wire.counts.enumerated() where n > 0 {
            let (index, overflow) = wire.offset.addingReportingOverflow(i)
            guard !overflow else { continue }
            let shift = wire.scale - scale
            let bucket: Int
            if shift >= 0 {
                bucket = index >> min(shift, 62)
            } else if shift >= -20, abs(index) < 1 << 30 {
                bucket = index << -shift | 1 << (-shift - 1)
            } else {
                continue
            }
            arrived.record(bucket: bucket, count: n &* unit)
        }
        arrived.takeMeasures(of: wire)
        merge(arrived)
    }

    /// Takes over sum and extremes, each unless it contradicts the buckets: they are somebody else's word.
    private mutating func takeMeasures(of wire: WireHistogram) {
        guard count > 0 else { return }
        var (low, high) = (minimum, maximum)
        if let value = wire.minimum, isAtBottom(value) { low = value }
        if let value = wire.maximum, isAtTop(value) { high = value }
        var total = sum
        if let value = wire.sum, low <= value {
            // Each bucket's middle is at most 0.54% off; what was rounded in sampling is further.
            let given = value.weighted(by: Record.unitWeight)
            if abs(Double(given) - Double(total)) <= 0.02 * Double(total) + Double(count) { total = given }
        }
        restore(offset: offset, counts: counts, zeroCount: zeroCount, sum: total, minimum: low, maximum: high)
    }

    private func isAtBottom(_ value: Int64) -> Bool {
        if zeroCount > 0 { return value == 0 }
        return value > 0 && bucketIndex(of: value) == bucketRange?.lowerBound
    }

    private func isAtTop(_ value: Int64) -> Bool {
        guard let range = bucketRange else { return value == 0 }
        return value > 0 && bucketIndex(of: value) == range.upperBound - 1
    }
}
