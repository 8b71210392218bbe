// What a line is once all its keys are known, and the fields whose meaning depends on that.

extension NativeDecoder {
    mutating func finish(
        _ buffer: RawSpan, _ scanner: Scanner, _ line: inout LineState, _ record: inout Record
    ) throws(Rejection) {
        if deferred.count == 0, line.seen.isPlainRequest { return try complete(scanner, line, &record) }
        record.kind = try kind(buffer, scanner, line)
        if record.kind == .deploy { record.deploy = Deploy() }
        if record.kind == .snapshot { record.aggregate = Aggregate() }
        for index in 0..<deferred.count {
            let (slot, place) = deferred[index]
            var scanner = scanner
            scanner.position = place
            try readDeferred(slot, buffer, &scanner, &line, &record)
        }
        try complete(scanner, line, &record)
        if record.kind != .request { try finishKind(scanner, line, &record) }
    }

    /// The kind that `type` names, else the first one whose keys are there. A word that is no kind of ours decides
    /// nothing.
    private mutating func kind(
        _ buffer: RawSpan, _ scanner: Scanner, _ line: LineState
    ) throws(Rejection) -> RecordKind {
        for index in 0..<deferred.count where keys.field(deferred[index].slot) == .type {
            var scanner = scanner
            scanner.position = deferred[index].place
            if buffer.byte(at: scanner.position) == ASCII.quote, let kind = kind(buffer, try scanner.text(buffer)) {
                return kind
            }
        }
        let seen = line.seen
        if seen.isSuperset(of: [.window, .requests]) { return .snapshot }
        if seen.contains(.deployed) { return .deploy }
        if seen.contains(.fallback) { return .fallback }
        if seen.contains(.queueDepth) { return .queue }
        if seen.contains(.evalScore) { return .eval }
        if seen.isSuperset(of: [.trace, .score]) { return .feedback }
        if seen.isSuperset(of: [.trace, .outcome]) { return .outcome }
        if seen.isSuperset(of: [.span, .start]) { return .span }
        if seen.contains(.request) { return .request }
        throw scanner.rejection(.noRecordField, at: scanner.start)
    }

    private func kind(_ buffer: RawSpan, _ text: ScannedText) -> RecordKind? {
        let range = text.range
        return if buffer.equals("request", in: range) {
            .request
        } else if buffer.equals("span", in: range) {
            .span
        } else if buffer.equals("outcome", in: range) {
            .outcome
        } else if buffer.equals("feedback", in: range) {
            .feedback
        } else if buffer.equals("eval", in: range) {
            .eval
        } else if buffer.equals("deploy", in: range) {
            .deploy
        } else if buffer.equals("fallback", in: range) {
            .fallback
        } else if buffer.equals("queue", in: range) {
            .queue
        } else if buffer.equals("snapshot", in: range) {
            .snapshot
        } else {
            nil
        }
    }

    private mutating func readDeferred(
        _ slot: UInt8, _ buffer: RawSpan, _ scanner: inout Scanner, _ line: inout LineState, _ record: inout Record
    ) throws(Rejection) {
        let field = keys.field(slot)
        switch (record.kind, field) {
        case (_, .type):
            let isText = buffer.byte(at: scanner.position) == ASCII.quote
            var probe = scanner
            if isText, kind(buffer, try probe.text(buffer)) != nil { return }
            try attribute(slot, buffer, &scanner, &record)
        case (_, .latency) where record.kind != .snapshot, (_, .duration) where record.kind != .snapshot:
            throw scanner.rejection(.expectedNumber, field)
        case (_, .toolCalls) where record.kind != .snapshot:
            throw scanner.rejection(.expectedArray, field)
        case (.feedback, .rating): record.ratedPositive = try rating(buffer, &scanner) ?? record.ratedPositive
        case (.feedback, .score): record.ratedPositive = try score(buffer, &scanner) ?? record.ratedPositive
        case (.feedback, .failureCategory):
            record.feedbackCategory = try name(field, .feedbackCategory, buffer, &scanner)
        case (.outcome, .outcome): try outcome(buffer, &scanner, &record)
        case (.outcome, _) where Self.outcomeFlag(field) != nil,
            (.request, _) where Self.outcomeFlag(field) != nil && Self.isFlag(buffer, scanner):
            if let flag = Self.outcomeFlag(field) { record[keyPath: flag] = try scanner.flag(buffer, field) }
        case (.eval, .name): record.evalName = try name(field, .evalName, buffer, &scanner)
        case (.eval, .label): record.evalLabel = try name(field, .evalName, buffer, &scanner)
        case (.fallback, .helped): record.fallbackHelped = try scanner.flag(buffer, field)
        case (.queue, .queue): record.queue = try name(field, .queue, buffer, &scanner)
        case (.deploy, _): try readDeploy(slot, field, buffer, &scanner, &record)
        case (.snapshot, _): try readSnapshot(slot, field, buffer, &scanner, &record)
        case (.span, .operationName): record.span.operation = try name(field, .operation, buffer, &scanner)
        case (.span, .tool), (.span, .toolName): record.span.tool = try name(field, .tool, buffer, &scanner)
        case (.span, .status): record.span.failed = try spanFailed(buffer, &scanner)
        case (.span, .attributes): try spanAttributes(buffer, &scanner, &record)
        case (_, .note), (_, .rollbackCommand): break
        default: try attribute(slot, buffer, &scanner, &record)
        }
    }

