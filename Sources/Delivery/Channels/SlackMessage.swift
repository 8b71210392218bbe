import Export
import Monitoring

/// A message with one attachment for an incoming webhook of Slack's.
enum SlackMessage {
    static func request(_ notification: AlertNotification, _ settings: SlackSettings) -> HTTPRequest {
        HTTPRequest(method: .post, url: settings.url.url.value, host: settings.url.host, body: body(notification))
    }

    static func body(_ n: AlertNotification) -> JSONValue {
        let fields =
            [
                field("Session", n.example.sessionID), field("Prompt", n.example.promptVersion),
                field("Model", n.example.model), field("Worst slice", n.topSlice),
                field("Slice", n.sliceText),
                link("Runbook", n.runbook), field("Eval cases", n.evalCasesText),
                field("Rollback", n.rollback),
            ].compactMap(\.self)
        return .members(
            ("text", .string(escaped(n.headline(withService: true), limit: 3000))),
            (
                "attachments",
                .array([
                    .members(
                        ("color", .string(colour(n))),
                        ("fallback", .string(escaped(n.headline(withService: false), limit: 1024))),
                        ("title", .string(escaped(title(n), limit: 1024))),
                        ("title_link", MessageText.link(n.example.traceURL).map { .string($0) }),
                        ("text", .string(([escaped(text(n), limit: 3000)] + digest(n)).joined(separator: "\n"))),
                        ("mrkdwn_in", .array(["fallback", "pretext", "text"].map { .string($0) })),
                        ("fields", .array(fields)))
                ])
            ))
    }

    private static func title(_ n: AlertNotification) -> String {
        let title = "\(n.severity.rawValue) \(n.rule)"
        switch n.action {
        case .trigger: return title
        case .acknowledge: return "ACKNOWLEDGED \(title)"
        case .resolve: return "RESOLVED \(title)"
        }
    }

    private static func text(_ n: AlertNotification) -> String {
        let summary = MessageText.withoutLevel(n.summary)
        // The first time nobody asks why.
        guard n.action == .trigger, !n.reason.isEmpty, n.reason != "first notification" else { return summary }
        return "\(summary) (\(n.reason))"
    }

    /// As many lines as a message takes.
    private static func digest(_ n: AlertNotification) -> [String] {
        let lines = n.digestLines
        return lines.prefix(20).map { escaped("• \($0)", limit: 300) }
            + (lines.count > 20 ? ["and \(lines.count - 20) more"] : [])
    }

    /// The requirements' colours for critical, warning and info; Slack's own green for what is over.
    private static func colour(_ n: AlertNotification) -> String {
        switch (n.action, n.severity) {
        case (.resolve, _): "good"
        case (.acknowledge, _): "#808080"
        case (.trigger, .p1): "#FF0000"
        case (.trigger, .p2): "#FFA500"
        case (.trigger, .p3): "#0000FF"
        }
    }

    private static func field(_ title: String, _ text: String?) -> JSONValue? {
        guard let text, !text.isEmpty else { return nil }
        return .members(
            ("title", .string(title)), ("value", .string(escaped(text, limit: 1024))), ("short", .bool(true)))
    }

    /// What is no address is shown as it is.
    private static func link(_ title: String, _ text: String?) -> JSONValue? {
        guard let url = MessageText.link(text), !url.contains(where: { "|<>".contains($0) }) else {
            return field(title, text)
        }
        return .members(("title", .string(title)), ("value", .string("<\(url)|open>")), ("short", .bool(true)))
    }

    /// Without a `<`, which would begin a mention of everybody.
    private static func escaped(_ text: String, limit: Int) -> String {
        MessageText.line(text, limit: limit).replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    }
}
