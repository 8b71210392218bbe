package import Metrics
import Telemetry

/// The one attribute that failing requests share most and others do not: "71% of failures: tool=refund_api".
package struct DominantSlice: Sendable, Hashable {
    package var dimension: String
    package var value: String
    /// Share of all failures that lie in the slice, and the same share of successes.
    package var shareOfFailures: Double
    package var shareOfSuccesses: Double

    /// Fewer failures explain nothing.
    private static let minimumFailures = 10.0

    package init(dimension: String, value: String, shareOfFailures: Double, shareOfSuccesses: Double) {
        self.dimension = dimension
        self.value = value
        self.shareOfFailures = shareOfFailures
        self.shareOfSuccesses = shareOfSuccesses
    }

    /// The slice with the largest φ (the correlation of being in the slice with failing) among those that hold at least two
    /// fifths of the failures and twice their share of successes; nil if there is none.
    package static func find(in snapshot: Snapshot, lasting duration: Int64, endingAt end: Int64) -> DominantSlice? {
        var best: (slice: DominantSlice, phi: Double)?
        func consider(
            _ dimension: String, _ value: String, failed a: Double, of failures: Double, passed b: Double,
            of passes: Double
        ) {
            guard failures >= minimumFailures, passes > 0 else { return }
            let slice = DominantSlice(
                dimension: dimension, value: value, shareOfFailures: a / failures, shareOfSuccesses: b / passes)
            guard slice.shareOfFailures >= 0.4, slice.shareOfFailures >= 2 * slice.shareOfSuccesses else { return }
            let inside = a + b
            let outside = failures + passes - inside
            guard inside > 0, outside > 0 else { return }
            let phi = (a * (passes - b) - b * (failures - a)) / (failures * passes * inside * outside).squareRoot()
            if phi > best?.phi ?? 0.1 { best = (slice, phi) }
        }
        // Of all requests, also of those that do not say: a dimension that few carry explains little.
        let extent = snapshot.slices.extent(from: end - duration, to: snapshot.limit(end))
        let all = snapshot.timeline.sum(from: extent.lowerBound, to: extent.upperBound, parts: []).tally
        for dimension in Dimension.ofRequest {
            let (table, _) = snapshot.slices.sum(dimension, from: end - duration, to: snapshot.limit(end))
            guard !table.isEmpty else { continue }
            let failures = all.failed.value
            let passes = all.succeeded.value
            for (name, row) in zip(table.names, table.rows) {
                consider(
                    dimension.fieldName, snapshot.names[name], failed: row.counts.failed.value, of: failures,
                    passed: row.counts.succeeded.value, of: passes)
            }
        }
        return best?.slice
    }
}
