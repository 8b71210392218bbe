import Telemetry

/// Bytes as lines of records. One decoder reads them all, another one alone: what lines came before never shows.
enum ScannerHarness {
    static func run(_ bytes: [UInt8]) {
        let padded = bytes + [UInt8](repeating: UInt8(ascii: "\""), count: NativeDecoder.padding)
        let symbols = SymbolTable()
        var decoder = NativeDecoder(symbols: symbols)
        var costs = CostCalculator(symbols: symbols)
        var record = Record()
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for line in lines.map(\.indices) + [bytes.indices] {
            // A view of the bytes; any bit pattern is a byte.
            let result = unsafe decoder.decode(padded.span.bytes, line: line, into: &record)
            // A new decoder costs a hundred lines: the last one and the whole are compared.
            if line.upperBound == bytes.count {
                Harness.promise(
                    describe(result, record, symbols) == readAlone(padded, line), "a line means the same after others")
            }
            guard case .record = result else { continue }
            checkRanges(record, line)
            _ = costs.cost(of: record)
            for text in [record.errorType, record.stopReason].map({ symbols.name(of: $0) }) {
                Harness.promise(
                    !text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) },
                    "names are safe to print")
            }
        }
    }

    /// The line at the beginning of its own buffer, with a new decoder.
    private static func readAlone(_ padded: [UInt8], _ line: Range<Int>) -> String {
        let own = Array(padded[line]) + [UInt8](repeating: UInt8(ascii: "\""), count: NativeDecoder.padding)
        let symbols = SymbolTable()
        var decoder = NativeDecoder(symbols: symbols)
        var record = Record()
        let result = unsafe decoder.decode(own.span.bytes, line: 0..<line.count, into: &record)
        return describe(result, record, symbols)
    }

    private static func checkRanges(_ record: Record, _ line: Range<Int>) {
        for range in [record.traceText, record.sessionText, record.traceURLText] where !range.isEmpty {
            Harness.promise(
                range.lowerBound >= line.lowerBound && range.upperBound <= line.upperBound, "texts lie in their line")
        }
        Harness.promise(record.weight > 0 && record.weight <= Record.maximumWeight, "weights are bounded")
        Harness.promise(
            record.tools.count <= Record.maximumParts && record.spans.count <= Record.maximumParts
                && record.attributes.count <= Record.maximumAttributes, "lists are bounded")
    }

    private static func names(_ record: Record) -> [Symbol] {
        Dimension.ofRequest.map { record.values[$0] } + record.tools.map(\.name) + record.spans.map(\.operation)
    }

    private static func describe(_ result: DecodeResult, _ record: Record, _ symbols: SymbolTable) -> String {
        switch result {
        case .blank: "blank"
        case .rejected(let rejection): rejection.description
        case .record:
            "\(record.kind) \(record.time) \(record.hasTime) \(record.traceHash) \(record.sessionHash)"
                + " \(record.latency ?? -1) \(record.inputTokens ?? -1) \(record.cost ?? -1) \(record.weight)"
                + " \(record.success.map(String.init) ?? "–") \(record.tools.count) \(record.spans.count)"
                + " \(record.flags.rawValue) \(record.values.present) \(record.statusCode ?? -1) \(record.quality ?? -1)"
                + " \(([record.errorType, record.stopReason] + names(record)).map { symbols.name(of: $0) })"
        }
    }
}
