/// A fixed set of keys, each with a number: its place in the list that made the index.
struct KeyIndex {
    /// Up to 24 bytes stand in its words, which may overlap: what is longer is compared with `text`, too.
    private struct Key {
        var first: UInt64
        var middle: UInt64
        var last: UInt64
        var length: Int
        var start = 0

        @inline(__always)
        init(_ bytes: RawSpan, _ range: Range<Int>) {
            length = range.count
            first = bytes.word(at: range.lowerBound) & WordOfBytes.mask(length)
            last = length > 8 ? bytes.word(at: range.upperBound &- 8) : 0
            middle = length > 16 ? bytes.word(at: range.upperBound &- 16) : 0
        }

        /// Of the length and the first and last bytes, where keys differ most.
        @inline(__always)
        var hash: UInt64 {
            IdentifierHash.fold(
                first ^ middle ^ 0xA076_1D64_78BD_642F,
                last ^ UInt64(truncatingIfNeeded: length) &* 0x9E37_79B9_7F4A_7C15)
        }
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
            let start = text.count
            text.append(contentsOf: name.utf8)
            text.append(contentsOf: repeatElement(0, count: 16 - name.utf8.count % 8))
            var key = text.withBytes { Key($0, start..<start + name.utf8.count) }
            key.start = start
            keys.append(key)
        }
        for (place, key) in keys.enumerated() {
            var slot = key.hash & UInt64(size - 1)
            while slots[Int(slot)] != 0 { slot = (slot + 1) & UInt64(size - 1) }
            slots[Int(slot)] = UInt16(place + 1)
        }
    }

    /// The number of a key, which must be followed by padding.
    func find(_ bytes: RawSpan, _ range: Range<Int>) -> Int? {
        let key = Key(bytes, range)
        let mask = UInt64(truncatingIfNeeded: slots.count &- 1)
        var slot = key.hash & mask
        while true {
            let place = Int(slots[Int(truncatingIfNeeded: slot)])
            if place == 0 { return nil }
            let known = keys[place &- 1]
            if known.last == key.last, known.first == key.first, known.length == key.length,
                known.middle == key.middle, key.length <= 24 || matches(known, bytes, range)
            {
                return place &- 1
            }
            slot = (slot &+ 1) & mask
        }
    }

    /// Whether the rest of a long key is the same.
    private func matches(_ key: Key, _ bytes: RawSpan, _ range: Range<Int>) -> Bool {
        text.withBytes { kept in
            var offset = 8
            while offset &+ 16 < key.length {
                let mask = WordOfBytes.mask(key.length &- offset)
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
