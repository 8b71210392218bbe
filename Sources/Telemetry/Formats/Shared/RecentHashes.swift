/// Remembers the last hashes put in: at least `capacity` of them and at most twice as many.
struct RecentHashes {
    private let capacity: Int
    private var newer = Table()
    private var older = Table()

    /// A set without order: open addressing, at most half full, 0 is free.
    private struct Table {
        var slots: [UInt64] = []
        var count = 0

        @inline(__always)
        func slot(_ key: UInt64) -> Int {
            let mask = slots.count &- 1
            var slot = Int(truncatingIfNeeded: key) & mask
            while slots[slot] != key, slots[slot] != 0 { slot = (slot &+ 1) & mask }
            return slot
        }

        @inline(__always)
        func contains(_ key: UInt64) -> Bool { count > 0 && slots[slot(key)] != 0 }

        mutating func insert(_ key: UInt64) {
            if (count + 1) * 2 > slots.count {
                let old = slots
                slots = [UInt64](repeating: 0, count: max(64, old.count * 2))
                for key in old where key != 0 { slots[slot(key)] = key }
            }
            slots[slot(key)] = key
            count += 1
        }

        mutating func removeAll() {
            for place in slots.indices { slots[place] = 0 }
            count = 0
        }
    }

    init(capacity: Int) { self.capacity = capacity }

    /// 0 marks what is free: it is kept as another that no text is likely to have.
    private static func key(_ hash: UInt64) -> UInt64 { hash == 0 ? 0x9E37_79B9_7F4A_7C15 : hash }

    func contains(_ hash: UInt64) -> Bool {
        let key = Self.key(hash)
        return newer.contains(key) || older.contains(key)
    }

    /// False if it was there already.
    mutating func insert(_ hash: UInt64) -> Bool {
        let key = Self.key(hash)
        if newer.contains(key) || older.contains(key) { return false }
        if newer.count >= capacity {
            swap(&newer, &older)
            newer.removeAll()
        }
        newer.insert(key)
        return true
    }
}
