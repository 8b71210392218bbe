/// The keys that lines are made of: the fields of `records.md` and the attributes met so far. Each has a slot.
struct KeyTable {
    private struct Key {
        /// The first and the last eight bytes; of shorter keys `last` is 0.
        var first: UInt64
        var last: UInt64
        var length: Int
    }

    /// What is rarely looked at, apart so that keys are plain bytes.
    private struct Detail {
        /// The key and padding.
        var bytes: [UInt8]
        var field: Field
        /// Name of an attribute; for fields made when one is first kept as an attribute.
        var symbol: Symbol
        /// New values that this name may still add to the table.
        var budget: Int
    }

    /// Stands before the first key of an object.
    static var lineStart: UInt8 { 0 }
    /// Stands for every key that is not kept.
    static var ignored: UInt8 { 1 }
    /// Stands for the closing brace. There are fewer keys.
    static var lineEnd: UInt8 { 255 }
    /// Attribute names kept; later ones are passed over.
    static var maximumAttributes: Int { 64 }
    /// Bytes of an attribute's name; longer ones are passed over.
    static var maximumLength: Int { 47 }
    /// Different values kept of one attribute; later ones are `.other`. One name with a value for each request (an id,
    /// say) thus can't use up the table.
    static var valuesOfAttribute: Int { 128 }

    /// How the steady path reads the values of each slot.
    private(set) var readers = ByteIndexed(repeating: FieldReader(.ignored))
    private var keys: [Key] = []
    private var details: [Detail] = []
    /// Open addressing; 0 is free.
    private var index = [UInt8](repeating: 0, count: 512)
    private var attributeCount = 0

    init() {
        // The two stand-ins, which are no keys.
        for _ in 0..<2 { append([], .ignored, .absent) }
        for field in Field.allCases where field.isKey || field == .argumentsValid {
            insert(Array(field.rawValue.utf8), field, .absent)
        }
    }

    /// The field of a slot that is a key's.
    func field(_ slot: UInt8) -> Field { details[Int(slot)].field }

    /// The slot of a key without escapes.
    @inline(__always)
    func find(_ bytes: RawSpan, _ range: Range<Int>) -> UInt8? {
        guard range.count <= Self.maximumLength, !range.isEmpty else { return nil }
        let key = Self.key(bytes, range)
        var place = Self.place(key)
        while index[place] != 0 {
            let slot = index[place]
            let known = keys[Int(slot)]
            if known.first == key.first, known.last == key.last, known.length == key.length,
                key.length <= 16 || middleMatches(slot, bytes, range)
            {
                return slot
            }
            place = (place &+ 1) & 511
        }
        return nil
    }

    private func middleMatches(_ slot: UInt8, _ bytes: RawSpan, _ range: Range<Int>) -> Bool {
        details[Int(slot)].bytes.withBytes { kept in
            for offset in stride(from: 8, to: range.count - 8, by: 8)
            where bytes.word(at: range.lowerBound + offset) != kept.word(at: offset) {
                return false
            }
            return true
        }
    }

    /// Makes a slot for an attribute; `ignored` if there are too many already.
    mutating func learn(_ bytes: RawSpan, _ range: Range<Int>, _ symbols: SymbolTable) -> UInt8 {
        guard range.count <= Self.maximumLength, !range.isEmpty, attributeCount < Self.maximumAttributes else {
            return Self.ignored
        }
        let symbol = symbols.intern(bytes, range, .attribute)
        guard symbol != .other else { return Self.ignored }
        attributeCount += 1
        return insert(range.map { bytes.byte(at: $0) }, .attribute, symbol)
    }

    /// The name of a slot as an attribute.
    mutating func attributeName(_ slot: UInt8, _ symbols: SymbolTable) -> Symbol {
        let slot = Int(slot)
        if details[slot].symbol.isAbsent {
            details[slot].symbol = symbols.intern(details[slot].field.rawValue, .attribute)
        }
        return details[slot].symbol
    }

    /// Whether an attribute may add another value to the table; counts it.
    mutating func spendValue(_ slot: UInt8) -> Bool {
        let slot = Int(slot)
        guard details[slot].budget > 0 else { return false }
        details[slot].budget -= 1
        return true
    }

    @discardableResult
    private mutating func insert(_ key: [UInt8], _ field: Field, _ symbol: Symbol) -> UInt8 {
        append(key, field, symbol)
        let slot = UInt8(keys.count - 1)
        var place = Self.place(keys[Int(slot)])
        while index[place] != 0 { place = (place + 1) & 511 }
        index[place] = slot
        readers[slot] = FieldReader(field)
        return slot
    }

    private mutating func append(_ key: [UInt8], _ field: Field, _ symbol: Symbol) {
        let bytes = key + [UInt8](repeating: 0, count: UTF8Bytes.padding)
        keys.append(bytes.withBytes { Self.key($0, 0..<key.count) })
        details.append(Detail(bytes: bytes, field: field, symbol: symbol, budget: Self.valuesOfAttribute))
    }

    @inline(__always)
    private static func key(_ bytes: RawSpan, _ range: Range<Int>) -> Key {
        let length = range.count
        return Key(
            first: bytes.word(at: range.lowerBound) & WordOfBytes.mask(length),
            last: length > 8 ? bytes.word(at: range.upperBound &- 8) : 0, length: length)
    }

    @inline(__always)
    private static func place(_ key: Key) -> Int {
        let hash = (key.first ^ (key.last &<< 23 | key.last &>> 41)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: hash &>> 55)
    }
}
