/// What an attribute of a span or resource says about its request.
enum AttributeMeaning {
    case name(Dimension)
    case inputTokens, outputTokens, cachedTokens, cacheWriteTokens, reasoningTokens
    /// Dollars: of the whole, of the input or the output alone.
    case cost, costPart
    /// In 10^`power` µs.
    case timeToFirstToken(power: Int)
    case session, conversation, user
    case operation, spanKind, requestType, vercelOperation
    case tool, entity
    case errorType, statusCode, stopReason
    /// An object, or one as JSON in a text, whose keys are free.
    case metadata
    /// A list of words.
    case tags
    case environment
    case corrected, escalated, flags
}

/// One attribute's name, what it means, and which of several that mean the same counts: the lowest rank.
struct AttributeRule {
    var key: String
    var field: Field
    var meaning: AttributeMeaning
    var rank: UInt8
    var unit = ""

    init(_ key: String, _ field: Field, _ meaning: AttributeMeaning, _ rank: UInt8 = 0, unit: String = "") {
        self.key = key
        self.field = field
        self.meaning = meaning
        self.rank = rank
        self.unit = unit
    }

    /// GenAI conventions of three generations, OpenInference, OpenLLMetry (Traceloop), the Vercel AI SDK, and what
    /// resources say.
    static let all: [AttributeRule] = usage + identity + roles + resource

    private static let usage: [AttributeRule] = [
        .init("gen_ai.usage.input_tokens", .inputTokens, .inputTokens),
        .init("gen_ai.usage.prompt_tokens", .inputTokens, .inputTokens, 1),
        .init("llm.token_count.prompt", .inputTokens, .inputTokens, 1),
        .init("ai.usage.inputTokens", .inputTokens, .inputTokens, 2),
        .init("ai.usage.promptTokens", .inputTokens, .inputTokens, 3),
        .init("llm.usage.prompt_tokens", .inputTokens, .inputTokens, 4),
        .init("gen_ai.usage.output_tokens", .outputTokens, .outputTokens),
        .init("gen_ai.usage.completion_tokens", .outputTokens, .outputTokens, 1),
        .init("llm.token_count.completion", .outputTokens, .outputTokens, 1),
        .init("ai.usage.outputTokens", .outputTokens, .outputTokens, 2),
        .init("ai.usage.completionTokens", .outputTokens, .outputTokens, 3),
        .init("llm.usage.completion_tokens", .outputTokens, .outputTokens, 4),
        .init("gen_ai.usage.cache_read.input_tokens", .cachedInputTokens, .cachedTokens),
        .init("gen_ai.usage.cache_read_input_tokens", .cachedInputTokens, .cachedTokens, 1),
        .init("llm.token_count.prompt_details.cache_read", .cachedInputTokens, .cachedTokens, 1),
        .init("llm.token_count.prompt_details.cache_input", .cachedInputTokens, .cachedTokens, 2),
        .init("ai.usage.cachedInputTokens", .cachedInputTokens, .cachedTokens, 2),
        .init("gen_ai.usage.cache_write.input_tokens", .cacheWriteTokens, .cacheWriteTokens),
        .init("gen_ai.usage.cache_creation.input_tokens", .cacheWriteTokens, .cacheWriteTokens, 1),
        .init("gen_ai.usage.cache_creation_input_tokens", .cacheWriteTokens, .cacheWriteTokens, 2),
        .init("llm.token_count.prompt_details.cache_write", .cacheWriteTokens, .cacheWriteTokens, 2),
        .init("gen_ai.usage.reasoning.output_tokens", .reasoningTokens, .reasoningTokens),
        .init("llm.token_count.completion_details.reasoning", .reasoningTokens, .reasoningTokens, 1),
        .init("ai.usage.reasoningTokens", .reasoningTokens, .reasoningTokens, 2),
        .init("gen_ai.usage.cost", .cost, .cost, unit: "$"),
        .init("llm.cost.total", .cost, .cost, 1, unit: "$"),
        .init("gen_ai.usage.total_cost", .cost, .cost, 2, unit: "$"),
        .init("gen_ai.usage.input_cost", .cost, .costPart, unit: "$"),
        .init("gen_ai.usage.output_cost", .cost, .costPart, unit: "$"),
        .init("llm.cost.prompt", .cost, .costPart, 1, unit: "$"),
        .init("llm.cost.completion", .cost, .costPart, 1, unit: "$"),
        .init("gen_ai.response.time_to_first_chunk", .timeToFirstToken, .timeToFirstToken(power: 6), unit: "s"),
        .init("gen_ai.server.time_to_first_token", .timeToFirstToken, .timeToFirstToken(power: 6), 1, unit: "s"),
        .init("ai.response.msToFirstChunk", .timeToFirstToken, .timeToFirstToken(power: 3), 2, unit: "ms"),
        .init("ai.stream.msToFirstChunk", .timeToFirstToken, .timeToFirstToken(power: 3), 3, unit: "ms"),
    ]

