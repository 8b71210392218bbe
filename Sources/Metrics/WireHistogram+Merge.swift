import Statistics
import Telemetry

extension ExponentialHistogram {
    /// Merges a histogram as it travels: exactly, if its scale is at least this one's (buckets nest); a coarser one's counts
    /// go to the middle of its buckets.
    mutating func merge(_ wire: WireHistogram) {
        let unit = Record.unitWeight
        recordZeros(max(0, wire.zeroCount) &* unit)
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
            record(bucket: bucket, count: n &* unit)
        }
    }
}
