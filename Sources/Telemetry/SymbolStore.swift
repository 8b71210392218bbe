/// The table behind `SymbolTable`: a hash of texts, compared by length, first and last eight bytes, then the rest.
struct SymbolStore {
    private struct Entry {
        var first: UInt64
        var last: UInt64
        var offset: Int
        var length: Int
        var dimension: Dimension
    }

    /// Indexed by `Symbol.rawValue`; the first two are never found.
    private var entries: [Entry] = []
    /// Open addressing, a power of two at most half full; 0 is free.
    private var index = [UInt32](repeating: 0, count: 1_024)
    /// The texts, one after the other, and eight bytes to read beyond.
    private var texts = [UInt8](repeating: 0, count: 8)
    private(set) var counts = [Int](repeating: 0, count: Dimension.allCases.count)
    private(set) var foldedCounts = [Int64](repeating: 0, count: Dimension.allCases.count)

    private(set) var names = SymbolNames()

    init() {
        let none = Entry(first: 0, last: 0, offset: 0, length: -1, dimension: .attribute)
        entries = [none, none]
    }

    mutating func intern(_ bytes: RawSpan, _ range: Range<Int>, _ dimension: Dimension) -> Symbol {
        if range.isEmpty { return .absent }
        let range =
            range.count <= SymbolTable.maximumLength
            ? range : SafeText.cut(bytes, range, limit: SymbolTable.maximumLength)
        let (slot, key) = locate(bytes, range, dimension)
        if index[slot] != 0 { return Symbol(rawValue: index[slot]) }
        return add(bytes, range, key)
    }

    func lookup(_ bytes: RawSpan, _ range: Range<Int>, _ dimension: Dimension) -> Symbol? {
        if range.isEmpty { return nil }
        let range = SafeText.cut(bytes, range, limit: SymbolTable.maximumLength)
        let (slot, _) = locate(bytes, range, dimension)
        if index[slot] != 0 { return Symbol(rawValue: index[slot]) }
        if SafeText.isSafe(bytes, range) { return nil }
        let repaired = Self.repaired(bytes, range)
        let second = repaired.bytes.withBytes { locate($0, 0..<repaired.count, dimension).slot }
        return index[second] == 0 ? nil : Symbol(rawValue: index[second])
    }

    /// The slot where the text stands or would stand, and its key.
    @inline(__always)
    private func locate(_ bytes: RawSpan, _ range: Range<Int>, _ dimension: Dimension) -> (slot: Int, key: Entry) {
        let start = range.lowerBound
        let length = range.count
        let first = bytes.word(at: start) & WordOfBytes.mask(length)
        let last = length > 8 ? bytes.word(at: start &+ length &- 8) : 0
        var hash = IdentifierHash.fold(
            first ^ 0xA076_1D64_78BD_642F,
            last ^ 0xE703_7ED1_A0B4_28DB ^ UInt64(truncatingIfNeeded: length &<< 8 | Int(dimension.rawValue)))
        var offset = 8
        while offset &+ 8 < length {
            hash = IdentifierHash.fold(hash ^ bytes.word(at: start &+ offset), 0x8EBC_6AF0_9C88_C6E3)
            offset &+= 8
        }
        let mask = index.count &- 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let symbol = index[slot]
            if symbol == 0 { break }
            let entry = entries[Int(symbol)]
            if entry.first == first, entry.last == last, entry.length == length, entry.dimension == dimension,
                length <= 16 || middleEquals(bytes, start, entry)
            {
                break
            }
            slot = (slot &+ 1) & mask
        }
        return (slot, Entry(first: first, last: last, offset: 0, length: length, dimension: dimension))
    }

    private func middleEquals(_ bytes: RawSpan, _ start: Int, _ entry: Entry) -> Bool {
        texts.withBytes { kept in
            var offset = 8
            while offset &+ 8 < entry.length {
                if kept.word(at: entry.offset &+ offset) != bytes.word(at: start &+ offset) { return false }
                offset &+= 8
            }
            return true
        }
    }

    @inline(never)
    private mutating func add(_ bytes: RawSpan, _ range: Range<Int>, _ key: Entry) -> Symbol {
        let dimension = Int(key.dimension.rawValue)
        guard SafeText.isSafe(bytes, range) else {
            let repaired = Self.repaired(bytes, range)
            return repaired.bytes.withBytes { intern($0, 0..<repaired.count, key.dimension) }
        }
        guard counts[dimension] < SymbolTable.limit else {
            foldedCounts[dimension] += 1
            return .other
        }
        if (entries.count + 1) * 2 > index.count { grow() }
        var entry = key
        entry.offset = texts.count - 8
        texts.removeLast(8)
        for offset in range { texts.append(bytes.byte(at: offset)) }
        let name = String(decoding: texts[entry.offset...], as: UTF8.self)
        texts.append(contentsOf: repeatElement(0, count: 8))
        let symbol = Symbol(rawValue: UInt32(entries.count))
        let (slot, _) = locate(bytes, range, key.dimension)
        index[slot] = symbol.rawValue
        entries.append(entry)
        names.append(name)
        counts[dimension] += 1
        return symbol
    }

    private mutating func grow() {
        index = [UInt32](repeating: 0, count: index.count * 2)
        for symbol in 2..<entries.count {
            let entry = entries[symbol]
            let range = entry.offset..<entry.offset + entry.length
            index[texts.withBytes { locate($0, range, entry.dimension).slot }] = UInt32(symbol)
        }
    }

    private static func repaired(_ bytes: RawSpan, _ range: Range<Int>) -> (bytes: [UInt8], count: Int) {
        var output = SafeText.repaired(bytes, range, limit: SymbolTable.maximumLength)
        let count = output.count
        output.append(contentsOf: repeatElement(0, count: UTF8Bytes.padding))
        return (output, count)
    }
}
