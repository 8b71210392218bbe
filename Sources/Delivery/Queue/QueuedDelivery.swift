import Monitoring
import Statistics

/// A notification that waits to be sent through one channel: a file of its own until it is.
struct QueuedDelivery: Sendable, Codable, Hashable {
    var routed: RoutedNotification
    /// When it was put in, µs since 1970.
    var since: Int64
    var attempts = 0
    /// Not before, µs since 1970.
    var nextAttempt: Int64 = 0
    var problem = ""

    init(_ routed: RoutedNotification, since: Int64) {
        self.routed = routed
        self.since = since
    }

    /// Of its file: the same whoever puts it in.
    var name: String { Self.name(of: routed.id) }

    static func name(of id: String) -> String { SHA256.hexadecimal(Array(id.utf8)).prefix(32) + ".json" }

    /// In this order what concerns one alert is sent.
    func isBefore(_ other: QueuedDelivery) -> Bool {
        let (a, b) = (routed.notification, other.routed.notification)
        return (a.time, a.action.rank, since, routed.id) < (b.time, b.action.rank, other.since, other.routed.id)
    }

    /// In this order different alerts' are sent: a page before a ticket.
    func isMoreUrgent(than other: QueuedDelivery) -> Bool {
        let (a, b) = (routed.notification.severity, other.routed.notification.severity)
        return a == b ? isBefore(other) : a < b
    }
}

extension AlertNotification.Action {
    /// Of what is said at the same time.
    fileprivate var rank: Int {
        switch self {
        case .trigger: 0
        case .acknowledge: 1
        case .resolve: 2
        }
    }
}
