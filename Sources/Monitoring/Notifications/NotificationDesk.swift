import Metrics

/// What was told, or was not, and why: for people.
package struct NotificationReport: Sendable, Hashable {
    /// A decision, and since when it stands, µs since 1970.
    package struct Entry: Sendable, Hashable {
        package var time: Int64
        package var decision: NotificationDecision

        package init(time: Int64, decision: NotificationDecision) {
            self.time = time
            self.decision = decision
        }
    }

    /// As of the last judgement: one for each alert and route.
    package var decisions: [NotificationDecision] = []
    /// What was decided otherwise than before, oldest first.
    package var log: [Entry] = []
    /// Acknowledgements and silences are in it.
    package var state = NotificationState()
    /// nil: all of it is kept, or nothing has to be.
    package var unkept: Unkept?

    package init() {}

    /// That what was said could not be kept, so that a restart forgets it and nobody else hears of it.
    package struct Unkept: Sendable, Hashable {
        package var why: String
        /// What was kept before.
        package var kept: NotificationState

        package init(why: String, kept: NotificationState) {
            self.why = why
            self.kept = kept
        }
    }

    /// Whether a restart forgets a silence.
    package func isForgotten(_ silence: Silence) -> Bool { unkept.map { !$0.kept.silences.contains(silence) } ?? false }

    /// Whether a restart forgets that an alert was acknowledged.
    package func isForgotten(acknowledgementOf alert: Alert) -> Bool {
        unkept.map { $0.kept.acknowledgement(of: alert) != state.acknowledgement(of: alert) } ?? false
    }

    /// What was known of it at an earlier time.
    package func asOf(_ time: Int64) -> NotificationReport {
        var past = NotificationReport()
        past.log = log.filter { $0.time <= time }
        var newest: [String: NotificationDecision] = [:]
        for entry in past.log { newest["\(entry.decision.alert)/\(entry.decision.route)"] = entry.decision }
        past.decisions = newest.sorted { $0.key < $1.key }.map(\.value)
        past.state.silences = state.silences.filter { $0.startsAt <= time }
        past.unkept = unkept
        return past
    }
}

/// Tells what judgements make necessary: policy, state, and what was decided last.
package struct NotificationDesk: Sendable {
    package var policy: NotificationPolicy
    package private(set) var state: NotificationState
    private var decisions: [NotificationDecision] = []
    private var log: [NotificationReport.Entry] = []
    private var milestones: [String: String] = [:]

    private static let mostEntries = 200

    package init(_ policy: NotificationPolicy, state: NotificationState = NotificationState()) {
        self.policy = policy
        self.state = state
    }

    /// Whether recorded data is told about as live data is.
    package var tellsRecorded: Bool { policy.sendsRecorded }

    /// Whether nothing is under way: without alerts a judgement at that time, µs since 1970, would change nothing.
    package func isQuiet(at now: Int64) -> Bool {
        !state.isOpen && decisions.isEmpty && !state.hasDigest(due: now, policy)
    }

    /// - Returns: what is to be sent.
    package mutating func step(_ alerts: [Alert], _ context: NotificationContext, at now: Int64) -> [RoutedNotification]
    {
        let round = state.step(alerts, policy, context, at: now)
        decisions = round.decisions
        var current: [String: String] = [:]
        for decision in decisions {
            let key = "\(decision.alert)/\(decision.route)"
            let milestone = decision.outcome.milestone
            current[key] = milestone
            guard milestones[key] != milestone, decision.outcome != .pending else { continue }
            log.append(NotificationReport.Entry(time: now, decision: decision))
        }
        milestones = current
        log.removeFirst(max(0, log.count - Self.mostEntries))
        return round.sent
    }

    /// Takes in what somebody says.
    /// - Parameter isLive: whether the data's time is the clock's, by which the delivery says when it tries again.
    package mutating func take(
        _ order: NotificationOrder, among alerts: [Alert], service: String, at now: Int64, isLive: Bool = true
    ) {
        switch order {
        case .acknowledge(let rule, let by): state.acknowledge(rule, by: by, among: alerts, service: service, at: now)
        case .silence(var silence):
            // Whoever gave it saw a clock that may be ahead of the data.
            silence.startsAt = min(silence.startsAt, now)
            state.add(silence)
        case .endSilence(let id): state.endSilence(id, at: now)
        case .delivered(let id, let channel):
            state.noteDelivered(id, at: now)
            if !channel.isEmpty { state.note(Incident.Attempt(time: now), channel, of: id) }
        case .failed(let id, let reason, let channel, let retryAt):
            let retryAt = isLive ? retryAt : nil
            let named = channel.isEmpty ? reason : "\(channel): \(reason)"
            state.noteFailed(id, reason: named, retryAt: retryAt, at: now)
            guard !channel.isEmpty else { return }
            state.note(Incident.Attempt(time: now, why: reason, retryAt: retryAt), channel, of: id)
        case .share(let other): state.merge(other)
        }
    }

    package var report: NotificationReport {
        var report = NotificationReport()
        report.decisions = decisions
        report.log = log
        report.state = state
        return report
    }
}

/// What people and the delivery say to the pipeline.
package enum NotificationOrder: Sendable, Hashable {
    /// Somebody sees to a rule's alerts.
    case acknowledge(rule: String, by: String)
    case silence(Silence)
    /// By its id.
    case endSilence(String)
    /// A notification arrived, by its id, through one of its route's channels (`slack hooks.example`; empty where it has none).
    case delivered(String, channel: String = "")
    /// It did not; the delivery tries again then, µs since 1970, or not at all.
    case failed(String, reason: String, channel: String = "", retryAt: Int64? = nil)
    /// What another process knows.
    case share(NotificationState)
}
