/// Which format an object is of, by its keys.
struct FormatRecognition {
    private let keys = KeyIndex(Key.names)

    /// Keys that tell formats apart.
    private enum Key: Int {
        case resourceSpans, resourceLogs, resourceMetrics, resourceSpansSnake, resourceLogsSnake, resourceMetricsSnake
        case scopeSpans, scopeLogs, scopeMetrics, spanStart, spanStartSnake, span, context
        case litellmCall, callType, customProvider, spend
        case observations, parentObservation, parentObservationSnake, observationID, observationIDSnake
        case usageDetails, usageDetailsSnake, dataType, dataTypeSnake, source, value, level, trace, data
        case parentUUID, sessionID, message, summary, leaf, uuid
        case payload, type, timestamp, name, userAPIKey, projectID, traceName, startTime, startTimeSnake, traceID
        case traceIDSnake, spanID, stringValue, sessionSnake, tags

        static let names = [
            "resourceSpans", "resourceLogs", "resourceMetrics", "resource_spans", "resource_logs", "resource_metrics",
            "scopeSpans", "scopeLogs", "scopeMetrics", "startTimeUnixNano", "start_time_unix_nano", "span", "context",
            "litellm_call_id", "call_type", "custom_llm_provider", "spend", "observations", "parentObservationId",
            "parent_observation_id", "observationId", "observation_id", "usageDetails", "usage_details", "dataType",
            "data_type", "source", "value", "level", "trace", "data", "parentUuid", "sessionId", "message", "summary",
            "leafUuid", "uuid", "payload", "type", "timestamp", "name", "user_api_key", "project_id", "trace_name",
            "startTime", "start_time", "traceId", "trace_id", "spanId", "string_value", "session_id", "tags",
        ]
    }

    private struct Seen: OptionSet {
        let rawValue: UInt64

        init(rawValue: UInt64) { self.rawValue = rawValue }

        init(_ keys: Key...) { rawValue = keys.reduce(0) { $0 | 1 << UInt64($1.rawValue) } }

        func has(_ keys: Key...) -> Bool { keys.allSatisfy { rawValue & 1 << UInt64($0.rawValue) != 0 } }
        func hasOne(of keys: Key...) -> Bool { keys.contains { rawValue & 1 << UInt64($0.rawValue) != 0 } }
    }

    /// The format of the object at `node`; nil if it is of none that has a name.
    func format(_ document: borrowing JSONDocument, _ node: Int) -> WireFormat? {
        guard document.kind(node) == .object else { return nil }
        var seen = Seen()
        var places = InlineArray<64, Int>(repeating: -1)
        var cursor = MemberCursor(document, node)
        while let (key, value) = cursor.next(document) {
            guard let place = keys.find(document, key) else { continue }
            seen.formUnion(Seen(rawValue: 1 << UInt64(place)))
            places[place] = value
        }
        if isOTLP(seen, document, places) { return .otlp }
        if seen.has(.litellmCall) || seen.has(.callType, .customProvider) || seen.has(.callType, .spend) {
            return .litellm
        }
        if seen.has(.type, .payload), isCodexType(document, places[Key.type.rawValue]) { return .codex }
        if isClaudeCode(seen, document, places) { return .claudeCode }
        return isLangfuse(seen, document, places) ? .langfuse : nil
    }

    private func isOTLP(_ seen: Seen, _ document: borrowing JSONDocument, _ places: InlineArray<64, Int>) -> Bool {
        if seen.hasOne(
            of: .resourceSpans, .resourceLogs, .resourceMetrics, .resourceSpansSnake, .resourceLogsSnake,
            .resourceMetricsSnake, .scopeSpans, .scopeLogs, .scopeMetrics)
        {
            return true
        }
        if seen.has(.traceID, .spanStart) || seen.has(.traceIDSnake, .spanStartSnake) { return true }
        // A single span in a wrapper, and the console exporter's, which is to be told what it is.
        for key in [Key.span, .context] where seen.has(key) {
            let inner = places[key.rawValue]
            if document.value(inner, "traceId") ?? document.value(inner, "trace_id") != nil { return true }
        }
        return false
    }

    private func isCodexType(_ document: borrowing JSONDocument, _ node: Int) -> Bool {
        let types: [StaticString] = [
            "session_meta", "turn_context", "response_item", "event_msg", "compacted", "turn_started", "world_state",
        ]
        return types.contains { document.equals(node, $0) }
    }

    private func isClaudeCode(
        _ seen: Seen, _ document: borrowing JSONDocument, _ places: InlineArray<64, Int>
    ) -> Bool {
        if seen.hasOne(of: .parentUUID, .leaf) { return true }
        if seen.has(.type) {
            let types: [StaticString] = ["file-history-snapshot", "queue-operation", "custom-title"]
            if types.contains(where: { document.equals(places[Key.type.rawValue], $0) }) { return true }
        }
        if seen.has(.message) {
            let message = places[Key.message.rawValue]
            let hasRole = document.value(message, "role") != nil || document.value(message, "usage") != nil
            if hasRole || document.kind(message) == .object && isClaudeType(seen, document, places) { return true }
        }
        return seen.has(.sessionID, .type) && !seen.has(.startTime) && isClaudeType(seen, document, places)
    }

    private func isClaudeType(
        _ seen: Seen, _ document: borrowing JSONDocument, _ places: InlineArray<64, Int>
    ) -> Bool {
        guard seen.has(.type) else { return false }
        let types: [StaticString] = [
            "user", "assistant", "system", "summary", "file-history-snapshot", "queue-operation", "attachment",
            "custom-title", "progress",
        ]
        return types.contains { document.equals(places[Key.type.rawValue], $0) }
    }

    private func isLangfuse(
        _ seen: Seen, _ document: borrowing JSONDocument, _ places: InlineArray<64, Int>
    ) -> Bool {
        if seen.hasOne(of: .observations, .parentObservation, .parentObservationSnake) { return true }
        if seen.hasOne(of: .usageDetails, .usageDetailsSnake), seen.hasOne(of: .startTime, .startTimeSnake) {
            return true
        }
        // A page of traces or observations.
        if seen.has(.data) {
            var cursor = ElementCursor(document, places[Key.data.rawValue])
            if let first = cursor.next(document), document.kind(first) == .object {
                let keys: [StaticString] = ["observations", "parentObservationId", "observationId", "usageDetails"]
                return keys.contains { document.value(first, $0) != nil }
            }
            return false
        }
        let isScore = seen.has(.name) && seen.hasOne(of: .value, .stringValue) && seen.has(.source)
        if isScore, seen.hasOne(of: .dataType, .dataTypeSnake, .observationID, .observationIDSnake) { return true }
        // Rows of the traces table.
        return seen.has(.projectID) && seen.has(.timestamp) && seen.has(.name) && seen.hasOne(of: .sessionSnake, .tags)
    }
}
