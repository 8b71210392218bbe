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
        var step = Step(state: self, policy: policy, context: context, alerts: alerts, now: now)
        step.run()
        self = step.state
        return step.round
    }

    /// One judgement's work.
    private struct Step {
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
            state.incidents = state.incidents.filter { _, incident in
                incident.closedAt.map { now - $0 < NotificationState.remembered } ?? true
            }
            state.cooldowns = state.cooldowns.filter { now - $0.value < policy.cooldown }
            state.silences.removeAll { now - $0.endsAt >= NotificationState.remembered }
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
            if alert.severity != .p1, let page = others.first(where: { $0.severity == .p1 && $0.shares(alert) }) {
                return .inhibited(by: page.name, isOutage: false)
            }
            if context.isOutage, alert.isOfFailuresInSlice,
                let whole = others.first(where: { $0.isOfAllFailures && $0.severity <= alert.severity })
            {
                return .inhibited(by: whole.name, isOutage: true)
            }
            return context.flapping[alert.key].map { .flapping($0) }
        }

        // MARK: A group

        private mutating func advance(_ key: String, _ members: [Alert]) {
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
                !members.contains(where: { $0.state.phase == .nodata })
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
                        } else if let off {
                            outcome = .off(off)
                        }
                    } else if alert.state.phase == .resolved {
                        outcome = off.map { .off($0) } ?? .endedUnsent
                    }
                    note(alert, route, outcome)
                }
            }
        }

        private mutating func note(_ alert: Alert, _ route: String, _ outcome: NotificationDecision.Outcome) {
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

        /// What is told while something fires that may be heard of; nil: nothing to say of this route.
        private mutating func tell(
            _ incident: Incident, _ told: inout Incident.Told, _ heard: [Alert], _ route: String, isSecond: Bool
        ) -> NotificationDecision.Outcome? {
            let isPage = incident.severity == .p1
            let given = incident.acknowledgement(for: heard)
            acknowledge(incident, &told, heard, route, given)
            if told.isUnderWay {
                let retry = max(told.handedAt, told.failure?.time ?? .min) + policy.retryAfter
                if now >= retry {
                    told.handedAt = now
                    told.failure = nil
                    send(incident, heard, .trigger, told.reason, route, told.handed)
                }
                return told.failure.map { .failed(at: $0.time, why: $0.why, retryAt: retry) }
                    ?? .handedOver(at: told.handedAt, told.reason)
            }
            let isNew =
                heard.contains { !told.alerts.contains($0.key) } && told.alerts.count < NotificationState.mostAlerts
            var reason = NotificationReason.first
            if told.delivered == 0 {
                if isSecond {
                    guard given == nil, let due = escalation(incident) else { return nil }
                    if now < due { return .escalates(at: due) }
                    reason = .escalated
                } else if let given {
                    return .acknowledged(at: given.time, by: given.by)
                } else if !isPage, let began = heard.map({ $0.state.firedAt ?? $0.state.since }).min() {
                    if now < began + policy.groupWait { return .grouped(until: began + policy.groupWait) }
                }
            } else if isNew {
                reason = .joined
                let due = told.handedAt + policy.groupInterval
                if !isPage, now < due { return .grouped(until: due) }
            } else if let given {
                return .acknowledged(at: given.time, by: given.by)
            } else {
                reason = .repeated
                // A digest is no reminder.
                let due = incident.severity == .p3 ? nil : told.handedAt + policy.repeatInterval
                guard let due, now >= due else {
                    return .sent(at: told.deliveredAt ?? told.handedAt, told.deliveredReason, repeatAt: due)
                }
            }
            let last = state.cooldowns[NotificationState.cooldownKey(route, incident)]
            // What lies ahead is another clock's.
            if let last, last <= now, now - last < policy.cooldown { return .cooldown(until: last + policy.cooldown) }
            told.handed += 1
            told.handedAt = now
            told.firstHandedAt = told.firstHandedAt ?? now
            told.reason = reason
            for alert in heard where told.alerts.count < NotificationState.mostAlerts { told.alerts.insert(alert.key) }
            send(incident, heard, .trigger, reason, route, told.handed)
            return .handedOver(at: now, reason)
        }

        /// When a second route hears of it: the first one's time began when it was told, whether or not that arrived.
        private func escalation(_ incident: Incident) -> Int64? {
            policy.routes(of: incident.rule, incident.severity).compactMap { incident.told[$0]?.firstHandedAt }.min()
                .map { $0 + policy.escalateAfter }
        }

        private mutating func acknowledge(
            _ incident: Incident, _ told: inout Incident.Told, _ heard: [Alert], _ route: String,
            _ given: Incident.Acknowledgement?
        ) {
            guard given != nil, told.delivered > 0, !told.isAcknowledgeDelivered else { return }
            if let last = told.acknowledgeAt, now < last + policy.retryAfter { return }
            told.acknowledgeAt = now
            send(incident, heard, .acknowledge, .acknowledged, route, 1)
        }

        // MARK: The end

        private mutating func end(
            _ incident: Incident, _ told: inout Incident.Told, _ members: [Alert], _ route: String, isHeld: Bool
        ) -> NotificationDecision.Outcome? {
            let ended = incident.endedAt ?? now
            if let resolved = told.resolvedAt { return .resolved(at: resolved) }
            guard told.delivered > 0 else {
                // It may still arrive, and then its end must be told.
                return told.isUnderWay ? .handedOver(at: told.handedAt, told.reason) : .endedUnsent
            }
            if isHeld { return .sent(at: told.deliveredAt ?? told.handedAt, told.deliveredReason, repeatAt: nil) }
            let due = incident.severity == .p1 ? ended : max(ended, told.handedAt + policy.groupInterval)
            if now < due { return .resolves(at: due) }
            let retry = max(told.resolveAt ?? .min, told.failure?.time ?? .min).addingReportingOverflow(
                policy.retryAfter)
            if told.resolveAt == nil || now >= retry.partialValue {
                told.resolveAt = now
                told.failure = nil
                // A repetition that is still under way is too late.
                told.handed = told.delivered
                send(incident, members, .resolve, .resolved, route, 1)
            }
            return told.failure.map { .failed(at: $0.time, why: $0.why, retryAt: retry.partialValue) }
                ?? .handedOver(at: told.resolveAt ?? now, .resolved)
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
            // What could not be delivered for so long helps nobody any more.
            guard isSaid || now - ended >= NotificationState.remembered else { return }
            // When it was said, whenever that is noticed.
            state.incidents[key]?.closedAt = (isSaid ? incident.told.values.compactMap(\.resolvedAt).max() : nil) ?? now
        }

        // MARK: Sending

        private mutating func send(
            _ incident: Incident, _ members: [Alert], _ action: AlertNotification.Action, _ reason: NotificationReason,
            _ route: String, _ number: Int
        ) {
            // The one that is furthest beyond its threshold stands for all.
            let ranked = members.sorted { ($0.excess, $1.key) > ($1.excess, $0.key) }
            var notification =
                ranked.first.map(context.facts)
                ?? AlertNotification(
                    action: action, identity: "", episode: "", reason: "", rule: incident.rule,
                    severity: incident.severity, summary: incident.rule, symptom: "", window: 0,
                    startsAt: incident.episode, time: now)
            notification.action = action
            notification.identity = incident.identity
            notification.episode = String(incident.episode / 1_000_000, radix: 36)
            notification.reason =
                reason == .escalated
                ? "not acknowledged for \(policy.escalateAfter / Span.minute)m" : reason.rawValue
            notification.service = context.service
            notification.startsAt = incident.episode
            notification.endsAt = action == .resolve ? incident.endedAt ?? now : nil
            notification.time = now
            notification.others = ranked.dropFirst().prefix(NotificationState.mostAlerts).map {
                AlertNotification.Other($0)
            }
            round.sent.append(
                RoutedNotification(route: route, notification: notification, id: incident.id(route, action, number)))
        }
    }
}

extension Alert {
    /// How many times its threshold it measures.
    fileprivate var excess: Double {
        guard let value = state.value, let threshold = state.threshold, threshold != 0 else { return 0 }
        return (value / threshold).magnitude
    }

    /// Whether both are of the same service, agent and version; what is not said is the same as nothing.
    fileprivate func shares(_ other: Alert) -> Bool {
        ["service", "agent", "agent_version"].allSatisfy { (labels[$0] ?? "") == (other.labels[$0] ?? "") }
    }

    private var isOfFailures: Bool { metric == .errorRate || metric == .errorCount }
    /// Whether it is about the failures of one slice, or of everything.
    package var isOfFailuresInSlice: Bool { isOfFailures && !labels.isEmpty }
    package var isOfAllFailures: Bool { isOfFailures && labels.isEmpty }
}
