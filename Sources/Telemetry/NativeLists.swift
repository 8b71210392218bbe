// The lists of a request: flags, feature flags, tool calls, spans.

extension NativeDecoder {
    /// Enters the array of `field`; false for null and an empty one.
    func enterArray(_ field: Field, _ buffer: RawSpan, _ scanner: inout Scanner) throws(Rejection) -> Bool {
        if try scanner.passNull(buffer) { return false }
        guard buffer.byte(at: scanner.position) == ASCII.openBracket else {
            throw scanner.wrongType(buffer, .expectedArray, field)
        }
        return try scanner.enter(buffer, closing: ASCII.closeBracket)
    }

    /// Enters the object of `field`; false for null and an empty one.
    func enterObject(_ field: Field, _ buffer: RawSpan, _ scanner: inout Scanner) throws(Rejection) -> Bool {
        if try scanner.passNull(buffer) { return false }
        guard buffer.byte(at: scanner.position) == ASCII.openBrace else {
            throw scanner.wrongType(buffer, .expectedObject, field)
        }
        return try scanner.enter(buffer, closing: ASCII.closeBrace)
    }

    mutating func flags(_ buffer: RawSpan, _ scanner: inout Scanner) throws(Rejection) -> Flags {
        var flags: Flags = []
        var goesOn = try enterArray(.flags, buffer, &scanner)
        while goesOn {
            if try !scanner.passNull(buffer) {
                guard buffer.byte(at: scanner.position) == ASCII.quote else {
                    throw scanner.wrongType(buffer, .expectedText, .flags)
                }
                let text = try scanner.text(buffer)
                if !text.range.isEmpty { flags.insert(flag(buffer, text)) }
            }
            goesOn = try scanner.another(buffer, closing: ASCII.closeBracket)
        }
        return flags
    }

    private mutating func flag(_ buffer: RawSpan, _ text: ScannedText) -> Flags {
        let symbol: Symbol?
        if text.hasEscapes {
            let count = Escapes.remove(buffer, text.range, into: &scratch)
            symbol = scratch.withBytes { symbols.lookup($0, 0..<count, .flag) }
        } else {
            symbol = symbols.lookup(buffer, text.range, .flag)
        }
        guard let symbol, let bit = flagSymbols.firstIndex(of: symbol) else { return .other }
        return Flags(rawValue: 1 << UInt16(bit))
    }

    mutating func featureFlags(
        _ buffer: RawSpan, _ scanner: inout Scanner, _ record: inout Record
    ) throws(Rejection) {
        record.featureFlags.removeAll(keepingCapacity: true)
        var goesOn = try enterArray(.featureFlags, buffer, &scanner)
        while goesOn {
            let flag = try name(.featureFlags, .featureFlag, buffer, &scanner)
            if !flag.isAbsent, record.featureFlags.count < Record.maximumFeatureFlags {
                record.featureFlags.append(flag)
            }
            goesOn = try scanner.another(buffer, closing: ASCII.closeBracket)
        }
    }

    /// A count, or an array of objects or names.
    mutating func toolCalls(_ buffer: RawSpan, _ scanner: inout Scanner, _ record: inout Record) throws(Rejection) {
        record.tools.removeAll(keepingCapacity: true)
        record.toolCallCount = nil
        guard buffer.byte(at: scanner.position) == ASCII.openBracket else {
            record.toolCallCount = try count(.toolCalls, buffer, &scanner)
            return
        }
        var number: Int64 = 0
        var goesOn = try enterArray(.toolCalls, buffer, &scanner)
        while goesOn {
            let call = try toolCall(buffer, &scanner)
            number += 1
            if record.tools.count < Record.maximumParts { record.tools.append(call) }
            goesOn = try scanner.another(buffer, closing: ASCII.closeBracket)
        }
        record.toolCallCount = number
    }

