/// Reads Codex's rollouts. A request is a turn: from what the user says until the task is complete or the user speaks
/// again. Usage comes as running totals beside the last call's: a total that repeats is no new call.
struct CodexDecoder {
    private var session = TranscriptSession(hash: 0, text: [])
    private var names = DimensionValues()
    private var total: TokenUsage?
    /// When the turn's settings came, before anything else of it.
    private var prepared: Int64?
    private var hasUserEvents = false
    private var hasTool = false

    /// Reads the object at `node`.
    mutating func decode(_ node: Int, _ context: inout FormatContext) throws(Rejection) {
        let document = context.document
        guard let type = document.value(node, "type"), let payload = document.value(node, "payload") else {
            throw Rejection(reason: .noRecordField, field: nil, offset: 0)
        }
        let time = context.time(document.value(node, "timestamp"))
        if let time { session.lastTime = max(session.lastTime, time) }
        context.note(.timestamp, "timestamp", document.value(node, "timestamp"))
        if document.equals(type, "session_meta") {
            readSession(document.value(payload, "meta") ?? payload, &context)
        } else if document.equals(type, "turn_context") {
            readSettings(payload, time, &context)
        } else if document.equals(type, "event_msg") {
            readEvent(payload, time, &context)
        } else if document.equals(type, "response_item") {
            readItem(payload, time, &context)
        }
    }

    /// The newest line's time.
    var newest: Int64 { session.lastTime }

    mutating func advance(to time: Int64, _ context: inout FormatContext) {
        if session.turn?.isOver(at: time) == true { close(&context) }
    }

    mutating func finish(_ context: inout FormatContext) { close(&context) }

    /// Turns that may go on.
    var openTurns: Int { session.turn?.isRequest == true ? 1 : 0 }

    private mutating func close(_ context: inout FormatContext) {
        let operation = context.symbols.intern("chat", .operation)
        guard var turn = session.takeTurn(operation: operation) else { return }
        turn.values.fill(from: names)
        var record = turn.record(trace: session.hash)
        context.texts.append(contentsOf: session.text)
        record.traceText = 0..<context.texts.count
        record.sessionText = record.traceText
        context.enqueue(record)
    }

    private mutating func begin(_ time: Int64?, isFramed: Bool) {
        let id = IdentifierHash.fold(
            UInt64(bitPattern: time ?? session.lastTime) ^ 0xA076_1D64_78BD_642F, session.hash | 1)
        session.begin(at: time, id: id | 1, isFramed: isFramed)
        hasTool = false
    }

    private mutating func readSession(_ meta: Int, _ context: inout FormatContext) {
        close(&context)
        let document = context.document
        let id = document.value(meta, "id")
        let text = id.map { Array(document.bytes[document.range($0)]) } ?? []
        session = TranscriptSession(hash: context.hash(id), text: text)
        names = DimensionValues()
        total = nil
        prepared = nil
        names[.agent] = context.symbols.intern("codex", .agent)
        names[.agentVersion] = context.symbol(document.value(meta, "cli_version"), .agentVersion)
        names[.provider] = context.symbol(document.value(meta, "model_provider"), .provider)
        names[.taskType] = TranscriptNames.project(document.value(meta, "cwd"), &context)
        context.note(.sessionID, "payload.id", id)
        context.note(.agentVersion, "payload.cli_version", document.value(meta, "cli_version"))
    }

    private mutating func readSettings(_ payload: Int, _ time: Int64?, _ context: inout FormatContext) {
        let document = context.document
        let model = context.symbol(document.value(payload, "model"), .model)
        if !model.isAbsent { names[.model] = model }
        let project = TranscriptNames.project(document.value(payload, "cwd"), &context)
        if !project.isAbsent { names[.taskType] = project }
        context.note(.model, "turn_context.model", document.value(payload, "model"))
        prepared = time
    }

    private mutating func readEvent(_ payload: Int, _ time: Int64?, _ context: inout FormatContext) {
        let document = context.document
        guard let type = document.value(payload, "type") else { return }
        if document.equals(type, "token_count") {
            readTokens(document.value(payload, "info"), time, &context)
        } else if document.equals(type, "user_message") {
            hasUserEvents = true
            close(&context)
            begin(time, isFramed: true)
        } else if document.equals(type, "task_started") || document.equals(type, "turn_started") {
            if session.turn == nil { begin(time, isFramed: true) }
        } else if document.equals(type, "task_complete") || document.equals(type, "turn_complete") {
            touch(time)
            close(&context)
        } else if document.equals(type, "turn_aborted") {
            session.turn?.abandoned = true
            touch(time)
            close(&context)
        } else if document.equals(type, "error") {
            if session.turn == nil { begin(nil, isFramed: false) }
            let message = document.string(document.value(payload, "message"), limit: 1_000) ?? "error"
            session.turn?.failed = true
            session.turn?.isFinal = true
            session.turn?.errorType = context.symbols.intern(ErrorText.kind(of: message), .errorType)
            session.turn?.statusCode = ErrorText.statusCode(in: message)
            touch(time)
        } else if document.equals(type, "agent_message") {
            touch(time)
        }
    }

