import Export
import Monitoring

/// PagerDuty's Events API v2: a trigger, its acknowledgement and its resolution carry the same key.
enum PagerDutyEvent {
    static func request(_ notification: AlertNotification, _ settings: PagerDutySettings) -> HTTPRequest {
        HTTPRequest(
            method: .post, url: settings.url.url.value, host: settings.url.host, body: body(notification, settings))
    }

    static func body(_ n: AlertNotification, _ settings: PagerDutySettings) -> JSONValue {
        let whole = event(n, settings, details: details(n))
        guard whole.line.utf8.count > largest else { return whole }
        return event(n, settings, details: .members(("error", .string("Details left out: larger than 512 KB"))))
    }

    private static let largest = 512_000

    private static func event(_ n: AlertNotification, _ settings: PagerDutySettings, details: JSONValue) -> JSONValue {
        let key: [(String, JSONValue?)] = [
            ("routing_key", .string(settings.routingKey.value)), ("event_action", .string(n.action.rawValue)),
            ("dedup_key", .string(n.key)),
        ]
        guard n.action == .trigger else { return .object(key.compactMap { name, value in value.map { (name, $0) } }) }
        let links = [("Exemplar trace", n.example.traceURL), ("Runbook", n.runbook)].compactMap { text, url in
            MessageText.link(url).map { JSONValue.members(("href", .string($0)), ("text", .string(text))) }
        }
        let event: [(String, JSONValue?)] = [
            ("client", .string("agentdash")), ("client_url", MessageText.link(n.example.traceURL).map { .string($0) }),
            ("links", .array(links)), ("images", .array([])),
            (
                "payload",
                .members(
                    ("summary", .string(MessageText.line(summary(n), limit: 1024))),
                    ("source", .string(source(n))), ("severity", .string(severity(n.severity))),
                    ("timestamp", .string(MessageText.time(n.startsAt))), ("component", text(n.service)),
                    ("group", .string("agents")), ("class", text(n.metric)), ("custom_details", details))
            ),
        ]
        return .object((key + event).compactMap { name, value in value.map { (name, $0) } })
    }

    /// With the service and the prompt that it is about: pagers show nothing else.
    private static func summary(_ n: AlertNotification) -> String {
        let about = [n.service, n.example.promptVersion.isEmpty ? "" : "prompt \(n.example.promptVersion)"]
            .filter { !$0.isEmpty }
        return about.isEmpty ? n.summary : "\(n.summary) (\(about.joined(separator: ", ")))"
    }

    private static func source(_ n: AlertNotification) -> String {
        n.service.isEmpty ? "agentdash" : MessageText.line(n.service, limit: 1024)
    }

    private static func severity(_ severity: Severity) -> String {
        switch severity {
        case .p1: "critical"
        case .p2: "error"
        case .p3: "info"
        }
    }

    private static func details(_ n: AlertNotification) -> JSONValue {
        .members(
            ("session_id", text(n.example.sessionID)), ("trace_url", text(n.example.traceURL)),
            ("trace_id", n.example.traceURL.isEmpty ? text(n.example.traceID) : nil),
            ("prompt_version", text(n.example.promptVersion)), ("model_id", text(n.example.model)),
            ("agent_version", text(n.example.agentVersion)), ("rule", text(n.rule)),
            ("value", n.value.map { .number($0) }), ("threshold", n.threshold.map { .number($0) }),
            ("window_s", .number(Double(n.window) / 1_000_000)), ("n", .integer(n.requests)),
            ("slice", n.labels.isEmpty ? nil : NotificationDocument.labels(n.labels)),
            ("top_slice", text(n.topSlice)), ("runbook", text(n.runbook)),
            ("eval_cases", NotificationDocument.list(n.evalCases)), ("rollback", text(n.rollback)))
    }

    private static func text(_ text: String?) -> JSONValue? {
        guard let text, !text.isEmpty else { return nil }
        return .string(MessageText.line(text, limit: 4096))
    }
}
