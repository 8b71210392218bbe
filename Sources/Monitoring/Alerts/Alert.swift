package import Metrics
import Query

/// One alert as it is shown: the rule's name and severity, and where its life stands.
package struct Alert: Sendable, Codable, Hashable {
    package var name: String
    package var severity: Severity
    package var state: AlertState
    /// The metric that decided, if one did.
    package var metric: WindowMetric?
    /// `15.0%`, `>10%`: what was measured and what it crossed, in the metric's unit.
    package var valueText: String
    package var thresholdText: String
    /// Which slice of the traffic it is about, by dimension; empty: all of it.
    package var labels: [String: String] = [:]
    /// Where it says what to do.
    package var runbook: String?
    /// Cases of the eval set that a mend has to pass.
    package var evalCases: [String] = []

    /// Stable over the alert's life: its rule, its slice and when it began.
    package var id: String {
        let slice = labels.sorted { $0.key < $1.key }.map { "-\($0.key)=\($0.value)" }.joined()
        return "\(name)\(slice)-\(String(state.since / 1_000_000, radix: 36))"
    }

    /// What is wrong, shortly: "errors 15.0% (>10%)".
    package var symptom: String {
        guard let metric, !valueText.isEmpty else { return name }
        return thresholdText.isEmpty
            ? "\(metric.label) \(valueText)" : "\(metric.label) \(valueText) (\(thresholdText))"
    }
}
