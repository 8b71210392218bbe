// What a line is, where nothing is known about it yet.

extension LineDecoder {
    /// What became of one object.
    private enum Outcome {
        case record
        case absorbed
    }

    mutating func decodeAny(_ buffer: RawSpan, _ line: Range<Int>, into record: inout Record) -> LineResult {
        context.texts.removeAll(keepingCapacity: true)
        if multiline.isOpen { return goOn(buffer, line, into: &record) }
        var scanner = Scanner(line)
        if line.count >= 3, buffer.word(at: line.lowerBound) & 0xFF_FFFF == 0xBF_BBEF { scanner.position += 3 }
        scanner.skipBlanks(buffer)
        guard scanner.position < scanner.end else { return .blank }
        let first = buffer.byte(at: scanner.position)
        if first == ASCII.openBrace || first == ASCII.openBracket {
            if multiline.begin(buffer, scanner.position..<line.upperBound) { return .absorbed }
            return decodeDocument(buffer, line, isArray: first == ASCII.openBracket, into: &record)
        }
        // Anything else is no JSON of ours: the native decoder knows the reason.
        return nativeResult(buffer, line, into: &record)
    }

    private mutating func nativeResult(
        _ buffer: RawSpan, _ line: Range<Int>, into record: inout Record
    ) -> LineResult {
        switch native.decode(buffer, line: line, into: &record) {
        case .record:
            count(.native)
            return .record
        case .blank: return .blank
        case .rejected(let rejection): return .rejected(rejection)
        }
    }

    private mutating func decodeDocument(
        _ buffer: RawSpan, _ line: Range<Int>, isArray: Bool, into record: inout Record
    ) -> LineResult {
        do throws(Rejection) {
            try context.document.load(buffer, line)
        } catch {
            // The native decoder's reason, where it has one, is the same for every kind of record.
            if isArray { return .rejected(error) }
            let result = nativeResult(buffer, line, into: &record)
            if case .rejected = result { return result }
            return result == .blank ? .rejected(error) : result
        }
        do throws(Rejection) {
            if isArray { return try decodeElements(0, &record) }
            switch try decodeObject(0, buffer, line, into: &record) {
            case .record: return .record
            case .absorbed: return hasMore ? .several : .absorbed
            }
        } catch {
            context.texts.removeAll(keepingCapacity: true)
            return .rejected(error)
        }
    }

    // MARK: Arrays and documents over several lines

    /// The objects of an array on one line, each as if it stood alone.
    private mutating func decodeElements(_ node: Int, _ record: inout Record) throws(Rejection) -> LineResult {
        let ranges = context.document.elements(node).map { element in
            (isObject: context.document.kind(element) == .object, range: context.document.range(element))
        }
        guard ranges.allSatisfy(\.isObject) else { throw Rejection(reason: .jsonArray, field: nil, offset: 0) }
        let text = context.document.bytes
        var failure: Rejection?
        for element in ranges {
            if let rejection = decodeElement(text, element.range, &record) { failure = failure ?? rejection }
        }
        if let failure { return .rejected(failure) }
        return hasMore ? .several : .absorbed
    }

    /// Reads one object; its record waits to be fetched.
    private mutating func decodeElement(_ text: [UInt8], _ range: Range<Int>, _ record: inout Record) -> Rejection? {
        do throws(Rejection) {
            try context.document.load(text, range)
            let copy = context.document.bytes
            let count = range.count
            // A view of the copy's bytes; any bit pattern is a byte.
            let outcome = try unsafe decodeObject(0, copy.span.bytes, 0..<count, into: &record)
            if case .record = outcome {
                if !record.textsAreOwned {
                    keepTexts(copy, &record)
                } else {
                    context.texts = texts.dropLast(UTF8Bytes.padding)
                }
                context.enqueue(record)
            }
            return nil
        } catch {
            context.texts.removeAll(keepingCapacity: true)
            return error
        }
    }

    /// Copies what a native record points at.
    private mutating func keepTexts(_ bytes: [UInt8], _ record: inout Record) {
        func keep(_ range: inout Range<Int>) {
            let start = context.texts.count
            context.texts.append(contentsOf: bytes[range])
            range = start..<context.texts.count
        }
        keep(&record.traceText)
        keep(&record.sessionText)
        keep(&record.userText)
        keep(&record.traceURLText)
    }

    private mutating func goOn(_ buffer: RawSpan, _ line: Range<Int>, into record: inout Record) -> LineResult {
        let step = multiline.add(buffer, line)
        var failure: Rejection?
        if case .broken = step {
            multiline.reset()
            let reason = Rejection(reason: .unfinishedDocument, field: nil, offset: 0)
            // The line may be a record of its own.
            let result = decodeAny(buffer, line, into: &record)
            if case .record = result {
                if record.textsAreOwned {
                    context.texts = texts.dropLast(UTF8Bytes.padding)
                } else {
                    var copy: [UInt8] = []
                    copy.append(buffer, 0..<line.upperBound)
                    keepTexts(copy, &record)
                }
                context.enqueue(record)
            }
            return .rejected(reason)
        }
        let text = multiline.text
        for range in multiline.elements {
            if let rejection = decodeElement(text, range, &record) { failure = failure ?? rejection }
        }
        if let failure { return .rejected(failure) }
        return hasMore ? .several : .absorbed
    }

