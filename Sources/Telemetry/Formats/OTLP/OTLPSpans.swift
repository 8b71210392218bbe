/// The keys of a span that are read, each in both spellings.
enum OTLPSpanKey: Int {
    case traceID, spanID, parentID, name, kind, start, end, status, attributes, events, flags

    static let names = [
        "traceId", "spanId", "parentSpanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano", "status",
        "attributes", "events", "flags", "trace_id", "span_id", "parent_span_id", "name", "kind",
        "start_time_unix_nano", "end_time_unix_nano", "status", "attributes", "events", "flags",
    ]

    init?(place: Int) { self.init(rawValue: place % 11) }
}

extension OTLPDecoder {
    /// Where the parts of a span stand.
    private struct SpanPlaces {
        var traceID: Int?
        var spanID: Int?
        var parentID: Int?
        var name: Int?
        var kind: Int?
        var start: Int?
        var end: Int?
        var status: Int?
        var attributes: Int?
        var events: Int?
        var flags: Int?
    }

    /// Reads a span into its trace; false if it has no ids or no time.
    mutating func readSpan(_ node: Int, _ resource: inout Resource, _ context: inout FormatContext) -> Bool {
        let isRead = readSpan(places(node, context.document), resource, &context)
        if !isRead { unread += 1 }
        return isRead
    }

    private mutating func readSpan(
        _ places: SpanPlaces, _ resource: Resource, _ context: inout FormatContext
    ) -> Bool {
        let trace = SpanIdentifier(context.document, places.traceID, bytes: 16)
        let id = SpanIdentifier(context.document, places.spanID, bytes: 8)
        let start = context.document.time(places.start, power: -3)
        var end = context.document.time(places.end, power: -3)
        // Zero is what stands there for a time that was never set.
        if end ?? 0 == 0 { end = start }
        guard trace.hash != 0, id.hash != 0, let end, end > 0 else { return false }
        let parent = SpanIdentifier(context.document, places.parentID, bytes: 8)
        var fact = resource.fact
        var ranks = resource.ranks
        ranks.offset = 0
        fact.id = id.hash
        fact.parent = parent.hash
        fact.end = end
        fact.start = start.map { $0 == 0 ? end : $0 } ?? end
        fact.hasRemoteParent = parent.hash != 0 && isRemote(places, context.document)
        noteTimes(places, &context)
        attributes.read(places.attributes, &context, into: &fact, &ranks, keepsUnknown: parent.hash == 0)
        let evaluations = readEvents(places.events, trace, &context, &fact, &ranks)
        complete(places, &context, &fact, ranks)
        if fact.role != .unknown || fact.usage.isKnown { markCounted(resource.fact.values[.service]) }
        assembler.add(
            fact, trace: trace.hash, text: { trace.text(context.document) },
            session: Self.sessionText(places, fact, context))
        for evaluation in evaluations { follow(evaluation, trace.hash, &context) }
        return true
    }

    private func places(_ node: Int, _ document: borrowing JSONDocument) -> SpanPlaces {
        var places = SpanPlaces()
        var cursor = MemberCursor(document, node)
        while let (key, value) = cursor.next(document) {
            guard let place = spanKeys.find(document, key), document.kind(value) != .null else { continue }
            switch OTLPSpanKey(place: place) {
            case .traceID: places.traceID = value
            case .spanID: places.spanID = value
            case .parentID: places.parentID = value
            case .name: places.name = value
            case .kind: places.kind = value
            case .start: places.start = value
            case .end: places.end = value
            case .status: places.status = value
            case .attributes: places.attributes = value
            case .events: places.events = value
            case .flags: places.flags = value
            case nil: break
            }
        }
        return places
    }

    /// The flags say so (bit 9, if bit 8 says that they know), or the span serves or consumes what another process sent.
    private func isRemote(_ places: SpanPlaces, _ document: borrowing JSONDocument) -> Bool {
        if let flags = document.number(places.flags, scale: 0, 0...0xFFFF_FFFF), flags & 0x100 != 0 {
            return flags & 0x200 != 0
        }
        guard let kind = places.kind else { return false }
        if let number = document.number(kind, scale: 0, 0...5) { return number == 2 || number == 5 }
        return document.equals(kind, "SPAN_KIND_SERVER") || document.equals(kind, "SPAN_KIND_CONSUMER")
    }

    private func noteTimes(_ places: SpanPlaces, _ context: inout FormatContext) {
        guard context.survey.takesNotes else { return }
        context.note(.traceID, "traceId", places.traceID)
        context.note(.timestamp, "endTimeUnixNano", places.end, unit: "ns")
        context.note(.latency, "endTimeUnixNano − startTimeUnixNano of the root", places.end, unit: "ns")
        context.note(.success, "status.code of the root", context.document.value(places.status, "code"))
    }

