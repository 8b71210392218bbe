/// A fixed set of keys, each with a number: its place in the list that made the index.
struct KeyIndex {
    private struct Key {
        var start: Int
        var length: Int
    }

    /// Open addressing, at most half full; 0 is free.
    private var slots: [UInt16]
    private var keys: [Key] = []
    /// The keys one after the other, each followed by zeros up to a whole word.
    private var text: [UInt8] = []

    init(_ names: [String]) {
        var size = 16
        while size < names.count * 2 { size *= 2 }
        slots = [UInt16](repeating: 0, count: size)
        for name in names {
            keys.append(Key(start: text.count, length: name.utf8.count))
            text.append(contentsOf: name.utf8)
            text.append(contentsOf: repeatElement(0, count: 16 - name.utf8.count % 8))
        }
        for (place, key) in keys.enumerated() {
            let range = key.start..<key.start + key.length
            var slot = text.withBytes { Self.hash($0, range) } & UInt64(size - 1)
            while slots[Int(slot)] != 0 { slot = (slot + 1) & UInt64(size - 1) }
            slots[Int(slot)] = UInt16(place + 1)
        }
    }

    /// The number of a key, which must be followed by padding.
    func find(_ bytes: RawSpan, _ range: Range<Int>) -> Int? {
        let mask = UInt64(truncatingIfNeeded: slots.count &- 1)
        var slot = Self.hash(bytes, range) & mask
        while true {
            let place = Int(slots[Int(truncatingIfNeeded: slot)])
            if place == 0 { return nil }
            if matches(place &- 1, bytes, range) { return place &- 1 }
            slot = (slot &+ 1) & mask
        }
    }

    /// Of the length and the last 16 bytes, where keys differ most.
    @inline(__always)
    private static func hash(_ bytes: RawSpan, _ range: Range<Int>) -> UInt64 {
        let length = range.count
        let first = bytes.word(at: range.lowerBound) & WordOfBytes.mask(length)
        let last = length > 8 ? bytes.word(at: range.upperBound &- 8) : 0
        let middle = length > 16 ? bytes.word(at: range.upperBound &- 16) : 0
        return IdentifierHash.fold(
            first ^ middle ^ 0xA076_1D64_78BD_642F, last ^ UInt64(truncatingIfNeeded: length) &* 0x9E37_79B9_7F4A_7C15)
    }

    @inline(__always)
    private func matches(_ place: Int, _ bytes: RawSpan, _ range: Range<Int>) -> Bool {
        let key = keys[place]
        let length = key.length
        guard length == range.count else { return false }
        return text.withBytes { kept in
            var offset = 0
            while offset < length {
                let mask = WordOfBytes.mask(length &- offset)
                if (kept.word(at: key.start &+ offset) ^ bytes.word(at: range.lowerBound &+ offset)) & mask != 0 {
                    return false
                }
                offset &+= 8
            }
            return true
        }
    }
}

extension KeyIndex {
    func find(_ document: borrowing JSONDocument, _ node: Int) -> Int? {
        let range = document.range(node)
        return document.bytes.withBytes { find($0, range) }
    }
}
