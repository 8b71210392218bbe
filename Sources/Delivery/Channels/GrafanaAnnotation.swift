import Export
import Monitoring
import Store

/// A mark on Grafana's charts, from an alert's beginning to its end.
enum GrafanaAnnotation {
    /// Names one episode of one alert.
    static func tag(_ n: AlertNotification) -> String { "agentdash-\(n.shortKey)-\(n.startsAt / 1000)" }

    static func search(_ n: AlertNotification, _ settings: GrafanaSettings) -> HTTPRequest {
        request(.get, "?tags=\(tag(n))&limit=1", settings, nil)
    }

    /// - Returns: the body of a new one.
    static func body(_ n: AlertNotification, _ settings: GrafanaSettings) -> JSONValue {
        let tags = ["agentdash", tag(n), n.severity.rawValue, n.rule] + settings.tags
        return .members(
            ("dashboardUID", settings.dashboardUID.map { .string($0) }),
            ("panelId", settings.panelID.map { .integer($0) }),
            ("time", .integer(n.startsAt / 1000)), ("timeEnd", n.endsAt.map { .integer($0 / 1000) }),
            ("tags", .array(tags.map { .string(MessageText.line($0, limit: 100)) })),
            ("text", .string(text(n))))
    }

    static func create(_ n: AlertNotification, _ settings: GrafanaSettings) -> HTTPRequest {
        request(.post, "", settings, body(n, settings))
    }

    static func end(_ n: AlertNotification, _ id: Int64, _ settings: GrafanaSettings) -> HTTPRequest {
        request(.patch, "/\(id)", settings, .members(("timeEnd", .integer((n.endsAt ?? n.time) / 1000))))
    }

    /// Grafana shows it as HTML, which it sanitizes; we leave it nothing to do.
    private static func text(_ n: AlertNotification) -> String {
        let lines = ["\(n.severity.rawValue) \(n.rule): \(MessageText.withoutLevel(n.summary))"] + n.details
        return MessageText.lines(lines.joined(separator: "\n"), limit: 8000)
            .replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    }

    private static func request(
        _ method: HTTPRequest.Method, _ path: String, _ settings: GrafanaSettings, _ body: JSONValue?
    ) -> HTTPRequest {
        HTTPRequest(
            method: method, url: settings.url.appending("/api/annotations\(path)"), host: settings.url.host,
            credentials: .bearer(settings.token), body: body)
    }
}

/// Marks an alert's beginning once, and its end on the same mark.
struct GrafanaConversation: Conversation {
    private let notification: AlertNotification
    private let settings: GrafanaSettings
    private let redaction: Redaction
    private var stage = Stage.beginning

    private enum Stage { case beginning, searching, writing }

    private struct Annotation: Decodable { var id: Int64 }

    init(_ notification: AlertNotification, _ settings: GrafanaSettings, _ redaction: Redaction) {
        self.notification = notification
        self.settings = settings
        self.redaction = redaction
    }

    mutating func next(_ reply: HTTPReply?) -> ConversationStep {
        if let reply, !reply.isSuccess { return .end(reply.result(redaction)) }
        switch stage {
        case .beginning:
            // Nobody looks for acknowledgements on a chart.
            guard notification.action != .acknowledge else { return .end(.delivered("nothing to mark")) }
            stage = .searching
            return .send(GrafanaAnnotation.search(notification, settings))
        case .searching:
            guard let found = StoredJSON.value([Annotation].self, from: reply?.body ?? []) else {
                let reason = "the answer holds no annotations: is \(settings.url.host) a Grafana?"
                return .end(.failed(AttemptFailure(reason)))
            }
            stage = .writing
            switch (found.first, notification.action) {
            case (let mark?, .resolve): return .send(GrafanaAnnotation.end(notification, mark.id, settings))
            case (.some, _): return .end(.delivered("marked already"))
            case (nil, _): return .send(GrafanaAnnotation.create(notification, settings))
            }
        case .writing: return .end(.delivered("HTTP \(reply?.status ?? 0)"))
        }
    }
}
