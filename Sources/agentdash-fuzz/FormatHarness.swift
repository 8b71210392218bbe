import Telemetry

/// Bytes as lines of foreign formats, OpenTelemetry's above all.
///
/// Attributes as nearly all writers write them are read in one step and their places written unchecked; with a blank
/// in it each is read character by character. Both ways must find the same.
enum FormatHarness {
    private static let usual = Array("{\"key\":".utf8)
    private static let spaced = Array("{ \"key\":".utf8)

    static func run(_ bytes: [UInt8]) {
        let symbols = SymbolTable()
        let usually = read(bytes, symbols)
        let slowly = read(withBlanks(bytes), symbols)
        Harness.promise(usually == slowly, "a blank changes nothing: \(difference(usually, slowly))")
    }

    private static func withBlanks(_ bytes: [UInt8]) -> [UInt8] {
        var all: [UInt8] = []
        var position = 0
        while position < bytes.count {
            if bytes[position] == usual[0], bytes[position...].starts(with: usual) {
                all += spaced
                position += usual.count
            } else {
                all.append(bytes[position])
                position += 1
            }
        }
        return all
    }

    private static func difference(_ first: [String], _ second: [String]) -> String {
        for (first, second) in zip(first, second) where first != second { return "\(first) / \(second)" }
        return "\(first.count) / \(second.count)"
    }

    /// What each line became and every record that came of them.
    private static func read(_ bytes: [UInt8], _ symbols: SymbolTable) -> [String] {
        let padded = bytes + [UInt8](repeating: UInt8(ascii: "\""), count: LineDecoder.padding)
        var decoder = LineDecoder(symbols: symbols)
        var record = Record()
        var found: [String] = []
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(\.indices) {
            // A view of the bytes; any bit pattern is a byte.
            let result = unsafe decoder.decode(padded.span.bytes, line: line, into: &record)
            switch result {
            // Its place isn't the same with a blank before it, nor what is guessed of its shape.
            case .rejected: found.append("rejected")
            case .record: found.append(told(record, padded, within: line, decoder, symbols))
            case .several, .absorbed, .blank: found.append("\(result)")
            }
            fetch(&decoder, &record, symbols, into: &found)
        }
        decoder.finish()
        fetch(&decoder, &record, symbols, into: &found)
        Harness.promise(!decoder.hasMore && decoder.heldTraces == 0, "nothing is held at the end")
        return found
    }

    private static func fetch(
        _ decoder: inout LineDecoder, _ record: inout Record, _ symbols: SymbolTable, into found: inout [String]
    ) {
        while decoder.next(into: &record) { found.append(told(record, [], within: 0..<0, decoder, symbols)) }
    }

    private static func told(
        _ record: Record, _ bytes: [UInt8], within line: Range<Int>, _ decoder: LineDecoder, _ symbols: SymbolTable
    ) -> String {
        let texts = record.textsAreOwned ? decoder.texts : bytes
        let room = record.textsAreOwned ? 0..<decoder.texts.count - LineDecoder.padding : line
        RecordPromises.check(record, textsWithin: room, symbols)
        let own = [record.traceText, record.sessionText, record.userText, record.traceURLText].map { texts[$0] }
        return "\(RecordPromises.summary(record, symbols)) \(own)"
    }
}
