package import Metrics
import Query
import Telemetry

/// One alert as it is shown: the rule's name and severity, and where its life stands.
package struct Alert: Sendable, Codable, Hashable {
    package var name: String
    package var severity: Severity
    package var state: AlertState
    /// The metric that decided, or that a call looks at; nil if it is none of the window's own.
    package var metric: WindowMetric?
    /// What was measured, in words, where `metric` does not say it: "rate_limit errors". The name of the rule, where more
    /// than one metric was.
    package var subject: String?
    /// `15.0%`, `>10%`: what was measured and what it crossed, in the metric's unit.
    package var valueText: String
    package var thresholdText: String
    /// Which slice of the traffic it is about, by dimension; empty: all of it.
    package var labels: [String: String] = [:]
    /// Where it says what to do.
    package var runbook: String?
    /// Cases of the eval set that a mend has to pass.
    package var evalCases: [String] = []
    /// While it flaps, how much its condition has changed of late, 0…1.
    package var flapping: Double?
    /// Since when pages and tickets about the same thing fire without a pause, µs since 1970: before its own beginning where another
    /// handed over to it. nil: none does.
    package var troubleSince: Int64?

    /// Stable over the alert's life: its rule, its slice and when it began.
    package var id: String { "\(key)-\(String(state.since / 1_000_000, radix: 36))" }

    /// The same in every life of it: its rule and its slice.
    package var key: String { AlertEvent.key(name, labels) }

    /// What is wrong, shortly: "errors 15.0% (>10%)".
    package var symptom: String {
        guard let subject = subject ?? metric?.label, !valueText.isEmpty else { return name }
        let slice = labels.sorted { $0.key < $1.key }.map { " in \($0.key)=\($0.value)" }.joined()
        return "\(subject)\(slice) \(valueText)" + (thresholdText.isEmpty ? "" : " (\(thresholdText))")
    }
}

extension AlertRule {
    /// The labels of the alert about one value of its dimension.
    func labels(_ value: String) -> [String: String] {
        dimension.map { [$0.fieldName: value] } ?? [:]
    }
}

extension Alert {
    /// The alert of a rule about a value of its dimension, "" being all traffic.
    init(_ rule: AlertRule, label: String, state: AlertState, decided: AlertRule.Decided?) {
        self.init(
            name: rule.name, severity: rule.severity, state: state, metric: decided?.metric, subject: decided?.subject,
            valueText: decided.flatMap { decided in state.value.map { Self.text($0, decided) } } ?? "",
            thresholdText: decided.flatMap { decided in
                state.threshold.map { decided.comparison + Self.threshold($0, decided.unit) }
            } ?? "", labels: rule.labels(label), runbook: rule.definition.runbook, evalCases: rule.definition.evalCases,
            flapping: state.history.isFlapping ? state.history.change : nil)
    }

    /// Firing ones first, by severity and age.
    static func ranked(_ alerts: [Alert]) -> [Alert] {
        alerts.sorted { ($0.rank, $0.severity, $0.state.since) < ($1.rank, $1.severity, $1.state.since) }
    }

    private static func text(_ value: Double, _ decided: AlertRule.Decided) -> String {
        decided.subject == nil ? text(value, decided.metric) : NumberFormat.text(value, decided.unit)
    }

    /// A measured value in its unit; a drift with its sign.
    static func text(_ value: Double, _ metric: WindowMetric?) -> String {
        switch metric {
        case .outputLengthDrift, .toolCallsDrift: NumberFormat.change(value, decimals: 1)
        default: NumberFormat.text(value, metric?.unit ?? .plain)
        }
    }

    /// A threshold as people write it: `10%`, not `10.0%`; one that was worked out as a value.
    static func threshold(_ value: Double, _ unit: Query.Unit) -> String {
        if NumberFormat.plain(value * 100).count > 6 { return NumberFormat.text(value, unit) }
        return switch unit {
        case .fraction: NumberFormat.plain(value * 100) + "%"
        case .percent: NumberFormat.plain(value) + "%"
        case .seconds: NumberFormat.plain(value) + "s"
        case .dollars: "$" + NumberFormat.plain(value)
        case .dollarsPerHour: "$" + NumberFormat.plain(value) + "/h"
        default: NumberFormat.text(value, unit)
        }
    }

    private var rank: Int {
        switch state.phase {
        case .firing, .recovering: 0
        case .pending: 1
        case .nodata, .error: 2
        case .resolved, nil: 3
        }
    }
}
