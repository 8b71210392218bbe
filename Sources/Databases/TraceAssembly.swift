import Telemetry

/// One trace: its spans become one request. Reused for trace after trace.
///
/// Usage is counted once: a span's tokens and cost count only if no span below it has any, because frameworks repeat
/// the sum of the model calls on the agent's span.
struct TraceAssembly {
    private(set) var spans: [SpanFacts] = []
    private var walk: JSONWalk
    private var eventsWalk: JSONWalk
    private var json: [UInt8] = []
    /// Texts of the trace, by field.
    private var fields = [Range<Int>](repeating: 0..<0, count: TraceField.allCases.count)
    private var fieldRanks = [UInt8](repeating: 0, count: TraceField.allCases.count)
    /// `metadata` that is no field of ours: name, value, and whether the value is a text.
    private var extras: [(name: Range<Int>, value: Range<Int>, isText: Bool)] = []
    private var byID: [UInt64: Int] = [:]
    private var findings: [(SpanAttribute, Range<Int>, JSONWalk.Value)] = []
    /// Spans beyond the limit, in this trace.
    private(set) var skippedSpans = 0

    /// Spans of one trace that are looked at; a runaway agent's rest is not.
    static let maximumSpans = 65_536
    private static let maximumExtras = 16

    /// - Parameter paths: of the JSON that `readAttributes` is given.
    init(paths: AttributePaths) {
        walk = JSONWalk(paths: paths)
        eventsWalk = JSONWalk(paths: .events)
    }

    var texts: [UInt8] { walk.texts }
    var isEmpty: Bool { spans.isEmpty }

    mutating func reset() {
        spans.removeAll(keepingCapacity: true)
        extras.removeAll(keepingCapacity: true)
        byID.removeAll(keepingCapacity: true)
        walk.texts.removeAll(keepingCapacity: true)
        for index in fields.indices {
            fields[index] = 0..<0
            fieldRanks[index] = 0
        }
        skippedSpans = 0
    }

    // MARK: Reading

    /// A column's text, kept for this trace.
    mutating func text(_ row: ColumnReader, _ column: Int) -> Range<Int> {
        column < 0 ? 0..<0 : row.append(column, to: &walk.texts)
    }

    /// The hash of a column's text; 0 for none.
    mutating func hash(_ row: ColumnReader, _ column: Int) -> UInt64 {
        guard column >= 0 else { return 0 }
        let start = walk.texts.count
        let range = row.append(column, to: &walk.texts)
        guard !range.isEmpty else { return 0 }
        walk.texts.append(contentsOf: repeatElement(0, count: 8))
        let hash = unsafe IdentifierHash.hash(walk.texts.span.bytes, range)
        walk.texts.removeSubrange(start...)
        return hash
    }

    /// A time column: a text, or an integer as it is.
    mutating func time(_ row: ColumnReader, _ column: Int) -> Int64? {
        let start = walk.texts.count
        defer { walk.texts.removeSubrange(start...) }
        let range = row.append(column, to: &walk.texts)
        return StoreTime.microseconds(walk.texts[range])
    }

    mutating func add(_ span: SpanFacts) {
        guard spans.count < Self.maximumSpans else { return skippedSpans += 1 }
        if span.id != 0 { byID[span.id] = spans.count }
        spans.append(span)
    }

    /// A text of the trace; the highest rank wins, and the first of equal ones.
    mutating func set(_ field: TraceField, _ range: Range<Int>, rank: UInt8) {
        let index = field.rawValue
        guard !range.isEmpty, rank > fieldRanks[index] else { return }
        fields[index] = range
        fieldRanks[index] = rank
    }

    mutating func set(_ field: TraceField, _ text: String, rank: UInt8) {
        let start = walk.texts.count
        walk.texts.append(contentsOf: text.utf8)
        set(field, start..<walk.texts.count, rank: rank)
    }

