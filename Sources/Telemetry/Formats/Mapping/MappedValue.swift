/// Values of foreign keys as values of our fields.
enum MappedValue {
    /// Whether a word or flag says that a request went well; nil for words that say neither.
    static func outcome(_ document: borrowing JSONDocument, _ node: Int) -> Bool? {
        if let flag = document.flag(node) { return flag }
        if let code = document.number(node, scale: 0, 100...599) { return code < 400 }
        guard let word = document.string(node, limit: 40)?.lowercased() else { return nil }
        switch word {
        case "success", "ok", "succeeded", "completed", "complete", "successful", "done", "pass", "passed": return true
        case "failure", "error", "failed", "fail", "timeout", "timed_out", "exception", "aborted", "cancelled",
            "canceled":
            return false
        default: return nil
        }
    }

    /// Reads the value of one rule into the record; false if it is there and of another type than the field has.
    static func read(_ rule: FieldMap.Rule, _ node: Int, _ context: inout FormatContext, _ record: inout Record) -> Bool
    {
        guard let type = FieldType(rule.field) else { return false }
        let document = context.document
        if rule.isOwn, document.kind(node) == .object || document.kind(node) == .array { return false }
        // Some gateways write `-` where there is nothing.
        if document.equals(node, "-") || document.equals(node, "") { return true }
        switch type {
        case .duration:
            guard let value = document.duration(node, power: rule.unit?.power ?? 3) else { return false }
            if rule.field == .timeToFirstToken { record.timeToFirstToken = value } else { record.latency = value }
        case .time:
            guard let time = time(node, rule, &context) else { return false }
            if rule.field == .startTime {
                record.startTime = time
            } else {
                record.time = time
                record.hasTime = true
            }
        case .count:
            guard let value = document.count(node), let place = countPlace(rule.field) else { return false }
            record[keyPath: place] = value
        case .dollars:
            guard let cost = document.number(node, scale: rule.unit?.power ?? 9, 0...NativeDecoder.maximumCost) else {
                return false
            }
            switch rule.field {
            case .toolCost: record.toolCost = cost
            case .computeCost: record.computeCost = cost
            default: record.cost = cost
            }
        case .fraction:
            guard let value = document.number(node, scale: rule.unit?.power ?? 6, 0...1_000_000) else { return false }
            if rule.field == .quality { record.quality = value } else { record.evalScore = value }
        case .signedFraction:
            guard let value = document.number(node, scale: 6, -1_000_000...1_000_000) else { return false }
            record.sentiment = value
        case .statusCode:
            guard let code = document.number(node, scale: 0, 0...999) else { return false }
            record.statusCode = code
        case .flag:
            guard let flag = document.flag(node), let place = flagPlace(rule.field) else { return false }
            record[keyPath: place] = flag
        case .success:
            // Words such as `pending` say neither.
            guard let success = outcome(document, node) else { return !rule.isOwn && document.isText(node) }
            record.success = success
        case .errorType: record.errorType = context.symbol(node, .errorType)
        case .stopReason: record.stopReason = context.symbol(node, .stopReason)
        case .name(let dimension): record.values[dimension] = context.symbol(node, dimension)
        case .identifier: identifier(rule.field, node, &context, &record)
        case .sampleRate:
            guard let rate = document.number(node, scale: 12, 1...1_000_000_000_000) else { return false }
            record.weight = min(Record.unitWeight * 1_000_000_000_000 / rate, Record.maximumWeight)
        }
        return true
    }

    private static func time(_ node: Int, _ rule: FieldMap.Rule, _ context: inout FormatContext) -> Int64? {
        if let unit = rule.unit { return context.document.time(node, power: unit.power) }
        if let time = context.time(node) { return time }
        guard let number = context.document.number(node), !number.isNegative,
            let time = TimestampReader.time(of: number)
        else { return nil }
        return (0...TimestampReader.maximum).contains(time) ? time : nil
    }

    private static func identifier(
        _ field: Field, _ node: Int, _ context: inout FormatContext, _ record: inout Record
    ) {
        let hash = context.hash(node)
        switch field {
        case .traceID:
            record.traceHash = hash
            record.traceText = context.keep(node)
        case .sessionID:
            record.sessionHash = hash
            record.sessionText = context.keep(node)
        case .spanID: record.spanHash = hash
        case .conversationID: record.conversationHash = hash
        case .userID:
            record.userHash = hash
            record.userText = context.keep(node)
        case .shadowOf: record.shadowOfHash = hash
        default: break
        }
    }

    private static func countPlace(_ field: Field) -> WritableKeyPath<Record, Int64?>? {
        switch field {
        case .inputTokens: \.inputTokens
        case .outputTokens: \.outputTokens
        case .cachedInputTokens: \.cachedInputTokens
        case .cacheWriteTokens: \.cacheWriteTokens
        case .reasoningTokens: \.reasoningTokens
        case .steps: \.steps
        case .toolCalls: \.toolCallCount
        case .redundantToolCalls: \.redundantToolCalls
        case .outputLength: \.outputLength
        case .inputLength: \.inputLength
        case .attachments: \.attachments
        case .sessionNumber: \.sessionNumber
        default: nil
        }
    }

    private static func flagPlace(_ field: Field) -> WritableKeyPath<Record, Bool?>? {
        switch field {
        case .completed: \.completed
        case .userCorrected: \.corrected
        case .escalatedToHuman: \.escalated
        case .userRatedPositive: \.ratedPositive
        default: nil
        }
    }

    /// Whether the record says anything about the field already.
    static func has(_ field: Field, _ record: Record) -> Bool {
        guard let type = FieldType(field) else { return true }
        switch type {
        case .duration: return (field == .timeToFirstToken ? record.timeToFirstToken : record.latency) != nil
        case .time: return field == .startTime ? record.startTime != nil : record.hasTime
        case .count: return countPlace(field).map { record[keyPath: $0] != nil } ?? true
        case .dollars: return record.cost != nil
        case .fraction: return (field == .quality ? record.quality : record.evalScore) != nil
        case .signedFraction: return record.sentiment != nil
        case .statusCode: return record.statusCode != nil
        case .flag: return flagPlace(field).map { record[keyPath: $0] != nil } ?? true
        case .success: return record.success != nil
        case .errorType: return !record.errorType.isAbsent
        case .stopReason: return !record.stopReason.isAbsent
        case .name(let dimension): return !record.values[dimension].isAbsent
        case .identifier:
            switch field {
            case .traceID: return record.traceHash != 0
            case .spanID: return record.spanHash != 0
            case .sessionID: return record.sessionHash != 0
            case .conversationID: return record.conversationHash != 0
            case .userID: return record.userHash != 0
            default: return record.shadowOfHash != 0
            }
        case .sampleRate: return record.weight != Record.unitWeight
        }
    }
}
