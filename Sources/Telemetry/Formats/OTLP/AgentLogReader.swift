/// Log events of coding agents: each request to a model, and each tool's result.
struct AgentLogReader {
    enum Event: Int {
        case claudeRequest, claudeError, claudeRefusal, claudeTool
        case codexRequest, codexStream, codexTool
        case geminiResponse, geminiError, geminiTool

        static let names = [
            "claude_code.api_request", "claude_code.api_error", "claude_code.api_refusal", "claude_code.tool_result",
            "codex.api_request", "codex.sse_event", "codex.tool_result", "gemini_cli.api_response",
            "gemini_cli.api_error", "gemini_cli.tool_call",
        ]
        /// Claude Code's short names, in the attribute `event.name`.
        static let short = ["api_request", "api_error", "api_refusal", "tool_result"]
    }

    /// The attributes that are read; what only tells sessions and users apart is read elsewhere.
    private enum Key: Int {
        case model, cost, duration, input, output, cacheRead, cacheCreation, prompt, error, statusCode, toolName
        case success, sequence, geminiInput, geminiOutput, geminiCached, geminiThoughts, function, errorType
        case codexCached, codexReasoning, eventKind, httpStatus, errorMessage, conversation, promptID, session, call

        static let names = [
            "model", "cost_usd", "duration_ms", "input_tokens", "output_tokens", "cache_read_tokens",
            "cache_creation_tokens", "prompt.id", "error", "status_code", "tool_name", "success", "event.sequence",
            "input_token_count", "output_token_count", "cached_content_token_count", "thoughts_token_count",
            "function_name", "error_type", "cached_token_count", "reasoning_token_count", "event.kind",
            "http.response.status_code", "error.message", "conversation.id", "prompt_id", "session.id", "call_id",
        ]
    }

    private let events = KeyIndex(Event.names + Event.short)
    private let keys = KeyIndex(Key.names)
    /// Duration of the last request of a Codex conversation, whose stream will say its tokens.
    private var durations: [UInt64: Int64] = [:]
    private static let maximumConversations = 256

    func event(_ document: borrowing JSONDocument, _ name: Int) -> Event? {
        guard let place = events.find(document, name) else { return nil }
        return Event(rawValue: place < Event.names.count ? place : place - Event.names.count)
    }

