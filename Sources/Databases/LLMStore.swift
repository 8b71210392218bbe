/// The log of Simon Willison's `llm` (`logs.db`), in both its generations: `responses`, and since 0.36 `turns`. A turn is
/// a request.
enum LLMStore {
    static func make(_ schema: StoreSchema) -> FlatStore? {
        var strands: [FlatStrand] = []
        var tables: [String] = []
        if schema.has("turns", all: ["id", "thread_id", "model", "datetime_utc"]) {
            strands.append(strand(turns(schema)))
            tables += ["turns"] + ["parts"].filter(schema.has)
        }
        if schema.has("responses", all: ["id", "model", "datetime_utc", "duration_ms"]) {
            strands.append(strand(responses(schema)))
            tables += ["responses"] + ["tool_calls"].filter(schema.has)
        }
        guard let table = tables.first else { return nil }
        typealias Source = StoreUnderstanding.Source
        let understanding = StoreUnderstanding(
            kind: "llm", tables: tables,
            sources: [
                Source("trace_id", "\(table).id"), Source("start_time", "\(table).datetime_utc", "text with zone"),
                Source("latency_ms", "\(table).duration_ms", "ms"), Source("input_tokens", "\(table).input_tokens"),
                Source("output_tokens", "\(table).output_tokens"),
                Source("cached_input_tokens", "\(table).token_details"),
                Source("model", "\(table).resolved_model, else model"),
                Source("session_id", table == "turns" ? "turns.thread_id" : "responses.conversation_id"),
                Source("success", "every row", "llm logs no failed calls"),
                Source("tool_calls", table == "turns" ? "parts.tool_name" : "tool_calls.name"),
            ])
        return FlatStore(kind: "llm", strands: strands, understanding: understanding.listingMissing())
    }

    /// Columns, by the field that they are.
    private typealias Columns = [(field: String, expression: String)]

    private static func strand(_ query: (columns: Columns, rest: String)) -> FlatStrand {
        let list = query.columns.map { "\($0.expression) AS \"\($0.field)\"" }.joined(separator: ", ")
        return FlatStrand(
            query: "SELECT \(list) FROM \(query.rest)", names: query.columns.map(\.field), cursor: 0)
    }

    private static func common(_ schema: StoreSchema, _ table: String, session: String) -> Columns {
        func column(_ name: String) -> String { schema.column(table, name, as: "r") }
        func detail(_ paths: String...) -> String {
            let values = paths.map { "json_extract(r.token_details, '\($0)')" }.joined(separator: ", ")
            // Checked first: broken JSON would fail the whole statement.
            return schema.has(table, "token_details")
                ? "CASE WHEN json_valid(r.token_details) THEN coalesce(\(values), NULL) END" : "NULL"
        }
        return [
            ("rowid", "r.rowid"), ("trace_id", "r.id"), ("start_time", "r.datetime_utc"),
            ("latency_ms", "max(\(column("duration_ms")), 0)"), ("input_tokens", column("input_tokens")),
            ("output_tokens", column("output_tokens")),
            ("cached_input_tokens", detail("$.cached", "$.prompt_tokens_details.cached_tokens")),
            ("reasoning_tokens", detail("$.reasoning", "$.completion_tokens_details.reasoning_tokens")),
            ("model", "coalesce(nullif(\(column("resolved_model")), ''), r.model)"),
            ("session_id", session), ("conversation_id", session), ("success", "1"),
        ]
    }

    private static func turns(_ schema: StoreSchema) -> (Columns, String) {
        var columns = common(schema, "turns", session: "r.thread_id")
        let hasParts = schema.has("parts", all: ["message_hash", "type", "tool_name", "text"])
        if hasParts, schema.has("turns", "tip_message_hash") {
            let parts = "FROM parts p WHERE p.message_hash = r.tip_message_hash AND p.type"
            let calls = "SELECT json_group_array(json_object('name', p.tool_name)) \(parts) = 'tool_call'"
            columns.append(("tool_calls", "(\(calls))"))
            columns.append(("output_length", "(SELECT sum(length(p.text)) \(parts) = 'text')"))
        }
        return (columns, "turns r")
    }

    private static func responses(_ schema: StoreSchema) -> (Columns, String) {
        let session = schema.column("responses", "conversation_id", as: "r")
        var columns = common(schema, "responses", session: session)
        if schema.has("responses", "response") {
            columns.append(("output_length", "length(r.response)"))
            columns.append(("final_output", "CASE WHEN r.response <> '' THEN 1 END"))
        }
        var rest = "responses r"
        if schema.has("tool_calls", all: ["response_id", "name"]) {
            // Gathered once a statement: no index leads from a response to its calls.
            columns.append(("tool_calls", "calls.list"))
            rest += """
                 LEFT JOIN (SELECT response_id, json_group_array(json_object('name', name)) AS list
                FROM tool_calls GROUP BY response_id) calls ON calls.response_id = r.id
                """
        }
        // A log that was carried over has the same call in both.
        if schema.has("turns") { rest += " WHERE NOT EXISTS (SELECT 1 FROM turns t WHERE t.id = r.id)" }
        return (columns, rest)
    }
}
