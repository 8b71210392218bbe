import Metrics
import Query

/// One rule with the alerts it has under way: one for all traffic, or one for each value of its dimension.
struct RuleLife: Sendable {
    var rule: AlertRule
    /// By the value's name; "" is all traffic.
    private(set) var alerts: [String: Life] = [:]
    /// Values that were not looked at, for there were too many.
    private(set) var unwatched = 0

    struct Life: Sendable {
        var state = AlertState()
        var decided: AlertRule.Decided?
    }

    /// Alerts of slices that are held at most, those included whose slices have gone quiet.
    private static let limit = 3 * AlertRule.sliceLimit

    init(_ rule: AlertRule) {
        self.rule = rule
        if rule.dimension == nil { alerts[""] = Life() }
    }

    /// Goes on with the alerts of a rule that this one stands for now.
    mutating func takeOver(_ other: RuleLife) {
        guard rule.dimension == other.rule.dimension, rule.severity == other.rule.severity, rule.problem == nil,
            other.rule.problem == nil
        else { return }
        alerts = other.alerts
        unwatched = other.unwatched
    }

    /// Whether nothing is under way: without new records the next judgement would change nothing.
    var isSettled: Bool { alerts.values.allSatisfy(\.state.isSettled) }

    /// Whether there is an alert to be shown, that the rule is broken among them.
    var hasAlerts: Bool { rule.problem != nil || alerts.values.contains { $0.state.phase != nil } }

    /// Names of values that have an alert, or may get one, in a fixed order.
    var labels: [String] { alerts.keys.sorted() }

    /// Judges the rule, and calls `changed` for every alert whose phase changes.
    mutating func step(
        _ reader: inout WindowReader, at now: Int64, _ lookup: (Reference) -> Value?,
        changed: (_ label: String, _ from: AlertPhase?, _ to: AlertPhase?, _ before: Life) -> Void
    ) {
        guard rule.condition != nil else { return }
        guard let dimension = rule.dimension else {
            let requests = rule.minimumRequests > 0 ? reader.effectiveRequests(lasting: rule.window) : 0
            let judged = rule.evaluate(requests: requests) { reference in
                WindowMetric(reference) == nil ? lookup(reference) : reader.value(of: reference, lasting: rule.window)
            }
            return note(judged, for: "", at: now, changed: changed)
        }
        let slices = reader.slices(dimension, lasting: rule.window)
        let watched = slices.prefix(AlertRule.sliceLimit)
        unwatched = slices.count - watched.count
        // What has an alert is looked at until that is over, however small it has become.
        var left = Set(alerts.keys)
        let further = slices.dropFirst(AlertRule.sliceLimit).filter { left.contains($0.name) }
        for slice in watched + further {
            left.remove(slice.name)
            guard alerts[slice.name] != nil || alerts.count < Self.limit else { continue }
            let judged = rule.evaluate(requests: slice.effectiveCount) { reference in
                WindowMetric(reference).flatMap(slice.value)
            }
            note(judged, for: slice.name, at: now, changed: changed)
        }
        for label in left.sorted() {
            note(rule.evaluate(requests: 0) { _ in nil }, for: label, at: now, changed: changed)
        }
        alerts = alerts.filter { $0.value.state.phase != nil || !$0.value.state.history.isSteady }
    }

    private mutating func note(
        _ judged: (evaluation: Evaluation, decided: AlertRule.Decided?), for label: String, at now: Int64,
        changed: (_ label: String, _ from: AlertPhase?, _ to: AlertPhase?, _ before: Life) -> Void
    ) {
        let before = alerts[label] ?? Life()
        var life = before
        if let decided = judged.decided { life.decided = decided }
        let change = life.state.step(judged.evaluation, timing: rule.timing, at: now)
        alerts[label] = life
        if let change { changed(label, change.from, change.to, before) }
    }

    /// What its alerts say of what is wrong.
    var troubles: [(subject: Trouble.Subject, state: AlertState)] {
        alerts.compactMap { label, life in
            guard life.state.phase != nil else { return nil }
            return (Trouble.Subject(life.decided, rule: rule.name, labels: rule.labels(label)), life.state)
        }
    }

    /// The alert of a value, while there is one.
    func alert(_ label: String) -> Alert? {
        guard let life = alerts[label], life.state.phase != nil else { return nil }
        return Alert(rule, label: label, state: life.state, decided: life.decided)
    }
}
