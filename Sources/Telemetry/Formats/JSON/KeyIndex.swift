/// A fixed set of keys, each with a number: its place in the list that made the index.
struct KeyIndex {
    /// Open addressing, at most half full; 0 is free.
    private var slots: [UInt16]
    private var keys: [[UInt8]]

    init(_ names: [String]) {
        var size = 16
        while size < names.count * 2 { size *= 2 }
        slots = [UInt16](repeating: 0, count: size)
        keys = names.map { Array($0.utf8) }
        for (place, key) in keys.enumerated() {
            var padded = key
            padded.append(contentsOf: repeatElement(0, count: 16))
            var slot = padded.withBytes { IdentifierHash.hash($0, 0..<key.count) } & UInt64(size - 1)
            while slots[Int(slot)] != 0 { slot = (slot + 1) & UInt64(size - 1) }
            slots[Int(slot)] = UInt16(place + 1)
        }
    }

    /// The number of a key, which must be followed by padding.
    func find(_ bytes: RawSpan, _ range: Range<Int>) -> Int? {
        let mask = UInt64(slots.count - 1)
        var slot = IdentifierHash.hash(bytes, range) & mask
        while true {
            let place = Int(slots[Int(slot)])
            if place == 0 { return nil }
            if matches(place - 1, bytes, range) { return place - 1 }
            slot = (slot + 1) & mask
        }
    }

    private func matches(_ place: Int, _ bytes: RawSpan, _ range: Range<Int>) -> Bool {
        guard keys[place].count == range.count else { return false }
        for offset in 0..<range.count where keys[place][offset] != bytes.byte(at: range.lowerBound + offset) {
            return false
        }
        return true
    }
}

extension KeyIndex {
    func find(_ document: borrowing JSONDocument, _ node: Int) -> Int? {
        let range = document.range(node)
        return document.bytes.withBytes { find($0, range) }
    }
}
