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
    private(set) var fields = [Range<Int>](repeating: 0..<0, count: TraceField.allCases.count)
    private var fieldRanks = [UInt8](repeating: 0, count: TraceField.allCases.count)
    /// `metadata` that is no field of ours: name, value, and whether the value is a text.
    private(set) var extras: [(name: Range<Int>, value: Range<Int>, isText: Bool)] = []
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
    func isTop(_ span: SpanFacts) -> Bool { span.parent == 0 || byID[span.parent] == nil }

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
        if success == false { counted.errorType = errorType }
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
