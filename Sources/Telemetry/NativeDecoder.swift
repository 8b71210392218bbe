/// Reads native records: one JSON object a line, as `records.md` describes them.
///
/// Keeps what makes the next line cheap: the order of the keys, the minute of the last time, a scratch for escaped
/// text.
/// Used by one thread, with its table of symbols.
package struct NativeDecoder {
    let symbols: SymbolTable
    var keys = KeyTable()
    /// Of a record's own keys, and of those inside its objects.
    var order = KeyOrder()
    var innerOrder = KeyOrder()
    var times = TimestampReader()
    var operations = OperationKinds()
    var memo = TextMemo()
    var deferred = DeferredFields()
    var scratch: [UInt8] = []
    /// The symbols of `Flags.names`, in bit order.
    let flagSymbols: [Symbol]

    /// A decoder that puts names into `symbols`, which may be shared with others on the same thread.
    package init(symbols: SymbolTable) {
        self.symbols = symbols
        flagSymbols = Flags.names.map { symbols.intern($0, .flag) }
    }

    /// Bytes behind a line that must be readable; the last ones of the buffer are `"`, so that nothing runs past it.
    package static var padding: Int { UTF8Bytes.padding }

    /// Reads the line (without its end) into `record`, whose text ranges then point into `buffer`. After a rejection
    /// `record` holds rests that mean nothing.
    package mutating func decode(_ buffer: RawSpan, line: Range<Int>, into record: inout Record) -> DecodeResult {
        let result = decodePlainly(buffer, line: line, into: &record)
        guard case .rejected(let rejection) = result else { return result }
        return .rejected(ForeignShape.explained(rejection, buffer, line))
    }

    /// The same without a look at what else a line that is rejected might be.
    @inline(__always)
    mutating func decodePlainly(_ buffer: RawSpan, line: Range<Int>, into record: inout Record) -> DecodeResult {
        precondition(
            line.lowerBound >= 0 && line.upperBound <= buffer.byteCount - Self.padding, "the buffer lacks its padding")
        record.reset()
        var scanner = Scanner(line)
        if line.count >= 3, buffer.word(at: line.lowerBound) & 0xFF_FFFF == 0xBF_BBEF { scanner.position += 3 }
        scanner.skipBlanks(buffer)
        if scanner.position >= scanner.end { return .blank }
        do throws(Rejection) {
            guard buffer.byte(at: scanner.position) == ASCII.openBrace else {
                throw ForeignShape.rejection(buffer, scanner)
            }
            try readObject(buffer, &scanner, &record)
            return .record
        } catch {
            return .rejected(error)
        }
    }
}

/// What is known of a line while its fields are read.
struct LineState {
    var seen: Seen = []
    var timestamp: Int64?
    var endTime: Int64?
}

/// The keys that tell the kinds of record apart. Null counts as absent, but for `request`, which is what is left.
struct Seen: OptionSet {
    let rawValue: UInt16

    static var trace: Seen { Seen(rawValue: 1 << 0) }
    static var span: Seen { Seen(rawValue: 1 << 1) }
    static var start: Seen { Seen(rawValue: 1 << 2) }
    static var window: Seen { Seen(rawValue: 1 << 3) }
    static var requests: Seen { Seen(rawValue: 1 << 4) }
    static var deployed: Seen { Seen(rawValue: 1 << 5) }
    static var fallback: Seen { Seen(rawValue: 1 << 6) }
    static var queueDepth: Seen { Seen(rawValue: 1 << 7) }
    static var evalScore: Seen { Seen(rawValue: 1 << 8) }
    static var score: Seen { Seen(rawValue: 1 << 9) }
    static var outcome: Seen { Seen(rawValue: 1 << 10) }
    static var request: Seen { Seen(rawValue: 1 << 11) }
    /// `success` was there, be it as null: then it is not inferred from a status code.
    static var success: Seen { Seen(rawValue: 1 << 12) }

    /// Whether there is nothing but what requests have.
    var isPlainRequest: Bool { contains(.request) && isDisjoint(with: .others) }

    /// What other kinds are known by.
    private static var others: Seen {
        [.start, .window, .requests, .deployed, .fallback, .queueDepth, .evalScore, .score, .outcome]
    }

    mutating func note(_ key: Seen, _ isPresent: Bool) {
        if isPresent { insert(key) } else { remove(key) }
    }
}

/// Where the values of fields stand whose meaning depends on the record's kind.
struct DeferredFields {
    private(set) var count = 0
    private var slots = InlineArray<64, UInt8>(repeating: 0)
    private var places = InlineArray<64, Int>(repeating: 0)

    subscript(index: Int) -> (slot: UInt8, place: Int) { (slots[index], places[index]) }

    mutating func removeAll() { count = 0 }

    /// The last of equal keys wins. There are fewer such fields than places.
    mutating func add(slot: UInt8, place: Int) {
        for index in 0..<count where slots[index] == slot {
            places[index] = place
            return
        }
        guard count < 64 else { return }
        slots[count] = slot
        places[count] = place
        count += 1
    }
}
