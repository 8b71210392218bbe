/// The fields of a request that a filter may name: what an expression in the record scope is made of.
package enum RecordField: String, Sendable, CaseIterable {
    // Names.
    case model, variant
    case taskType = "task_type"
    case intent
    case userSegment = "user_segment"
    case customerTier = "customer_tier"
    case device, locale, agent, service, environment, region, host, provider
    case promptVersion = "prompt_version"
    case promptHash = "prompt_hash"
    case agentVersion = "agent_version"
    case indexVersion = "index_version"
    case collection
    case featureFlag = "feature_flag"
    // Outcome.
    case outcome, failed, success
    case errorType = "error_type"
    case errorClass = "error_class"
    case statusCode = "status_code"
    case stopReason = "stop_reason"
    case completed, corrected, escalated, abandoned, rated, flag
    // Numbers.
    case latency
    case timeToFirstToken = "ttft"
    case cost, tokens
    case inputTokens = "input_tokens"
    case outputTokens = "output_tokens"
    case cachedInputTokens = "cached_input_tokens"
    case cacheWriteTokens = "cache_write_tokens"
    case reasoningTokens = "reasoning_tokens"
    case outputLength = "output_length"
    case inputLength = "input_length"
    case queryLength = "query_length"
    case attachments, steps, sentiment, quality
    // Tools.
    case tool
    case toolFailed = "tool_failed"
    case toolInvalid = "tool_invalid"
    case toolCalls = "tool_calls"
    case redundantToolCalls = "redundant_tool_calls"
    // Identifiers and time.
    case traceID = "trace_id"
    case sessionID = "session_id"
    case userID = "user_id"
    case conversationID = "conversation_id"
    case sessionNumber = "session_number"
    case hour
    /// An attribute by its name, which is the call's argument.
    case attribute = "attr"

    /// Where a record has the field's value.
    package enum Source: Sendable, Hashable {
        /// The value of a dimension that a request has one of.
        case dimension(Dimension)
        case errorType, errorClass, stopReason
        /// A number, of which `denominator` make one of the field's unit.
        case measure(Measure, denominator: Int64)
        /// What the request cost after prices, in nano-dollars.
        case cost
        /// Input and output tokens.
        case tokens
        /// Hour of the day (UTC).
        case hour
        case answer(Answer)
        /// No success.
        case failed
        /// `failed`, `ok`, `unknown`.
        case outcome
        /// `up`, `down`.
        case rated
        /// `short`, `medium`, `long`.
        case queryLength
        case identifier(Identifier)
        // A request may have several.
        case featureFlag, tool, failedTool, invalidTool, flag, attribute
    }

    package var source: Source {
        switch self {
        case .model: .dimension(.model)
        case .variant: .dimension(.variant)
        case .taskType: .dimension(.taskType)
        case .intent: .dimension(.intent)
        case .userSegment: .dimension(.userSegment)
        case .customerTier: .dimension(.customerTier)
        case .device: .dimension(.device)
        case .locale: .dimension(.locale)
        case .agent: .dimension(.agent)
        case .service: .dimension(.service)
        case .environment: .dimension(.environment)
        case .region: .dimension(.region)
        case .host: .dimension(.host)
        case .provider: .dimension(.provider)
        case .promptVersion: .dimension(.promptVersion)
        case .promptHash: .dimension(.promptHash)
        case .agentVersion: .dimension(.agentVersion)
        case .indexVersion: .dimension(.indexVersion)
        case .collection: .dimension(.collection)
        case .featureFlag: .featureFlag
        case .outcome: .outcome
        case .failed: .failed
        case .success: .answer(.success)
        case .errorType: .errorType
        case .errorClass: .errorClass
        case .statusCode: .measure(.statusCode, denominator: 1)
        case .stopReason: .stopReason
        case .completed: .answer(.completed)
        case .corrected: .answer(.corrected)
        case .escalated: .answer(.escalated)
        case .abandoned: .answer(.abandoned)
        case .rated: .rated
        case .flag: .flag
        case .latency: .measure(.latency, denominator: 1_000_000)
        case .timeToFirstToken: .measure(.timeToFirstToken, denominator: 1_000_000)
        case .cost: .cost
        case .tokens: .tokens
        case .inputTokens: .measure(.inputTokens, denominator: 1)
        case .outputTokens: .measure(.outputTokens, denominator: 1)
        case .cachedInputTokens: .measure(.cachedInputTokens, denominator: 1)
        case .cacheWriteTokens: .measure(.cacheWriteTokens, denominator: 1)
        case .reasoningTokens: .measure(.reasoningTokens, denominator: 1)
        case .outputLength: .measure(.outputLength, denominator: 1)
        case .inputLength: .measure(.inputLength, denominator: 1)
        case .queryLength: .queryLength
        case .attachments: .measure(.attachments, denominator: 1)
        case .steps: .measure(.steps, denominator: 1)
        case .sentiment: .measure(.sentiment, denominator: 1_000_000)
        case .quality: .measure(.quality, denominator: 1_000_000)
        case .tool: .tool
        case .toolFailed: .failedTool
        case .toolInvalid: .invalidTool
        case .toolCalls: .measure(.toolCallCount, denominator: 1)
        case .redundantToolCalls: .measure(.redundantToolCalls, denominator: 1)
        case .traceID: .identifier(.trace)
        case .sessionID: .identifier(.session)
        case .userID: .identifier(.user)
        case .conversationID: .identifier(.conversation)
        case .sessionNumber: .measure(.sessionNumber, denominator: 1)
        case .hour: .hour
        case .attribute: .attribute
        }
    }

    /// Whether a request may have several values: `=` then means any of them, `!=` none.
    package var hasSeveralValues: Bool {
        switch source {
        case .featureFlag, .tool, .failedTool, .invalidTool, .flag: true
        default: false
        }
    }

    /// The field that a request has its value of a dimension in; nil where that is no field.
    package init?(_ dimension: Dimension) {
        switch dimension {
        case .featureFlag: self = .featureFlag
        case .errorType: self = .errorType
        case .stopReason: self = .stopReason
        case .tool: self = .tool
        case .flag: self = .flag
        default:
            guard let field = Self.allCases.first(where: { $0.source == .dimension(dimension) }) else { return nil }
            self = field
        }
    }

    /// Band of a question's length in characters: under 200 is short, from 1,000 on long.
    package static func band(ofInputLength characters: Int64) -> String {
        switch bandStart(ofInputLength: characters) {
        case 0: "short"
        case 200: "medium"
        default: "long"
        }
    }

    /// The least length of the same band.
    package static func bandStart(ofInputLength characters: Int64) -> Int64 {
        characters < 200 ? 0 : characters < 1_000 ? 200 : 1_000
    }
}
