/// The fields of native records, named by their keys.
enum Field: String, CaseIterable {
    // Durations, in ms.
    case latency = "latency_ms"
    case duration = "duration_ms"
    case timeToFirstToken = "ttft_ms"
    // Counts.
    case inputTokens = "input_tokens"
    case outputTokens = "output_tokens"
    case cachedInputTokens = "cached_input_tokens"
    case cacheWriteTokens = "cache_write_tokens"
    case reasoningTokens = "reasoning_tokens"
    case statusCode = "status_code"
    case steps
    case redundantToolCalls = "redundant_tool_calls"
    case outputLength = "output_length"
    case inputLength = "input_length"
    case attachments
    case sessionNumber = "session_number"
    case queueDepth = "queue_depth"
    // Dollars.
    case cost = "cost_usd"
    case toolCost = "tool_cost_usd"
    case computeCost = "compute_cost_usd"
    // Fractions.
    case sentiment
    case quality = "quality_score"
    case evalScore = "eval_score"
    case sampleRate = "sample_rate"
    // Yes or no.
    case success, completed
    case userCorrected = "user_corrected"
    case escalatedToHuman = "escalated_to_human"
    case userRatedPositive = "user_rated_positive"
    case finalOutput = "final_output"
    // Names.
    case errorType = "error_type"
    case stopReason = "stop_reason"
    case agent, service, environment, region, host, provider, model
    case promptVersion = "prompt_version"
    case promptHash = "prompt_hash"
    case agentVersion = "agent_version"
    case indexVersion = "index_version"
    case collection, variant
    case taskType = "task_type"
    case intent
    case userSegment = "user_segment"
    case customerTier = "customer_tier"
    case device, locale
    case fallbackAction = "fallback_action"
    // Identifiers.
    case traceID = "trace_id"
    case spanID = "span_id"
    case sessionID = "session_id"
    case conversationID = "conversation_id"
    case userID = "user_id"
    case shadowOf = "shadow_of"
    case traceURL = "trace_url"
    // Times.
    case timestamp
    case startTime = "start_time"
    case endTime = "end_time"
    // Lists.
    case flags
    case featureFlags = "feature_flags"
    case toolCalls = "tool_calls"
    case spans
    // Fields that only some kinds of record have: read once the kind is known, attributes of the others.
    case type
    case score, rating
    case failureCategory = "failure_category"
    case outcome, corrected, escalated, abandoned, rephrased, copied
    case followedUp = "followed_up"
    case accepted
    case name, label
    case deployedVersion = "deployed_version"
    case percent, note
    case rollbackCommand = "rollback_command"
    case helped, queue
    case window = "window_s"
    case requests, errors, tokens
    case latencyHistogram = "latency_histogram"
    case outputLengthMean = "output_length_mean"
    case sentimentMean = "sentiment_mean"
    case qualityMean = "quality_mean"
    case operationName = "operation_name"
    case status, attributes
    case toolName = "tool_name"
    case tool
    // Free text and links: passed over.
    case comment
    case messageID = "message_id"
    case errorMessage = "error_message"
    case parentSpanID = "parent_span_id"
    // Only inside `tool_calls` and `latency_histogram`.
    case argumentsValid = "arguments_valid"
    /// An unknown field that is kept as an attribute.
    case attribute = " attribute"
    /// An unknown field that is not.
    case ignored = " ignored"

    /// The dimension that a field names a value of.
    var dimension: Dimension? {
        switch self {
        case .agent: .agent
        case .service: .service
        case .environment: .environment
        case .region: .region
        case .host: .host
        case .provider: .provider
        case .model: .model
        case .promptVersion: .promptVersion
        case .promptHash: .promptHash
        case .agentVersion: .agentVersion
        case .indexVersion: .indexVersion
        case .collection: .collection
        case .variant: .variant
        case .taskType: .taskType
        case .intent: .intent
        case .userSegment: .userSegment
        case .customerTier: .customerTier
        case .device: .device
        case .locale: .locale
        default: nil
        }
    }

    /// Whether the key can stand at the top of a record.
    var isKey: Bool { self != .attribute && self != .ignored && self != .argumentsValid }
}
