package import Metrics
import Query

/// Evaluates rules at judgement times and keeps every alert's life. What it does depends on snapshots and times alone.
package struct Judge: Sendable {
    /// Judgements happen at multiples of this, µs.
    package static let interval = 10 * Span.second
    private static let eventLimit = 1000

    private let rules: [AlertRule]
    private var states: [AlertState]
    private var decided: [AlertRule.Decided?]
    private var trouble = Trouble()
    /// Since when pages and tickets have fired without a pause, µs since 1970.
    package var troubleSince: Int64? { trouble.since }
    /// When the last page or ticket ended, µs since 1970.
    package var recoveredAt: Int64? { trouble.recoveredAt }
    /// Every change of phase, oldest first, at most 1,000.
    package private(set) var events: [AlertEvent] = []

    package init(rules: [AlertRule]) {
        self.rules = rules
        states = rules.map { _ in AlertState() }
        decided = rules.map { _ in nil }
    }

    /// What is watched, in the order of the rules.
    package var watched: [WatchedRule] {
        rules.map {
            WatchedRule(name: $0.name, severity: $0.severity, condition: $0.condition.source, window: $0.window)
        }
    }

    /// How far back any rule looks, µs.
    package var reach: Int64 { rules.map(\.window).max() ?? 0 }

    /// Whether nothing is under way: without new records the next judgement would change nothing.
    package var isQuiet: Bool { states.allSatisfy { $0.phase == nil } }

    /// Judges every rule as of `now`.
    package mutating func step(_ snapshot: Snapshot, at now: Int64) {
        var values: [Int64: WindowValues] = [:]
        for window in Set(rules.map(\.window)) {
            let metrics = rules.filter { $0.window == window }.reduce(into: Set<WindowMetric>()) {
                $0.formUnion($1.metrics)
            }
            values[window] = WindowValues(snapshot, lasting: window, endingAt: now, metrics: metrics)
        }
        for i in rules.indices {
            guard let values = values[rules[i].window] else { continue }
            let (evaluation, decision) = rules[i].evaluate(requests: values.totals.tally.requests.raw) { values[$0] }
            if let decision { decided[i] = decision }
            guard let change = states[i].step(evaluation, timing: rules[i].timing, at: now) else { continue }
            events.append(
                AlertEvent(
                    time: now, rule: rules[i].name, severity: rules[i].severity, from: change.from, to: change.to,
                    value: states[i].value, alert: alert(i)))
            if events.count > Self.eventLimit { events.removeFirst() }
        }
        trouble.note(rules.indices.filter { rules[$0].severity != .p3 }.map { states[$0] }, at: now)
    }

    /// Every alert that is under way or was resolved within the hour: firing ones first, by severity and age.
    package var alerts: [Alert] {
        Alert.ranked(rules.indices.compactMap(alert))
    }

    /// The alert of a rule, while there is one.
    private func alert(_ i: Int) -> Alert? {
        guard states[i].phase != nil else { return nil }
        let unit = decided[i]?.metric.unit
        let sign = decided[i]?.comparison ?? ""
        return Alert(
            name: rules[i].name, severity: rules[i].severity, state: states[i], metric: decided[i]?.metric,
            valueText: states[i].value.map { Alert.text($0, decided[i]?.metric) } ?? "",
            thresholdText: states[i].threshold.map { sign + Self.threshold($0, unit ?? .plain) } ?? "")
    }

    /// A threshold as people write it: `10%`, not `10.0%`.
    private static func threshold(_ value: Double, _ unit: Unit) -> String {
        switch unit {
        case .fraction: NumberFormat.plain(value * 100) + "%"
        case .percent: NumberFormat.plain(value) + "%"
        case .seconds: NumberFormat.plain(value) + "s"
        case .dollars: "$" + NumberFormat.plain(value)
        case .dollarsPerHour: "$" + NumberFormat.plain(value) + "/h"
        default: NumberFormat.text(value, unit)
        }
    }
}

extension Alert {
    /// Firing ones first, by severity and age.
    static func ranked(_ alerts: [Alert]) -> [Alert] {
        alerts.sorted { ($0.rank, $0.severity, $0.state.since) < ($1.rank, $1.severity, $1.state.since) }
    }

    /// A measured value in its unit; a drift with its sign.
    static func text(_ value: Double, _ metric: WindowMetric?) -> String {
        switch metric {
        case .outputLengthDrift, .toolCallsDrift: NumberFormat.change(value, decimals: 1)
        default: NumberFormat.text(value, metric?.unit ?? .plain)
        }
    }

    private var rank: Int {
        switch state.phase {
        case .firing, .recovering: 0
        case .pending: 1
        case .nodata: 2
        case .resolved, nil: 3
        }
    }
}
