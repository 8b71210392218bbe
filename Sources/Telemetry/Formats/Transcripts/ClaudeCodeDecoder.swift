/// Reads Claude Code's transcripts. The format is not documented and changes; whatever is not needed may be missing.
///
/// A request is a turn: from what the user says to the last answer before the user speaks again. A message of the model
/// comes in several lines that repeat its usage, and transcripts of helpers repeat messages of their parent: a message
/// counts once, by its id.
struct ClaudeCodeDecoder {
    private var sessions: [UInt64: TranscriptSession] = [:]
    private let seen: SeenMessages
    private var stops = StopReasonTable()
    private var unnamed: UInt64 = 0
    private(set) var replayed = 0

    static let maximumSessions = 256

    init(seen: SeenMessages) { self.seen = seen }

    var sessionCount: Int { sessions.count }
    /// The newest line's time of any session.
    var newest: Int64 { sessions.values.reduce(0) { max($0, $1.lastTime) } }
    /// Turns that may go on.
    var openTurns: Int { sessions.values.reduce(0) { $0 + ($1.turn?.isRequest == true ? 1 : 0) } }

    /// What a line says about itself.
    private struct Line {
        var node: Int
        var message: Int?
        var time: Int64?
        var isSidechain: Bool
    }

    /// Reads the object at `node`.
    mutating func decode(_ node: Int, _ context: inout FormatContext) throws(Rejection) {
        let document = context.document
        let message = document.value(node, "message")
        let type = document.value(node, "type") ?? document.value(message, "role")
        let time = context.time(document.value(node, "timestamp"))
        let isSidechain = document.flag(document.value(node, "isSidechain")) ?? false
        let line = Line(node: node, message: message, time: time, isSidechain: isSidechain)
        guard let type else { throw Rejection(reason: .noRecordField, field: nil, offset: 0) }
        if document.equals(type, "assistant") {
            try readAnswer(line, &context)
        } else if document.equals(type, "user") {
            readUser(line, &context)
        }
    }

    mutating func advance(to time: Int64, _ context: inout FormatContext) {
        for hash in sessions.keys.sorted() where sessions[hash]?.turn?.isOver(at: time) == true {
            close(hash, &context)
        }
    }

    /// Everything held is over, in the order in which it ended.
    mutating func finish(_ context: inout FormatContext) {
        let order = sessions.values.sorted { ($0.lastTime, $0.hash) < ($1.lastTime, $1.hash) }
        for session in order { close(session.hash, &context) }
        sessions = [:]
    }

    private mutating func open(_ line: Line, _ context: inout FormatContext) -> UInt64 {
        let id = context.document.value(line.node, "sessionId")
        let hash = context.hash(id)
        if sessions[hash] == nil {
            if sessions.count >= Self.maximumSessions,
                let oldest = sessions.values.min(by: { $0.lastTime < $1.lastTime })
            {
                close(oldest.hash, &context)
                sessions[oldest.hash] = nil
            }
            let text = id.map { Array(context.document.bytes[context.document.range($0)]) } ?? []
            sessions[hash] = TranscriptSession(hash: hash, text: text)
        }
        if !line.isSidechain { sessions[hash]?.hasMainChain = true }
        sessions[hash]?.see(line.time)
        context.note(.sessionID, "sessionId", id)
        return hash
    }

    /// Helpers' lines are part of the turn that called them, where that is in the same file.
    private func side(_ line: Line, _ session: UInt64) -> Int {
        line.isSidechain && sessions[session]?.hasMainChain == true ? 1 : 0
    }

    private mutating func close(_ session: UInt64, _ context: inout FormatContext) {
        let operation = context.symbols.intern("chat", .operation)
        guard let turn = sessions[session]?.takeTurn(operation: operation), let text = sessions[session]?.text else {
            return
        }
        var record = turn.record(trace: session)
        context.texts.append(contentsOf: text)
        record.traceText = 0..<context.texts.count
        record.sessionText = record.traceText
        context.enqueue(record)
    }

    // MARK: The model

