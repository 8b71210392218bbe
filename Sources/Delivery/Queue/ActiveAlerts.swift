import Monitoring
import Store

/// What fires at an Alertmanager, which forgets what isn't said again.
struct ActiveAlerts: Sendable {
    private struct Active: Sendable, Codable {
        var notification: AlertNotification
        /// When the policy last said that it fires, µs since 1970.
        var since: Int64
        var lastSent: Int64
    }

    /// µs between two times that it is said.
    static let interval: Int64 = 60_000_000
    /// µs after which nothing is said any more of what the policy doesn't repeat.
    static let patience: Int64 = 86_400_000_000

    private let file: StateFile<[String: Active]>
    private var alerts: [String: Active] = [:]

    init(_ folder: StateFolder) { file = StateFile("active.json", in: folder, version: 1) }

    /// - Returns: what is wrong with the file, if anything.
    mutating func load() -> String? {
        let found = file.load()
        alerts = found.value ?? [:]
        return found.problem
    }

    mutating func delivered(_ notification: AlertNotification, now: Int64) {
        switch notification.action {
        case .trigger: alerts[notification.identity] = Active(notification: notification, since: now, lastSent: now)
        case .acknowledge: return
        case .resolve: alerts[notification.identity] = nil
        }
        // What can't be kept is said until the next start.
        try? file.save(alerts)
    }

    /// One that is to be said again.
    ///
    /// - Parameter waiting: identities about which something else is going to be said.
    mutating func due(now: Int64, except waiting: Set<String>) -> AlertNotification? {
        alerts = alerts.filter { now - $0.value.since < Self.patience }
        let due = alerts.values.filter {
            (now - $0.lastSent >= Self.interval || now < $0.lastSent) && !waiting.contains($0.notification.identity)
        }
        return due.min { ($0.lastSent, $0.notification.identity) < ($1.lastSent, $1.notification.identity) }?
            .notification
    }

    /// It was said, or at least tried to.
    mutating func said(_ identity: String, now: Int64) { alerts[identity]?.lastSent = now }
}
