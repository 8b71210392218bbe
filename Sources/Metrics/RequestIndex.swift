import Telemetry

/// What is remembered of a request, so that what is learned later finds it.
struct RequestEntry: Sendable {
    var traceHash: UInt64 = 0
    /// Tells two records of one trace apart: the span's hash, else the record's time.
    var discriminator: UInt64 = 0
    var time: Int64 = 0
    var weight: Int64 = 0
    var variant = Symbol.absent
    var model = Symbol.absent
    var task = Symbol.absent
    var state = State()
    /// Sequence number of the next older entry in the same bucket; −1 ends the chain.
    fileprivate var older: Int64 = -1

    struct State: OptionSet {
        let rawValue: UInt8
        static let weak = State(rawValue: 1)
        static let negative = State(rawValue: 2)
        static let signalled = State(rawValue: 4)
    }
}

/// The newest 262,144 requests by trace id, in a ring: memory is fixed, and the oldest are forgotten first.
///
/// Chains need no unlinking: an entry's sequence number tells whether the ring has passed it.
struct RequestIndex: Sendable {
    private static let capacity = 1 << 18
    private static let mask = Int64(capacity - 1)
    /// A log may give all its requests one and the same trace id: what lies further back in a chain counts as forgotten.
    private static let longestWalk = 256

    private var entries: [RequestEntry] = []
    private var heads = [Int64](repeating: -1, count: capacity)
    private var next: Int64 = 0

    private func isHeld(_ sequence: Int64) -> Bool {
        sequence >= 0 && sequence >= next - Int64(Self.capacity)
    }

    private func bucket(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 20) & Int(Self.mask) }

    /// The newest held request of a trace.
    func find(_ traceHash: UInt64) -> Int64? {
        find(traceHash) { _ in true }
    }

    /// Whether the very same record was held before.
    func contains(_ traceHash: UInt64, discriminator: UInt64) -> Bool {
        find(traceHash) { $0.discriminator == discriminator } != nil
    }

    private func find(_ traceHash: UInt64, where matches: (borrowing RequestEntry) -> Bool) -> Int64? {
        var sequence = heads[bucket(traceHash)]
        var steps = 0
        while isHeld(sequence), steps < Self.longestWalk {
            let position = Int(sequence & Self.mask)
            if entries[position].traceHash == traceHash, matches(entries[position]) { return sequence }
            sequence = entries[position].older
            steps += 1
        }
        return nil
    }

    subscript(sequence: Int64) -> RequestEntry {
        get { entries[Int(sequence & Self.mask)] }
        set { entries[Int(sequence & Self.mask)] = newValue }
    }

    mutating func insert(_ entry: RequestEntry) {
        var entry = entry
        let bucket = bucket(entry.traceHash)
        entry.older = heads[bucket]
        heads[bucket] = next
        if entries.count < Self.capacity {
            entries.append(entry)
        } else {
            entries[Int(next & Self.mask)] = entry
        }
        next += 1
    }
}

/// The keys of the newest 65,536 records that are not requests, to know a repeat from a new one.
struct RecentKeys: Sendable {
    private static let capacity = 1 << 16
    private var keys: Set<UInt64> = []
    private var ring: [UInt64] = []
    private var next = 0

    /// False if the key was there already.
    mutating func insert(_ key: UInt64) -> Bool {
        guard keys.insert(key).inserted else { return false }
        if ring.count < Self.capacity {
            ring.append(key)
        } else {
            keys.remove(ring[next])
            ring[next] = key
            next = (next + 1) % Self.capacity
        }
        return true
    }
}