    private static func isFlag(_ buffer: RawSpan, _ scanner: Scanner) -> Bool {
        let first = buffer.byte(at: scanner.position)
        return first == UInt8(ascii: "t") || first == UInt8(ascii: "f") || first == UInt8(ascii: "n")
    }

    private static func outcomeFlag(_ field: Field) -> WritableKeyPath<Record, Bool?>? {
        switch field {
        case .corrected: \.corrected
        case .escalated: \.escalated
        case .abandoned: \.abandoned
        case .rephrased: \.rephrased
        case .copied: \.copied
        case .followedUp: \.followedUp
        case .accepted: \.accepted
        default: nil
        }
    }

    private func rating(_ buffer: RawSpan, _ scanner: inout Scanner) throws(Rejection) -> Bool? {
        guard let rating = try number(.rating, buffer, &scanner, scale: 6, 1_000_000...5_000_000) else { return nil }
        return rating >= 4_000_000 ? true : rating <= 2_000_000 ? false : nil
    }

    private func score(_ buffer: RawSpan, _ scanner: inout Scanner) throws(Rejection) -> Bool? {
        let start = scanner.position
        guard let score = try number(.score, buffer, &scanner, scale: 6, 0...1_000_000) else { return nil }
        guard score == 0 || score == 1_000_000 else { throw scanner.rejection(.outOfRange, .score, at: start) }
        return score > 0
    }

    /// `outcome` as the name of a flag, a list of names, or an object of flags.
    private mutating func outcome(
        _ buffer: RawSpan, _ scanner: inout Scanner, _ record: inout Record
    ) throws(Rejection) {
        switch buffer.byte(at: scanner.position) {
        case ASCII.quote: try outcomeName(buffer, &scanner, &record)
        case ASCII.openBracket:
            var goesOn = try enterArray(.outcome, buffer, &scanner)
            while goesOn {
                try outcomeName(buffer, &scanner, &record)
                goesOn = try scanner.another(buffer, closing: ASCII.closeBracket)
            }
        default:
            var goesOn = try enterObject(.outcome, buffer, &scanner)
            while goesOn {
                let field = field(buffer, try scanner.key(buffer))
                if let flag = Self.outcomeFlag(field) {
                    record[keyPath: flag] = try scanner.flag(buffer, field)
                } else {
                    try scanner.skipValue(buffer)
                }
                goesOn = try scanner.another(buffer, closing: ASCII.closeBrace)
            }
        }
    }

    private mutating func outcomeName(
        _ buffer: RawSpan, _ scanner: inout Scanner, _ record: inout Record
    ) throws(Rejection) {
        let start = scanner.position
        guard buffer.byte(at: start) == ASCII.quote else { throw scanner.wrongType(buffer, .expectedText, .outcome) }
        let name = try scanner.text(buffer)
        guard let flag = Self.outcomeFlag(field(buffer, name)) else {
            throw scanner.rejection(.unknownWord, .outcome, at: start)
        }
        record[keyPath: flag] = true
    }

    /// A span's `attributes`: what a request would say at its top, and scalars as attributes.
    private mutating func spanAttributes(
        _ buffer: RawSpan, _ scanner: inout Scanner, _ record: inout Record
    ) throws(Rejection) {
        var goesOn = try enterObject(.attributes, buffer, &scanner)
        while goesOn {
            let key = try scanner.key(buffer)
            switch field(buffer, key) {
            case .tool, .toolName: record.span.tool = try name(.toolName, .tool, buffer, &scanner)
            case .model: record.values[.model] = try name(.model, .model, buffer, &scanner)
            case .inputTokens: record.inputTokens = try count(.inputTokens, buffer, &scanner)
            case .outputTokens: record.outputTokens = try count(.outputTokens, buffer, &scanner)
            case .stopReason: record.stopReason = try name(.stopReason, .stopReason, buffer, &scanner)
            case .attribute, .ignored:
                let slot = slot(buffer, key)
                if slot == KeyTable.ignored {
                    try scanner.skipValue(buffer)
                } else {
                    try attribute(slot, buffer, &scanner, &record)
                }
            default: try scanner.skipValue(buffer)
            }
            goesOn = try scanner.another(buffer, closing: ASCII.closeBrace)
        }
    }
}