    private static let identity: [AttributeRule] = [
        .init("session.id", .sessionID, .session),
        .init("gen_ai.session.id", .sessionID, .session, 1),
        .init("gen_ai.conversation.id", .conversationID, .conversation),
        .init("user.id", .userID, .user),
        .init("enduser.id", .userID, .user, 1),
        .init("user.account_uuid", .userID, .user, 2),
        .init("gen_ai.response.model", .model, .name(.model)),
        .init("llm.response.model_name", .model, .name(.model)),
        .init("ai.response.model", .model, .name(.model), 1),
        .init("llm.model_name", .model, .name(.model), 2),
        .init("gen_ai.request.model", .model, .name(.model), 3),
        .init("llm.request.model_name", .model, .name(.model), 3),
        .init("ai.model.id", .model, .name(.model), 4),
        .init("llm.request.model", .model, .name(.model), 5),
        .init("gen_ai.provider.name", .provider, .name(.provider)),
        .init("gen_ai.system", .provider, .name(.provider), 1),
        .init("llm.provider", .provider, .name(.provider), 2),
        .init("llm.system", .provider, .name(.provider), 3),
        .init("ai.model.provider", .provider, .name(.provider), 4),
        .init("gen_ai.agent.name", .agent, .name(.agent)),
        .init("agent.name", .agent, .name(.agent), 1),
        .init("gen_ai.agent.id", .agent, .name(.agent), 2),
        .init("gen_ai.agent.version", .agentVersion, .name(.agentVersion)),
        .init("gen_ai.prompt.version", .promptVersion, .name(.promptVersion)),
        .init("traceloop.prompt.version", .promptVersion, .name(.promptVersion), 1),
        .init("llm.prompt_template.version", .promptVersion, .name(.promptVersion), 1),
        .init("traceloop.prompt.version_name", .promptVersion, .name(.promptVersion), 2),
        .init("gen_ai.prompt.name", .promptVersion, .name(.promptVersion), 3),
        .init("prompt.id", .promptVersion, .name(.promptVersion), 4),
        .init("traceloop.prompt.key", .promptVersion, .name(.promptVersion), 5),
        .init("traceloop.prompt.version_hash", .promptHash, .name(.promptHash)),
        .init("gen_ai.workflow.name", .taskType, .name(.taskType), 1),
        .init("traceloop.workflow.name", .taskType, .name(.taskType), 2),
        .init("ai.telemetry.functionId", .taskType, .name(.taskType), 3),
        .init("gen_ai.data_source.id", .collection, .name(.collection)),
        .init("db.collection.name", .collection, .name(.collection), 1),
        .init("experiment.group", .variant, .name(.variant), 1),
        .init("experiment.variant", .variant, .name(.variant), 1),
        .init("feature_flag.result.variant", .variant, .name(.variant), 2),
        .init("feature_flag.variant", .variant, .name(.variant), 3),
        .init("metadata", .attributes, .metadata),
        .init("tag.tags", .variant, .tags),
    ]

    private static let roles: [AttributeRule] = [
        .init("ai.operationId", .operationName, .vercelOperation),
        .init("gen_ai.operation.name", .operationName, .operation, 1),
        .init("openinference.span.kind", .operationName, .spanKind, 2),
        .init("traceloop.span.kind", .operationName, .spanKind, 3),
        .init("llm.request.type", .operationName, .requestType, 4),
        .init("gen_ai.tool.name", .toolName, .tool),
        .init("tool.name", .toolName, .tool, 1),
        .init("ai.toolCall.name", .toolName, .tool, 2),
        .init("traceloop.entity.name", .toolName, .entity, 3),
        .init("error.type", .errorType, .errorType),
        .init("exception.type", .errorType, .errorType, 1),
        .init("http.response.status_code", .statusCode, .statusCode),
        .init("http.status_code", .statusCode, .statusCode, 1),
        .init("gen_ai.response.finish_reasons", .stopReason, .stopReason),
        .init("llm.finish_reason", .stopReason, .stopReason, 1),
        .init("ai.response.finishReason", .stopReason, .stopReason, 1),
        .init("llm.response.finish_reason", .stopReason, .stopReason, 2),
        .init("llm.response.stop_reason", .stopReason, .stopReason, 2),
        .init("gen_ai.completion.0.finish_reason", .stopReason, .stopReason, 3),
        .init("ai.finishReason", .stopReason, .stopReason, 4),
    ]

    private static let resource: [AttributeRule] = [
        .init("service.name", .service, .name(.service)),
        .init("service.version", .agentVersion, .name(.agentVersion), 4),
        .init("deployment.environment.name", .environment, .environment),
        .init("deployment.environment", .environment, .environment, 1),
        .init("cloud.region", .region, .name(.region)),
        .init("host.name", .host, .name(.host)),
    ]
}

/// Keys of free metadata, wherever a format has a place for it, and our own field names among them.
struct MetadataKeys {
    static let rules: [AttributeRule] = {
        let ours = Field.allCases.compactMap { field in
            field.dimension.map { AttributeRule(field.rawValue, field, .name($0)) }
        }
        return ours + [
            .init("session_id", .sessionID, .session), .init("sessionId", .sessionID, .session),
            .init("thread_id", .sessionID, .session, 3), .init("threadId", .sessionID, .session, 3),
            .init("conversation_id", .conversationID, .conversation),
            .init("conversationId", .conversationID, .conversation),
            .init("user_id", .userID, .user), .init("userId", .userID, .user),
            .init("experiment_group", .variant, .name(.variant), 1),
            .init("experiment.group", .variant, .name(.variant), 1),
            .init("ab_variant", .variant, .name(.variant), 1), .init("arm", .variant, .name(.variant), 2),
            .init("taskType", .taskType, .name(.taskType)), .init("task", .taskType, .name(.taskType), 1),
            .init("promptVersion", .promptVersion, .name(.promptVersion)),
            .init("promptHash", .promptHash, .name(.promptHash)),
            .init("agentVersion", .agentVersion, .name(.agentVersion)),
            .init("revision_id", .agentVersion, .name(.agentVersion), 3),
            .init("customerTier", .customerTier, .name(.customerTier)),
            .init("userSegment", .userSegment, .name(.userSegment)),
            .init("tags", .variant, .tags),
            .init("user_corrected", .userCorrected, .corrected),
            .init("escalated_to_human", .escalatedToHuman, .escalated),
            .init("flags", .flags, .flags),
        ]
    }()
}
