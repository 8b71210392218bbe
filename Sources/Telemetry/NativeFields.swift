// What each field of a line says, in whatever form it is written. What depends on the kind of record is deferred to
// `finish`.

extension NativeDecoder {
    @inline(never)
    mutating func readField(
        _ slot: UInt8, _ buffer: RawSpan, _ scanner: inout Scanner, _ line: inout LineState, _ record: inout Record
    ) throws(Rejection) {
        // The expected key may have had fewer blanks behind it.
        try scanner.beginValue(buffer)
        let field = keys.field(slot)
        switch field {
        case .latency, .duration:
            if buffer.byte(at: scanner.position) == ASCII.openBrace {
                return try postpone(slot, buffer, &scanner, &line)
            }
            record.latency = try duration(field, buffer, &scanner)
            line.seen.insert(.request)
        case .timeToFirstToken: record.timeToFirstToken = try duration(field, buffer, &scanner)
        case .inputTokens:
            record.inputTokens = try count(field, buffer, &scanner)
            line.seen.insert(.request)
        case .outputTokens:
            record.outputTokens = try count(field, buffer, &scanner)
            line.seen.insert(.request)
        case .cachedInputTokens: record.cachedInputTokens = try count(field, buffer, &scanner)
        case .cacheWriteTokens: record.cacheWriteTokens = try count(field, buffer, &scanner)
        case .reasoningTokens: record.reasoningTokens = try count(field, buffer, &scanner)
        case .statusCode:
            record.statusCode = try number(field, buffer, &scanner, scale: 0, 0...999)
            line.seen.insert(.request)
        case .steps: record.steps = try count(field, buffer, &scanner)
        case .redundantToolCalls: record.redundantToolCalls = try count(field, buffer, &scanner)
        case .outputLength: record.outputLength = try count(field, buffer, &scanner)
        case .inputLength: record.inputLength = try count(field, buffer, &scanner)
        case .attachments: record.attachments = try count(field, buffer, &scanner)
        case .sessionNumber: record.sessionNumber = try count(field, buffer, &scanner)
        case .queueDepth:
            record.queueDepth = try count(field, buffer, &scanner)
            line.seen.note(.queueDepth, record.queueDepth != nil)
        case .cost:
            record.cost = try dollars(field, buffer, &scanner)
            line.seen.insert(.request)
        case .toolCost: record.toolCost = try dollars(field, buffer, &scanner)
        case .computeCost: record.computeCost = try dollars(field, buffer, &scanner)
        case .success:
            record.success = try scanner.flag(buffer, field)
            line.seen.formUnion([.request, .success])
        case .completed:
            record.completed = try scanner.flag(buffer, field)
            line.seen.insert(.request)
        case .errorType:
            record.errorType = try name(field, .errorType, buffer, &scanner)
            line.seen.insert(.request)
        case .stopReason: record.stopReason = try name(field, .stopReason, buffer, &scanner)
        case .traceID:
            (record.traceHash, record.traceText) = try identifier(field, buffer, &scanner)
            line.seen.note(.trace, record.traceHash != 0)
        case .spanID:
            record.spanHash = try identifier(field, buffer, &scanner).hash
            line.seen.note(.span, record.spanHash != 0)
        case .sessionID: (record.sessionHash, record.sessionText) = try identifier(field, buffer, &scanner)
        case .conversationID: record.conversationHash = try identifier(field, buffer, &scanner).hash
        case .userID: (record.userHash, record.userText) = try identifier(field, buffer, &scanner)
        case .timestamp: line.timestamp = try time(field, buffer, &scanner)
        case .startTime:
            record.startTime = try time(field, buffer, &scanner)
            line.seen.note(.start, record.startTime != nil)
        case .endTime: line.endTime = try time(field, buffer, &scanner)
        case .agent, .service, .environment, .region, .host, .provider, .model, .promptVersion, .promptHash,
            .agentVersion, .indexVersion, .collection, .variant, .taskType, .intent, .userSegment, .customerTier,
            .device, .locale:
            if let dimension = field.dimension {
                record.values[dimension] = try name(field, dimension, buffer, &scanner)
            }
        case .attribute, .argumentsValid: try attribute(slot, buffer, &scanner, &record)
        case .ignored: try scanner.skipValue(buffer)
        default: try readRareField(slot, field, buffer, &scanner, &line, &record)
        }
    }

