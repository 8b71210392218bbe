package import Metrics

/// Latency budgets by kind of agent (requirements F1), in seconds.
package enum LatencyTier: String, Sendable, CaseIterable {
    case chat, document, batch, background

    package var budgets: (p50: Double, p95: Double, p99: Double) {
        switch self {
        case .chat: (2, 5, 10)
        case .document: (10, 30, 60)
        case .batch: (30, 120, 300)
        case .background: (60, 300, 600)
        }
    }
}

/// How long requests may take, all of them or those that pass a condition. A percentile is within its budget while it is
/// below it.
package struct LatencyBudget: Sendable, Hashable {
    /// Seconds.
    package var p50: Double
    package var p95: Double
    package var p99: Double
    /// nil where the numbers were stated one by one.
    package var tier: LatencyTier?
    /// Which requests; nil: all that no other budget is for.
    package var filter: RecordFilter?

    package init(p50: Double, p95: Double, p99: Double, tier: LatencyTier? = nil, filter: RecordFilter? = nil) {
        (self.p50, self.p95, self.p99) = (p50, p95, p99)
        self.tier = tier
        self.filter = filter
    }

    package init(_ tier: LatencyTier, filter: RecordFilter? = nil) {
        let (p50, p95, p99) = tier.budgets
        self.init(p50: p50, p95: p95, p99: p99, tier: tier, filter: filter)
    }
}
