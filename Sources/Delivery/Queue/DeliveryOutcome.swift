/// What came of an attempt to deliver a notification through one of its route's channels.
package struct DeliveryOutcome: Sendable, Hashable {
    package enum Result: Sendable, Hashable {
        /// And how it was acknowledged: "HTTP 202".
        case delivered(String)
        /// Why it is not there; when it is tried again, µs since 1970, or nil where it won't be.
        case failed(String, retryAt: Int64?)
    }

    /// `RoutedNotification.id`.
    package var id: String
    package var route: String
    /// `pagerduty hosts.example`; empty where the route has none.
    package var channel: String
    /// µs since 1970.
    package var time: Int64
    package var result: Result

    package init(id: String, route: String, channel: String, time: Int64, result: Result) {
        self.id = id
        self.route = route
        self.channel = channel
        self.time = time
        self.result = result
    }

    package var isDelivered: Bool {
        if case .delivered = result { true } else { false }
    }
}

/// How the queue does, for a screen to show.
package struct DeliveryStatus: Sendable, Hashable {
    /// Deliveries that wait, those of other processes on this machine that wait in the same place included.
    package var waiting = 0
    /// Deliveries on their way.
    package var sending = 0
    /// Since the start of this process.
    package var delivered = 0
    /// Given up since the start of this process.
    package var failed = 0
    /// When the one that waits longest was put in, µs since 1970.
    package var oldest: Int64?
    /// The newest attempt that failed, while something waits for another.
    package var problem: DeliveryOutcome?
    /// A process that sends for us, where another has the lock of a channel.
    package var sender: Int32?
    /// Why the heartbeat can't be given; nil while it can.
    package var heartbeatProblem: String?

    package init() {}
}
