// The queries for the columns of Phoenix that are really there, and what they are taken for.

extension PhoenixStore {
    static func annotationTables(_ schema: StoreSchema) -> [AnnotationTable] {
        let needed = ["id", "name", "label", "score", "annotator_kind", "updated_at"]
        let columns = "a.id, t.id, t.trace_id, a.name, a.label, a.score, a.annotator_kind, a.updated_at"
        // CROSS JOIN fixes the order: from a few traces to their annotations, never through all annotations.
        func table(_ name: String, from traces: String, to change: String) -> AnnotationTable {
            AnnotationTable(
                name: name, rowid: "id", updated: "updated_at",
                ofTraces: """
                    SELECT \(columns) FROM traces t \(traces)
                    WHERE t.id >= ? AND t.id <= ? AND a.id <= ? ORDER BY t.id, a.id
                    """,
                ofChanges: "SELECT \(columns) FROM \(name) a \(change) WHERE true")
        }
        var tables: [AnnotationTable] = []
        if schema.has("span_annotations", all: needed + ["span_rowid"]) {
            tables.append(
                table(
                    "span_annotations",
                    from:
                        "CROSS JOIN spans s ON s.trace_rowid = t.id CROSS JOIN span_annotations a ON a.span_rowid = s.id",
                    to: "CROSS JOIN spans s ON s.id = a.span_rowid CROSS JOIN traces t ON t.id = s.trace_rowid"))
        }
        if schema.has("trace_annotations", all: needed + ["trace_rowid"]) {
            tables.append(
                table(
                    "trace_annotations", from: "CROSS JOIN trace_annotations a ON a.trace_rowid = t.id",
                    to: "CROSS JOIN traces t ON t.id = a.trace_rowid"))
        }
        return tables
    }

    static func spansSQL(_ schema: StoreSchema, hasCosts: Bool) -> String {
        let hasSessions =
            schema.has("traces", "project_session_rowid") && schema.has("project_sessions", all: ["id", "session_id"])
        let hasProjects = schema.has("traces", "project_rowid") && schema.has("projects", all: ["id", "name"])
        func span(_ name: String) -> String { schema.column("spans", name, as: "s") }
        let cost =
            hasCosts
            ? "(SELECT sum(c.total_cost) FROM span_costs c WHERE c.span_rowid = s.id AND c.id <= ?)" : "NULL"
        // The places of the columns are those that `readSpan` names.
        return """
            SELECT t.id, t.trace_id, \(hasSessions ? "ps.session_id" : "NULL"), \(hasProjects ? "p.name" : "NULL"),
              s.span_id, \(span("parent_id")), \(span("name")), \(span("span_kind")), s.start_time, s.end_time,
              \(span("status_code")), \(span("status_message")), s.attributes,
              \(span("llm_token_count_prompt")), \(span("llm_token_count_completion")), \(cost), \(span("events"))
            FROM traces t CROSS JOIN spans s ON s.trace_rowid = t.id
            \(hasSessions ? "LEFT JOIN project_sessions ps ON ps.id = t.project_session_rowid" : "")
            \(hasProjects ? "LEFT JOIN projects p ON p.id = t.project_rowid" : "")
            WHERE t.id >= ? AND t.id <= ? AND s.id <= ? ORDER BY t.id, s.id
            """
    }

    static func understanding(
        _ schema: StoreSchema, hasCosts: Bool, annotations: AnnotationFollower
    ) -> StoreUnderstanding {
        typealias Source = StoreUnderstanding.Source
        var sources = [
            Source("trace_id", "traces.trace_id"),
            Source("end_time", "spans.end_time of the root", "text, UTC, µs"),
            Source("latency_ms", "spans.end_time − start_time of the root", "text, UTC, µs"),
            Source("success", "spans.status_code of the root", "ERROR failed, UNSET and OK not"),
            Source("error_type", "events[].attributes.exception.type"),
            Source("model", "attributes.llm.model_name"), Source("provider", "attributes.llm.provider"),
            Source("stop_reason", "attributes.llm.finish_reason"),
            Source("user_id", "attributes.user.id"), Source("variant", "attributes.metadata.variant, tag.tags"),
            Source("prompt_version", "attributes.llm.prompt_template.version, prompt.id"),
            Source("task_type", "attributes.metadata.task_type, else the root's name"),
            Source("tool_calls", "spans of kind TOOL"),
            Source("cached_input_tokens", "attributes.llm.token_count.prompt_details.cache_read"),
            Source("ttft_ms", "attributes.gen_ai.response.time_to_first_chunk", "s"),
        ]
        let columns = schema.has("spans", "llm_token_count_prompt")
        let counts = columns ? "spans.llm_token_count" : "attributes.llm.token_count"
        sources.append(Source("input_tokens", counts + (columns ? "_prompt" : ".prompt"), "leaf model spans"))
        sources.append(Source("output_tokens", counts + (columns ? "_completion" : ".completion"), "leaf model spans"))
        sources.append(Source("cost_usd", hasCosts ? "span_costs.total_cost" : "attributes.llm.cost.total", "USD"))
        sources.append(Source("session_id", "attributes.session.id, project_sessions.session_id"))
        if annotations.isThere { sources.append(Source("feedback", "span_annotations, trace_annotations")) }
        let tables = [
            "traces", "spans", "span_costs", "project_sessions", "projects", "span_annotations", "trace_annotations",
        ]
        return StoreUnderstanding(kind: "Phoenix", tables: tables.filter(schema.has), sources: sources)
            .listingMissing()
    }
}