    private mutating func readAnswer(_ line: Line, _ context: inout FormatContext) throws(Rejection) {
        let document = context.document
        guard let message = line.message, document.kind(message) == .object else {
            throw Rejection(reason: .noRecordField, field: nil, offset: 0)
        }
        let session = open(line, &context)
        let side = side(line, session)
        if document.flag(document.value(line.node, "isApiErrorMessage")) == true {
            return readFailure(line, session, &context)
        }
        var id = context.hash(document.value(message, "id"))
        if id == 0 {
            unnamed += 1
            id = IdentifierHash.fold(unnamed, 0x9E37_79B9_7F4A_7C15) | 1
        }
        let operation = context.symbols.intern("chat", .operation)
        // Helpers that work side by side write between each other's lines.
        if sessions[session]?.isWriting(id, side) != true {
            guard seen.insertMessage(id) else {
                replayed += 1
                return
            }
            if let turn = sessions[session]?.turn, turn.isFinal, !turn.isFramed { close(session, &context) }
            sessions[session]?.closeMessage(side, operation: operation)
            if sessions[session]?.turn == nil {
                sessions[session]?.begin(at: nil, id: id, isFramed: false)
            }
            sessions[session]?.turn?.steps += 1
            sessions[session]?.beginMessage(id, side)
        }
        readMessage(line, message, id, session, side, &context)
    }

    private mutating func readMessage(
        _ line: Line, _ message: Int, _ messageID: UInt64, _ session: UInt64, _ side: Int,
        _ context: inout FormatContext
    ) {
        let document = context.document
        var calls = ElementCursor(document, document.value(message, "content"))
        while let part = calls.next(document) {
            guard let type = document.value(part, "type"), document.equals(type, "tool_use") else { continue }
            let name = context.symbol(document.value(part, "name"), .tool)
            let id = context.hash(document.value(part, "id"))
            sessions[session]?.streams[side].hasTool = true
            guard id == 0 || seen.insertCall(id) else { continue }
            sessions[session]?.callTool(name, id: id, at: line.time)
            context.note(.toolCalls, "message.content[].tool_use", document.value(part, "name"))
        }
        let (usage, cost) = readUsage(line, message, &context)
        sessions[session]?.count(usage, cost, of: messageID)
        let reason = stops.normalized(
            context.symbol(document.value(message, "stop_reason"), .stopReason), context.symbols)
        context.note(.stopReason, "message.stop_reason", document.value(message, "stop_reason"))
        let hasTool = sessions[session]?.streams[side].hasTool ?? false
        if let time = line.time {
            sessions[session]?.streams[side].end = time
            sessions[session]?.turn?.touch(time)
        }
        if side == 0 {
            sessions[session]?.turn?.isFinal = !hasTool
            sessions[session]?.turn?.stopReason = reason
        }
        readNames(line, message, session, &context)
    }

    private func readUsage(
        _ line: Line, _ message: Int, _ context: inout FormatContext
    ) -> (TokenUsage, Int64?) {
        let document = context.document
        let node = document.value(message, "usage")
        var usage = TokenUsage()
        usage.cached = document.count(document.value(node, "cache_read_input_tokens"))
        usage.cacheWrite = document.count(document.value(node, "cache_creation_input_tokens"))
        // Without what came from or went to the cache.
        usage.input = document.count(document.value(node, "input_tokens")).map {
            $0 + (usage.cached ?? 0) + (usage.cacheWrite ?? 0)
        }
        usage.output = document.count(document.value(node, "output_tokens"))
        let cost = document.value(line.node, "costUSD")
        context.note(
            .inputTokens, "message.usage.input_tokens + cache_creation_input_tokens + cache_read_input_tokens",
            document.value(node, "input_tokens"))
        context.note(
            .cachedInputTokens, "message.usage.cache_read_input_tokens", document.value(node, "cache_read_input_tokens")
        )
        context.note(.outputTokens, "message.usage.output_tokens", document.value(node, "output_tokens"))
        context.note(.cost, "costUSD", cost, unit: "$")
        context.note(.timestamp, "timestamp", document.value(line.node, "timestamp"))
        context.note(.latency, "timestamp: last answer − what the user said", document.value(line.node, "timestamp"))
        context.note(.success, "no isApiErrorMessage", node)
        return (usage, document.dollars(cost))
    }

