/// Reads Langfuse: traces as its interface downloads them, whole, and lines of its blob export, whose observations are
/// collected by trace.
///
/// A trace that several observations hang on has no root of its own: its request lasts from the first's start to the
/// last's end. Tables keep older versions of a row: the newest counts.
struct LangfuseDecoder {
    var assembler = TraceAssembler(spansEnvelope: true)
    private var attributes = AttributeReader()
    private let keys = KeyIndex(LangfuseKey.names)
    private var roles: [Symbol: SpanRole] = [:]

    /// Where the parts of an object stand.
    struct Places {
        private var nodes = [Int?](repeating: nil, count: LangfuseKey.count)

        subscript(key: LangfuseKey) -> Int? {
            get { nodes[key.rawValue] }
            set { nodes[key.rawValue] = newValue }
        }
    }

    /// Reads the object at `node`: a trace with its observations, a page of them, or one row of any table.
    mutating func decode(_ node: Int, _ context: inout FormatContext) throws(Rejection) {
        let document = context.document
        if let data = document.value(node, "data"), document.kind(data) == .array {
            for element in document.elements(data) { try decodeOne(element, &context) }
        } else {
            try decodeOne(node, &context)
        }
        assembler.settle()
    }

    private mutating func decodeOne(_ node: Int, _ context: inout FormatContext) throws(Rejection) {
        let document = context.document
        let trace = document.value(node, "trace") ?? node
        if let observations = document.value(node, "observations") ?? document.value(trace, "observations"),
            document.kind(observations) == .array
        {
            return readTrace(trace, observations, &context)
        }
        let places = places(node, document)
        if let deleted = places[.isDeleted], document.flag(deleted) == true || document.count(deleted) == 1 { return }
        if isScore(places) {
            let trace = context.hash(places[.trace])
            if let record = score(places, &context, trace: nil), !assembler.follow(record, trace: trace) {
                context.queue.append(record)
            }
            return
        }
        if places[.trace] != nil, places[.start] != nil {
            guard readObservation(places, &context) else { throw missingTime }
        } else if places[.id] != nil, places[.timestamp] != nil {
            describe(places, &context)
        } else {
            throw missingTime
        }
    }

    private var missingTime: Rejection { Rejection(reason: .missingField, field: .startTime, offset: 0) }

    func isScore(_ places: Places) -> Bool {
        places[.value] != nil || places[.stringValue] != nil
            || places[.start] == nil && places[.source] != nil && places[.name] != nil && places[.trace] != nil
    }

    private func places(_ node: Int, _ document: borrowing JSONDocument) -> Places {
        var places = Places()
        var cursor = MemberCursor(document, node)
        while let (key, value) = cursor.next(document) {
            guard document.kind(value) != .null, let place = keys.find(document, key),
                let key = LangfuseKey(place: place)
            else { continue }
            places[key] = value
        }
        return places
    }

    // MARK: Whole traces

    private mutating func readTrace(_ trace: Int, _ observations: Int, _ context: inout FormatContext) {
        let document = context.document
        let whole = places(trace, document)
        var fact = SpanFact()
        readWhole(whole, &context, into: &fact)
        let id = context.hash(whole[.id])
        let text = Self.text(whole[.id], document)
        var held = HeldTrace(hash: id, text: text, spansEnvelope: true)
        held.whole = fact
        held.keepSession(fact.session, Self.text(whole[.session], document))
        var cursor = ElementCursor(document, observations)
        while let node = cursor.next(document) {
            guard document.kind(node) == .object, held.spans.count < assembler.limits.spansPerTrace else { continue }
            guard let span = observation(places(node, document), &context) else { continue }
            if held.replace(span) == nil { held.add(span) }
        }
        if held.spans.isEmpty, let span = lone(whole, fact, &context) { held.add(span) }
        var scores = ElementCursor(document, whole[.scores])
        while let node = scores.next(document) {
            guard document.kind(node) == .object,
                let record = score(places(node, document), &context, trace: whole)
            else { continue }
            if held.spans.isEmpty || !held.follow(record) { context.queue.append(record) }
        }
        if !held.spans.isEmpty { assembler.addWhole(held) }
    }

    /// A trace without observations lasts as long as it says.
    private func lone(_ whole: Places, _ fact: SpanFact, _ context: inout FormatContext) -> SpanFact? {
        guard let start = context.time(whole[.timestamp]) else { return nil }
        var span = fact
        span.id = context.hash(whole[.id])
        span.role = .chain
        span.start = start
        span.end = start + (context.document.duration(whole[.latency], power: 6) ?? 0)
        span.failed = false
        // Lists of traces name their observations and sum them up.
        span.cost = context.document.dollars(whole[.totalCost])
        return span
    }

