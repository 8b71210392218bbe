import Glibc
package import Monitoring

/// One notification through every channel of a route, now, past the queue.
package enum RouteTest {
    /// What came of one channel.
    package struct Report: Sendable, Hashable {
        /// `pagerduty events.pagerduty.com`.
        package var channel: String
        package var isDelivered: Bool
        /// "HTTP 202", or why not.
        package var answer: String
        /// µs that it took.
        package var duration: Int64
    }

    /// A notification that nobody takes for a real one.
    ///
    /// - Parameter time: µs since 1970; part of the identity, so that each test is an alert of its own.
    package static func notification(
        route: String, severity: Severity, action: AlertNotification.Action, service: String = "", time: Int64
    ) -> AlertNotification {
        AlertNotification(
            action: action, identity: "agentdash/test/\(route)/\(time)", episode: "\(time)",
            reason: "agentdash notify test \(route)", rule: "agentdash_test", severity: severity, service: service,
            summary: "TEST: agentdash notify test of route '\(route)'; nothing is wrong", symptom: "this is a test",
            window: 300_000_000, startsAt: time, endsAt: action == .resolve ? time : nil, time: time)
    }

    /// Sends it to one channel and waits for what comes of it.
    ///
    /// - Parameters:
    ///   - clock: µs since 1970.
    package static func send(
        _ notification: AlertNotification, through channel: Channel, _ courier: Courier, clock: () -> Int64
    ) -> Report {
        let start = clock()
        let attempt = Attempt(channel, notification, courier, now: start)
        while true {
            if let result = attempt.advance() {
                let (isDelivered, answer) =
                    switch result {
                    case .delivered(let how): (true, how)
                    case .failed(let failure): (false, failure.reason)
                    case .refused(let reason): (false, reason)
                    }
                return Report(
                    channel: "\(channel.kind) \(channel.destination)", isDelivered: isDelivered, answer: answer,
                    duration: clock() - start)
            }
            poll(nil, 0, 10)
        }
    }
}
