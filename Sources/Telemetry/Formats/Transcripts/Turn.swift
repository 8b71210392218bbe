/// One request of a transcript: from what the user said to the model's last answer.
struct Turn {
    /// µs since 1970: when the user spoke, where that is known, and when the last line came.
    var start: Int64?
    var end: Int64?
    var usage = TokenUsage()
    var cost: Int64?
    /// Calls to the model.
    var steps: Int64 = 0
    var calls: Int64 = 0
    var tools: [ToolCall] = []
    var spans: [SpanPart] = []
    var values = DimensionValues()
    var stopReason = Symbol.absent
    var errorType = Symbol.absent
    var statusCode: Int64?
    var failed = false
    var abandoned: Bool?
    /// The model's last answer calls no tool: whatever comes next is another request.
    var isFinal = false
    /// It began with what the user said: only the next such line, or the end, ends it.
    var isFramed = false
    /// Tells the turns of a session apart.
    var id: UInt64 = 0

    /// Whether there is anything to count: the model answered, or failed to.
    var isRequest: Bool { steps > 0 || failed }

    /// The request, without its identity.
    func record(trace: UInt64) -> Record {
        var record = Record()
        record.kind = .request
        record.time = end ?? start ?? 0
        record.hasTime = end != nil || start != nil
        if let start, let end, end >= start {
            record.startTime = start
            record.latency = min(end - start, NativeDecoder.maximumDuration)
        }
        record.inputTokens = usage.input
        record.outputTokens = usage.output
        record.cachedInputTokens = usage.cached
        record.cacheWriteTokens = usage.cacheWrite
        record.reasoningTokens = usage.reasoning
        record.cost = cost
        record.steps = steps
        record.toolCallCount = calls
        record.tools = tools
        record.spans = spans
        record.values = values
        record.stopReason = stopReason
        record.success = !failed
        record.errorType = failed ? errorType : .absent
        record.statusCode = statusCode
        record.abandoned = abandoned
        record.sessionHash = trace
        record.traceHash = trace
        record.spanHash = id == 0 ? 0 : IdentifierHash.fold(id, trace | 1) | 1
        return record
    }

    mutating func addTool(_ call: ToolCall) -> Int? {
        calls += 1
        guard tools.count < Record.maximumParts else { return nil }
        tools.append(call)
        return tools.count - 1
    }

    /// A line of the turn came.
    mutating func touch(_ time: Int64?) {
        if let time { end = max(end ?? time, time) }
    }

    mutating func add(_ more: Int64, to field: WritableKeyPath<TokenUsage, Int64?>) {
        usage[keyPath: field] = TokenUsage.sum(usage[keyPath: field], more)
    }

    mutating func add(_ call: TokenUsage) { usage = usage + call }

    mutating func add(cost more: Int64) { cost = min((cost ?? 0) + more, NativeDecoder.maximumCost) }

    /// Whether nothing more is to be expected at `time`: soon after an answer that ended as answers do, a while after one
    /// that may go on, and an hour after a tool was called.
    func isOver(at time: Int64) -> Bool {
        guard let end else { return false }
        let wait: Int64 = !isFinal ? 3_600_000_000 : stopReason.isAbsent ? 60_000_000 : 10_000_000
        let (deadline, overflow) = end.addingReportingOverflow(wait)
        return !overflow && deadline <= time
    }

    mutating func addSpan(_ part: SpanPart) { if spans.count < Record.maximumParts { spans.append(part) } }
}