    mutating func read(_ event: Event, _ list: Int?, _ time: Int64, _ fact: SpanFact, _ context: inout FormatContext) {
        var nodes = [Int?](repeating: nil, count: Key.names.count)
        var cursor = AttributeCursor(context.document, list)
        while let (key, value) = cursor.next(context.document) {
            guard let place = keys.find(context.document, key),
                case .scalar(let scalar) = context.document.otlpValue(value)
            else { continue }
            nodes[place] = scalar
        }
        func node(_ key: Key) -> Int? { nodes[key.rawValue] }
        var record = Record()
        record.time = time
        record.hasTime = true
        record.values = fact.values
        record.sessionHash = fact.session
        record.userHash = fact.user
        record.conversationHash = context.hash(node(.conversation))
        if record.sessionHash == 0 { record.sessionHash = record.conversationHash }
        record.sessionText = context.keep(node(.session) ?? node(.conversation))
        let trace = node(.prompt) ?? node(.promptID) ?? node(.session) ?? node(.conversation)
        record.traceHash = context.hash(trace)
        record.traceText = context.keep(trace)
        // A prompt has many events: each is its own record.
        let place = context.hash(node(.sequence)) ^ context.hash(node(.call)) ^ context.hash(node(.toolName))
        record.spanHash =
            IdentifierHash.fold(place ^ UInt64(bitPattern: time), UInt64(event.rawValue + 1) << 32 | 1) | 1
        record.latency = context.document.duration(node(.duration), power: 3)
        record.startTime = record.latency.map { time - $0 }
        let model = context.symbol(node(.model), .model)
        if !model.isAbsent { record.values[.model] = model }
        context.note(.latency, "duration_ms", node(.duration), unit: "ms")
        context.note(.model, "model", node(.model))
        switch event {
        case .claudeTool, .codexTool, .geminiTool:
            record.kind = .span
            record.span.kind = .tool
            record.span.tool = context.symbol(node(.toolName) ?? node(.function), .tool)
            record.span.duration = record.latency
            record.success = context.document.flag(node(.success))
            record.span.failed = record.success.map { !$0 }
        case .claudeError, .geminiError, .claudeRefusal:
            record.success = false
            readError(event, node(.errorType) ?? node(.error) ?? node(.errorMessage), &record, &context)
            record.statusCode = context.document.number(node(.statusCode), scale: 0, 100...999)
        case .claudeRequest, .geminiResponse:
            record.success = true
            readUsage(event, nodes, &record, &context)
        case .codexRequest:
            let status = context.document.number(node(.httpStatus), scale: 0, 100...999)
            guard node(.errorMessage) != nil || (status ?? 0) >= 400 else {
                // Its stream counts it once its tokens are known.
                if durations.count >= Self.maximumConversations { durations = [:] }
                durations[record.conversationHash] = record.latency
                context.texts.removeAll(keepingCapacity: true)
                return
            }
            record.success = false
            record.statusCode = status
            readError(event, node(.errorMessage), &record, &context)
        case .codexStream:
            guard let kind = node(.eventKind), context.document.equals(kind, "response.completed") else {
                context.texts.removeAll(keepingCapacity: true)
                return
            }
            record.success = true
            record.latency = durations.removeValue(forKey: record.conversationHash)
            record.startTime = record.latency.map { time - $0 }
            readUsage(event, nodes, &record, &context)
        }
        context.enqueue(record)
    }

    private func readUsage(_ event: Event, _ nodes: [Int?], _ record: inout Record, _ context: inout FormatContext) {
        let document = context.document
        func count(_ key: Key) -> Int64? { document.count(nodes[key.rawValue]) }
        switch event {
        case .claudeRequest:
            // Without what came from or went to the cache.
            record.cachedInputTokens = count(.cacheRead)
            record.cacheWriteTokens = count(.cacheCreation)
            record.inputTokens = TokenUsage.sum(
                count(.input), TokenUsage.sum(record.cachedInputTokens, record.cacheWriteTokens))
            record.outputTokens = count(.output)
            record.cost = document.dollars(nodes[Key.cost.rawValue])
            context.note(
                .inputTokens, "input_tokens + cache_read_tokens + cache_creation_tokens", nodes[Key.input.rawValue])
            context.note(.outputTokens, "output_tokens", nodes[Key.output.rawValue])
            context.note(.cost, "cost_usd", nodes[Key.cost.rawValue], unit: "$")
        default:
            let isGemini = event == .geminiResponse
            record.inputTokens = count(.geminiInput)
            record.cachedInputTokens = count(isGemini ? .geminiCached : .codexCached)
            record.reasoningTokens = count(isGemini ? .geminiThoughts : .codexReasoning)
            record.outputTokens = count(.geminiOutput)
            // Gemini counts its thoughts beside its answer.
            if isGemini { record.outputTokens = TokenUsage.sum(record.outputTokens, record.reasoningTokens) }
            context.note(.inputTokens, "input_token_count", nodes[Key.geminiInput.rawValue])
            context.note(.outputTokens, "output_token_count", nodes[Key.geminiOutput.rawValue])
        }
    }

    private func readError(_ event: Event, _ node: Int?, _ record: inout Record, _ context: inout FormatContext) {
        if event == .claudeRefusal {
            record.errorType = context.symbols.intern("refusal", .errorType)
        } else if let text = context.document.string(node, limit: 400) {
            record.errorType = context.symbols.intern(ErrorText.kind(of: text), .errorType)
        }
        context.note(.errorType, "error", node)
    }
}
