import Metrics

/// What has been told to whom, what people said to it, and what nobody is to hear of: what must survive a restart.
///
/// A pure value: `step` advances it at each judgement, `noteDelivered` and `noteFailed` when the delivery reports, and `merge`
/// takes in what another process knows.
package struct NotificationState: Sendable, Codable, Hashable {
    /// By rule and severity.
    package internal(set) var incidents: [String: Incident] = [:]
    /// When a route heard last of a metric and severity, µs since 1970, by all three.
    var cooldowns: [String: Int64] = [:]
    package internal(set) var silences: [Silence] = []
    /// What is gathered for routes that are told at a set time, by their names.
    var digests: [String: Digest] = [:]

    static let mostIncidents = 512
    static let mostSilences = 256
    static let mostAlerts = 64
    /// What is over is known for so long, µs.
    static let remembered = AlertState.remembered

    package init() {}

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        incidents = try container.decode([String: Incident].self, forKey: .incidents)
        cooldowns = try container.decode([String: Int64].self, forKey: .cooldowns)
        silences = try container.decode([Silence].self, forKey: .silences)
        // What was kept before there were any has none.
        digests = try container.decodeIfPresent([String: Digest].self, forKey: .digests) ?? [:]
    }

    static func key(_ rule: String, _ severity: Severity) -> String { "\(rule)/\(severity.rawValue)" }

    static func cooldownKey(_ route: String, _ incident: Incident) -> String {
        "\(route)/\(incident.metric.isEmpty ? incident.rule : incident.metric)_\(incident.severity.rawValue)"
    }

    // MARK: What the delivery reports

    /// It arrived, at a time in µs since 1970: only now it counts as sent, and the cooldown begins.
    package mutating func noteDelivered(_ id: String, at time: Int64) {
        if let route = digestRoute(of: id) { digests[route]?.noteDelivered(at: time) }
        for (key, incident) in incidents {
            for (route, told) in incident.told {
                var told = told
                if told.isUnderWay, id == incident.id(route, .trigger, told.handed) {
                    told.delivered = told.handed
                    told.deliveredAt = time
                    told.deliveredReason = told.reason
                    told.failure = nil
                    cooldowns[Self.cooldownKey(route, incident)] = time
                } else if told.acknowledgeAt != nil, id == incident.id(route, .acknowledge) {
                    told.isAcknowledgeDelivered = true
                } else if told.resolveAt != nil, id == incident.id(route, .resolve) {
                    told.resolvedAt = told.resolvedAt ?? time
                    told.failure = nil
                } else {
                    continue
                }
                incidents[key]?.told[route] = told
                return
            }
        }
    }

    /// It did not arrive. What is still to be told is handed over again later, under the same id.
    /// - Parameter retryAt: when the delivery itself tries again, µs since 1970; nil: it does not.
    package mutating func noteFailed(_ id: String, reason: String, retryAt: Int64? = nil, at time: Int64) {
        if let route = digestRoute(of: id) {
            digests[route]?.failure = Incident.Failure(
                time: time, why: String(reason.prefix(200)), retryAt: retryAt)
        }
        for (key, incident) in incidents {
            for (route, told) in incident.told
            where id == incident.id(route, .trigger, told.handed) && told.isUnderWay
                || id == incident.id(route, .resolve) && told.resolveAt != nil && told.resolvedAt == nil
            {
                incidents[key]?.told[route]?.failure = Incident.Failure(
                    time: time, why: String(reason.prefix(200)), retryAt: retryAt)
                return
            }
        }
    }

    /// Whose digest under this id is on its way.
    private func digestRoute(of id: String) -> String? {
        digests.first { route, digest in
            digest.isUnderWay && digest.handed.map { Digest.id(route, $0) } == id
        }?.key
    }

    /// What came of one of the channels of a route, also of one that another was quicker than.
    package mutating func note(_ attempt: Incident.Attempt, _ channel: String, of id: String) {
        for (key, incident) in incidents {
            for route in incident.told.keys where id.hasPrefix(incident.idPrefix(route)) {
                var channels = incident.told[route]?.channels ?? [:]
                guard channels[channel] != nil || channels.count < Self.mostChannels else { return }
                channels[channel] = attempt
                incidents[key]?.told[route]?.channels = channels
                return
            }
        }
    }

    private static let mostChannels = 16

    /// What came last of each channel of a route where an alert was told, by the channels' names.
    package func attempts(of alert: Alert, route: String) -> [(channel: String, attempt: Incident.Attempt)] {
        guard let told = incidents[Self.key(alert.name, alert.severity)]?.told[route], told.alerts.contains(alert.key)
        else { return [] }
        return (told.channels ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    // MARK: What people say

    /// Somebody sees to a rule's alerts: no repeats, no escalation, until they end.
    /// - Returns: false if none of them fires.
    @discardableResult
    package mutating func acknowledge(_ rule: String, by: String, among alerts: [Alert], service: String, at now: Int64)
        -> Bool
    {
        let firing = alerts.filter { $0.name == rule && $0.state.isFiring }
        for (severity, members) in Dictionary(grouping: firing, by: \.severity) {
            let key = Self.key(rule, severity)
            if incidents[key]?.endedAt != nil || incidents[key] == nil { open(key, members, service: service) }
            // A second word does not change the first.
            if incidents[key]?.acknowledgement(for: members) == nil {
                incidents[key]?.acknowledged = Incident.Acknowledgement(time: now, by: String(by.prefix(200)))
            }
        }
        return !firing.isEmpty
    }

    package mutating func add(_ silence: Silence) {
        guard !silence.matchers.isEmpty, silence.startsAt < silence.endsAt else { return }
        silences.removeAll { $0.id == silence.id }
        silences.append(silence)
        if silences.count > Self.mostSilences { silences.removeFirst() }
    }

    /// Ends a silence before its time.
    package mutating func endSilence(_ id: String, at now: Int64) {
        for i in silences.indices where silences[i].id == id { silences[i].endsAt = min(silences[i].endsAt, now) }
    }

    /// Who sees to an alert, if somebody does.
    package func acknowledgement(of alert: Alert) -> Incident.Acknowledgement? {
        guard alert.state.isFiring else { return nil }
        return incidents[Self.key(alert.name, alert.severity)]?.acknowledgement(for: [alert])
    }

    // MARK: Several processes

    /// Takes in what another process knows. In which order does not matter, nor how often.
    package mutating func merge(_ other: NotificationState) {
        incidents.merge(other.incidents) { mine, theirs in
            var sum = mine
            sum.merge(theirs)
            return sum
        }
        cooldowns.merge(other.cooldowns) { max($0, $1) }
        for theirs in other.silences {
            if let place = silences.firstIndex(where: { $0.id == theirs.id }) {
                silences[place].endsAt = min(silences[place].endsAt, theirs.endsAt)
            } else {
                silences.append(theirs)
            }
        }
        digests.merge(other.digests) { mine, theirs in
            var sum = mine
            sum.merge(theirs)
            return sum
        }
        silences.sort { ($0.startsAt, $0.id) < ($1.startsAt, $1.id) }
        silences.removeFirst(max(0, silences.count - Self.mostSilences))
        trim()
    }

    // MARK: Incidents

    mutating func open(_ key: String, _ members: [Alert], service: String) {
        guard let first = members.min(by: { $0.state.since < $1.state.since }) else { return }
        // A slice that is alone in it names it.
        let common = first.labels.filter { label in members.allSatisfy { $0.labels[label.key] == label.value } }
        let labels = common.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let former = incidents[key]?.episode ?? (.min + Span.second)
        incidents[key] = Incident(
            rule: first.name, severity: first.severity, metric: first.metric?.rawValue ?? "",
            identity: (["agentdash", service, first.name] + labels).filter { !$0.isEmpty }.joined(separator: "/"),
            episode: max(first.state.since, former + Span.second))
        trim()
    }

    /// Lets go of what has been over for an hour. A cooldown is no longer than a day.
    package mutating func forget(at now: Int64) {
        incidents = incidents.filter { _, incident in incident.closedAt.map { now - $0 < Self.remembered } ?? true }
        cooldowns = cooldowns.filter { now - $0.value < Span.day }
        silences.removeAll { now - $0.endsAt >= Self.remembered }
        digests = digests.filter { !$1.isForgotten(at: now) }
    }

    /// Whoever is over goes first, then the oldest.
    mutating func trim() {
        while incidents.count > Self.mostIncidents,
            let oldest = incidents.min(by: {
                ($0.value.closedAt == nil ? 1 : 0, $0.value.episode, $0.key)
                    < ($1.value.closedAt == nil ? 1 : 0, $1.value.episode, $1.key)
            })
        {
            incidents[oldest.key] = nil
        }
    }

    /// Whether nothing was told and nobody has said anything.
    package var isBlank: Bool { incidents.isEmpty && silences.isEmpty && digests.isEmpty }

    /// Whether something is still to be said of what is known.
    package var isOpen: Bool { incidents.values.contains { $0.closedAt == nil } }
}
