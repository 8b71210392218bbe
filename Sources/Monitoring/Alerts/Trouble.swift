import Metrics

/// Since when something urgent has been wrong, told from the states of pages and tickets at every judgement.
///
/// An alert that hands over to another, still pending, is no pause; neither is one whose data went missing.
struct Trouble: Sendable {
    /// What alerts are about: one metric of one part of the traffic, whichever rules look at it.
    struct Subject: Sendable, Hashable {
        var metric: WindowMetric?
        /// Where it is more than a metric.
        var rule: String?
        /// `task_type=refund`; empty: all of it.
        var slice: String
    }

    /// Since when pages and tickets have fired without a pause, µs since 1970.
    private(set) var since: Int64?
    /// When the last page or ticket ended, µs since 1970; also when the alert itself is forgotten.
    private(set) var recoveredAt: Int64?
    /// The same as `since` for each thing that they are about.
    private var subjects: [Subject: Int64] = [:]

    /// Takes in the states of the alerts that are more than a note.
    mutating func note(_ urgent: [(subject: Subject, state: AlertState)], at now: Int64) {
        let states = urgent.map(\.state)
        let next = Self.since(since, states)
        if since != nil, next == nil { recoveredAt = now }
        since = next
        guard next != nil else { return subjects = [:] }
        let groups = Dictionary(grouping: urgent, by: \.subject)
        subjects = groups.reduce(into: [:]) { $0[$1.key] = Self.since(subjects[$1.key], $1.value.map(\.state)) }
    }

    private static func since(_ former: Int64?, _ states: [AlertState]) -> Int64? {
        if let began = states.lazy.filter(\.isFiring).map(\.since).min() { return min(former ?? began, began) }
        return states.contains { $0.phase == .pending || $0.isOpen } ? former : nil
    }

    /// Alerts with since when what they are about has been wrong.
    func marked(_ alerts: [Alert]) -> [Alert] {
        guard !subjects.isEmpty else { return alerts }
        return alerts.map { alert in
            var alert = alert
            alert.troubleSince = alert.severity == .p3 ? nil : subjects[Subject(alert)]
            return alert
        }
    }
}

extension Trouble.Subject {
    init(_ decided: AlertRule.Decided?, rule: String, labels: [String: String]) {
        let isMetric = decided?.metric != nil && decided?.subject == nil
        self.init(isMetric ? decided?.metric : nil, rule, labels)
    }

    init(_ alert: Alert) { self.init(alert.subject == nil ? alert.metric : nil, alert.name, alert.labels) }

    private init(_ metric: WindowMetric?, _ rule: String, _ labels: [String: String]) {
        self.init(
            metric: metric, rule: metric == nil ? rule : nil,
            slice: labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ","))
    }
}
