/// What is to be told about one alert, complete: whoever sends it needs to look nothing up.
package struct AlertNotification: Sendable, Codable, Hashable {
    package enum Action: String, Sendable, Codable {
        case trigger, acknowledge, resolve
    }

    /// The request that shows what the alert is about; empty where not known.
    package struct Example: Sendable, Codable, Hashable {
        package var traceID = ""
        package var sessionID = ""
        package var traceURL = ""
        package var promptVersion = ""
        package var model = ""
        package var agentVersion = ""

        package init() {}
    }

    /// Another slice that the same rule is about at the same time.
    package struct Other: Sendable, Codable, Hashable {
        package var labels: [String: String]
        /// "14.0% > 10%".
        package var symptom: String

        package init(_ alert: Alert) {
            labels = alert.labels
            symptom = alert.comparison
        }
    }

    package var action: Action
    /// `agentdash/checkout-agent/elevated_error_rate/task_type=refund`: the same for all that is sent about one alert, also after
    /// a restart and by another process.
    package var identity: String
    /// One episode of it: what was sent for this one need not be sent again.
    package var episode: String
    /// Why it is sent: "first notification", "repeat interval elapsed", "not acknowledged for 15m", "resolved".
    package var reason: String
    package var rule: String
    package var severity: Severity
    /// The agent or service that is watched; empty where the records don't say.
    package var service: String
    /// What the rule says, in words: "WARNING: Error rate 15.0% exceeds 10%".
    package var summary: String
    /// What is wrong, shortly: "15.0% > 10%".
    package var symptom: String
    /// Name of the metric that decided; empty if none did.
    package var metric: String
    package var value: Double?
    package var threshold: Double?
    /// µs that the rule looked back.
    package var window: Int64
    /// Requests in that window, raw.
    package var requests: Int64
    /// Which slice of the traffic it is about; empty: all of it.
    package var labels: [String: String]
    /// First true judgement, µs since 1970.
    package var startsAt: Int64
    /// Further slices that it is about, the worst first.
    package var others: [Other] = []
    /// nil while it fires.
    package var endsAt: Int64?
    /// When this was decided, µs since 1970.
    package var time: Int64
    /// "locale=de (64% of failures)".
    package var topSlice: String?
    package var example: Example
    package var runbook: String?
    package var evalCases: [String]
    /// What undoes the newest deploy.
    package var rollback: String?
    /// What has fired, where this tells of no single alert.
    package var digest: AlertDigest?

    package init(
        action: Action, identity: String, episode: String, reason: String, rule: String, severity: Severity,
        service: String = "", summary: String, symptom: String, metric: String = "", value: Double? = nil,
        threshold: Double? = nil, window: Int64, requests: Int64 = 0, labels: [String: String] = [:], startsAt: Int64,
        endsAt: Int64? = nil, time: Int64, topSlice: String? = nil, example: Example = Example(),
        runbook: String? = nil, evalCases: [String] = [], rollback: String? = nil
    ) {
        self.action = action
        self.identity = identity
        self.episode = episode
        self.reason = reason
        self.rule = rule
        self.severity = severity
        self.service = service
        self.summary = summary
        self.symptom = symptom
        self.metric = metric
        self.value = value
        self.threshold = threshold
        self.window = window
        self.requests = requests
        self.labels = labels
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.time = time
        self.topSlice = topSlice
        self.example = example
        self.runbook = runbook
        self.evalCases = evalCases
        self.rollback = rollback
    }
}

/// A notification and where it goes. Sent at most once for each id.
package struct RoutedNotification: Sendable, Codable, Hashable {
    /// The route's name: `oncall`, `tickets`, `digest`.
    package var route: String
    package var notification: AlertNotification
    /// The same for the same thing said, also by another process: identity, episode, action, and which repetition.
    package var id: String

    package init(route: String, notification: AlertNotification, id: String) {
        self.route = route
        self.notification = notification
        self.id = id
    }
}

extension Alert {
    /// "15.0% > 10%"; what is known of it.
    package var comparison: String {
        let sign = thresholdText.prefix { "<>=!".contains($0) }
        let rest = thresholdText.dropFirst(sign.count)
        return [valueText, String(sign), String(rest)].filter { !$0.isEmpty }.joined(separator: " ")
    }
}