    private mutating func readNames(
        _ line: Line, _ message: Int, _ session: UInt64, _ context: inout FormatContext
    ) {
        let document = context.document
        if let model = document.value(message, "model"), !document.equals(model, "<synthetic>") {
            let symbol = context.symbol(model, .model)
            sessions[session]?.turn?.values[.model] = symbol
            sessions[session]?.turn?.values[.provider] = context.symbols.intern("anthropic", .provider)
            context.note(.model, "message.model", model)
        }
        let version = document.value(line.node, "version")
        sessions[session]?.turn?.values[.agentVersion] = context.symbol(version, .agentVersion)
        sessions[session]?.turn?.values[.agent] = context.symbols.intern("claude-code", .agent)
        sessions[session]?.turn?.values[.taskType] = TranscriptNames.project(document.value(line.node, "cwd"), &context)
        context.note(.agentVersion, "version", version)
    }

    /// The model's service answered with an error, as a line that looks like the model's.
    private mutating func readFailure(_ line: Line, _ session: UInt64, _ context: inout FormatContext) {
        let document = context.document
        if sessions[session]?.turn == nil { sessions[session]?.begin(at: nil, id: 0, isFramed: false) }
        var texts = ElementCursor(document, document.value(line.message, "content"))
        var text = document.string(document.value(line.message, "content"), limit: 1_000)
        while text == nil, let part = texts.next(document) {
            text = document.string(document.value(part, "text"), limit: 1_000)
        }
        let message = text ?? "error"
        sessions[session]?.turn?.failed = true
        sessions[session]?.turn?.isFinal = true
        sessions[session]?.turn?.errorType = context.symbols.intern(ErrorText.kind(of: message), .errorType)
        sessions[session]?.turn?.statusCode = ErrorText.statusCode(in: message)
        if let time = line.time { sessions[session]?.turn?.end = time }
        readNames(line, line.message ?? line.node, session, &context)
    }

    // MARK: The user and tools

    private mutating func readUser(_ line: Line, _ context: inout FormatContext) {
        let document = context.document
        guard let message = line.message, document.kind(message) == .object else { return }
        let session = open(line, &context)
        let side = side(line, session)
        let content = document.value(message, "content")
        var hasResult = false
        var parts = ElementCursor(document, content)
        while let part = parts.next(document) {
            guard let type = document.value(part, "type"), document.equals(type, "tool_result") else { continue }
            hasResult = true
            let id = context.hash(document.value(part, "tool_use_id"))
            let isError = document.flag(document.value(part, "is_error")) ?? false
            if sessions[session]?.finishTool(id, success: !isError, at: line.time) == true {
                sessions[session]?.turn?.touch(line.time)
            }
        }
        if hasResult {
            let operation = context.symbols.intern("chat", .operation)
            sessions[session]?.closeMessage(side, operation: operation)
            sessions[session]?.streams[side].asked = line.time
            if side == 0 { sessions[session]?.turn?.isFinal = false }
            return
        }
        if document.flag(document.value(line.node, "isMeta")) == true { return }
        guard side == 0 else {
            sessions[session]?.streams[1].asked = line.time
            return
        }
        close(session, &context)
        let id = context.hash(document.value(line.node, "promptId") ?? document.value(line.node, "uuid"))
        sessions[session]?.begin(at: line.time, id: id, isFramed: true)
    }
}

/// Names that transcripts give requests.
enum TranscriptNames {
    /// The last part of the working directory.
    static func project(_ node: Int?, _ context: inout FormatContext) -> Symbol {
        guard let path = context.document.string(node, limit: 1_000) else { return .absent }
        let name = path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
        return context.symbols.intern(String(name), .taskType)
    }
}
