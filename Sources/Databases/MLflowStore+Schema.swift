// The queries for the columns of MLflow that are really there, and what they are taken for.

extension MLflowStore {
    static func tracesSQL(_ schema: StoreSchema) -> String {
        func column(_ name: String) -> String { schema.column("trace_info", name, as: "t") }
        let hasExperiments =
            schema.has("trace_info", "experiment_id") && schema.has("experiments", all: ["experiment_id", "name"])
        // The places of the columns are those that `eachTrace` names.
        return """
            SELECT t.rowid, t.request_id, t.timestamp_ms, \(column("execution_time_ms")), t.status,
              \(column("trace_name")), \(column("session_id")), \(column("input_tokens")), \(column("output_tokens")),
              \(column("cache_read_input_tokens")), \(column("cache_creation_input_tokens")), \(column("total_cost")),
              \(hasExperiments ? "e.name" : "NULL")
            FROM trace_info t \(hasExperiments ? "LEFT JOIN experiments e ON e.experiment_id = t.experiment_id" : "")
            WHERE t.rowid >= ? AND t.rowid <= ? ORDER BY t.rowid LIMIT ?
            """
    }

    static func spansSQL(_ schema: StoreSchema) -> String? {
        guard schema.has("spans", all: ["trace_id", "span_id", "start_time_unix_nano", "content"]) else { return nil }
        func column(_ name: String) -> String { schema.column("spans", name, as: "s") }
        return """
            SELECT s.span_id, \(column("parent_span_id")), \(column("name")), \(column("type")), \(column("status")),
              s.start_time_unix_nano, \(column("end_time_unix_nano")), s.content, \(column("total_cost")),
              \(column("model_name")), \(column("model_provider"))
            FROM spans s WHERE s.trace_id = ? ORDER BY s.rowid
            """
    }

    static let metadataSQL = """
        SELECT key, value, CASE WHEN json_valid(value) THEN json_extract(value, '$.input_tokens') END,
          CASE WHEN json_valid(value) THEN json_extract(value, '$.output_tokens') END
        FROM trace_request_metadata WHERE request_id = ?
          AND key IN ('mlflow.trace.session', 'mlflow.trace.user', 'mlflow.source.git.commit', 'mlflow.trace.tokenUsage')
        """

    static func annotationTables(_ schema: StoreSchema) -> [AnnotationTable] {
        let needed = ["trace_id", "name", "assessment_type", "value", "source_type", "last_updated_timestamp", "valid"]
        guard schema.has("assessments", all: needed) else { return [] }
        // Values are JSON: true, false, a number or a text.
        let columns = """
            a.rowid, t.rowid, a.trace_id, a.name,
            CASE WHEN json_valid(a.value) AND json_type(a.value) = 'text' THEN json_extract(a.value, '$') END,
            CASE WHEN json_valid(a.value) THEN CASE json_type(a.value) WHEN 'true' THEN 1 WHEN 'false' THEN 0
              WHEN 'integer' THEN json_extract(a.value, '$') WHEN 'real' THEN json_extract(a.value, '$') END END,
            a.source_type, a.last_updated_timestamp
            """
        let condition = "a.assessment_type = 'feedback' AND a.valid <> 0"
        return [
            AnnotationTable(
                name: "assessments", rowid: "rowid", updated: "last_updated_timestamp",
                ofTraces: """
                    SELECT \(columns) FROM trace_info t CROSS JOIN assessments a ON a.trace_id = t.request_id
                    WHERE t.rowid >= ? AND t.rowid <= ? AND a.rowid <= ? AND \(condition) ORDER BY t.rowid, a.rowid
                    """,
                ofChanges: """
                    SELECT \(columns) FROM assessments a CROSS JOIN trace_info t ON t.request_id = a.trace_id
                    WHERE \(condition)
                    """, isNumeric: true)
        ]
    }

    static func understanding(_ schema: StoreSchema) -> StoreUnderstanding {
        typealias Source = StoreUnderstanding.Source
        var sources = [
            Source("trace_id", "trace_info.request_id"),
            Source("end_time", "spans.end_time_unix_nano of the root, else trace_info", "ns, ms"),
            Source("latency_ms", "the root's span, else trace_info.execution_time_ms", "ns, ms"),
            Source("success", "trace_info.status", "IN_PROGRESS is no request yet"),
            Source("task_type", "trace_info.trace_name"),
            Source("input_tokens", "trace_info.input_tokens, else leaf spans"),
            Source("output_tokens", "trace_info.output_tokens, else leaf spans"),
            Source("cached_input_tokens", "trace_info.cache_read_input_tokens"),
            Source("cost_usd", "trace_info.total_cost, else leaf spans", "USD"),
            Source("session_id", "trace_info.session_id, metadata mlflow.trace.session"),
            Source("user_id", "metadata mlflow.trace.user"), Source("agent_version", "mlflow.source.git.commit"),
            Source("variant", "trace_tags variant"), Source("prompt_version", "trace_tags prompt_version"),
        ]
        if schema.has("spans") {
            sources += [
                Source("error_type", "spans.content events exception.type"), Source("model", "spans.model_name"),
                Source("provider", "spans.model_provider"), Source("tool_calls", "spans of type TOOL"),
            ]
        }
        if schema.has("assessments") { sources.append(Source("feedback", "assessments")) }
        let tables = [
            "trace_info", "spans", "trace_tags", "trace_request_metadata", "experiments", "assessments",
        ]
        return StoreUnderstanding(kind: "MLflow", tables: tables.filter(schema.has), sources: sources)
            .listingMissing()
    }
}
