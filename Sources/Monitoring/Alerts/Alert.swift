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

    /// Stable over the alert's life: its rule and when it began.
    package var id: String { "\(name)-\(String(state.since / 1_000_000, radix: 36))" }

    /// What is wrong, shortly: "errors 15.0% (>10%)".
    package var symptom: String {
        guard let metric, !valueText.isEmpty else { return name }
        return thresholdText.isEmpty
            ? "\(metric.label) \(valueText)" : "\(metric.label) \(valueText) (\(thresholdText))"
    }
}
