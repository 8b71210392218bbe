import Export
import Monitoring

/// An alert as Alertmanager knows it, for its API v2 and for its webhooks.
enum AlertmanagerAlert {
    /// µs after which Alertmanager takes an alert for resolved that wasn't sent again.
    static let validity: Int64 = 300_000_000

    /// - Parameter now: µs since 1970, when it is sent: an alert that fires ends `validity` later unless it is sent again.
    static func request(
        _ notification: AlertNotification, _ settings: AlertmanagerSettings, now: Int64
    ) -> HTTPRequest {
        HTTPRequest(
            method: .post, url: settings.url.appending("/api/v2/alerts"), host: settings.url.host,
            credentials: settings.credentials, body: body(notification, now: now))
    }

    static func body(_ n: AlertNotification, now: Int64) -> JSONValue {
        let end = n.action == .resolve ? min(n.endsAt ?? now, now) : max(n.startsAt, now) + validity
        return .array([
            .members(
                ("labels", .object(labels(n).map { ($0, .string($1)) })), ("annotations", annotations(n)),
                ("startsAt", .string(MessageText.time(n.startsAt))), ("endsAt", .string(MessageText.time(end))),
                ("generatorURL", MessageText.link(n.example.traceURL).map { .string($0) }))
        ])
    }

    /// Which alert it is. What changes while it fires must not be among them: it would be another alert.
    ///
    /// - Returns: sorted by name.
    static func labels(_ n: AlertNotification) -> [(name: String, value: String)] {
        var labels: [String: String] = [:]
        for (name, value) in n.labels.sorted(by: { $0.key < $1.key }).prefix(64) {
            labels[labelName(name)] = value
        }
        labels["alertname"] = n.rule
        labels["severity"] = n.severity.rawValue
        labels["service"] = n.service
        return labels.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
            .map { ($0.key, MessageText.line($0.value, limit: 1024)) }
    }

    /// What the reader needs and no label says.
    ///
    /// - Parameter withTrace: false where the generator's address stands for it.
    static func annotations(_ n: AlertNotification, withTrace: Bool = true) -> JSONValue {
        let names = Set(n.labels.keys)
        let known: [(String, String?)] = [
            ("summary", MessageText.withoutLevel(n.summary)), ("session_id", n.example.sessionID),
            ("trace_url", withTrace ? n.example.traceURL : nil), ("prompt_version", n.example.promptVersion),
            ("model_id", n.example.model), ("agent_version", n.example.agentVersion), ("top_slice", n.topSlice),
            ("runbook_url", n.runbook), ("eval_cases", n.evalCasesText),
            ("rollback", n.rollback),
        ]
        return .object(
            known.compactMap { name, text in
                guard let text, !text.isEmpty, !names.contains(name) else { return nil }
                return (name, .string(MessageText.line(text, limit: 4096)))
            })
    }

    /// `[a-zA-Z_][a-zA-Z0-9_]*`.
    private static func labelName(_ name: String) -> String {
        let letters = name.prefix(128).unicodeScalars.map { scalar -> Character in
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            return isPlain ? Character(scalar) : "_"
        }
        let text = String(letters)
        return text.first.map { $0.isNumber } ?? true ? "_" + text : text
    }
}
