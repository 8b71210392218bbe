import Export
import Monitoring

/// What Alertmanager's webhook sends (version 4), so that any receiver of it takes ours.
enum WebhookMessage {
    static func request(_ notification: AlertNotification, _ settings: WebhookSettings) -> HTTPRequest {
        HTTPRequest(
            method: .post, url: settings.url.url.value, host: settings.url.host, credentials: settings.credentials,
            body: body(notification, receiver: settings.receiver))
    }

    static func body(_ n: AlertNotification, receiver: String) -> JSONValue {
        let status = JSONValue.string(n.action == .resolve ? "resolved" : "firing")
        let labels = JSONValue.object(AlertmanagerAlert.labels(n).map { ($0, .string($1)) })
        let rule = MessageText.line(n.rule, limit: 1024)
        // The year 1 is how it says that there is no end yet.
        let end = n.action == .resolve ? MessageText.time(n.endsAt ?? n.time) : "0001-01-01T00:00:00Z"
        let alert = JSONValue.members(
            ("status", status), ("labels", labels),
            ("annotations", AlertmanagerAlert.annotations(n, withTrace: MessageText.link(n.example.traceURL) == nil)),
            ("startsAt", .string(MessageText.time(n.startsAt))), ("endsAt", .string(end)),
            ("generatorURL", .string(MessageText.link(n.example.traceURL) ?? "")),
            ("fingerprint", .string(n.shortKey)))
        return .members(
            ("version", .string("4")),
            ("groupKey", .string("{}:{alertname=\(JSONValue.string(rule).line)}")),
            ("truncatedAlerts", .integer(0)), ("status", status), ("receiver", .string(receiver)),
            ("groupLabels", .members(("alertname", .string(rule)))), ("commonLabels", labels),
            ("commonAnnotations", .object([])), ("externalURL", .string("")),
            ("notification_reason", .string(MessageText.line(n.reason, limit: 1024))), ("alerts", .array([alert])))
    }
}
