import Export
import Monitoring

/// An issue of Jira's for one alert, found again by its label.
enum JiraIssue {
    /// `ALERT{32074a8429c31f17}`.
    static func label(_ n: AlertNotification) -> String { "ALERT{\(n.shortKey)}" }

    /// Of the issues with the alert's label those that are open.
    static func search(_ n: AlertNotification, _ settings: JiraSettings) -> HTTPRequest {
        let body = JSONValue.members(
            (
                "jql",
                .string(
                    "statusCategory != Done and project=\(quoted(settings.project)) and labels=\(quoted(label(n))) "
                        + "order by status ASC,resolutiondate DESC")
            ),
            ("fields", .array([.string("status")])), ("maxResults", .integer(2)))
        return request(.post, settings.version == 3 ? "search/jql" : "search", settings, body)
    }

    static func create(_ n: AlertNotification, _ settings: JiraSettings) -> HTTPRequest {
        let fields: [(String, JSONValue?)] = [
            ("project", .members(("key", .string(settings.project)))),
            ("issuetype", .members(("name", .string(settings.issueType)))),
            ("summary", .string(MessageText.line(n.headline(withService: true), limit: 255))),
            ("description", text(description(n), settings.version)),
            ("labels", .array([label(n), "agentdash", n.severity.rawValue.lowercased()].map { .string($0) })),
            ("priority", settings.setsPriority ? .members(("name", .string(priority(n.severity)))) : nil),
        ]
        let body = JSONValue.members(
            ("fields", .object(fields.compactMap { name, value in value.map { (name, $0) } })))
        return request(.post, "issue", settings, body)
    }

    static func comment(_ n: AlertNotification, on issue: String, _ settings: JiraSettings) -> HTTPRequest {
        let head: String
        switch n.action {
        case .trigger: head = "Still firing: \(MessageText.withoutLevel(n.summary)) (\(n.reason))"
        case .acknowledge: head = "Acknowledged"
        case .resolve: head = "Resolved at \(MessageText.time(n.endsAt ?? n.time))"
        }
        let lines = [MessageText.line(head, limit: 2048)] + (n.action == .trigger ? description(n) : [])
        return request(
            .post, "issue/\(issue)/comment", settings, .members(("body", text(lines, settings.version))))
    }

    static func transitions(of issue: String, _ settings: JiraSettings) -> HTTPRequest {
        request(.get, "issue/\(issue)/transitions", settings, nil)
    }

    static func transition(_ issue: String, to id: String, _ settings: JiraSettings) -> HTTPRequest {
        request(
            .post, "issue/\(issue)/transitions", settings,
            .members(("transition", .members(("id", .string(id))))))
    }

    /// A text as version 2 takes it, or as a document of version 3's (ADF), a paragraph a line.
    static func text(_ lines: [String], _ version: Int) -> JSONValue {
        guard version == 3 else { return .string(MessageText.lines(lines.joined(separator: "\n"), limit: 32_000)) }
        let paragraphs = lines.filter { !$0.isEmpty }.map { line in
            JSONValue.members(
                ("type", .string("paragraph")),
                ("content", .array([.members(("type", .string("text")), ("text", .string(line)))])))
        }
        return .members(("type", .string("doc")), ("version", .integer(1)), ("content", .array(paragraphs)))
    }

    static func description(_ n: AlertNotification) -> [String] { n.details }

    private static func request(
        _ method: HTTPRequest.Method, _ path: String, _ settings: JiraSettings, _ body: JSONValue?
    ) -> HTTPRequest {
        HTTPRequest(
            method: method, url: settings.url.appending("/rest/api/\(settings.version)/\(path)"),
            host: settings.url.host, credentials: settings.credentials, body: body)
    }

    private static func priority(_ severity: Severity) -> String {
        switch severity {
        case .p1: "Highest"
        case .p2: "High"
        case .p3: "Low"
        }
    }

    /// A string of JQL's.
    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
