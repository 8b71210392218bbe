/// The keys that lines are made of: the fields of `records.md` and the attributes met so far.
///
/// Emitters write their keys in the same order line after line, so two are remembered that followed each; a key is
/// first compared with those, word by word, and only looked up where it is another.
struct KeyTable {
    struct Slot {
        /// The first 16 bytes of `key"`, the closing quote included, and what of them counts.
        var image: (UInt64, UInt64)
        var mask: (UInt64, UInt64)
        var length: Int
        var field: Field
    }

    /// What is rarely looked at, apart so that slots are plain bytes.
    private struct Detail {
        /// The key, its closing quote, and padding.
        var bytes: [UInt8]
        /// Name of an attribute; for fields made when one is first kept as an attribute.
        var symbol: Symbol
        /// New values that this name may still add to the table.
        var budget: Int
    }

    /// Stands before the first key of a line.
    static var lineStart: UInt8 { 0 }
    /// Stands for every key that is not kept.
    static var ignored: UInt8 { 1 }
    /// Stands for the closing brace.
    static var lineEnd: UInt8 { 255 }
    /// Attribute names kept; later ones are passed over.
    static var maximumAttributes: Int { 64 }
    /// Bytes of an attribute's name; longer ones are passed over.
    static var maximumLength: Int { 47 }
    /// Different values kept of one attribute; later ones are `.other`. One name with a value for each request (an id,
    /// say) thus can't use up the table.
    static var valuesOfAttribute: Int { 128 }

    /// Fewer than `lineEnd`.
    private(set) var slots: [Slot] = []
    private(set) var readers = ByteIndexed(repeating: FieldReader(.ignored))
    /// What followed each slot lately, and before that.
    private var expected = ByteIndexed(repeating: KeySuccessor())
    private var alternatives = ByteIndexed(repeating: KeySuccessor())
    /// Says when an unexpected key replaces an expected one: not each time, since a key that is missing once or an
    /// order that never repeats would undo what was learned.
    private var patience: UInt32 = 1
    private var details: [Detail] = []
    /// Open addressing; 0 is free.
    private var index = [UInt8](repeating: 0, count: 512)
    private var attributeCount = 0

    init() {
        // The two stand-ins; `matches` never takes a key for one of them.
        for _ in 0..<2 { append([], .ignored, .absent) }
        for field in Field.allCases where field.isKey { insert(Array(field.rawValue.utf8), field, .absent) }
    }

    /// Whether the key that starts at `offset` (behind its quote) is the slot's.
    @inline(__always)
    func matches(_ slot: Int, _ bytes: RawSpan, at offset: Int) -> Bool {
        let image = slots[slot].image
        let mask = slots[slot].mask
        let difference =
            (bytes.word(at: offset) ^ image.0) & mask.0 | (bytes.word(at: offset &+ 8) ^ image.1) & mask.1
        if difference != 0 || slot <= Int(Self.ignored) { return false }
        return slots[slot].length < 16 || tailMatches(slot, bytes, at: offset)
    }

    private func tailMatches(_ slot: Int, _ bytes: RawSpan, at offset: Int) -> Bool {
        let length = slots[slot].length
        let isSame = details[slot].bytes.withBytes { kept in
            var place = 16
            while place < length {
                let mask = WordOfBytes.mask(length - place)
                if (bytes.word(at: offset &+ place) ^ kept.word(at: place)) & mask != 0 { return false }
                place += 8
            }
            return true
        }
        return isSame && bytes.byte(at: offset &+ length) == ASCII.quote
    }

    /// The slot that the bytes at `offset` lead to after `previous`, and where they end; `lineStart` if they lead to
    /// none that is expected there. Looks at 32 bytes.
    @inline(__always)
    func expectedKey(after previous: UInt8, _ bytes: RawSpan, at offset: Int) -> (slot: UInt8, end: Int) {
        let first = expected[previous]
        if first.matches(bytes, at: offset) { return (first.slot, offset &+ first.length) }
        let second = alternatives[previous]
        if second.matches(bytes, at: offset) { return (second.slot, offset &+ second.length) }
        return (Self.lineStart, offset)
    }