    private static func text(_ node: Int?, _ document: borrowing JSONDocument) -> [UInt8] {
        guard let node, document.isText(node) else { return [] }
        return Array(document.bytes[document.range(node)])
    }

    /// What a trace says of its request as a whole.
    private mutating func readWhole(_ places: Places, _ context: inout FormatContext, into fact: inout SpanFact) {
        var ranks = AttributeReader.Ranks()
        readMetadata(places, &context, into: &fact, &ranks)
        fact.name = context.symbol(places[.name], .taskType)
        let release = context.symbol(places[.release] ?? places[.version], .agentVersion)
        if !release.isAbsent { fact.values[.agentVersion] = release }
        fact.values[.environment] = context.symbol(places[.environment], .environment)
        let session = context.hash(places[.session])
        if session != 0 { fact.session = session }
        let user = context.hash(places[.user])
        if user != 0 { fact.user = user }
        fact.version = version(places, &context)
        var tags = ElementCursor(context.document, places[.tags])
        while fact.values[.variant].isAbsent, let tag = tags.next(context.document) {
            fact.values[.variant] = VariantTag.variant(context.document, tag, &context.reader) ?? .absent
        }
        context.note(.taskType, "name of the trace", places[.name])
        context.note(.sessionID, "sessionId", places[.session])
        context.note(.userID, "userId", places[.user])
        context.note(.agentVersion, "release", places[.release])
    }

    private mutating func describe(_ places: Places, _ context: inout FormatContext) {
        var fact = SpanFact()
        readWhole(places, &context, into: &fact)
        let id = context.hash(places[.id])
        // Should no observation come.
        fact = lone(places, fact, &context) ?? fact
        let document = context.document
        assembler.describe(
            fact, trace: id, text: { Self.text(places[.id], document) },
            session: { Self.text(places[.session], document) })
    }

    // MARK: Observations

    private mutating func readObservation(_ places: Places, _ context: inout FormatContext) -> Bool {
        guard var span = observation(places, &context) else { return false }
        span.session = context.hash(places[.session])
        let user = context.hash(places[.user])
        if user != 0 { span.user = user }
        let traceName = context.symbol(places[.traceName], .taskType)
        if !traceName.isAbsent { span.name = traceName }
        let id = context.hash(places[.trace])
        let document = context.document
        let session = Self.text(places[.session], document)
        assembler.add(span, trace: id, text: { Self.text(places[.trace], document) }, session: session)
        return true
    }

    private mutating func observation(_ places: Places, _ context: inout FormatContext) -> SpanFact? {
        let document = context.document
        guard let start = context.time(places[.start]) else { return nil }
        var span = SpanFact()
        var ranks = AttributeReader.Ranks()
        readMetadata(places, &context, into: &span, &ranks)
        span.id = context.hash(places[.id])
        span.parent = context.hash(places[.parent])
        span.start = start
        let latency = document.duration(places[.latency], power: 6)
        span.end = context.time(places[.end]) ?? start + (latency ?? 0)
        span.version = version(places, &context)
        let isError = places[.level].map { document.equals($0, "ERROR") } ?? false
        span.failed = isError
        if isError, let text = document.string(places[.statusMessage], limit: 400) {
            span.errorType = context.symbols.intern(ErrorText.kind(of: text), .errorType)
            span.statusCode = ErrorText.statusCode(in: text)
        }
        readUsage(places, &context, into: &span)
        readNames(places, &context, into: &span)
        if let first = context.time(places[.completionStart]), first >= start {
            span.timeToFirstToken = min(first - start, NativeDecoder.maximumDuration)
        } else {
            span.timeToFirstToken = document.duration(places[.timeToFirstToken], power: 6)
        }
        note(places, &context)
        return span
    }

