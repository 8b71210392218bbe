import Telemetry

/// What is remembered of a request, so that what is learned later finds it. 48 bytes, for there are many.
struct RequestEntry: Sendable {
    var traceHash: UInt64 = 0
    /// Tells two records of one trace apart: the span's hash, else the record's time.
    var discriminator: UInt64 = 0
    var time: Int64 = 0
    /// In 1/1024 request; at most `Record.maximumWeight`.
    private var narrowWeight: Int32 = 0
    var variant = Symbol.absent
    var model = Symbol.absent
    var task = Symbol.absent
    /// Sequence number of the next older entry in the same bucket.
    fileprivate var older: UInt32 = 0
    var state = State()

    var weight: Int64 {
        get { Int64(narrowWeight) }
        set { narrowWeight = Int32(clamping: newValue) }
    }

    struct State: OptionSet {
        let rawValue: UInt8
        static let weak = State(rawValue: 1)
        static let negative = State(rawValue: 2)
        static let signalled = State(rawValue: 4)
        /// It was passed over.
        static let excluded = State(rawValue: 8)
    }
}

/// The newest 262,144 requests by trace id, in a ring: memory is fixed, and the oldest are forgotten first.
///
/// Chains need no unlinking: an entry's sequence number tells whether the ring has passed it. Numbers wrap after 2^32
/// requests, which is harmless: whatever a stale one leads to is compared by its hash. A bucket's head has a mark for each
/// hash that was chained to it, so that a new trace seldom looks at an entry, which would be a miss of every cache.
struct RequestIndex: Sendable {
    private static let capacity: UInt32 = 1 << 18
    private static let buckets = 1 << 19
    /// A log may give all its requests one and the same trace id: what lies further back in a chain counts as forgotten.
    private static let longestWalk = 256

    private struct Head: Sendable {
        var newest: UInt32 = 0
        /// A bit for each hash in the chain, and for some that have left it.
        var marks: UInt32 = 0
    }

    private var entries: [RequestEntry] = []
    private var heads = [Head](repeating: Head(), count: buckets)
    private var next: UInt32 = 0

    /// Where an entry is held, until the ring passes it.
    struct Place: Hashable {
        fileprivate var sequence: UInt32
    }

    private func isHeld(_ sequence: UInt32) -> Bool {
        next &- sequence &- 1 < Self.capacity && position(sequence) < entries.count
    }

    private func position(_ sequence: UInt32) -> Int { Int(sequence & (Self.capacity - 1)) }

    private static func bucket(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 20) & (buckets - 1) }

    private static func mark(_ hash: UInt64) -> UInt32 { 1 << UInt32(truncatingIfNeeded: hash >> 59) }

    /// The newest held request of a trace.
    func find(_ traceHash: UInt64) -> Place? {
        find(traceHash) { _ in true }
    }

    /// Whether the very same record was held before.
    func contains(_ traceHash: UInt64, discriminator: UInt64) -> Bool {
        find(traceHash) { $0.discriminator == discriminator } != nil
    }

    @inline(__always)
    private func find(_ traceHash: UInt64, where matches: (borrowing RequestEntry) -> Bool) -> Place? {
        let head = heads[Self.bucket(traceHash)]
        guard head.marks & Self.mark(traceHash) != 0 else { return nil }
        var sequence = head.newest
        var steps = 0
        while isHeld(sequence), steps < Self.longestWalk {
            let position = position(sequence)
            if entries[position].traceHash == traceHash, matches(entries[position]) { return Place(sequence: sequence) }
            let older = entries[position].older
            // Chains lead back in time only: what does not was written over.
            guard next &- older > next &- sequence else { return nil }
            sequence = older
            steps += 1
        }
        return nil
    }

    subscript(place: Place) -> RequestEntry {
        get { entries[position(place.sequence)] }
        set {
            let older = entries[position(place.sequence)].older
            entries[position(place.sequence)] = newValue
            entries[position(place.sequence)].older = older
        }
    }

    mutating func insert(_ entry: RequestEntry) {
        let bucket = Self.bucket(entry.traceHash)
        let head = heads[bucket]
        let isChained = head.marks != 0 && isHeld(head.newest)
        let marks = Self.mark(entry.traceHash) | (isChained ? head.marks : 0)
        heads[bucket] = Head(newest: next, marks: marks)
        var entry = entry
        // Without an older one, its own number: a chain ends where it does not lead back.
        entry.older = isChained ? head.newest : next
        if entries.count < Int(Self.capacity) {
            entries.append(entry)
        } else {
            entries[position(next)] = entry
        }
        next &+= 1
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
