/// What has been told about the alerts of one rule and severity, from the first that fires to the last that ends.
package struct Incident: Sendable, Codable, Hashable {
    package var rule: String
    package var severity: Severity
    /// Name of the metric that decided; empty if none did.
    package var metric: String
    /// As `AlertNotification.identity`: chosen when it began, and kept.
    package var identity: String
    /// First true judgement of its first alert, µs since 1970.
    package var episode: Int64
    /// By route.
    package internal(set) var told: [String: Told] = [:]
    package internal(set) var acknowledged: Acknowledgement?
    /// Since when this process knows none of its alerts any more. No other has to know, nor this one after a restart.
    var absentSince: Int64?
    /// When the last of its alerts ended; nil: one fires.
    package internal(set) var endedAt: Int64? { didSet { if endedAt != oldValue { turns += 1 } } }
    /// How often that changed: whoever knows more of it knows better.
    var turns = 0
    /// When everything there was to say of it was said.
    var closedAt: Int64?

    private enum CodingKeys: CodingKey {
        case rule, severity, metric, identity, episode, told, acknowledged, endedAt, turns, closedAt
    }

    package struct Acknowledgement: Sendable, Codable, Hashable {
        /// µs since 1970.
        package var time: Int64
        package var by: String
    }

    /// What one route was told. Counts and times only grow, so that two of them can be joined.
    package struct Told: Sendable, Codable, Hashable {
        /// Triggers handed over, and those that arrived: at most one is under way.
        var handed = 0
        var delivered = 0
        var firstHandedAt: Int64?
        var handedAt: Int64 = 0
        var deliveredAt: Int64?
        var reason = NotificationReason.first
        var deliveredReason = NotificationReason.first
        /// The alerts that it knows of (`Alert.key`).
        var alerts: Set<String> = []
        var acknowledgeAt: Int64?
        var isAcknowledgeDelivered = false
        var resolveAt: Int64?
        var resolvedAt: Int64?
        var failure: Failure?
        /// What came last of each of the route's channels, by name; nil where none was named.
        var channels: [String: Attempt]?

        var isUnderWay: Bool { handed > delivered }
    }

    struct Failure: Sendable, Codable, Hashable {
        var time: Int64
        var why: String
        /// When the delivery itself tries again; nil: it does not.
        var retryAt: Int64?
    }

    /// What came of telling a channel.
    package struct Attempt: Sendable, Codable, Hashable {
        /// µs since 1970, as are all times.
        package var time: Int64
        /// Why it is not there; nil: it is.
        package var why: String?
        /// When it is tried again; nil: it is not.
        package var retryAt: Int64?

        package init(time: Int64, why: String? = nil, retryAt: Int64? = nil) {
            self.time = time
            self.why = why.map { String($0.prefix(200)) }
            self.retryAt = retryAt
        }

        package var isFailure: Bool { why != nil }
    }

    /// The newest judgement that anything was told at, µs since 1970. One before it, as where input is read again after a restart, or by
    /// a process that is behind, has nothing to add.
    var toldUpTo: Int64? {
        told.values.flatMap { [$0.handed > 0 ? $0.handedAt : nil, $0.acknowledgeAt, $0.resolveAt] }.compactMap { $0 }
            .max()
    }

    /// The same for the same thing said, also by another process.
    func id(_ route: String, _ action: AlertNotification.Action, _ number: Int = 1) -> String {
        "\(idPrefix(route))\(action.rawValue)/\(number)"
    }

    /// What is common to all that a route is told of it.
    func idPrefix(_ route: String) -> String { "\(identity)/\(route)/\(String(episode / 1_000_000, radix: 36))/" }

    /// An acknowledgement is for what fired when it was given.
    func acknowledgement(for alerts: [Alert]) -> Acknowledgement? {
        acknowledged.flatMap { given in alerts.contains { $0.state.since <= given.time } ? given : nil }
    }
}

extension Incident {
    /// What both know. Of two episodes the later one counts.
    mutating func merge(_ other: Incident) {
        guard other.episode == episode else {
            if other.episode > episode { self = other }
            return
        }
        if other.identity < identity { identity = other.identity }
        told.merge(other.told) { $0.joined($1) }
        if let theirs = other.acknowledged {
            // It is for what fired when it was given: the newest covers the most.
            let isLater = acknowledged.map { (theirs.time, theirs.by) > ($0.time, $0.by) } ?? true
            if isLater { acknowledged = theirs }
        }
        let theirs = (other.turns, other.endedAt ?? .min)
        if theirs > (turns, endedAt ?? .min) {
            endedAt = other.endedAt
            turns = other.turns
        }
        closedAt = Self.later(closedAt, other.closedAt)
    }

    fileprivate static func later(_ a: Int64?, _ b: Int64?) -> Int64? { [a, b].compactMap { $0 }.max() }
    fileprivate static func earlier(_ a: Int64?, _ b: Int64?) -> Int64? { [a, b].compactMap { $0 }.min() }
}

extension Incident.Told {
    func joined(_ other: Self) -> Self {
        var sum = self
        if (other.handed, other.handedAt, other.reason.rawValue) > (handed, handedAt, reason.rawValue) {
            (sum.handed, sum.handedAt, sum.reason) = (other.handed, other.handedAt, other.reason)
        }
        let theirs = (other.delivered, other.deliveredAt ?? 0, other.deliveredReason.rawValue)
        if theirs > (delivered, deliveredAt ?? 0, deliveredReason.rawValue) {
            (sum.delivered, sum.deliveredAt) = (other.delivered, other.deliveredAt)
            sum.deliveredReason = other.deliveredReason
        }
        sum.firstHandedAt = Incident.earlier(firstHandedAt, other.firstHandedAt)
        sum.alerts.formUnion(other.alerts)
        sum.acknowledgeAt = Incident.later(acknowledgeAt, other.acknowledgeAt)
        sum.isAcknowledgeDelivered = isAcknowledgeDelivered || other.isAcknowledgeDelivered
        sum.resolveAt = Incident.later(resolveAt, other.resolveAt)
        sum.resolvedAt = Incident.earlier(resolvedAt, other.resolvedAt)
        if let theirs = other.failure {
            sum.failure = failure.map { $0.order < theirs.order ? theirs : $0 } ?? theirs
        }
        if let theirs = other.channels {
            sum.channels = (channels ?? [:]).merging(theirs) { $0.order < $1.order ? $1 : $0 }
        }
        return sum
    }
}

extension Incident.Failure {
    /// The later one counts; of two at one time it must not matter who says it.
    fileprivate var order: (Int64, String, Int64) { (time, why, retryAt ?? .min) }
}

extension Incident.Attempt {
    fileprivate var order: (Int64, String, Int64) { (time, why ?? "", retryAt ?? .min) }
}
