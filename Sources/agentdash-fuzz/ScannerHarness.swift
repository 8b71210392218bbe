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
            RecordPromises.check(record, textsWithin: line, symbols)
            _ = costs.cost(of: record)
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

    private static func describe(_ result: DecodeResult, _ record: Record, _ symbols: SymbolTable) -> String {
        switch result {
        case .blank: "blank"
        case .rejected(let rejection): rejection.description
        case .record: RecordPromises.summary(record, symbols)
        }
    }
}
