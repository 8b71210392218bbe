package import Query

extension RecordField {
    /// The record scope of the language. An entry's index is the field's place in `allCases`.
    package static let catalogue = Catalogue(allCases.map(\.entry))

    private var entry: Catalogue.Entry {
        Catalogue.Entry(
            rawValue, type, help: help, range: range, aliases: aliases,
            parameters: self == .attribute ? [.text(choices: [])] : [])
    }

    package var type: ValueType {
        switch source {
        case .answer, .failed: .boolean
        case .cost: .number(.dollars)
        case .tokens: .number(.tokens)
        case .hour: .number(.count)
        case .measure(let measure, _):
            switch measure {
            case .latency, .timeToFirstToken: .number(.seconds)
            case .inputTokens, .outputTokens, .cachedInputTokens, .cacheWriteTokens, .reasoningTokens: .number(.tokens)
            case .outputLength, .inputLength: .number(.characters)
            case .quality: .number(.fraction)
            case .sentiment: .number(.plain)
            default: .number(.count)
            }
        default: .text
        }
    }

    private var range: ClosedRange<Double>? {
        switch self {
        case .quality: 0...1
        case .sentiment: -1...1
        case .hour: 0...23
        default: nil
        }
    }

    private var aliases: [Catalogue.Alias] {
        func named(_ names: String...) -> [Catalogue.Alias] { names.map { Catalogue.Alias($0) } }
        return switch self {
        case .taskType: named("task")
        case .userSegment: named("segment")
        case .customerTier: named("tier")
        case .promptVersion: named("prompt")
        case .agentVersion: named("version")
        case .featureFlag: named("feature_flags")
        case .errorType: named("error")
        case .statusCode: named("status")
        case .corrected: named("user_corrected")
        case .escalated: named("escalated_to_human")
        case .rated: named("rating")
        case .flag: named("flags")
        case .latency:
            [.init("duration"), .init("latency_s", unit: .seconds), .init("latency_ms", unit: .milliseconds)]
        case .timeToFirstToken: [.init("ttft_s", unit: .seconds), .init("ttft_ms", unit: .milliseconds)]
        case .cost: [.init("cost_usd", unit: .dollars)]
        case .quality: named("quality_score")
        case .tool: named("tools")
        case .traceID: named("trace")
        case .sessionID: named("session")
        case .userID: named("user")
        case .conversationID: named("conversation")
        default: []
        }
    }

    private var help: String {
        switch self {
        case .model: "model that answered"
        case .variant: "arm of an experiment: control, canary, or a name"
        case .taskType: "what kind of task it was"
        case .intent: "what the user wanted"
        case .userSegment: "which group the user belongs to"
        case .customerTier: "which plan the customer is on"
        case .device: "device of the user"
        case .locale: "language and region of the user"
        case .agent: "agent that worked"
        case .service: "service it ran in"
        case .environment: "production, staging, …"
        case .region: "where it ran"
        case .host: "machine it ran on"
        case .provider: "who serves the model"
        case .promptVersion: "version of the prompt"
        case .promptHash: "hash of the prompt"
        case .agentVersion: "version of the agent"
        case .indexVersion: "version of the retrieval index"
        case .collection: "collection of documents searched"
        case .featureFlag: "a feature flag that was on; != means none of them"
        case .outcome: "failed, ok or unknown"
        case .failed: "whether it failed"
        case .success: "whether it succeeded"
        case .errorType: "what it failed with, as it was called"
        case .errorClass: "class of what it failed with: timeout, rate_limit, …"
        case .statusCode: "HTTP status"
        case .stopReason: "why the model stopped"
        case .completed: "whether the task was completed, as the record says"
        case .corrected: "whether the user corrected it, as the record says"
        case .escalated: "whether a human took over, as the record says"
        case .abandoned: "whether the user gave up, as the record says"
        case .rated: "up or down, as the record says"
        case .flag: "a flag it was given (safety, …); != means none of them"
        case .latency: "end minus start"
        case .timeToFirstToken: "time to the first token"
        case .cost: "cost, given or by the price list"
        case .tokens: "input and output tokens"
        case .inputTokens: "input tokens, cached ones among them"
        case .outputTokens: "output tokens, reasoning among them"
        case .cachedInputTokens: "input tokens read from the cache"
        case .cacheWriteTokens: "input tokens written to the cache"
        case .reasoningTokens: "output tokens spent on reasoning"
        case .outputLength: "characters of the answer"
        case .inputLength: "characters of the question"
        case .queryLength: "short, medium or long question (under 200, under 1,000 characters, above)"
        case .attachments: "files that came with the question"
        case .steps: "steps the agent took"
        case .sentiment: "sentiment of the user, −1 to 1"
        case .quality: "quality score"
        case .tool: "a tool that was called; != means none of them"
        case .toolFailed: "a tool of which a call failed; != means none of them"
        case .toolInvalid: "a tool that was called with invalid arguments; != means none of them"
        case .toolCalls: "tool calls"
        case .redundantToolCalls: "tool calls that repeated an earlier one"
        case .traceID: "id of the trace"
        case .sessionID: "id of the session"
        case .userID: "id of the user (= and != only)"
        case .conversationID: "id of the conversation (= and != only)"
        case .sessionNumber: "how many sessions the user had, this one included"
        case .hour: "hour of the day, UTC"
        case .attribute: "any other field by its name: attr(\"plan\") or attr.plan"
        }
    }
}