    // MARK: One object

    /// Reads the object at `node`, which stands in `line` of `buffer` as well.
    private mutating func decodeObject(
        _ node: Int, _ buffer: RawSpan, _ line: Range<Int>, into record: inout Record
    ) throws(Rejection) -> Outcome {
        let found = recognition.format(context.document, node)
        if let forced, forced != .mapped {
            // A transcript's rarer lines have nothing to be known by.
            guard found == forced || found == nil || forced == .native else {
                throw Rejection(reason: .otherFormat, field: nil, offset: 0)
            }
            return try decode(forced, node, buffer, line, into: &record)
        }
        if let found { return try decode(found, node, buffer, line, into: &record) }
        return try decodeOwn(node, buffer, line, into: &record)
    }

    private mutating func decode(
        _ format: WireFormat, _ node: Int, _ buffer: RawSpan, _ line: Range<Int>, into record: inout Record
    ) throws(Rejection) -> Outcome {
        switch format {
        case .otlp: try otlp.decode(&context)
        case .langfuse: try langfuse.decode(node, &context)
        case .claudeCode: try claudeCode.decode(node, &context)
        case .codex: try codex.decode(node, &context)
        case .litellm:
            try litellm.decode(node, &context, into: &record)
            count(.litellm)
            ownTexts(&record)
            return .record
        case .native, .mapped: return try decodeOwn(node, buffer, line, into: &record)
        }
        count(format)
        return .absorbed
    }

    /// A native record, or an object of unknown shape.
    private mutating func decodeOwn(
        _ node: Int, _ buffer: RawSpan, _ line: Range<Int>, into record: inout Record
    ) throws(Rejection) -> Outcome {
        switch native.decodePlainly(buffer, line: line, into: &record) {
        case .blank: throw Rejection(reason: .notAnObject, field: nil, offset: 0)
        case .record:
            noteNative(node)
            guard forced != .native, isPartlyForeign || mapped.isGiven || context.survey.isOpen else {
                count(.native)
                return .record
            }
            var copy = record
            copy.traceText = 0..<0
            copy.sessionText = 0..<0
            copy.userText = 0..<0
            guard mapped.complete(node, &context, &copy) else {
                count(.native)
                return .record
            }
            return adopt(copy, buffer, into: &record)
        case .rejected(let rejection):
            guard forced != .native, Self.isForeign(rejection.reason) else {
                throw ForeignShape.explained(rejection, buffer, line)
            }
            // Transcripts have lines of other types, and new ones every month.
            if last == .claudeCode || last == .codex, let type = context.document.value(node, "type"),
                context.document.isText(type)
            {
                return .absorbed
            }
            let isRecord: Bool
            do throws(Rejection) {
                isRecord = try mapped.decode(node, &context, into: &record, rejection: rejection)
            } catch {
                throw ForeignShape.explained(error, buffer, line)
            }
            count(.mapped)
            guard isRecord else { return .absorbed }
            ownTexts(&record)
            return .record
        }
    }

    /// Takes over a native record that foreign keys have completed: all its texts are then ours.
    private mutating func adopt(_ completed: Record, _ buffer: RawSpan, into record: inout Record) -> Outcome {
        isPartlyForeign = true
        func keep(_ range: Range<Int>) -> Range<Int> {
            let start = context.texts.count
            context.texts.append(buffer, range)
            return start..<context.texts.count
        }
        let before = record
        record = completed
        // What the map has not read anew stands in the line.
        if completed.traceHash == before.traceHash { record.traceText = keep(before.traceText) }
        if completed.sessionHash == before.sessionHash { record.sessionText = keep(before.sessionText) }
        if completed.userHash == before.userHash { record.userText = keep(before.userText) }
        record.traceURLText = keep(before.traceURLText)
        count(.mapped)
        ownTexts(&record)
        return .record
    }

    /// Reasons for which an object may still be a record under other names or in another writing.
    private static func isForeign(_ reason: Rejection.Reason) -> Bool {
        switch reason {
        case .noRecordField, .expectedNumber, .expectedText, .expectedFlag, .expectedArray, .expectedObject, .badTime,
            .missingField, .outOfRange, .otlp, .litellm, .transcript, .langfuse:
            true
        default: false
        }
    }

    /// Notes the native fields of a line while the survey lasts.
    private mutating func noteNative(_ node: Int) {
        guard context.survey.takesNotes else { return }
        var cursor = MemberCursor(context.document, node)
        while let (key, value) = cursor.next(context.document) {
            guard let name = context.document.string(key), let field = Field(rawValue: name), field.isKey,
                context.document.kind(value) != .null
            else { continue }
            let isProse = [.finalOutput, .comment, .errorMessage, .note, .rollbackCommand].contains(field)
            context.survey.note(name, key: name, example: isProse ? "…" : context.document.example(value))
        }
    }
}
