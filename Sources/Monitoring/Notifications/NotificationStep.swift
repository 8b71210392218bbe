import Metrics

/// What the pipeline must know beside the alerts.
package struct NotificationContext {
    /// Why nothing is told to anybody; nil: it is.
    package var off: NotificationDecision.Off?
    /// The agent or service that is watched; empty where the records don't say.
    package var service = ""
    /// Alerts that change to and fro, by key: percent of changes.
    package var flapping: [String: Double] = [:]
    /// Whether failures lie in all slices as the traffic does.
    package var isOutage = false
    /// What is to be told of an alert; asked for only where something is.
    package var facts: (Alert) -> AlertNotification

    package init(facts: @escaping (Alert) -> AlertNotification) { self.facts = facts }
}

/// What came of one judgement.
package struct NotificationRound: Sendable, Hashable {
    package var sent: [RoutedNotification] = []
    /// One for each alert and route.
    package var decisions: [NotificationDecision] = []
}

extension NotificationState {
    /// Decides what is told, as of a judgement. The same alerts at the same time give nothing more.
    package mutating func step(
        _ alerts: [Alert], _ policy: NotificationPolicy, _ context: NotificationContext, at now: Int64
    ) -> NotificationRound {
        var step = NotificationStep(state: self, policy: policy, context: context, alerts: alerts, now: now)
        step.run()
        self = step.state
        return step.round
    }
}

/// One judgement's work.
struct NotificationStep {
    var state: NotificationState
    let policy: NotificationPolicy
    let context: NotificationContext
    let alerts: [Alert]
    let now: Int64
    var round = NotificationRound()

    mutating func run() {
        let groups = Dictionary(grouping: alerts) { NotificationState.key($0.name, $0.severity) }
        for (key, members) in groups.sorted(by: { $0.key < $1.key }) {
            if let off = context.off { decide(members, routes(members), off: off) } else { advance(key, members) }
        }
        guard context.off == nil else { return }
        for key in state.incidents.keys.sorted() where groups[key] == nil { advanceAbsent(key) }
        for route in state.digests.keys.sorted() { tellDigest(route) }
        state.forget(at: now)
    }

    private func routes(_ members: [Alert]) -> [String] {
        members.first.map { policy.routes(of: $0.name, $0.severity) } ?? []
    }

    private func isKnown(_ route: String) -> Bool { policy.knownRoutes?.contains(route) ?? true }

    // MARK: Who is not to be heard of

    /// Why nobody hears of an alert; nil: nothing speaks against it.
    private func mute(_ alert: Alert) -> NotificationDecision.Outcome? {
        if let silence = state.silences.covering(alert, at: now) {
            return .silenced(until: silence.endsAt, by: silence.createdBy, comment: silence.comment)
        }
        let others = alerts.filter { $0.state.isFiring && $0.key != alert.key }
        if alert.severity != .p1, let page = page(above: alert) { return inhibited(by: page, isOutage: false) }
        if context.isOutage, alert.isOfFailuresInSlice,
            let whole = others.first(where: { $0.isOfAllFailures && $0.severity <= alert.severity })
        {
            return inhibited(by: whole, isOutage: true)
        }
        return context.flapping[alert.key].map { .flapping($0) }
    }

    /// As with Alertmanager, a silence says that nobody need hear of it, not that it says less.
    private func inhibited(by alert: Alert, isOutage: Bool) -> NotificationDecision.Outcome {
        .inhibited(
            by: alert.name, isOutage: isOutage, silencedUntil: state.silences.covering(alert, at: now)?.endsAt)
    }

    /// A page of the same service that fires, or that fired while what an alert measures now came about.
    private func page(above alert: Alert) -> Alert? {
        // One that nobody can hear of stands for nothing.
        let pages = alerts.filter { page in
            page.severity == .p1 && page.shares(alert)
                && policy.routes(of: page.name, .p1).contains(where: isKnown)
        }
        return pages.first(where: \.state.isFiring)
            ?? pages.first { page in page.state.resolvedAt.map { now - $0 < policy.inhibitAfter } ?? false }
    }

    // MARK: A group

    private mutating func advance(_ key: String, _ members: [Alert]) {
        if let known = state.incidents[key]?.toldUpTo, now < known, known - now <= NotificationState.remembered {
            return decide(members, routes(members), off: .backlog)
        }
        let firing = members.filter(\.state.isFiring)
        if !firing.isEmpty {
            // The end of the one before was told already: this is another.
            let isOver = state.incidents[key].map {
                $0.closedAt != nil || $0.told.values.contains { $0.resolveAt != nil }
            }
            if isOver ?? true { state.open(key, firing, service: context.service) }
            state.incidents[key]?.endedAt = nil
            state.incidents[key]?.absentSince = nil
        } else if let incident = state.incidents[key], incident.endedAt == nil,
            // What is not judged, or after a restart not yet for long enough, is not over.
            members.allSatisfy({ $0.state.phase == .resolved })
        {
            state.incidents[key]?.endedAt = members.compactMap(\.state.resolvedAt).max() ?? now
        }
        guard let incident = state.incidents[key] else { return decide(members, routes(members), off: nil) }
        let routes = routes(members)
        let second = incident.severity == .p1 ? policy.escalationRoute : nil
        for route in routes + [second].compactMap({ $0 }).filter({ !routes.contains($0) }) {
            let isSecond = !routes.contains(route)
            guard isKnown(route) else {
                if !isSecond { decide(members, [route], off: .noSuchRoute) }
                continue
            }
            // What was told at once before its route was a digest is also told to be over.
            if incident.severity == .p3, let schedule = policy.digests[route], incident.told[route] == nil {
                let mutes = firing.compactMap { alert in mute(alert).map { (alert.key, $0) } }
                gather(members, route, schedule, mutes: Dictionary(mutes) { first, _ in first })
                continue
            }
            advance(key, members, firing, route, isSecond: isSecond)
        }
        close(key)
    }