    /// Reads the attributes of `span` from a column.
    /// - Parameters:
    ///   - isRoot: what the root says of the trace goes before what its children say.
    ///   - encoded: values are JSON in texts.
    mutating func readAttributes(
        _ row: ColumnReader, _ column: Int, into span: inout SpanFacts, isRoot: Bool, encoded: Bool
    ) {
        guard column >= 0 else { return }
        json.removeAll(keepingCapacity: true)
        let range = row.append(column, to: &json)
        guard !range.isEmpty else { return }
        var found: [(SpanAttribute, Range<Int>, JSONWalk.Value)] = []
        swap(&found, &findings)
        found.removeAll(keepingCapacity: true)
        walk.walk(json, range, encoded: encoded) { found.append(($0, $1, $2)) }
        for (attribute, name, value) in found {
            take(attribute, name, value, &span, rank: isRoot ? 3 : 2)
        }
        swap(&found, &findings)
    }
    /// A tag of the trace: a name and its value.
    mutating func readTag(_ row: ColumnReader, name: Int, value: Int) {
        takeMetadata(text(row, name), text(row, value), true, 3)
    }

    /// The exception among a span's events.
    mutating func readEvents(_ row: ColumnReader, _ column: Int, into span: inout SpanFacts) {
        guard column >= 0 else { return }
        json.removeAll(keepingCapacity: true)
        let range = row.append(column, to: &json)
        guard range.count > 2 else { return }
        var exception: Range<Int>?
        eventsWalk.texts.removeAll(keepingCapacity: true)
        eventsWalk.walk(json, range) { _, _, value in
            if case .text(let range) = value, exception == nil { exception = range }
        }
        guard let exception else { return }
        let start = walk.texts.count
        walk.texts.append(contentsOf: eventsWalk.texts[exception])
        span.exceptionType = start..<walk.texts.count
    }

    private mutating func take(
        _ attribute: SpanAttribute, _ name: Range<Int>, _ value: JSONWalk.Value, _ span: inout SpanFacts, rank: UInt8
    ) {
        let range: Range<Int>
        let isText: Bool
        switch value {
        case .text(let text): (range, isText) = (text, true)
        case .scalar(let text): (range, isText) = (text, false)
        }
        guard !range.isEmpty else { return }
        if let field = TraceField.of(attribute) { return set(field, range, rank: rank) }
        switch attribute {
        case .promptID: set(.promptVersion, range, rank: 1)
        case .tag: if isArm(range) { set(.variant, range, rank: 1) }
        case .metadata: takeMetadata(name, range, isText, rank)
        case .spanKind: if span.kind.isEmpty { span.kind = range }
        case .model: if span.model.isEmpty { span.model = range }
        case .requestedModel: if span.requestedModel.isEmpty { span.requestedModel = range }
        case .provider: if span.provider.isEmpty { span.provider = range }
        case .stopReason: if span.stopReason.isEmpty { span.stopReason = range }
        case .tool: if span.tool.isEmpty { span.tool = range }
        case .errorType: span.errorType = range
        case .exceptionType: if span.exceptionType.isEmpty { span.exceptionType = range }
        case .statusMessage: span.statusMessage = range
        case .statusCode: span.statusCode = integer(range).flatMap { (0...999).contains($0) ? $0 : nil }
        case .outputValue: span.outputLength = integer(range)
        case .timeToFirstToken:
            guard let seconds = number(range), seconds >= 0, seconds < 1e6 else { break }
            span.timeToFirstToken = Int64((seconds * 1e6).rounded())
        case .inputTokens: if span.usage.input == nil { span.usage.input = Usage.tokens(integer(range)) }
        case .outputTokens: if span.usage.output == nil { span.usage.output = Usage.tokens(integer(range)) }
        case .cachedInput: if span.usage.cachedInput == nil { span.usage.cachedInput = Usage.tokens(integer(range)) }
        case .cacheWrite: if span.usage.cacheWrite == nil { span.usage.cacheWrite = Usage.tokens(integer(range)) }
        case .reasoning: if span.usage.reasoning == nil { span.usage.reasoning = Usage.tokens(integer(range)) }
        case .cost: if span.usage.cost == nil { span.usage.cost = Usage.nanoDollars(number(range)) }
        default: break
        }
    }

    private mutating func takeMetadata(_ name: Range<Int>, _ value: Range<Int>, _ isText: Bool, _ rank: UInt8) {
        if let field = TraceField.named(texts, name) { return set(field, value, rank: rank) }
        guard !name.isEmpty, !value.isEmpty, extras.count < Self.maximumExtras, value.count <= 64 else { return }
        if extras.contains(where: { walk.texts[$0.name] == walk.texts[name] }) { return }
        extras.append((name, value, isText))
    }

