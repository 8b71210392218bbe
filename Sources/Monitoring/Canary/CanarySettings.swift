import Glibc
import Metrics
package import Statistics
package import Telemetry

/// How a canary is compared with its control, and what moves it on.
package struct CanarySettings: Sendable, Hashable {
    /// What is compared: a small share that grows step by step, or two halves of the traffic (an A/B test).
    package enum Mode: String, Sendable, Hashable, CaseIterable {
        case canary, ab
    }

    package var mode = Mode.canary
    /// The field that tells the arms apart; each of its values is a variant.
    package var key = Dimension.variant
    /// What requests say in it.
    package var controlName = "control"
    package var canaryName = "canary"
    package var gates = CanaryGates()
    /// Percent of the traffic that the canary takes, step by step.
    package var ramp: [Int] = [5, 10, 25, 50, 100]
    /// µs that a step must take traffic before the next, and after which a human must decide.
    package var minimumSoak = 30 * Span.minute
    package var maximumSoak = 4 * Span.hour
    /// How much more may be bad of the canary than of control for it to be as good: errors, and requests over the latency limit.
    package var margin = 0.05
    /// µs; requests that take longer are slow. nil: as the latency budget of all requests has it for p95.
    package var latencyLimit: Int64?
    /// Share of the users that are sent to the canary at first; nil: not known, and so the split is not checked.
    package var share: Double?
    /// By which hash users are dealt out; nil: not known, and what is found is only told.
    package var routing: UserBucket?
    /// What rolls the canary back; nil: not known here.
    package var rollback: RollbackCommand?
    /// Whether a person is asked before it runs.
    package var asksBeforeRollback = true

    package init() {}

    /// The limit in use.
    package var slowLimit: Int64 { latencyLimit ?? Int64(LatencyTier.chat.budgets.p95 * 1e6) }

    /// The same with the limit of the budgets where none is stated.
    func completed(by budgets: [LatencyBudget]) -> CanarySettings {
        var settings = self
        if latencyLimit == nil, let p95 = budgets.first(where: { $0.filter == nil })?.p95, p95.isFinite {
            settings.latencyLimit = Int64(p95 * 1e6)
        }
        return settings
    }

    /// Requests that the canary must have taken in a step, and that a gate must have seen; as many independent ones as they are worth.
    package static let promotionRequests = 200.0
    package static let gateRequests = 100.0

    /// The probability of each way to accuse a canary that is as good as control, over all looks; together at most 5%.
    enum Alpha {
        static let errors = 0.045
        static let slow = 0.002
        /// Of each gate.
        static let gate = 0.0005
        /// Of all task types.
        static let tasks = 0.0015
        /// To move a canary on that is at the margin.
        static let promotion = 0.05
        /// Of the intervals shown, and of the check of the split.
        static let shown = 0.05
        static let split = 0.001
    }

    /// The step that a share of the traffic is nearest to, in ratio: 7% is nearer to 5% than to 10%. Nil where it lies near the
    /// middle of two, which says nothing.
    func step(nearest share: Double) -> Int? {
        guard share > 0 else { return nil }
        let distances = ramp.map { ($0, abs(log(Double($0) / 100 / share))) }.sorted { $0.1 < $1.1 }
        guard let first = distances.first else { return nil }
        return distances.count > 1 && distances[1].1 - first.1 < 0.25 ? nil : first.0
    }

    /// How much more of the canary's requests must fail, or be slow, for that to be told at all.
    var leastIncrease: (errors: Double, slow: Double) { (margin / 10, margin / 2) }
}