    /// Decisions where nothing is told, whatever happens.
    private mutating func decide(_ members: [Alert], _ routes: [String], off: NotificationDecision.Off?) {
        for alert in members {
            for route in routes {
                var outcome: NotificationDecision.Outcome = .pending
                if alert.state.isFiring {
                    if let silence = state.silences.covering(alert, at: now) {
                        outcome = .silenced(
                            until: silence.endsAt, by: silence.createdBy, comment: silence.comment)
                    } else if let given = state.acknowledgement(of: alert) {
                        outcome = .acknowledged(at: given.time, by: given.by)
                    } else if let told = told(alert, route) {
                        outcome = told
                    } else if let off {
                        outcome = .off(off)
                    }
                } else if alert.state.phase == .resolved {
                    outcome = told(alert, route) ?? off.map { .off($0) } ?? .endedUnsent
                }
                note(alert, route, outcome)
            }
        }
    }

    /// What another process that shares the state has told of an alert; nil: nothing that is known.
    private func told(_ alert: Alert, _ route: String) -> NotificationDecision.Outcome? {
        if alert.severity == .p3, let schedule = policy.digests[route],
            let gathered = gathered(alert, route, schedule)
        {
            return gathered
        }
        guard let incident = state.incidents[NotificationState.key(alert.name, alert.severity)],
            let told = incident.told[route], told.handed > 0, told.alerts.contains(alert.key)
        else { return nil }
        if let resolved = told.resolvedAt { return alert.state.isFiring ? nil : .resolved(at: resolved) }
        if let failure = told.failure {
            return .failed(
                at: failure.time, why: failure.why, retryAt: failure.retryAt ?? failure.time + policy.retryAfter)
        }
        return told.deliveredAt.map { .sent(at: $0, told.deliveredReason, repeatAt: nil) }
            ?? .handedOver(at: told.handedAt, told.reason)
    }

    mutating func note(_ alert: Alert, _ route: String, _ outcome: NotificationDecision.Outcome) {
        round.decisions.append(
            NotificationDecision(alert: alert.key, rule: alert.name, route: route, outcome: outcome))
    }

    private mutating func advance(
        _ key: String, _ members: [Alert], _ firing: [Alert], _ route: String, isSecond: Bool
    ) {
        guard let incident = state.incidents[key] else { return }
        var told = incident.told[route] ?? Incident.Told()
        let mutes = firing.map { mute($0) }
        let heard = zip(firing, mutes).filter { $1 == nil }.map(\.0)
        let outcome: NotificationDecision.Outcome?
        if incident.endedAt != nil || firing.isEmpty {
            let isFlapping = members.contains { context.flapping[$0.key] != nil }
            outcome = end(incident, &told, members, route, isHeld: isFlapping || incident.endedAt == nil)
        } else if !heard.isEmpty {
            outcome = tell(incident, &told, heard, route, isSecond: isSecond)
        } else {
            outcome = nil
        }
        if told != Incident.Told() { state.incidents[key]?.told[route] = told }
        if isSecond, outcome == nil, told.handed == 0 { return }
        let reasons = Dictionary(uniqueKeysWithValues: zip(firing.map(\.key), mutes))
        for alert in members {
            if let reason = reasons[alert.key] ?? nil {
                note(alert, route, reason)
            } else if alert.state.phase == .pending {
                if !isSecond { note(alert, route, .pending) }
            } else if let outcome {
                let isNews = !alert.state.isFiring && told.handed > 0 && !told.alerts.contains(alert.key)
                note(alert, route, isNews ? .endedUnsent : outcome)
            }
        }
    }

    /// Nothing is known of its alerts: after a restart they may come back.
    private mutating func advanceAbsent(_ key: String) {
        guard let incident = state.incidents[key], incident.closedAt == nil else { return }
        let since = incident.absentSince ?? now
        state.incidents[key]?.absentSince = since
        if incident.endedAt == nil {
            guard now - since >= policy.resolveTimeout else { return }
            state.incidents[key]?.endedAt = since
        }
        guard let ended = state.incidents[key] else { return }
        for (route, told) in ended.told.sorted(by: { $0.key < $1.key }) {
            var told = told
            _ = end(ended, &told, [], route, isHeld: false)
            state.incidents[key]?.told[route] = told
        }
        close(key)
    }

    private mutating func close(_ key: String) {
        guard let incident = state.incidents[key], incident.closedAt == nil, let ended = incident.endedAt else {
            return
        }
        let isSaid = incident.told.values.allSatisfy { $0.resolvedAt != nil || $0.handed == 0 }
        // The delivery tries for a day: what arrives late is told to be over, too.
        guard isSaid || now - ended >= Span.day else { return }
        // When it was said, whenever that is noticed.
        state.incidents[key]?.closedAt = (isSaid ? incident.told.values.compactMap(\.resolvedAt).max() : nil) ?? now
    }
}

extension Alert {
    /// Whether both are of the same service, agent and version; what is not said is the same as nothing.
    fileprivate func shares(_ other: Alert) -> Bool {
        ["service", "agent", "agent_version"].allSatisfy { (labels[$0] ?? "") == (other.labels[$0] ?? "") }
    }

    private var isOfFailures: Bool { metric == .errorRate || metric == .errorCount || metric == .failuresSeen }
    /// Whether it is about the failures of one slice, or of everything.
    package var isOfFailuresInSlice: Bool { isOfFailures && !labels.isEmpty }
    package var isOfAllFailures: Bool { isOfFailures && labels.isEmpty }
}
