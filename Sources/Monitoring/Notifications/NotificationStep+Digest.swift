import Metrics
import Query

/// Notes are gathered where their route is a digest, and told at once at its time (E3).
extension NotificationStep {
    /// Takes in what fires and what has ended.
    /// - Parameter mutes: why nobody is to hear of those that fire, by key.
    mutating func gather(
        _ members: [Alert], _ route: String, _ schedule: DigestSchedule, mutes: [String: NotificationDecision.Outcome]
    ) {
        var digest = state.digests[route] ?? Digest()
        for alert in members {
            // One that changes to and fro makes one line, however often.
            if alert.state.isFiring, mutes[alert.key]?.isFlapping ?? true {
                digest.note(firing: alert, at: now)
            } else if alert.state.phase == .resolved {
                digest.note(ended: alert)
            }
        }
        if digest != Digest() { state.digests[route] = digest }
        for alert in members {
            let mute = mutes[alert.key].flatMap { $0.isFlapping ? nil : $0 }
            note(alert, route, mute ?? gathered(alert, route, schedule) ?? Self.ungathered(alert))
        }
    }

    private static func ungathered(_ alert: Alert) -> NotificationDecision.Outcome {
        alert.state.phase == .pending ? .pending : .endedUnsent
    }

    /// What becomes of an alert in a route's digest; nil: it was in none that is known.
    func gathered(_ alert: Alert, _ route: String, _ schedule: DigestSchedule) -> NotificationDecision.Outcome? {
        guard let digest = state.digests[route], alert.state.isOpen || alert.state.phase == .resolved else {
            return nil
        }
        let began = Int64(Digest.began(alert))
        let isHeld = digest.holds(alert)
        if isHeld, digest.isUnderWay, let handed = digest.handed, began <= handed.until {
            let handedAt = digest.handedAt ?? handed.until
            return digest.failure.map {
                .failed(at: $0.time, why: $0.why, retryAt: $0.retryAt ?? $0.time + policy.retryAfter)
            } ?? .handedOver(at: handedAt, .digested)
        }
        let due = isHeld ? digest.due(schedule) : nil
        if let delivered = digest.delivered, let arrived = digest.deliveredAt, began <= delivered.until {
            return .sent(at: arrived, .digested, repeatAt: due)
        }
        return due.map { .gathered(until: $0) }
    }

    /// Tells what was gathered, once its time has come.
    mutating func tellDigest(_ route: String) {
        guard var digest = state.digests[route], policy.knownRoutes?.contains(route) ?? true else { return }
        let schedule = policy.schedule(of: route)
        if digest.isUnderWay, let handed = digest.handed, digest.due(schedule).map({ now < $0 }) ?? true {
            let last = max(digest.handedAt ?? .min, digest.failure?.time ?? .min)
            guard now >= last + policy.retryAfter else { return }
            tell(digest, handed, route, schedule)
        } else if let due = digest.due(schedule), now >= due {
            digest.closeAbsent(alerts, at: now)
            tell(digest, Digest.Issue(due: due, until: now), route, schedule)
        }
    }

    /// Hands an issue over, unless all that it could tell was told before.
    private mutating func tell(_ digest: Digest, _ issue: Digest.Issue, _ route: String, _ schedule: DigestSchedule) {
        let told = digest.told(issue, alerts)
        var digest = digest
        if told.lines.isEmpty { digest.withdraw() } else { digest.hand(over: issue, at: now) }
        state.digests[route] = digest
        if !told.lines.isEmpty { send(told, issue, route, schedule) }
    }

    private mutating func send(_ told: AlertDigest, _ issue: Digest.Issue, _ route: String, _ schedule: DigestSchedule)
    {
        func count(_ n: Int, _ noun: String) -> String { "\(n) \(noun)\(n == 1 ? "" : "s")" }
        let more = told.hasMore || told.lines.contains(where: \.hasMore) ? "more than " : ""
        let size = "\(count(told.lines.count, "alert")), \(more)\(count(told.times, "time"))"
        var notification = AlertNotification(
            action: .trigger,
            identity: ["agentdash", context.service, "digest", route, String(issue.due / Span.second, radix: 36)]
                .filter { !$0.isEmpty }.joined(separator: "/"),
            episode: String(issue.due / Span.second, radix: 36),
            reason: "\(schedule.rhythm) digest", rule: "digest", severity: .p3, service: context.service,
            summary: "INFO: \(size) since \(ClockTime(told.from).date)", symptom: size,
            window: told.until - told.from, startsAt: told.from, time: now)
        notification.digest = told
        round.sent.append(
            RoutedNotification(route: route, notification: notification, id: Digest.id(route, issue)))
    }
}

extension NotificationDecision.Outcome {
    fileprivate var isFlapping: Bool { if case .flapping = self { true } else { false } }
}

extension NotificationState {
    /// Whether a digest is to be told now, or is on its way.
    package func hasDigest(due now: Int64, _ policy: NotificationPolicy) -> Bool {
        digests.contains { route, digest in
            digest.isUnderWay || digest.due(policy.schedule(of: route)).map { now >= $0 } ?? false
        }
    }
}
