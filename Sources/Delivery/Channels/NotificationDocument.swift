import Export
import Monitoring
import Statistics

extension AlertNotification {
    /// What an alert is called by receivers: SHA-256 of its identity in 64 hexadecimal digits, the same in every process and run.
    var key: String { SHA256.hexadecimal(Array(identity.utf8)) }

    /// The first 16 digits of the key: enough for labels and tags.
    var shortKey: String { String(key.prefix(16)) }

    /// `P2 elevated_error_rate: 15.0% > 10%`, with the service behind it where there is one.
    func headline(withService: Bool) -> String {
        let text = "\(severity.rawValue) \(rule): \(symptom)"
        let service = withService && !service.isEmpty ? " (\(service))" : ""
        switch action {
        case .trigger: return text + service
        case .acknowledge: return "ACKNOWLEDGED \(text)\(service)"
        case .resolve: return "RESOLVED \(text)\(service)"
        }
    }

    /// `locale=de, task_type=refund`.
    var sliceText: String {
        labels.sorted { $0.key < $1.key }.prefix(64)
            .map { "\(MessageText.line($0.key, limit: 256))=\(MessageText.line($0.value, limit: 1024))" }
            .joined(separator: ", ")
    }

    /// `billing-041, billing-048`.
    var evalCasesText: String {
        evalCases.prefix(100).map { MessageText.line($0, limit: 256) }.joined(separator: ", ")
    }

    /// What the reader needs, a line each: number against threshold first, what undoes it last.
    var details: [String] {
        var lines: [String] = []
        if let value {
            var parts = ["Value \(MessageText.number(value))"]
            if let threshold { parts.append("threshold \(MessageText.number(threshold))") }
            if requests > 0 { parts.append("n=\(requests)") }
            lines.append(parts.joined(separator: ", "))
        } else if requests > 0 {
            lines.append("n=\(requests)")
        }
        func add(_ name: String, _ text: String?) {
            if let text, !text.isEmpty { lines.append("\(name): \(MessageText.line(text, limit: 1024))") }
        }
        add("Slice", sliceText)
        add("Worst", topSlice)
        add("Session", example.sessionID)
        add("Trace", example.traceURL.isEmpty ? example.traceID : example.traceURL)
        add("Prompt", example.promptVersion)
        add("Model", example.model)
        add("Agent version", example.agentVersion)
        add("Runbook", runbook)
        add("Verify eval cases", evalCasesText)
        add("Rollback", rollback)
        return lines + digestLines
    }

    /// A line for each alert of a digest.
    var digestLines: [String] {
        guard let digest else { return [] }
        return digest.lines.map { MessageText.line($0.text, limit: 1024) } + (digest.hasMore ? ["and more"] : [])
    }
}

/// A notification as our own JSON: what commands read and files hold. Keys are stable; what is not known is absent.
enum NotificationDocument {
    static func json(_ n: AlertNotification) -> JSONValue {
        func text(_ text: String?) -> JSONValue? {
            guard let text, !text.isEmpty else { return nil }
            return .string(MessageText.line(text, limit: 4096))
        }
        return .members(
            ("schema", .integer(1)), ("type", .string("alert_notification")), ("action", .string(n.action.rawValue)),
            ("key", .string(n.key)), ("identity", text(n.identity)), ("reason", text(n.reason)),
            ("rule", text(n.rule)), ("severity", .string(n.severity.rawValue)), ("service", text(n.service)),
            ("summary", text(n.summary)), ("symptom", text(n.symptom)), ("metric", text(n.metric)),
            ("value", n.value.map { .number($0) }), ("threshold", n.threshold.map { .number($0) }),
            ("window_s", .number(Double(n.window) / 1_000_000)), ("requests", .integer(n.requests)),
            ("labels", n.labels.isEmpty ? nil : Self.labels(n.labels)),
            ("starts_at", .string(MessageText.time(n.startsAt))),
            ("ends_at", n.endsAt.map { .string(MessageText.time($0)) }),
            ("time", .string(MessageText.time(n.time))), ("top_slice", text(n.topSlice)),
            ("session_id", text(n.example.sessionID)), ("trace_id", text(n.example.traceID)),
            ("trace_url", text(n.example.traceURL)), ("prompt_version", text(n.example.promptVersion)),
            ("model_id", text(n.example.model)), ("agent_version", text(n.example.agentVersion)),
            ("runbook", text(n.runbook)), ("eval_cases", Self.list(n.evalCases)), ("rollback", text(n.rollback)),
            (
                "digest",
                n.digest.map {
                    .array(
                        $0.lines.map { line in
                            .members(
                                ("rule", text(line.rule)),
                                ("labels", line.labels.isEmpty ? nil : Self.labels(line.labels)),
                                ("times", .integer(Int64(line.times))), ("has_more", line.hasMore ? .bool(true) : nil),
                                ("firing_s", .number(Double(line.firing) / 1_000_000)),
                                ("since", .string(MessageText.time(line.since))),
                                ("until", line.until.map { .string(MessageText.time($0)) }),
                                ("symptom", text(line.symptom)),
                                ("summary", text(line.summary)))
                        })
                }
            ))
    }

    /// At most 64 labels, sorted.
    static func labels(_ labels: [String: String]) -> JSONValue {
        .object(
            labels.sorted { $0.key < $1.key }.prefix(64).map {
                (MessageText.line($0.key, limit: 256), .string(MessageText.line($0.value, limit: 1024)))
            })
    }

    /// At most 100 of them; nil for none.
    static func list(_ texts: [String]) -> JSONValue? {
        texts.isEmpty ? nil : .array(texts.prefix(100).map { .string(MessageText.line($0, limit: 256)) })
    }
}
