/// What the conventions' words for a span's operation say it does.
enum SpanRoles {
    /// `gen_ai.operation.name`, `openinference.span.kind`, `traceloop.span.kind`, `llm.request.type`, `ai.operationId`
    /// and Langfuse's types, whatever their case.
    static func role(of operation: String) -> SpanRole {
        let name = operation.lowercased()
        // The Vercel AI SDK repeats the usage of a call in the span around it.
        if name.hasPrefix("ai.") {
            if name.hasSuffix(".dogenerate") || name.hasSuffix(".dostream") { return .model }
            if name.hasSuffix(".doembed") { return .retrieval }
            return name.hasPrefix("ai.toolcall") ? .tool : .chain
        }
        switch name {
        case "chat", "text_completion", "generate_content", "llm", "completion", "generation", "inference", "responses":
            return .model
        case "execute_tool", "tool", "function": return .tool
        case "embeddings", "embedding", "retrieval", "retriever", "reranker", "rerank": return .retrieval
        case "invoke_agent", "create_agent", "agent": return .agent
        case "invoke_workflow", "workflow", "task", "chain", "plan", "evaluator", "guardrail", "prompt", "span",
            "event":
            return .chain
        case "unknown": return .unknown
        default: break
        }
        switch OperationKinds.kind(named: name) {
        case .model: return .model
        case .tool: return .tool
        case .retrieval: return .retrieval
        case .other: return .unknown
        }
    }
}
