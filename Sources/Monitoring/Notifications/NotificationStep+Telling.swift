import Metrics

extension NotificationStep {
    /// What is told while something fires that may be heard of; nil: nothing to say of this route.
    mutating func tell(
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
            return told.failure.map { .failed(at: $0.time, why: $0.why, retryAt: $0.retryAt ?? retry) }
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

    mutating func acknowledge(
        _ incident: Incident, _ told: inout Incident.Told, _ heard: [Alert], _ route: String,
        _ given: Incident.Acknowledgement?
    ) {
        guard given != nil, told.delivered > 0, !told.isAcknowledgeDelivered else { return }
        if let last = told.acknowledgeAt, now < last + policy.retryAfter { return }
        told.acknowledgeAt = now
        send(incident, heard, .acknowledge, .acknowledged, route, 1)
    }

    // MARK: The end

    mutating func end(
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
        return told.failure.map { .failed(at: $0.time, why: $0.why, retryAt: $0.retryAt ?? retry.partialValue) }
            ?? .handedOver(at: told.resolveAt ?? now, .resolved)
    }

    // MARK: Sending

    mutating func send(
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

extension Alert {
    /// How many times its threshold it measures.
    fileprivate var excess: Double {
        guard let value = state.value, let threshold = state.threshold, threshold != 0 else { return 0 }
        return (value / threshold).magnitude
    }
}