    @inline(never)
    private mutating func readRareField(
        _ slot: UInt8, _ field: Field, _ buffer: RawSpan, _ scanner: inout Scanner, _ line: inout LineState,
        _ record: inout Record
    ) throws(Rejection) {
        switch field {
        case .sentiment:
            record.sentiment = try number(field, buffer, &scanner, scale: 6, -1_000_000...1_000_000)
        case .quality: record.quality = try number(field, buffer, &scanner, scale: 6, 0...1_000_000)
        case .evalScore:
            record.evalScore = try number(field, buffer, &scanner, scale: 6, 0...1_000_000)
            line.seen.note(.evalScore, record.evalScore != nil)
        case .sampleRate: record.weight = try weight(buffer, &scanner)
        case .userCorrected: record.corrected = try scanner.flag(buffer, field)
        case .escalatedToHuman: record.escalated = try scanner.flag(buffer, field)
        case .userRatedPositive: record.ratedPositive = try scanner.flag(buffer, field)
        case .finalOutput:
            let start = scanner.position
            try scanner.skipValue(buffer)
            let first = buffer.byte(at: start)
            record.hasFinalOutput =
                first != UInt8(ascii: "n") && !(first == ASCII.quote && scanner.position == start + 2)
            line.seen.insert(.request)
        case .fallbackAction:
            record.fallbackAction = try name(field, .fallbackAction, buffer, &scanner)
            line.seen.note(.fallback, !record.fallbackAction.isAbsent)
        case .shadowOf: record.shadowOfHash = try identifier(field, buffer, &scanner).hash
        case .traceURL:
            record.traceURLText = 0..<0
            if try !scanner.passNull(buffer) {
                guard buffer.byte(at: scanner.position) == ASCII.quote else {
                    throw scanner.wrongType(buffer, .expectedText, field)
                }
                record.traceURLText = try scanner.text(buffer).range
            }
        case .flags: record.flags = try flags(buffer, &scanner)
        case .featureFlags: try featureFlags(buffer, &scanner, &record)
        case .toolCalls:
            if buffer.byte(at: scanner.position) == ASCII.openBrace {
                return try postpone(slot, buffer, &scanner, &line)
            }
            try toolCalls(buffer, &scanner, &record)
            line.seen.insert(.request)
        case .spans:
            try spans(buffer, &scanner, &record)
            line.seen.insert(.request)
        case .comment, .messageID, .errorMessage, .parentSpanID: try scanner.skipValue(buffer)
        default: try postpone(slot, buffer, &scanner, &line)
        }
    }

    /// Passes a value and remembers it for `finish`.
    @inline(never)
    private mutating func postpone(
        _ slot: UInt8, _ buffer: RawSpan, _ scanner: inout Scanner, _ line: inout LineState
    ) throws(Rejection) {
        let isPresent = buffer.byte(at: scanner.position) != UInt8(ascii: "n")
        deferred.add(slot: slot, place: scanner.position)
        try scanner.skipValue(buffer)
        switch keys.field(slot) {
        case .latency, .duration, .toolCalls: line.seen.insert(.request)
        case .window: line.seen.note(.window, isPresent)
        case .requests: line.seen.note(.requests, isPresent)
        case .deployedVersion: line.seen.note(.deployed, isPresent)
        case .score, .rating: line.seen.formUnion(isPresent ? .score : [])
        case .outcome: line.seen.note(.outcome, isPresent)
        default: break
        }
    }
}
