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
        let alerts = n.digest.map { $0.lines.map { alert(n.of($0)) } } ?? [alert(n)]
        return .members(
            ("version", .string("4")),
            ("groupKey", .string("{}:{alertname=\(JSONValue.string(rule).line)}")),
            ("truncatedAlerts", .integer(0)), ("status", status), ("receiver", .string(receiver)),
            ("groupLabels", .members(("alertname", .string(rule)))), ("commonLabels", labels),
            ("commonAnnotations", .object([])), ("externalURL", .string("")),
            ("notification_reason", .string(MessageText.line(n.reason, limit: 1024))), ("alerts", .array(alerts)))
    }

    private static func alert(_ n: AlertNotification) -> JSONValue {
        // The year 1 is how it says that there is no end yet.
        let end = n.action == .resolve ? MessageText.time(n.endsAt ?? n.time) : "0001-01-01T00:00:00Z"
        return .members(
            ("status", .string(n.action == .resolve ? "resolved" : "firing")),
            ("labels", .object(AlertmanagerAlert.labels(n).map { ($0, .string($1)) })),
            ("annotations", AlertmanagerAlert.annotations(n, withTrace: MessageText.link(n.example.traceURL) == nil)),
            ("startsAt", .string(MessageText.time(n.startsAt))), ("endsAt", .string(end)),
            ("generatorURL", .string(MessageText.link(n.example.traceURL) ?? "")),
            ("fingerprint", .string(n.shortKey)))
    }
}

extension AlertNotification {
    /// What a line of a digest says, as an alert of its own.
    fileprivate func of(_ line: AlertDigest.Line) -> AlertNotification {
        let slice = line.labels.sorted { $0.key < $1.key }.map { "/\($0.key)=\($0.value)" }.joined()
        return AlertNotification(
            action: line.until == nil ? .trigger : .resolve, identity: "\(identity)/\(line.rule)\(slice)",
            episode: episode,
            reason: reason, rule: line.rule, severity: severity, service: service, summary: line.text,
            symptom: line.symptom, window: 0, labels: line.labels, startsAt: line.since, endsAt: line.until, time: time)
    }
}
