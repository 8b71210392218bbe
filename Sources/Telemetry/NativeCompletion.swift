// What follows from the fields together: the record's time, its latency, its outcome, and what its kind can't be
// without.

extension NativeDecoder {
    func complete(_ scanner: Scanner, _ line: LineState, _ record: inout Record) throws(Rejection) {
        if record.latency == nil, let start = record.startTime, let end = line.endTime {
            guard end >= start else { throw scanner.rejection(.endBeforeStart, .endTime, at: scanner.start) }
            let latency = end - start
            guard latency <= Self.maximumDuration else {
                throw scanner.rejection(.outOfRange, .endTime, at: scanner.start)
            }
            record.latency = latency
        }
        let computed: Int64? =
            if let start = record.startTime, let latency = record.latency { start + latency } else { nil }
        let time = line.endTime ?? computed ?? line.timestamp ?? record.startTime
        record.time = time ?? 0
        record.hasTime = time != nil
        inferOutcome(line, &record)
    }

    /// An error, or a status code, tells the outcome where `success` does not. A `success` of null says it is not
    /// known, which only an error contradicts.
    private func inferOutcome(_ line: LineState, _ record: inout Record) {
        if record.success == nil, record.kind == .request || record.kind == .span {
            if !record.errorType.isAbsent || (record.statusCode ?? 0) >= 400 {
                record.success = false
            } else if let code = record.statusCode, code >= 100, !line.seen.contains(.success) {
                record.success = true
            }
        }
        if record.success == false { symbols.nameFailure(of: &record) }
    }

    private func require(_ field: Field, _ scanner: Scanner, _ isThere: Bool) throws(Rejection) {
        if !isThere { throw scanner.rejection(.missingField, field, at: scanner.start) }
    }

    mutating func finishKind(_ scanner: Scanner, _ line: LineState, _ record: inout Record) throws(Rejection) {
        switch record.kind {
        case .request, .outcome: break
        case .feedback: try require(.score, scanner, line.seen.contains(.score))
        case .eval: try require(.evalScore, scanner, record.evalScore != nil)
        case .fallback: try require(.fallbackAction, scanner, !record.fallbackAction.isAbsent)
        case .queue: try require(.queueDepth, scanner, record.queueDepth != nil)
        case .deploy:
            try require(.deployedVersion, scanner, line.seen.contains(.deployed))
            var deploy = record.deploy
            deploy?.promptHash = name(record, .promptHash)
            deploy?.model = name(record, .model)
            deploy?.variant = name(record, .variant)
            deploy?.evalScore = record.evalScore.map { Double($0) / 1_000_000 }
            record.deploy = deploy
        case .snapshot:
            try require(.window, scanner, line.seen.contains(.window))
            try require(.requests, scanner, line.seen.contains(.requests))
            let cost = record.cost
            record.aggregate?.cost = cost
            record.cost = nil
        case .span:
            record.span.duration = record.latency
            record.span.kind = kind(of: record.span)
            if let success = record.success, record.span.failed == nil { record.span.failed = !success }
            if record.success == nil { record.success = record.span.failed.map { !$0 } }
        }
    }

    private func name(_ record: Record, _ dimension: Dimension) -> String? {
        let symbol = record.values[dimension]
        return symbol.isAbsent ? nil : symbols.name(of: symbol)
    }
}
