import Metrics

/// When what is told to whom: the settings of the notification pipeline. All times in µs.
///
/// Waits and intervals are those of Alertmanager, the cooldown that of the requirements (E18).
package struct NotificationPolicy: Sendable, Codable, Hashable {
    /// How long a ticket or a note waits for others of its group before it is told. Pages don't wait.
    package var groupWait = 30 * Span.second
    /// The least time between two things told about one group: what joins it, and its end. Pages don't wait.
    package var groupInterval = 5 * Span.minute
    /// For how long a page that is over still stands for what is less: the windows of the lesser rules still hold what it was about.
    package var inhibitAfter = 5 * Span.minute
    /// After how long it is told again that something still fires. Notes aren't told again.
    package var repeatInterval = 4 * Span.hour
    /// A route hears of one metric and severity at most once in this time; what is exactly as old does not count any more.
    package var cooldown = 300 * Span.second
    /// How long a page may stay unacknowledged until a second route hears of it.
    package var escalateAfter = 15 * Span.minute
    /// The second route; nil: none.
    package var escalationRoute: String? = "escalation"
    /// What was handed over and not heard of is handed over again after this time, under the same id.
    package var retryAfter = 5 * Span.minute
    /// An incident of which nothing is to be seen any more, as after a restart, counts as ended after this time.
    package var resolveTimeout = 5 * Span.minute
    /// By severity (`P1`), where a rule names none.
    package var routes: [Severity: [String]] = [.p1: ["oncall"], .p2: ["tickets"], .p3: ["digest"]]
    /// Routes that gather notes and are told of them at once, by their names: when.
    package var digests: [String: DigestSchedule] = ["digest": .usual]
    /// A rule's own routes, by its name.
    package var ownRoutes: [String: [String]] = [:]
    /// The routes that exist; nil: all do.
    package var knownRoutes: Set<String>?
    /// Whether recorded data is told about as well: its alerts are over.
    package var sendsRecorded = false

    package init() {}

    /// When a route is told what it gathered; one that is no digest any more, as if it were.
    func schedule(of route: String) -> DigestSchedule { digests[route] ?? .usual }

    /// Where a rule's alerts go at once.
    func routes(of rule: String, _ severity: Severity) -> [String] {
        ownRoutes[rule] ?? routes[severity] ?? []
    }
}
