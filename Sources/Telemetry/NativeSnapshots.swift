// `deploy` and `snapshot` records: a few an hour, so that they may allocate.

extension NativeDecoder {
    /// Entries of a snapshot's maps; more are cut off.
    private static let maximumEntries = 256
    /// Buckets of a histogram: OpenTelemetry's largest, several times over.
    private static let maximumBuckets = 4_096
    /// µs of a histogram's sum: weighted by 1024, it still is an integer.
    private static let maximumSum: Int64 = 1 << 53

    mutating func readDeploy(
        _ slot: UInt8, _ field: Field, _ buffer: RawSpan, _ scanner: inout Scanner, _ record: inout Record
    ) throws(Rejection) {
        switch field {
        case .deployedVersion: record.deploy?.version = try string(field, buffer, &scanner, limit: 200) ?? ""
        case .percent:
            let percent = try number(field, buffer, &scanner, scale: 6, 0...100_000_000)
            record.deploy?.percent = percent.map { Double($0) / 1_000_000 }
        case .note: record.deploy?.note = try string(field, buffer, &scanner, limit: 500)
        case .rollbackCommand: record.deploy?.rollbackCommand = try string(field, buffer, &scanner, limit: 1_000)
        default: try attribute(slot, buffer, &scanner, &record)
        }
    }

    mutating func readSnapshot(
        _ slot: UInt8, _ field: Field, _ buffer: RawSpan, _ scanner: inout Scanner, _ record: inout Record
    ) throws(Rejection) {
        guard var aggregate = record.aggregate else { return }
        switch field {
        case .window:
            aggregate.duration = try number(field, buffer, &scanner, scale: 6, 1...Self.maximumDuration) ?? 0
        case .requests: aggregate.requests = try count(field, buffer, &scanner) ?? 0
        case .errors: aggregate.errors = try counts(field, .errorType, buffer, &scanner)
        case .toolCalls: aggregate.toolCalls = try counts(field, .tool, buffer, &scanner)
        case .latency: aggregate.latencyPercentiles = try percentiles(buffer, &scanner)
        case .latencyHistogram: aggregate.latencyHistogram = try histogram(buffer, &scanner)
        case .tokens:
            var goesOn = try enterObject(field, buffer, &scanner)
            while goesOn {
                let key = try scanner.key(buffer)
                if buffer.equals("input", in: key.range) {
                    aggregate.inputTokens = try count(field, buffer, &scanner)
                } else if buffer.equals("output", in: key.range) {
                    aggregate.outputTokens = try count(field, buffer, &scanner)
                } else {
                    try scanner.skipValue(buffer)
                }
                goesOn = try scanner.another(buffer, closing: ASCII.closeBrace)
            }
        case .outputLengthMean:
            aggregate.outputLengthMean = try mean(field, buffer, &scanner, 0...1_000_000_000_000_000)
        case .sentimentMean: aggregate.sentimentMean = try mean(field, buffer, &scanner, -1_000_000...1_000_000)
        case .qualityMean: aggregate.qualityMean = try mean(field, buffer, &scanner, 0...1_000_000)
        default: return try attribute(slot, buffer, &scanner, &record)
        }
        record.aggregate = aggregate
    }

    private func mean(
        _ field: Field, _ buffer: RawSpan, _ scanner: inout Scanner, _ millionths: ClosedRange<Int64>
    ) throws(Rejection) -> Double? {
        try number(field, buffer, &scanner, scale: 6, millionths).map { Double($0) / 1_000_000 }
    }

    private mutating func counts(
        _ field: Field, _ dimension: Dimension, _ buffer: RawSpan, _ scanner: inout Scanner
    ) throws(Rejection) -> [Symbol: Int64] {
        var counts: [Symbol: Int64] = [:]
        var goesOn = try enterObject(field, buffer, &scanner)
        while goesOn {
            let symbol = key(try scanner.key(buffer), dimension, buffer)
            if let number = try count(field, buffer, &scanner), !symbol.isAbsent {
                if counts[symbol] != nil || counts.count < Self.maximumEntries {
                    // Only names folded into `.other` add up; a repeated key's last value wins.
                    let before = symbol == .other ? counts[symbol] ?? 0 : 0
                    counts[symbol] = Swift.min(before + number, Self.maximumCount)
                }
            }
            goesOn = try scanner.another(buffer, closing: ASCII.closeBrace)
        }
        return counts
    }

    private mutating func key(_ text: ScannedText, _ dimension: Dimension, _ buffer: RawSpan) -> Symbol {
        guard text.hasEscapes else { return symbols.intern(buffer, text.range, dimension) }
        let count = Escapes.remove(buffer, text.range, into: &scratch)
        return scratch.withBytes { symbols.intern($0, 0..<count, dimension) }
    }

    /// Only the percentiles that can be shown: p and digits, or max.
    private func percentiles(_ buffer: RawSpan, _ scanner: inout Scanner) throws(Rejection) -> [String: Int64] {
        var percentiles: [String: Int64] = [:]
        var goesOn = try enterObject(.latency, buffer, &scanner)
        while goesOn {
            let key = try scanner.key(buffer)
            let known: [StaticString] = ["p50", "p75", "p90", "p95", "p99", "p999", "max"]
            let name = known.first { buffer.equals($0, in: key.range) }
            if let name {
                percentiles["\(name)"] = try duration(.latency, buffer, &scanner)
            } else {
                try scanner.skipValue(buffer)
            }
            goesOn = try scanner.another(buffer, closing: ASCII.closeBrace)
        }
        return percentiles
    }

    /// Scales of OpenTelemetry's exponential histograms are −10…20.
    private func histogram(_ buffer: RawSpan, _ scanner: inout Scanner) throws(Rejection) -> WireHistogram? {
        if try scanner.passNull(buffer) { return nil }
        var histogram = WireHistogram()
        let field = Field.latencyHistogram
        var goesOn = try enterObject(field, buffer, &scanner)
        while goesOn {
            let key = try scanner.key(buffer)
            if buffer.equals("scale", in: key.range) {
                histogram.scale = Int(try number(field, buffer, &scanner, scale: 0, -10...20) ?? 0)
            } else if buffer.equals("zero_count", in: key.range) {
                histogram.zeroCount = try count(field, buffer, &scanner) ?? 0
            } else if buffer.equals("offset", in: key.range) {
                let limit: Int64 = 1 << 31
                histogram.offset = Int(try number(field, buffer, &scanner, scale: 0, -limit...limit) ?? 0)
            } else if buffer.equals("sum", in: key.range) {
                histogram.sum = try number(field, buffer, &scanner, scale: 3, 0...Self.maximumSum)
            } else if buffer.equals("min", in: key.range) {
                histogram.minimum = try duration(field, buffer, &scanner)
            } else if buffer.equals("max", in: key.range) {
                histogram.maximum = try duration(field, buffer, &scanner)
            } else if buffer.equals("counts", in: key.range) {
                histogram.counts.removeAll()
                var hasCounts = try enterArray(field, buffer, &scanner)
                while hasCounts {
                    guard histogram.counts.count < Self.maximumBuckets else {
                        throw scanner.rejection(.tooManyBuckets, field)
                    }
                    histogram.counts.append(try count(field, buffer, &scanner) ?? 0)
                    hasCounts = try scanner.another(buffer, closing: ASCII.closeBracket)
                }
            } else {
                try scanner.skipValue(buffer)
            }
            goesOn = try scanner.another(buffer, closing: ASCII.closeBrace)
        }
        return histogram
    }
}