    private func integer(_ range: Range<Int>) -> Int64? {
        number(range).flatMap { $0.magnitude < 9e15 ? Int64($0.rounded()) : nil }
    }

    /// A number, also where it was written as a text.
    private func number(_ range: Range<Int>) -> Double? {
        guard range.count <= 40 else { return nil }
        return Double(String(decoding: walk.texts[range], as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
    }

    private func isArm(_ range: Range<Int>) -> Bool {
        walk.texts[range].elementsEqual("canary".utf8) || walk.texts[range].elementsEqual("control".utf8)
    }
}

// MARK: - The request

extension TraceAssembly {
    /// Works out which spans' usage counts. Call before anything below.
    mutating func settle() {
        for index in spans.indices {
            let facts = spans[index]
            let kind = SpanKinds.role(of: texts[facts.kind])
            spans[index].role = kind == .other && facts.hasUsage && facts.tool.isEmpty ? .model : kind
        }
        for index in spans.indices where spans[index].hasUsage {
            var parent = spans[index].parent
            // Stops where somebody was before: so each link is followed once, and a ring of parents ends.
            while parent != 0, let above = byID[parent], above != index, !spans[above].isCovered {
                spans[above].isCovered = true
                parent = spans[above].parent
            }
        }
    }

    /// Spans without a parent, or without one in this trace.
    private func isTop(_ span: SpanFacts) -> Bool { span.parent == 0 || byID[span.parent] == nil }

    /// The span that has no parent at all.
    var root: SpanFacts? { spans.first { $0.parent == 0 } }

    /// µs since 1970: of the root, else of all spans together.
    var interval: (start: Int64, end: Int64) {
        var start = Int64.max
        var end = Int64.min
        let hasRoot = root != nil
        for span in spans where !hasRoot || span.parent == 0 {
            start = min(start, span.start)
            end = max(end, span.end)
        }
        return start <= end ? (start, end) : (start, start)
    }

    /// What this trace is counted as.
    func counted(success: Bool?, usage given: Usage? = nil) -> Counted {
        var counted = Counted()
        counted.usage = given ?? usage
        counted.toolCalls = spans.count { $0.role == .tool }
        counted.spans = spans.count
        counted.success = success
        counted.isRooted = root != nil
        return counted
    }

    /// No top span has failed. A failure below that was handled is the tool's and not the request's.
    var succeeded: Bool { !spans.contains { isTop($0) && $0.failed } }

    /// The sum over the spans that count. The cost is known only if it is for each of them that used tokens.
    var usage: Usage {
        var sum = Usage()
        var isCostKnown = true
        for span in spans where span.hasUsage && !span.isCovered {
            sum.add(span.usage)
            if span.usage.cost == nil { isCostKnown = false }
        }
        if !isCostKnown { sum.cost = nil }
        return sum
    }

    /// Writes the request as one native record.
    /// - Parameters:
    ///   - counted: what the record says is used, and how it went.
    ///   - old: what was said before: only tools and spans beyond it are written.
    func write(
        traceID: Range<Int>, interval: (start: Int64, end: Int64), counted: Counted, beyond old: Counted = Counted(),
        into batch: inout LineBatch
    ) {
        batch.raw(#""type":"request""#)
        batch.text("trace_id", texts, traceID)
        batch.integer("start_time", interval.start)
        batch.integer("end_time", interval.end)
        batch.flag("success", counted.success)
        let usage = counted.usage
        batch.integer("input_tokens", usage.input)
        batch.integer("output_tokens", usage.output)
        batch.integer("cached_input_tokens", usage.cachedInput)
        batch.integer("cache_write_tokens", usage.cacheWrite)
        batch.integer("reasoning_tokens", usage.reasoning)
        batch.dollars("cost_usd", usage.cost)
        writeModel(into: &batch)
        if counted.success == false { writeError(into: &batch) }
        for field in TraceField.allCases { batch.text(field.key, texts, fields[field.rawValue]) }
        if fields[TraceField.taskType.rawValue].isEmpty, let root { batch.text("task_type", texts, root.name) }
        writeExtras(into: &batch)
        writeTools(beyond: old.toolCalls, into: &batch)
        writeSpans(beyond: old.spans, into: &batch)
    }

    private func writeModel(into batch: inout LineBatch) {
        var main: SpanFacts?
        var last: SpanFacts?
        var calls: Int64 = 0
        for span in spans where span.role == .model && !span.isCovered {
            calls += 1
            if main.map({ ($0.usage.output ?? -1) < (span.usage.output ?? -1) }) ?? true { main = span }
            if last.map({ $0.end <= span.end }) ?? true { last = span }
        }
        if calls > 0 { batch.integer("steps", calls) }
        if let main {
            batch.text("model", texts, main.model.isEmpty ? main.requestedModel : main.model)
            batch.text("provider", texts, main.provider)
        }
        if let last {
            batch.text("stop_reason", texts, last.stopReason)
            if calls == 1 { batch.milliseconds("ttft_ms", last.timeToFirstToken) }
        }
        let answer = root ?? last
        if let length = answer?.outputLength, length > 0 {
            batch.integer("output_length", length)
            batch.flag("final_output", true)
        }
    }

    /// The root's own exception, else that of the last span that failed.
    private func writeError(into batch: inout LineBatch) {
        let failed = spans.filter(\.failed)
        let candidates = failed.filter { isTop($0) } + failed.sorted { $0.end > $1.end }
        if let code = candidates.lazy.compactMap(\.statusCode).first { batch.integer("status_code", code) }
        for path in [\SpanFacts.errorType, \.exceptionType] {
            if let span = candidates.first(where: { !$0[keyPath: path].isEmpty }) {
                return batch.text("error_type", texts, span[keyPath: path])
            }
        }
        for span in candidates {
            let word = texts[span.statusMessage].prefix { $0 != UInt8(ascii: ":") }
            if (3...64).contains(word.count), word.allSatisfy(Self.isNameCharacter) {
                return batch.text("error_type", texts, word.startIndex..<word.endIndex)
            }
        }
        batch.text("error_type", "error")
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
    }

    private func writeExtras(into batch: inout LineBatch) {
        for extra in extras {
            batch.raw(#",""#)
            batch.withBytes { bytes in
                bytes.append(contentsOf: "metadata.".utf8)
                let start = bytes.count
                bytes.append(contentsOf: texts[extra.name])
                JSONText.escape(&bytes, from: start)
            }
            batch.raw(#"":"#)
            batch.quoted(texts, extra.value)
        }
    }

    private func writeTools(beyond count: Int, into batch: inout LineBatch) {
        let tools = spans.lazy.filter { $0.role == .tool }.dropFirst(count)
        guard !tools.isEmpty else { return }
        batch.key("tool_calls")
        batch.raw("[")
        var isFirst = true
        for tool in tools {
            batch.raw(isFirst ? "{" : ",{")
            isFirst = false
            batch.text("name", texts, tool.tool.isEmpty ? tool.name : tool.tool)
            batch.milliseconds("latency_ms", Self.duration(tool))
            batch.flag("success", !tool.failed)
            batch.raw("}")
        }
        batch.raw("]")
    }

    private func writeSpans(beyond count: Int, into batch: inout LineBatch) {
        guard spans.count > count, spans.count > 1 else { return }
        batch.key("spans")
        batch.raw("[")
        for (index, span) in spans.dropFirst(count).prefix(Record.maximumParts).enumerated() {
            batch.raw(index == 0 ? "{" : ",{")
            batch.text("operation_name", texts, span.kind.isEmpty ? span.name : span.kind)
            if span.role == .tool { batch.text("tool", texts, span.tool.isEmpty ? span.name : span.tool) }
            batch.milliseconds("latency_ms", Self.duration(span))
            batch.text("status", span.failed ? "ERROR" : "OK")
            batch.raw("}")
        }
        batch.raw("]")
    }

    /// µs; a clock that ran backwards makes it 0, and what is longer than a year is not known.
    private static func duration(_ span: SpanFacts) -> Int64? {
        let duration = max(span.end - span.start, 0)
        return duration <= 366 * 86_400 * 1_000_000 ? duration : nil
    }
}

/// What the words of the libraries mean.
enum SpanKinds {
    static func role(of kind: ArraySlice<UInt8>) -> SpanFacts.Role {
        switch String(decoding: kind.prefix(32), as: UTF8.self).uppercased() {
        case "LLM", "CHAT_MODEL", "COMPLETION": .model
        case "TOOL": .tool
        default: .other
        }
    }
}
