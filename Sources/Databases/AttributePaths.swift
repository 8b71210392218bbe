/// What is looked for in the attributes of a span.
enum SpanAttribute: UInt8 {
    // Of the trace, from whichever span has it.
    case session, conversation, user
    case agent, service, environment, agentVersion, promptVersion, promptID, promptHash, variant, tag
    /// A member of `metadata`: a dimension of ours, or an attribute.
    case metadata
    // Of the span.
    case spanKind, model, requestedModel, provider, stopReason, tool, errorType, statusCode
    case exceptionType, statusMessage
    case outputValue
    /// Seconds.
    case timeToFirstToken
    // Tokens.
    case inputTokens, outputTokens, cachedInput, cacheWrite, reasoning
    /// Dollars.
    case cost
}

/// The paths of OpenInference, OpenTelemetry's GenAI conventions, OpenLLMetry and MLflow that are understood: a tree
/// of their segments. Node 0 is the root.
struct AttributePaths: Sendable {
    private struct Node {
        var segment: [UInt8]
        var children: [Int] = []
        var attribute: SpanAttribute?
        /// Every key is taken, whatever it is called.
        var anything = false
    }

    private var nodes = [Node(segment: [])]

    /// The attributes of a span.
    static let span = AttributePaths(spanPaths)

    private static let spanPaths: [(String, SpanAttribute)] = [
        ("session.id", .session), ("traceloop.association.properties.session_id", .session),
        ("gen_ai.conversation.id", .conversation), ("traceloop.association.properties.thread_id", .conversation),
        ("user.id", .user), ("enduser.id", .user), ("traceloop.association.properties.user_id", .user),
        ("agent.name", .agent), ("gen_ai.agent.name", .agent),
        ("service.name", .service),
        ("deployment.environment", .environment), ("deployment.environment.name", .environment),
        ("gen_ai.agent.version", .agentVersion), ("service.version", .agentVersion),
        ("llm.prompt_template.version", .promptVersion), ("gen_ai.prompt.version", .promptVersion),
        ("prompt.id", .promptID), ("gen_ai.prompt.name", .promptID),
        ("traceloop.prompt.version_hash", .promptHash),
        ("agentdash.variant", .variant), ("experiment.group", .variant), ("feature_flag.variant", .variant),
        ("tag.tags", .tag),
        ("metadata.*", .metadata), ("ai.telemetry.metadata.*", .metadata),
        ("openinference.span.kind", .spanKind), ("mlflow.spanType", .spanKind),
        ("llm.model_name", .model), ("llm.response.model_name", .model), ("gen_ai.response.model", .model),
        ("mlflow.llm.model", .model),
        ("llm.request.model_name", .requestedModel), ("gen_ai.request.model", .requestedModel),
        ("llm.provider", .provider), ("gen_ai.provider.name", .provider), ("gen_ai.system", .provider),
        ("mlflow.llm.provider", .provider),
        ("llm.finish_reason", .stopReason), ("gen_ai.response.finish_reasons", .stopReason),
        ("tool.name", .tool), ("gen_ai.tool.name", .tool),
        ("error.type", .errorType), ("http.response.status_code", .statusCode), ("http.status_code", .statusCode),
        ("exception.type", .exceptionType),
        ("output.value", .outputValue), ("mlflow.spanOutputs", .outputValue),
        ("gen_ai.response.time_to_first_chunk", .timeToFirstToken),
        ("llm.token_count.prompt", .inputTokens), ("gen_ai.usage.input_tokens", .inputTokens),
        ("gen_ai.usage.prompt_tokens", .inputTokens), ("mlflow.chat.tokenUsage.input_tokens", .inputTokens),
        ("llm.token_count.completion", .outputTokens), ("gen_ai.usage.output_tokens", .outputTokens),
        ("gen_ai.usage.completion_tokens", .outputTokens), ("mlflow.chat.tokenUsage.output_tokens", .outputTokens),
        ("llm.token_count.prompt_details.cache_read", .cachedInput),
        ("gen_ai.usage.cache_read.input_tokens", .cachedInput),
        ("mlflow.chat.tokenUsage.cache_read_input_tokens", .cachedInput),
        ("llm.token_count.prompt_details.cache_write", .cacheWrite),
        ("gen_ai.usage.cache_creation.input_tokens", .cacheWrite),
        ("gen_ai.usage.cache_write.input_tokens", .cacheWrite),
        ("mlflow.chat.tokenUsage.cache_creation_input_tokens", .cacheWrite),
        ("llm.token_count.completion_details.reasoning", .reasoning),
        ("gen_ai.usage.reasoning.output_tokens", .reasoning),
        ("llm.cost.total", .cost), ("gen_ai.usage.cost", .cost), ("mlflow.llm.cost.total_cost", .cost),
    ]

    /// The column `content` of MLflow's spans: the attributes stand one level deeper, the events beside them.
    static let content = AttributePaths(
        spanPaths.map { ("attributes." + $0.0, $0.1) } + [
            ("status.message", .statusMessage), ("events.attributes.exception.type", .exceptionType),
        ])

    /// The column `events` of Phoenix's spans.
    static let events = AttributePaths([("attributes.exception.type", .exceptionType)])

    init(_ paths: [(String, SpanAttribute)]) {
        for (path, attribute) in paths {
            var node = 0
            for segment in path.split(separator: ".") {
                if segment == "*" { nodes[node].anything = true }
                let bytes = Array(segment.utf8)
                if let child = nodes[node].children.first(where: { nodes[$0].segment == bytes }) {
                    node = child
                } else {
                    nodes.append(Node(segment: bytes))
                    nodes[node].children.append(nodes.count - 1)
                    node = nodes.count - 1
                }
            }
            nodes[node].attribute = attribute
        }
    }

    func attribute(_ node: Int) -> SpanAttribute? { nodes[node].attribute }
    func hasChildren(_ node: Int) -> Bool { !nodes[node].children.isEmpty }

    /// The node that a key leads to, over several segments where the key has dots in it, and the part of the key that
    /// is a name of its own where any name is taken.
    func child(of node: Int, named json: [UInt8], _ key: Range<Int>) -> (node: Int, name: Range<Int>)? {
        var node = node
        var start = key.lowerBound
        var position = start
        while true {
            if position == key.upperBound || json[position] == UInt8(ascii: ".") {
                if nodes[node].anything { return (nodes[node].children[0], start..<key.upperBound) }
                guard let next = step(from: node, json, start..<position) else { return nil }
                node = next
                if position == key.upperBound { return (node, 0..<0) }
                start = position + 1
            }
            position += 1
        }
    }

    private func step(from node: Int, _ json: [UInt8], _ segment: Range<Int>) -> Int? {
        search: for child in nodes[node].children {
            guard nodes[child].segment.count == segment.count else { continue }
            for offset in 0..<segment.count where nodes[child].segment[offset] != json[segment.lowerBound + offset] {
                continue search
            }
            return child
        }
        return nil
    }
}