    /// Remembers that these bytes led from `previous` to `slot`.
    @inline(__always)
    mutating func expect(_ slot: UInt8, after previous: UInt8, _ bytes: RawSpan, _ range: Range<Int>) {
        patience = patience &* 1_664_525 &+ 1_013_904_223
        if patience >> 29 == 0 || !alternatives[previous].isKnown { learn(slot, after: previous, bytes, range) }
    }

    private mutating func learn(_ slot: UInt8, after previous: UInt8, _ bytes: RawSpan, _ range: Range<Int>) {
        guard range.count <= KeySuccessor.maximumLength else { return }
        if expected[previous].isKnown { alternatives[previous] = expected[previous] }
        expected[previous] = KeySuccessor(bytes, range, slot: slot)
    }

    /// The slot of a key without escapes, whose closing quote stands at the end of the range.
    func find(_ bytes: RawSpan, _ range: Range<Int>) -> Int? {
        guard range.count <= Self.maximumLength, !range.isEmpty else { return nil }
        var place = Self.place(bytes, range)
        while index[place] != 0 {
            let slot = Int(index[place])
            if slots[slot].length == range.count, matches(slot, bytes, at: range.lowerBound) { return slot }
            place = (place + 1) & 511
        }
        return nil
    }

    /// Makes a slot for an attribute; `ignored` if there are too many already.
    mutating func learn(_ bytes: RawSpan, _ range: Range<Int>, _ symbols: SymbolTable) -> Int {
        guard range.count <= Self.maximumLength, !range.isEmpty, attributeCount < Self.maximumAttributes else {
            return Int(Self.ignored)
        }
        let symbol = symbols.intern(bytes, range, .attribute)
        guard symbol != .other else { return Int(Self.ignored) }
        attributeCount += 1
        insert(range.map { bytes.byte(at: $0) }, .attribute, symbol)
        return slots.count - 1
    }

    /// The name of a slot as an attribute.
    mutating func attributeName(_ slot: Int, _ symbols: SymbolTable) -> Symbol {
        if details[slot].symbol.isAbsent {
            details[slot].symbol = symbols.intern(slots[slot].field.rawValue, .attribute)
        }
        return details[slot].symbol
    }

    /// Whether an attribute may add another value to the table; counts it.
    mutating func spendValue(_ slot: Int) -> Bool {
        guard details[slot].budget > 0 else { return false }
        details[slot].budget -= 1
        return true
    }

    private mutating func insert(_ key: [UInt8], _ field: Field, _ symbol: Symbol) {
        append(key, field, symbol)
        let slot = slots.count - 1
        var place = details[slot].bytes.withBytes { Self.place($0, 0..<key.count) }
        while index[place] != 0 { place = (place + 1) & 511 }
        index[place] = UInt8(slot)
    }

    /// By the key's first and last eight bytes.
    @inline(__always)
    private static func place(_ bytes: RawSpan, _ range: Range<Int>) -> Int {
        let length = range.count
        let first = bytes.word(at: range.lowerBound) & WordOfBytes.mask(length)
        let last = length > 8 ? bytes.word(at: range.upperBound &- 8) : 0
        let hash = (first ^ (last &<< 23 | last &>> 41)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: hash &>> 55)
    }

    private mutating func append(_ key: [UInt8], _ field: Field, _ symbol: Symbol) {
        var bytes = key
        bytes.append(ASCII.quote)
        bytes.append(contentsOf: repeatElement(0, count: UTF8Bytes.padding))
        let image = bytes.withBytes { ($0.word(at: 0), $0.word(at: 8)) }
        let mask = (WordOfBytes.mask(key.count + 1), WordOfBytes.mask(key.count - 7))
        slots.append(
            Slot(
                image: (image.0 & mask.0, image.1 & mask.1), mask: mask, length: key.count, field: field))
        readers[UInt8(slots.count - 1)] = FieldReader(field)
        details.append(Detail(bytes: bytes, symbol: symbol, budget: Self.valuesOfAttribute))
    }
}
