/// Places by hash: open addressing, at most half full, and no second hash of what is one already.
struct HashPlaces {
    private struct Slot {
        /// 0 is free.
        var hash: UInt64
        var place: Int
    }

    private var slots: [Slot] = []
    private(set) var count = 0

    private static func key(_ hash: UInt64) -> UInt64 { hash == 0 ? 0x9E37_79B9_7F4A_7C15 : hash }

    /// Where the hash stands, or the free slot where it would.
    @inline(__always)
    private func slot(_ key: UInt64) -> Int {
        let mask = slots.count &- 1
        var slot = Int(truncatingIfNeeded: key) & mask
        while slots[slot].hash != key, slots[slot].hash != 0 { slot = (slot &+ 1) & mask }
        return slot
    }

    subscript(hash: UInt64) -> Int? {
        guard count > 0 else { return nil }
        let found = slots[slot(Self.key(hash))]
        return found.hash == 0 ? nil : found.place
    }

    /// The hash must not be there.
    mutating func insert(_ hash: UInt64, _ place: Int) {
        if (count + 1) * 2 > slots.count { grow() }
        let key = Self.key(hash)
        slots[slot(key)] = Slot(hash: key, place: place)
        count += 1
    }

    /// Takes the hash out, and moves up what was pushed behind it.
    mutating func remove(_ hash: UInt64) {
        guard count > 0 else { return }
        let mask = slots.count &- 1
        var free = slot(Self.key(hash))
        guard slots[free].hash != 0 else { return }
        count -= 1
        var next = (free &+ 1) & mask
        while slots[next].hash != 0 {
            let home = Int(truncatingIfNeeded: slots[next].hash) & mask
            // It may move up unless its home lies behind the free slot.
            if (next &- home) & mask >= (next &- free) & mask {
                slots[free] = slots[next]
                free = next
            }
            next = (next &+ 1) & mask
        }
        slots[free].hash = 0
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Slot(hash: 0, place: 0), count: max(64, old.count * 2))
        for entry in old where entry.hash != 0 { slots[slot(entry.hash)] = entry }
    }
}