    /// What follows from the attributes together.
    private mutating func complete(
        _ places: SpanPlaces, _ context: inout FormatContext, _ fact: inout SpanFact, _ ranks: AttributeReader.Ranks
    ) {
        fact.usage.includeCached()
        if fact.cost == nil { fact.cost = ranks.costParts }
        if fact.role == .tool, fact.tool.isAbsent {
            fact.tool = ranks.entity.isAbsent ? toolName(places.name, &context) : ranks.entity
        }
        if fact.role == .unknown, !fact.tool.isAbsent { fact.role = .tool }
        if context.survey.takesNotes, fact.role == .tool {
            context.note(.toolCalls, "spans of tools", places.name)
        }
        let code = context.document.value(places.status, "code")
        let status = context.document.number(code, scale: 0, 0...2)
        let isError = status == 2 || code.map { isNamed($0, "STATUS_CODE_ERROR", "ERROR", "Error", context) } ?? false
        let isFine = status == 1 || code.map { isNamed($0, "STATUS_CODE_OK", "OK", "Ok", context) } ?? false
        // An exception that was handled leaves an event and no error.
        let hasErrorType = !fact.errorType.isAbsent && ranks.values[32] % 32 == 0
        fact.failed = isError || hasErrorType && !isFine
        if fact.failed != true { fact.errorType = .absent }
        guard fact.parent == 0, fact.values[.taskType].isAbsent else { return }
        let agent = fact.values[.agent]
        fact.name =
            agent.isAbsent
            ? context.symbol(places.name, .taskType)
            : context.symbols.intern(context.symbols.name(of: agent), .taskType)
    }

    private func isNamed(
        _ node: Int, _ a: StaticString, _ b: StaticString, _ c: StaticString, _ context: borrowing FormatContext
    ) -> Bool {
        context.document.equals(node, a) || context.document.equals(node, b) || context.document.equals(node, c)
    }

    /// `execute_tool search` names the tool `search`.
    private func toolName(_ name: Int?, _ context: inout FormatContext) -> Symbol {
        guard let name, context.document.hasPrefix(name, "execute_tool ") else { return context.symbol(name, .tool) }
        let range = context.document.range(name).dropFirst(13)
        let symbols = context.symbols
        return context.document.bytes.withBytes { symbols.intern($0, range, .tool) }
    }

    /// The session's text, found again only where it is new to its trace.
    private static func sessionText(
        _ places: SpanPlaces, _ fact: SpanFact, _ context: borrowing FormatContext
    ) -> [UInt8] {
        guard fact.session != 0 || fact.conversation != 0 else { return [] }
        let document = context.document
        let node =
            document.attribute(places.attributes, "session.id")
            ?? document.attribute(places.attributes, "gen_ai.conversation.id")
        guard let node, document.isText(node) else { return [] }
        return Array(document.bytes[document.range(node)])
    }

    // MARK: Events

    private mutating func readEvents(
        _ events: Int?, _ trace: SpanIdentifier, _ context: inout FormatContext, _ fact: inout SpanFact,
        _ ranks: inout AttributeReader.Ranks
    ) -> [QueuedRecord] {
        var evaluations: [QueuedRecord] = []
        var cursor = ElementCursor(context.document, events)
        while let event = cursor.next(context.document) {
            guard let name = context.document.value(event, "name") else { continue }
            let list = context.document.value(event, "attributes")
            if context.document.equals(name, "exception") {
                attributes.read(list, &context, into: &fact, &ranks)
            } else if context.document.equals(name, "gen_ai.choice") {
                if let reason = context.document.attribute(list, "finish_reason"), fact.stopReason.isAbsent {
                    let word = context.document.string(reason) ?? ""
                    fact.stopReason = context.symbols.intern(StopReasons.normalized(word), .stopReason)
                }
            } else if context.document.equals(name, "gen_ai.evaluation.result") {
                let time = context.document.time(
                    context.document.value(event, "timeUnixNano") ?? context.document.value(event, "time_unix_nano"),
                    power: -3)
                if let record = evaluation(list, trace, span: fact.id, time: time ?? fact.end, &context) {
                    evaluations.append(record)
                }
            }
        }
        return evaluations
    }

    /// An evaluation comes after its request, while that is held.
    mutating func follow(_ record: QueuedRecord, _ trace: UInt64, _ context: inout FormatContext) {
        if !assembler.follow(record, trace: trace) { context.queue.append(record) }
    }

    /// An evaluation of a trace or span, from its attributes.
    func evaluation(
        _ list: Int?, _ trace: SpanIdentifier, span: UInt64, time: Int64, _ context: inout FormatContext
    ) -> QueuedRecord? {
        let document = context.document
        var record = Record()
        record.kind = .eval
        record.time = time
        record.hasTime = true
        record.evalName = context.symbol(document.attribute(list, "gen_ai.evaluation.name"), .evalName)
        record.evalLabel = context.symbol(document.attribute(list, "gen_ai.evaluation.score.label"), .evalName)
        let score =
            document.attribute(list, "gen_ai.evaluation.score.value")
            ?? document.attribute(list, "gen_ai.evaluation.score")
        record.evalScore = document.number(score, scale: 6, 0...1_000_000)
        context.note(.evalScore, "gen_ai.evaluation.score.value", score, unit: "0…1")
        guard record.evalScore != nil || !record.evalLabel.isAbsent else { return nil }
        record.traceHash = trace.hash
        let name = document.attribute(list, "gen_ai.evaluation.name")
        // One trace has many evaluations: each is its own record.
        record.spanHash = IdentifierHash.fold(span ^ 0xA076_1D64_78BD_642F, context.hash(name) ^ UInt64(time)) | 1
        context.texts.append(contentsOf: trace.text(document))
        record.traceText = 0..<context.texts.count
        return context.finished(record)
    }
}
