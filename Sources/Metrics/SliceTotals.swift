package import Query
import Statistics
package import Telemetry

/// What one value of a dimension comes to in a window: fewer metrics than of all requests, and latencies to 4.4%.
package struct SliceTotals: Sendable {
    /// The value's name, safe to print.
    package let name: String
    let row: SliceRow
    /// What rates divide by, in seconds.
    let seconds: Double
    /// As many requests as equally weighted ones would be.
    package let effectiveCount: Int64
    /// How much of a weighted count is information, as in the whole window.
    let effectiveShare: Double

    /// What can be told of a slice.
    package static let metrics: Set<WindowMetric> = [
        .requests, .requestRate, .errorRate, .errorCount, .failuresSeen, .successRate, .p50Latency, .p95Latency,
        .p99Latency, .maxLatency, .tokensPerMinute, .costPerHour, .costPerRequest,
    ]

    /// The metric's value in its unit; nil where nothing is known of it.
    package func value(of metric: WindowMetric) -> Value? {
        let counts = row.counts
        let judged = counts.failed.weighted + counts.succeeded.weighted
        return switch metric {
        case .requests: .share(counts.requests.weighted, of: 1024)
        case .requestRate: .number(counts.requests.value / seconds)
        case .errorRate: .share(counts.failed.weighted, of: judged)
        case .errorCount: .share(counts.failed.weighted, of: 1024)
        case .failuresSeen: counts.failed.seen(effectiveShare)
        case .successRate: .share(counts.succeeded.weighted, of: judged)
        case .p50Latency: row.latency.quantile(permille: 500).map { .number($0 / 1e6) }
        case .p95Latency: row.latency.quantile(permille: 950).map { .number($0 / 1e6) }
        case .p99Latency: row.latency.quantile(permille: 990).map { .number($0 / 1e6) }
        case .maxLatency: row.latency.isEmpty ? nil : .share(row.latency.maximum, of: 1_000_000)
        case .tokensPerMinute: .number(Double(counts.inputTokens + counts.outputTokens) / 1024 / seconds * 60)
        case .costPerHour: counts.costInDollars.map { .number($0 / seconds * 3600) }
        case .costPerRequest: counts.priced > 0 ? .number(Double(counts.cost) / 1e9 / Double(counts.priced)) : nil
        default: nil
        }
    }
}

extension Dimension {
    /// The dimension that slices are counted by under a field's name: `task_type`; nil if there is none.
    package static func ofSlices(_ fieldName: String) -> Dimension? {
        Dimension.ofRequest.first { $0.fieldName == fieldName }
    }

    /// The field's name in a record and in an expression.
    package var fieldName: String {
        "\(self)".reduce(into: "") { name, letter in
            if letter.isUppercase { name += "_" }
            name += letter.lowercased()
        }
    }
}