    private mutating func toolCall(_ buffer: RawSpan, _ scanner: inout Scanner) throws(Rejection) -> ToolCall {
        var call = ToolCall()
        if buffer.byte(at: scanner.position) == ASCII.quote {
            call.name = try name(.toolCalls, .tool, buffer, &scanner)
            return call
        }
        var slot = try firstInnerKey(.toolCalls, buffer, &scanner)
        while slot != KeyTable.lineEnd {
            switch keys.field(slot) {
            case .name, .toolName, .tool: call.name = try name(.name, .tool, buffer, &scanner)
            case .latency: call.latency = try duration(.latency, buffer, &scanner)
            case .duration: call.latency = try duration(.duration, buffer, &scanner)
            case .success: call.success = try scanner.flag(buffer, .success)
            case .argumentsValid: call.argumentsValid = try scanner.flag(buffer, .argumentsValid)
            default: try scanner.skipValue(buffer)
            }
            slot = try nextInnerKey(after: slot, buffer, &scanner)
        }
        return call
    }

    mutating func spans(_ buffer: RawSpan, _ scanner: inout Scanner, _ record: inout Record) throws(Rejection) {
        record.spans.removeAll(keepingCapacity: true)
        var goesOn = try enterArray(.spans, buffer, &scanner)
        while goesOn {
            let part = try spanPart(buffer, &scanner)
            if record.spans.count < Record.maximumParts { record.spans.append(part) }
            goesOn = try scanner.another(buffer, closing: ASCII.closeBracket)
        }
    }

    private mutating func spanPart(_ buffer: RawSpan, _ scanner: inout Scanner) throws(Rejection) -> SpanPart {
        var part = SpanPart()
        var start: Int64?
        var end: Int64?
        var slot = try firstInnerKey(.spans, buffer, &scanner)
        while slot != KeyTable.lineEnd {
            let field = keys.field(slot)
            switch field {
            case .operationName, .name: part.operation = try name(field, .operation, buffer, &scanner)
            case .tool, .toolName: part.tool = try name(field, .tool, buffer, &scanner)
            case .latency, .duration: part.duration = try duration(field, buffer, &scanner)
            case .startTime: start = try time(field, buffer, &scanner)
            case .endTime: end = try time(field, buffer, &scanner)
            case .status: part.failed = try spanFailed(buffer, &scanner)
            case .success: part.failed = try scanner.flag(buffer, field).map { !$0 }
            case .attributes: part.tool = try toolName(buffer, &scanner) ?? part.tool
            default: try scanner.skipValue(buffer)
            }
            slot = try nextInnerKey(after: slot, buffer, &scanner)
        }
        part.start = start ?? end.flatMap { end in part.duration.map { end - $0 } }
        if part.duration == nil, let start, let end {
            guard end >= start else { throw scanner.rejection(.endBeforeStart, .spans) }
            part.duration = end - start
        }
        part.kind = kind(of: part)
        return part
    }

    /// A span's kind follows from its operation, else from its naming a tool.
    mutating func kind(of part: SpanPart) -> SpanKind {
        if part.operation.isAbsent { return part.tool.isAbsent ? .other : .tool }
        return operations.kind(of: part.operation, symbols)
    }

    /// A span's `status`: `ERROR` failed, any other word has not (`UNSET` is how success is written), null is not
    /// known.
    mutating func spanFailed(_ buffer: RawSpan, _ scanner: inout Scanner) throws(Rejection) -> Bool? {
        if try scanner.passNull(buffer) { return nil }
        guard buffer.byte(at: scanner.position) == ASCII.quote else {
            throw scanner.wrongType(buffer, .expectedText, .status)
        }
        let text = try scanner.text(buffer)
        return buffer.equals("ERROR", in: text.range) || buffer.equals("error", in: text.range)
    }

    /// `tool_name` of a span's `attributes`.
    private mutating func toolName(_ buffer: RawSpan, _ scanner: inout Scanner) throws(Rejection) -> Symbol? {
        var tool: Symbol?
        var slot = try firstInnerKey(.attributes, buffer, &scanner)
        while slot != KeyTable.lineEnd {
            switch keys.field(slot) {
            case .toolName, .tool: tool = try name(.toolName, .tool, buffer, &scanner)
            default: try scanner.skipValue(buffer)
            }
            slot = try nextInnerKey(after: slot, buffer, &scanner)
        }
        return tool
    }
}
