import Metrics
import Query

extension Situation {
    /// What was known and thought at an earlier time, from the history held and the log of alerts.
    package func asOf(_ time: Int64) -> Situation {
        guard let now = snapshot.now, time < now else { return self }
        let past = snapshot.asOf(time)
        let log = AlertLog(events, asOf: time)
        let alerts = log.alerts.map { alert in
            // Older slots are too long for a rule's window: the log has what was measured when the alert changed last.
            alert.state.isFiring && now - time < 50 * Span.minute ? measured(alert, in: past, at: time) : alert
        }
        var situation = Situation(
            snapshot: past, alerts: alerts, rules: rules, events: events.filter { $0.time <= time },
            troubleSince: log.trouble.since, recoveredAt: log.trouble.recoveredAt,
            judgedUpTo: judgedUpTo.map { min($0, time.alignedDown(to: Judge.interval)) },
            watches: watches.asOf(past, at: time.alignedDown(to: Judge.interval)))
        situation.notifications = notifications.asOf(time)
        situation.trial = trial
        situation.filter = filter
        return situation
    }

    /// A firing alert with what its rule measured at the time.
    private func measured(_ alert: Alert, in past: Snapshot, at time: Int64) -> Alert {
        // Of a slice or a call the log tells what was measured when it changed last.
        guard alert.labels.isEmpty, alert.subject == nil, let metric = alert.metric,
            let rule = rules.first(where: { $0.name == alert.name }),
            let value = WindowValues(
                past, lasting: rule.window, endingAt: time.alignedDown(to: Judge.interval), metrics: [metric])[metric]?
                .double
        else { return alert }
        var alert = alert
        alert.valueText = Alert.text(value, metric)
        return alert
    }

    /// When alerts began to fire, oldest first, µs since 1970: where `[` and `]` lead.
    package var firingTimes: [Int64] {
        events.filter { $0.to == .firing && $0.from != .recovering }.map(\.time)
    }
}