    private func readUsage(_ places: Places, _ context: inout FormatContext, into span: inout SpanFact) {
        let document = context.document
        let usage = places[.usage] ?? places[.providedUsage] ?? places[.oldUsage]
        func count(_ keys: StaticString...) -> Int64? {
            for key in keys { if let n = document.count(document.value(usage, key)) { return n } }
            return nil
        }
        span.usage.input = count("input", "prompt_tokens", "promptTokens")
        span.usage.output = count("output", "completion_tokens", "completionTokens")
        span.usage.cached = count("input_cache_read", "input_cached_tokens", "cache_read_input_tokens")
        span.usage.cacheWrite = count("input_cache_creation", "cache_creation_input_tokens")
        span.usage.reasoning = count("output_reasoning", "output_reasoning_tokens")
        // Spans without a model say zero of everything.
        if span.usage.input ?? 0 == 0, span.usage.output ?? 0 == 0, places[.model] == nil { span.usage = TokenUsage() }
        Self.includeParts(usage, document, &span.usage)
        span.usage.includeCached()
        span.cost =
            document.dollars(places[.totalCost]) ?? document.dollars(document.value(places[.cost], "total"))
            ?? document.dollars(places[.calculatedCost])
        // Zero is what stands there for spans that nothing is paid for.
        if span.cost == 0, !span.usage.isKnown { span.cost = nil }
    }

    /// Newer kits take what was cached or thought out of `input` and `output`: then only all parts together make the
    /// total.
    private static func includeParts(_ node: Int?, _ document: borrowing JSONDocument, _ usage: inout TokenUsage) {
        guard let input = usage.input, let output = usage.output,
            let total = document.count(document.value(node, "total"))
        else { return }
        var parts: (input: Int64, output: Int64) = (0, 0)
        var cursor = MemberCursor(document, node)
        while let (key, value) = cursor.next(document) {
            guard let count = document.count(value) else { continue }
            if document.hasPrefix(key, "input_") || document.hasPrefix(key, "cache_") {
                parts.input = min(parts.input + count, NativeDecoder.maximumCount)
            } else if document.hasPrefix(key, "output_") {
                parts.output = min(parts.output + count, NativeDecoder.maximumCount)
            }
        }
        guard input + output < total, input + output + parts.input + parts.output == total else { return }
        usage.input = input + parts.input
        usage.output = output + parts.output
    }

    private mutating func readNames(_ places: Places, _ context: inout FormatContext, into span: inout SpanFact) {
        let model = context.symbol(places[.model], .model)
        if !model.isAbsent { span.values[.model] = model }
        let type = context.symbol(places[.type], .operation)
        span.operation = type
        if let role = roles[type] {
            span.role = role
        } else {
            span.role = SpanRoles.role(of: context.symbols.name(of: type))
            if roles.count < 256 { roles[type] = span.role }
        }
        if span.role == .tool { span.tool = context.symbol(places[.name], .tool) }
        if span.role == .agent { span.values[.agent] = context.symbol(places[.name], .agent) }
        if span.parent == 0 { span.name = context.symbol(places[.name], .taskType) }
        let prompt = context.symbol(places[.promptVersion] ?? places[.promptName], .promptVersion)
        if !prompt.isAbsent { span.values[.promptVersion] = prompt }
        let environment = context.symbol(places[.environment], .environment)
        if !environment.isAbsent { span.values[.environment] = environment }
        let version = context.symbol(places[.version], .agentVersion)
        if !version.isAbsent, span.values[.agentVersion].isAbsent { span.values[.agentVersion] = version }
    }

    private mutating func readMetadata(
        _ places: Places, _ context: inout FormatContext, into fact: inout SpanFact,
        _ ranks: inout AttributeReader.Ranks
    ) {
        guard let metadata = places[.metadata] else { return }
        attributes.readMetadata(context.document.otlpValue(metadata), &context, into: &fact, &ranks)
    }

    private func version(_ places: Places, _ context: inout FormatContext) -> Int64 {
        context.time(places[.eventTime]) ?? context.time(places[.updated]) ?? 0
    }

    private func note(_ places: Places, _ context: inout FormatContext) {
        guard context.survey.takesNotes else { return }
        context.note(.traceID, "traceId", places[.trace])
        context.note(.timestamp, "endTime", places[.end], unit: "ISO 8601")
        context.note(.latency, "endTime − startTime", places[.end], unit: "ISO 8601")
        context.note(.model, "model", places[.model])
        context.note(.cost, "totalCost", places[.totalCost], unit: "$")
        context.note(.success, "level", places[.level])
        context.note(.promptVersion, "promptVersion", places[.promptVersion])
        let usage = places[.usage] ?? places[.providedUsage]
        context.note(.inputTokens, "usageDetails.input", context.document.value(usage, "input"))
        context.note(.outputTokens, "usageDetails.output", context.document.value(usage, "output"))
    }
}
