/// Reads LiteLLM's standard logging payload, and rows of its spend logs: one call to a model each.
///
/// Fallbacks and retries share a trace id and are calls of their own. The writer's callbacks are asynchronous, so that
/// calls come in any order.
struct LiteLLMDecoder {
    private var attributes = AttributeReader()
    private var stops = StopReasonTable()

    /// Reads the object at `node`.
    mutating func decode(_ node: Int, _ context: inout FormatContext, into record: inout Record) throws(Rejection) {
        record.reset()
        readTimes(node, &context, &record)
        guard record.hasTime else { throw Rejection(reason: .missingField, field: .endTime, offset: 0) }
        readOutcome(node, &context, &record)
        readUsage(node, &context, &record)
        readNames(node, &context, &record)
        readResponse(node, &context, &record)
    }

    /// Seconds since 1970 with a fraction; rows of the database have texts.
    private func time(_ node: Int?, _ context: inout FormatContext) -> Int64? {
        context.document.time(node, power: 6) ?? context.time(node)
    }

    private func readTimes(_ node: Int, _ context: inout FormatContext, _ record: inout Record) {
        let document = context.document
        let startNode = document.value(node, "startTime")
        let endNode = document.value(node, "endTime")
        let start = time(startNode, &context)
        let end = time(endNode, &context)
        record.startTime = start
        record.time = end ?? start ?? 0
        record.hasTime = end != nil || start != nil
        // `response_time` is the time to the first token where the answer is streamed.
        if let start, let end { record.latency = min(max(0, end - start), NativeDecoder.maximumDuration) }
        if let isStream = document.flag(document.value(node, "stream")), isStream, let start,
            let first = time(document.value(node, "completionStartTime"), &context), first >= start
        {
            record.timeToFirstToken = min(first - start, NativeDecoder.maximumDuration)
            context.note(
                .timeToFirstToken, "completionStartTime − startTime", document.value(node, "completionStartTime"),
                unit: "s")
        }
        context.note(.timestamp, "endTime", endNode, unit: "s since 1970")
        context.note(.latency, "endTime − startTime", endNode, unit: "s")
    }

    private func readOutcome(_ node: Int, _ context: inout FormatContext, _ record: inout Record) {
        let document = context.document
        let status = document.value(node, "status")
        if let status {
            if document.equals(status, "success") { record.success = true }
            if document.equals(status, "failure") { record.success = false }
        }
        let error = document.value(node, "error_information")
        // Successes carry an empty class and code.
        let errorClass = document.value(error, "error_class")
        record.errorType = context.symbol(errorClass, .errorType)
        record.statusCode = document.number(document.value(error, "error_code"), scale: 0, 100...999)
        if record.success == nil, !record.errorType.isAbsent || record.statusCode != nil { record.success = false }
        if record.success == false, record.errorType.isAbsent,
            let text = document.string(document.value(node, "error_str"), limit: 400)
        {
            record.errorType = context.symbols.intern(ErrorText.kind(of: text), .errorType)
        }
        if let guardrail = document.value(document.value(node, "status_fields"), "guardrail_status"),
            document.equals(guardrail, "guardrail_intervened")
        {
            record.flags.insert(.guardrailBlock)
        }
        context.note(.success, "status", status)
        if !record.errorType.isAbsent { context.note(.errorType, "error_information.error_class", errorClass) }
    }

    private func readUsage(_ node: Int, _ context: inout FormatContext, _ record: inout Record) {
        let document = context.document
        record.inputTokens = document.count(document.value(node, "prompt_tokens"))
        record.outputTokens = document.count(document.value(node, "completion_tokens"))
        let metadata = document.value(node, "metadata")
        if let metadata, document.isText(metadata) {
            // Rows of the database's exports have it as JSON in a text.
            if context.loadNested(metadata) { Self.readDetails(context.nested, 0, &record) }
        } else {
            Self.readDetails(document, metadata, &record)
        }
        let costNode = document.value(node, "response_cost") ?? document.value(node, "spend")
        record.cost = document.dollars(costNode)
        // An answer from the cache costs nothing, unless the record says what it did cost.
        if record.cost == nil, document.flag(document.value(node, "cache_hit")) == true { record.cost = 0 }
        // A failure's zeros mean that nothing is known.
        if record.success == false {
            if record.cost == 0 { record.cost = nil }
            if record.inputTokens == 0, record.outputTokens == 0 {
                record.inputTokens = nil
                record.outputTokens = nil
            }
        }
        context.note(.inputTokens, "prompt_tokens", document.value(node, "prompt_tokens"))
        context.note(.outputTokens, "completion_tokens", document.value(node, "completion_tokens"))
        context.note(
            .cachedInputTokens, "metadata.usage_object.prompt_tokens_details.cached_tokens",
            document.value(
                document.value(document.value(metadata, "usage_object"), "prompt_tokens_details"), "cached_tokens"))
        context.note(.cost, "response_cost", costNode, unit: "$")
    }

