/// Names, identifiers and times of a document's values.
struct TextReader {
    let symbols: SymbolTable
    private var scratch: [UInt8] = []
    private var times = TimestampReader()

    init(symbols: SymbolTable) { self.symbols = symbols }

    /// A text, number, `true` or `false` as a name; absent for anything else, for the empty text, and for `-`, which
    /// some gateways write for nothing.
    mutating func symbol(_ document: borrowing JSONDocument, _ node: Int?, _ dimension: Dimension) -> Symbol {
        guard let node else { return .absent }
        let range = document.range(node)
        switch document.kind(node) {
        case .text, .number, .yes, .no:
            if range.count == 1, document.bytes[range.lowerBound] == ASCII.minus { return .absent }
            return document.bytes.withBytes { symbols.intern($0, range, dimension) }
        case .escapedText:
            let count = document.bytes.withBytes { Escapes.remove($0, range, into: &scratch) }
            return scratch.withBytes { symbols.intern($0, 0..<count, dimension) }
        case .object, .array, .null: return .absent
        }
    }

    /// The hash of a text or number; 0 for anything else and the empty text.
    mutating func hash(_ document: borrowing JSONDocument, _ node: Int?) -> UInt64 {
        guard let node else { return 0 }
        let range = document.range(node)
        guard !range.isEmpty else { return 0 }
        switch document.kind(node) {
        case .text, .number: return document.bytes.withBytes { IdentifierHash.hash($0, range) }
        case .escapedText:
            let count = document.bytes.withBytes { Escapes.remove($0, range, into: &scratch) }
            return scratch.withBytes { IdentifierHash.hash($0, 0..<count) }
        default: return 0
        }
    }

    /// A time written as text, in UTC where it names no zone; nil for anything else.
    mutating func time(_ document: borrowing JSONDocument, _ node: Int?) -> Int64? {
        guard let node, document.kind(node) == .text, document.range(node).count >= 16 else { return nil }
        let range = document.range(node)
        let time = document.bytes.withBytes { times.read($0, range) }
        guard let time, time >= 0, time <= TimestampReader.maximum else { return nil }
        return time
    }

    /// A text without its escapes, as bytes followed by padding, and how many of them are text.
    func plain(_ document: borrowing JSONDocument, _ node: Int) -> (bytes: [UInt8], count: Int) {
        var output: [UInt8] = []
        let range = document.range(node)
        let count = document.bytes.withBytes { Escapes.remove($0, range, into: &output) }
        return (output, count)
    }
}
