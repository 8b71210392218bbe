/// Reads lines of any format we know into records. The format is recognised line by line; lines of several may stand
/// in one stream.
///
/// After every call records may wait: fetch them with `next` until it says no. Used by one thread, with its table of
/// symbols.
package struct LineDecoder {
    let forced: WireFormat?
    var native: NativeDecoder
    var context: FormatContext
    var mapped: MappedDecoder
    var otlp = OTLPDecoder()
    var litellm = LiteLLMDecoder()
    var langfuse = LangfuseDecoder()
    var claudeCode: ClaudeCodeDecoder
    var codex = CodexDecoder()
    var recognition = FormatRecognition()
    var multiline = MultilineJSON()
    /// The format of the last line that had one.
    var last: WireFormat?
    /// Lines of another format than ours have been seen, so that something may be held; until then `advance` means nothing.
    package private(set) var hasForeign = false
    /// Native records say some things under foreign keys.
    var isPartlyForeign = false
    var unfinished: Rejection?
    private var nativeLines = 0
    var lines = [Int](repeating: 0, count: WireFormat.allCases.count)
    /// The texts of the record that was fetched last: what its ranges point into if `textsAreOwned`.
    package private(set) var texts: [UInt8] = []
    /// Nothing but native lines has been seen for long enough: nothing else is tried first.
    private var isSteady = false

    /// A decoder that puts names into `symbols`, which may be shared with others on the same thread.
    /// - Parameters:
    ///   - format: read every line as this; nil recognises each.
    ///   - map: which foreign keys are which fields of ours.
    ///   - seen: what transcripts have told already; shared by all decoders of a run.
    ///   - surveysFields: whether `understanding` is to say which key filled which field.
    package init(
        symbols: SymbolTable, format: WireFormat? = nil, map: FieldMap? = nil, seen: SeenMessages = SeenMessages(),
        surveysFields: Bool = false
    ) {
        claudeCode = ClaudeCodeDecoder(seen: seen)
        forced = format ?? (map == nil ? nil : .mapped)
        native = NativeDecoder(symbols: symbols)
        context = FormatContext(symbols: symbols, surveysFields: surveysFields)
        mapped = MappedDecoder(map: map)
    }

    /// Bytes behind a line that must be readable.
    package static let padding = NativeDecoder.padding

    /// Reads the line (without its end). On `.record` it is in `record`; otherwise `record` holds rests that mean
    /// nothing.
    package mutating func decode(_ buffer: RawSpan, line: Range<Int>, into record: inout Record) -> LineResult {
        if isSteady {
            switch native.decode(buffer, line: line, into: &record) {
            case .record:
                nativeLines &+= 1
                return .record
            case .blank: return .blank
            case .rejected: isSteady = false
            }
        }
        precondition(line.upperBound + Self.padding <= buffer.byteCount, "the buffer lacks its padding")
        context.survey.beginLine()
        let result = decodeAny(buffer, line, into: &record)
        if result == .record { context.symbols.nameFailure(of: &record) }
        isSteady =
            last == .native && !context.survey.isOpen && !isPartlyForeign && !mapped.isGiven && !multiline.isOpen
            && (forced == nil || forced == .native)
        return result
    }

    /// Whether `next` has a record.
    package var hasMore: Bool { !context.queue.isEmpty || otlp.assembler.hasReady || langfuse.assembler.hasReady }

    /// Fetches a record that waits: a further one of the last line, or a request that has become complete.
    /// - Returns: false if none waits.
    package mutating func next(into record: inout Record) -> Bool {
        guard hasMore else { return false }
        defer { context.symbols.nameFailure(of: &record) }
        if let queued = context.queue.popFirst() {
            record = queued.record
            texts = queued.texts
            return true
        }
        texts.removeAll(keepingCapacity: true)
        if let trace = otlp.assembler.popReady() {
            read(trace, into: &record)
            otlp.assembler.recycle(trace)
            return true
        }
        if let trace = langfuse.assembler.popReady() {
            read(trace, into: &record)
            langfuse.assembler.recycle(trace)
            return true
        }
        return false
    }

    private mutating func read(_ trace: HeldTrace, into record: inout Record) {
        trace.fill(&record, &texts)
        for follower in trace.followers { context.queue.append(follower) }
    }

    /// Event time has come so far, in µs since 1970: requests that have waited long enough are complete.
    package mutating func advance(to time: Int64) {
        guard hasForeign else { return }
        let time = min(time, TimestampReader.maximum)
        otlp.advance(to: time, &context)
        langfuse.assembler.advance(to: time)
        claudeCode.advance(to: time, &context)
        codex.advance(to: time, &context)
    }

    /// The input has ended: everything held becomes records.
    package mutating func finish() {
        if multiline.isOpen {
            unfinished = Rejection(reason: .unfinishedDocument, field: nil, offset: 0)
            multiline.reset()
        }
        otlp.finish(&context)
        langfuse.assembler.finish()
        claudeCode.finish(&context)
        codex.finish(&context)
    }

    /// Why what was held at the end was no record: JSON over several lines that never ended. Says it once.
    package mutating func takeRejection() -> Rejection? {
        defer { unfinished = nil }
        return unfinished
    }

    /// Lines by format.
    package var recognised: [WireFormat: Int] {
        var counts: [WireFormat: Int] = [:]
        for (format, count) in zip(WireFormat.allCases, lines) {
            let count = count + (format == .native ? nativeLines : 0)
            if count > 0 { counts[format] = count }
        }
        return counts
    }

    /// What was understood so far; without fields unless they are surveyed.
    package var understanding: FormatReport {
        var report = context.survey.report()
        report.lines = recognised
        report.notes += counts
        return report
    }

    /// Requests that wait for the rest of their spans or lines, and counts that wait for others.
    package var heldTraces: Int {
        guard hasForeign else { return 0 }
        return otlp.assembler.count + langfuse.assembler.count + claudeCode.openTurns + codex.openTurns
            + otlp.metrics.pendingCount
    }

    /// The newest time of what is held, in µs since 1970; 0 if nothing is.
    package var heldTime: Int64 {
        hasForeign ? max(otlp.now, langfuse.assembler.now, claudeCode.newest, codex.newest) : 0
    }

    private var counts: [String] {
        let duplicates =
            otlp.assembler.duplicates + langfuse.assembler.duplicates + claudeCode.replayed + otlp.metrics.repeated
        let late = otlp.assembler.late + langfuse.assembler.late
        let dropped = otlp.assembler.dropped + langfuse.assembler.dropped
        var counts: [String] = []
        if duplicates > 0 { counts.append("\(duplicates) repeated spans, messages or data points were passed over") }
        if late > 0 { counts.append("\(late) spans came after their request was counted") }
        if otlp.unread > 0 { counts.append("\(otlp.unread) spans without ids or times were passed over") }
        if dropped > 0 { counts.append("\(dropped) spans found no room in their trace") }
        return counts
    }

    /// Hands over the texts kept for the record that is about to be returned.
    mutating func ownTexts(_ record: inout Record) {
        texts.removeAll(keepingCapacity: true)
        texts.append(contentsOf: context.texts)
        texts.append(contentsOf: repeatElement(ASCII.quote, count: UTF8Bytes.padding))
        context.texts.removeAll(keepingCapacity: true)
        record.textsAreOwned = true
    }

    mutating func count(_ format: WireFormat) {
        last = format
        if format != .native { hasForeign = true }
        for (place, other) in WireFormat.allCases.enumerated() where other == format { lines[place] += 1 }
    }
}