    /// What of the tokens was cached, and what was thought.
    private static func readDetails(_ document: borrowing JSONDocument, _ metadata: Int?, _ record: inout Record) {
        let usage = document.value(metadata, "usage_object")
        let prompt = document.value(usage, "prompt_tokens_details")
        record.cachedInputTokens =
            document.count(document.value(prompt, "cached_tokens"))
            ?? document.count(document.value(usage, "cache_read_input_tokens"))
        record.cacheWriteTokens =
            document.count(document.value(prompt, "cache_creation_tokens"))
            ?? document.count(document.value(usage, "cache_creation_input_tokens"))
        record.reasoningTokens = document.count(
            document.value(document.value(usage, "completion_tokens_details"), "reasoning_tokens"))
    }

    private mutating func readNames(_ node: Int, _ context: inout FormatContext, _ record: inout Record) {
        let document = context.document
        let metadata = document.value(node, "metadata")
        var fact = SpanFact()
        var ranks = AttributeReader.Ranks()
        for key in ["requester_metadata", "spend_logs_metadata"] as [StaticString] {
            guard let free = document.value(metadata, key) else { continue }
            attributes.readMetadata(document.otlpValue(free), &context, into: &fact, &ranks)
        }
        record.values = fact.values
        func name(_ key: StaticString, _ field: Field, _ dimension: Dimension) {
            let symbol = context.symbol(document.value(node, key), dimension)
            if !symbol.isAbsent {
                record.values[dimension] = symbol
                context.note(field, key, document.value(node, key))
            }
        }
        name("model", .model, .model)
        name("custom_llm_provider", .provider, .provider)
        name("agent_id", .agent, .agent)
        if record.values[.taskType].isAbsent { name("call_type", .taskType, .taskType) }
        let prompt = document.value(metadata, "prompt_management_metadata")
        let version = document.value(prompt, "prompt_version") ?? document.value(prompt, "prompt_id")
        if record.values[.promptVersion].isAbsent {
            record.values[.promptVersion] = context.symbol(version, .promptVersion)
        }
        var tags = ElementCursor(document, document.value(node, "request_tags"))
        while record.values[.variant].isAbsent, let tag = tags.next(document) {
            if let variant = VariantTag.variant(document, tag, &context.reader) {
                record.values[.variant] = variant
                context.note(.variant, "request_tags", tag)
            }
        }
        readIdentity(node, metadata, fact, &context, &record)
    }

    private func readIdentity(
        _ node: Int, _ metadata: Int?, _ fact: SpanFact, _ context: inout FormatContext, _ record: inout Record
    ) {
        let document = context.document
        let trace = document.value(node, "trace_id")
        record.traceHash = context.hash(trace)
        record.traceText = context.keep(trace)
        let call =
            document.value(node, "litellm_call_id") ?? document.value(node, "id") ?? document.value(node, "request_id")
        let id = context.hash(call)
        if record.traceHash == 0 {
            record.traceHash = id
            record.traceText = context.keep(call)
        }
        record.spanHash =
            IdentifierHash.fold(id ^ 0xE703_7ED1_A0B4_28DB, UInt64(bitPattern: record.startTime ?? 0) | 1) | 1
        let session = document.value(node, "session_id")
        record.sessionHash = context.hash(session)
        record.sessionText = context.keep(session)
        if record.sessionHash == 0 { record.sessionHash = fact.session }
        record.conversationHash = fact.conversation
        let users = [
            document.value(node, "end_user"), document.value(metadata, "user_api_key_end_user_id"),
            document.value(metadata, "user_api_key_user_id"),
            document.value(document.value(node, "model_parameters"), "user"),
            document.value(node, "user"),
        ]
        record.userHash = fact.user
        for case let user? in users where record.userHash == 0 {
            record.userHash = context.hash(user)
            context.note(.userID, "end_user", user)
        }
        context.note(.traceID, "trace_id", trace)
        if record.sessionHash != 0 { context.note(.sessionID, "session_id", session) }
    }

    /// Why the answer ended, and which tools it calls.
    private mutating func readResponse(_ node: Int, _ context: inout FormatContext, _ record: inout Record) {
        let document = context.document
        var choices = ElementCursor(document, document.value(document.value(node, "response"), "choices"))
        guard let choice = choices.next(document) else { return }
        let reason = document.value(choice, "finish_reason")
        record.stopReason = stops.normalized(context.symbol(reason, .stopReason), context.symbols)
        context.note(.stopReason, "response.choices[0].finish_reason", reason)
        var calls: Int64 = 0
        var cursor = ElementCursor(document, document.value(document.value(choice, "message"), "tool_calls"))
        while let call = cursor.next(document) {
            calls += 1
            var tool = ToolCall()
            tool.name = context.symbol(document.value(document.value(call, "function"), "name"), .tool)
            if !tool.name.isAbsent, record.tools.count < Record.maximumParts { record.tools.append(tool) }
        }
        record.toolCallCount = calls
    }
}