    private mutating func touch(_ time: Int64?) { session.turn?.touch(time) }

    private mutating func readItem(_ payload: Int, _ time: Int64?, _ context: inout FormatContext) {
        let document = context.document
        guard let type = document.value(payload, "type") else { return }
        if document.equals(type, "message"), let role = document.value(payload, "role") {
            guard document.equals(role, "user") else { return touch(time) }
            if !hasUserEvents {
                close(&context)
                begin(time, isFramed: true)
            }
        } else if document.equals(type, "function_call") || document.equals(type, "custom_tool_call")
            || document.equals(type, "local_shell_call")
        {
            if session.turn == nil { begin(nil, isFramed: false) }
            var name = context.symbol(document.value(payload, "name"), .tool)
            if name.isAbsent { name = context.symbols.intern("local_shell", .tool) }
            session.callTool(name, id: context.hash(document.value(payload, "call_id")), at: time)
            hasTool = true
            session.turn?.isFinal = false
            touch(time)
            context.note(.toolCalls, "response_item.function_call", document.value(payload, "name"))
        } else if document.equals(type, "function_call_output") || document.equals(type, "custom_tool_call_output") {
            let success = readResult(document.value(payload, "output"), &context)
            _ = session.finishTool(context.hash(document.value(payload, "call_id")), success: success, at: time)
            session.streams[0].asked = time
            touch(time)
        }
    }

    /// `{"output":"…","metadata":{"exit_code":1}}`, often as JSON in a text; nil where it doesn't say.
    private func readResult(_ output: Int?, _ context: inout FormatContext) -> Bool? {
        guard let output else { return nil }
        if context.document.kind(output) == .object {
            let flag = context.document.flag(context.document.value(output, "success"))
            let code = context.document.value(output, "metadata", "exit_code")
            return flag ?? context.document.number(code, scale: 0, -1_000...1_000_000).map { $0 == 0 }
        }
        guard context.document.hasPrefix(output, "{"), context.loadNested(output) else { return nil }
        let code = context.nested.value(0, "metadata", "exit_code")
        return context.nested.number(code, scale: 0, -1_000...1_000_000).map { $0 == 0 }
    }

    // MARK: Usage

    private func usage(_ node: Int?, _ document: borrowing JSONDocument) -> TokenUsage? {
        guard let node else { return nil }
        var usage = TokenUsage()
        usage.input = document.count(document.value(node, "input_tokens"))
        usage.cached = document.count(document.value(node, "cached_input_tokens"))
        usage.output = document.count(document.value(node, "output_tokens"))
        usage.reasoning = document.count(document.value(node, "reasoning_output_tokens"))
        return usage.isKnown ? usage : nil
    }

    private mutating func readTokens(_ info: Int?, _ time: Int64?, _ context: inout FormatContext) {
        let document = context.document
        guard let info else { return }
        let now = usage(document.value(info, "total_token_usage"), document)
        let last = usage(document.value(info, "last_token_usage"), document)
        if let now, now == total { return }
        let before = total
        if let now { total = now }
        guard let call = last ?? now.map({ Self.change($0, since: before) }) else { return }
        if let turn = session.turn, turn.isFinal, !turn.isFramed { close(&context) }
        if session.turn == nil { begin(prepared, isFramed: false) }
        prepared = nil
        session.streams[0].message = 1
        session.streams[0].end = time
        session.turn?.steps += 1
        session.turn?.add(call)
        touch(time)
        let operation = context.symbols.intern("chat", .operation)
        session.closeMessage(0, operation: operation)
        session.streams[0].asked = time
        session.turn?.isFinal = !hasTool
        session.turn?.stopReason = context.symbols.intern(hasTool ? "tool_calls" : "stop", .stopReason)
        hasTool = false
        let model = context.symbol(document.value(info, "model"), .model)
        session.turn?.values[.model] = model.isAbsent ? names[.model] : model
        noteTokens(info, &context)
    }

    private func noteTokens(_ info: Int, _ context: inout FormatContext) {
        context.note(.latency, "timestamp: last line of the turn − its first", info)
        context.note(.success, "no event_msg of type error", info)
        let last = context.document.value(info, "last_token_usage")
        context.note(.inputTokens, "last_token_usage.input_tokens", context.document.value(last, "input_tokens"))
        context.note(.outputTokens, "last_token_usage.output_tokens", context.document.value(last, "output_tokens"))
        context.note(
            .cachedInputTokens, "last_token_usage.cached_input_tokens",
            context.document.value(last, "cached_input_tokens"))
    }

    /// The difference of two totals; a smaller total begins again.
    private static func change(_ now: TokenUsage, since before: TokenUsage?) -> TokenUsage {
        guard let before, (now.input ?? 0) >= before.input ?? 0, (now.output ?? 0) >= before.output ?? 0 else {
            return now
        }
        func minus(_ a: Int64?, _ b: Int64?) -> Int64? { a.map { max(0, $0 - (b ?? 0)) } }
        return TokenUsage(
            input: minus(now.input, before.input), output: minus(now.output, before.output),
            cached: minus(now.cached, before.cached), cacheWrite: nil,
            reasoning: minus(now.reasoning, before.reasoning))
    }
}
