/// The requirements' own detector, literally (E14, E15): an EWMA of what is measured every 50 traces, against the first value
/// ever seen. Kept for parity; `AnomalyDetector` is what we recommend (X16, X17).
///
/// Its traps are kept as well: a baseline of 0 is never compared, a critical value also warns, and there are no control limits.
package struct FixedBaselineDetector: Sendable, Codable, Hashable {
    /// It is stepped once in so many traces, with the numbers of the last 1,000.
    package static let tracesBetweenSteps = 50
    package static let tracesInWindow = 1000
    /// λ.
    package static let weight = 0.2

    /// What it knows thresholds for, by the requirements' names.
    package enum Metric: String, Sendable, Codable, CaseIterable {
        case completionRate = "completion_rate"
        case strongCompletionRate = "strong_completion_rate"
        /// Milliseconds.
        case latencyP95 = "latency_p95_ms"
        case errorRate = "error_rate"
        /// Dollars a request.
        case averageCost = "avg_cost_usd"

        /// How far it may go: critical, then warning. Both with `>=`.
        fileprivate var thresholds: (critical: Double, warning: Double) {
            switch self {
            case .completionRate, .strongCompletionRate, .errorRate: (0.10, 0.05)
            case .latencyP95, .averageCost: (2, 1.5)
            }
        }

        /// How far it has gone from its baseline.
        fileprivate func distance(_ average: Double, from baseline: Double) -> Double {
            switch self {
            case .completionRate, .strongCompletionRate: baseline - average
            case .errorRate: average
            case .latencyP95, .averageCost: average / max(baseline, 0.001)
            }
        }
    }

    /// A threshold that was reached.
    package struct Finding: Sendable, Hashable {
        package enum Level: String, Sendable { case critical, warning }
        package var metric: Metric
        package var level: Level
    }

    private struct Series: Sendable, Codable, Hashable {
        var baseline: Double
        var average: Double
    }

    private var series: [Metric: Series] = [:]

    package init() {}

    /// λ-weighted average; nil before the first value.
    package func average(of metric: Metric) -> Double? { series[metric]?.average }

    /// Takes in the measured values.
    /// - Returns: every threshold reached, critical before warning, in the order of the metrics.
    package mutating func step(_ values: [Metric: Double]) -> [Finding] {
        var findings: [Finding] = []
        for metric in Metric.allCases {
            guard let value = values[metric] else { continue }
            guard var held = series[metric] else {
                series[metric] = Series(baseline: value, average: value)
                continue
            }
            held.average = Self.weight * value + (1 - Self.weight) * held.average
            series[metric] = held
            guard held.baseline != 0 else { continue }
            let distance = metric.distance(held.average, from: held.baseline)
            let (critical, warning) = metric.thresholds
            if distance >= critical { findings.append(Finding(metric: metric, level: .critical)) }
            if distance >= warning { findings.append(Finding(metric: metric, level: .warning)) }
        }
        return findings
    }

    /// What is now is normal: after an intended change.
    package mutating func rebaseline() {
        for (metric, held) in series { series[metric]?.baseline = held.average }
    }
}
