package import Statistics
package import Telemetry

/// Shadow traffic: requests that repeat another (`shadow_of`) and reach no user, beside the ones that they repeat.
package struct Shadows: Sendable {
    private var slots = SlotRing<NameTable<ShadowRow>>(step: 5 * Span.minute, capacity: 613, looseLimit: 2)
    private var presences: [(name: Symbol, presence: Presence)] = []

    /// A time in which shadow traffic ran without a pause of more than `pause`, µs since 1970.
    package struct Presence: Sendable, Hashable {
        package var first: Int64
        package var last: Int64
    }

    /// µs; little traffic has long pauses.
    package static let pause = 3 * Span.hour
    /// Versions that run in the shadow at the same time; further ones are counted together.
    private static let most = 8

    init() {}

    /// Whether there was any.
    package var isEmpty: Bool { presences.isEmpty }

    /// The names under which shadow traffic came: of the variant, else of the version, the prompt or the model.
    package var names: [Symbol] { presences.map(\.name) }

    package func presence(of name: Symbol) -> Presence? { presences.first { $0.name == name }?.presence }

    /// The counts of one name over the slots of 5 minutes that `from..<to` touches.
    package func sum(of name: Symbol, from: Int64, to: Int64) -> ShadowRow {
        var sum = ShadowRow()
        guard from < to else { return sum }
        slots.forEach(in: from..<to) { if let row = $1[0][name] { sum.add(row) } }
        return sum
    }

    // MARK: Counting

    /// Counts a request that repeats another.
    mutating func count(shadow record: borrowing Record, cost: Int64?, _ partners: inout ShadowPartners) {
        let name = see(Self.name(of: record), at: record.time)
        let outcome = PairedRequest(record, cost: cost)
        slots.update(record.time, empty: NameTable()) { table in
            table.update(name) { row in
                row.countRequest(outcome)
            }
        }
        let shadow = ShadowPartners.Waiting(request: outcome, name: name, time: record.time)
        if let original = partners.original(of: record.shadowOfHash) {
            pair(original, shadow)
        } else {
            partners.wait(for: record.shadowOfHash, shadow)
        }
    }

    /// Notes a request that may be repeated, or was.
    mutating func see(original record: borrowing Record, cost: Int64?, _ partners: inout ShadowPartners) {
        // Until something is, nothing need be remembered.
        guard !presences.isEmpty, record.traceHash != 0 else { return }
        let original = PairedRequest(record, cost: cost)
        for shadow in partners.note(record.traceHash, original) { pair(original, shadow) }
    }

    private mutating func pair(_ original: PairedRequest, _ shadow: ShadowPartners.Waiting) {
        slots.update(shadow.time, empty: NameTable()) { table in
            table.update(shadow.name) { $0.count(original, shadow.request) }
        }
    }

    private static func name(of record: borrowing Record) -> Symbol {
        for dimension in [Dimension.variant, .agentVersion, .promptVersion, .model] {
            let name = record.values[dimension]
            if !name.isAbsent { return name }
        }
        return .other
    }

    /// Where a name stands; nil where as many run at this time.
    private mutating func place(of name: Symbol, at time: Int64) -> Int? {
        if let place = presences.firstIndex(where: { $0.name == name }) { return place }
        let presence = (name, Presence(first: time, last: time))
        if presences.count < Self.most || name == .other {
            presences.append(presence)
            return presences.count - 1
        }
        // Who has been away longest makes room.
        let oldest = presences.indices.min { presences[$0].presence.last < presences[$1].presence.last }
        guard let oldest, presences[oldest].presence.last + Self.pause < time else { return nil }
        presences[oldest] = presence
        return oldest
    }

    private mutating func see(_ name: Symbol, at time: Int64) -> Symbol {
        guard let place = place(of: name, at: time) else {
            // With the others that there is no room for.
            return name == .other ? name : see(.other, at: time)
        }
        if time > presences[place].presence.last + Self.pause {
            presences[place].presence = Presence(first: time, last: time)
        } else if time >= presences[place].presence.first - Self.pause {
            presences[place].presence.first = min(presences[place].presence.first, time)
            presences[place].presence.last = max(presences[place].presence.last, time)
        }
        return name
    }
}

/// What is compared of a request and the one that repeats it.
struct PairedRequest: Sendable {
    var failed: Bool?
    /// µs, nano-dollars.
    var latency: Int64?
    var cost: Int64?
    var user: UInt64

    init(_ record: borrowing Record, cost: Int64?) {
        failed = record.success.map { !$0 }
        latency = record.latency
        self.cost = cost
        user = record.userHash
    }
}

/// Shadow traffic of one version over one span of time. Counts are of requests as they came: pairs are not sampled.
package struct ShadowRow: Row {
    package private(set) var requests: Int64 = 0
    /// Of which the request that they repeat is known, and the outcome of both.
    package private(set) var pairs: Int64 = 0
    package private(set) var onlyOriginalFailed: Int64 = 0
    package private(set) var onlyShadowFailed: Int64 = 0
    package private(set) var bothFailed: Int64 = 0
    /// Which of 64 groups of users the requests were of that only the shadow failed.
    private var groups: UInt64 = 0
    /// Of all of them, µs.
    package private(set) var latency = ExponentialHistogram(unitsPerOne: 1000)
    /// Of pairs where both are known: µs, nano-dollars.
    package private(set) var originalLatency = Moments()
    package private(set) var originalCost = Moments()
    /// The shadow's minus the original's.
    package private(set) var addedLatency = Moments()
    package private(set) var addedCost = Moments()

    package init() {}

    package var heaviness: Int64 { requests }

    /// Groups of users in which the shadow alone failed; those of requests without a user are one.
    package var failingGroups: Int { groups.nonzeroBitCount }

    fileprivate mutating func countRequest(_ shadow: PairedRequest) {
        requests &+= 1
        if let latency = shadow.latency { self.latency.record(latency, weight: 1024) }
    }

    fileprivate mutating func count(_ original: PairedRequest, _ shadow: PairedRequest) {
        if let first = original.failed, let second = shadow.failed {
            pairs &+= 1
            switch (first, second) {
            case (true, true): bothFailed &+= 1
            case (true, false): onlyOriginalFailed &+= 1
            case (false, true):
                onlyShadowFailed &+= 1
                groups |= 1 &<< (original.user &>> 58)
            case (false, false): break
            }
        }
        if let first = original.latency, let second = shadow.latency {
            originalLatency.record(first, weight: 1024)
            addedLatency.record(second &- first, weight: 1024)
        }
        if let first = original.cost, let second = shadow.cost {
            originalCost.record(first, weight: 1024)
            addedCost.record(second &- first, weight: 1024)
        }
    }

    package mutating func add(_ other: ShadowRow) {
        requests &+= other.requests
        pairs &+= other.pairs
        onlyOriginalFailed &+= other.onlyOriginalFailed
        onlyShadowFailed &+= other.onlyShadowFailed
        bothFailed &+= other.bothFailed
        groups |= other.groups
        latency.merge(other.latency)
        originalLatency.add(other.originalLatency)
        addedLatency.add(other.addedLatency)
        originalCost.add(other.originalCost)
        addedCost.add(other.addedCost)
    }

    package func pack(into numbers: inout PackedNumbers) {
        for count in [requests, pairs, onlyOriginalFailed, onlyShadowFailed, bothFailed] { numbers.append(count) }
        numbers.append(groups)
        latency.pack(into: &numbers)
        for moments in [originalLatency, addedLatency, originalCost, addedCost] { moments.pack(into: &numbers) }
    }

    package init(from numbers: inout PackedNumbersReader) {
        requests = numbers.signed()
        pairs = numbers.signed()
        onlyOriginalFailed = numbers.signed()
        onlyShadowFailed = numbers.signed()
        bothFailed = numbers.signed()
        groups = numbers.unsigned()
        latency.unpack(from: &numbers)
        originalLatency = Moments(from: &numbers)
        addedLatency = Moments(from: &numbers)
        originalCost = Moments(from: &numbers)
        addedCost = Moments(from: &numbers)
    }
}

/// Requests and their repetitions that wait for each other, whichever comes first.
struct ShadowPartners: Sendable {
    fileprivate struct Waiting: Sendable {
        var request: PairedRequest
        var name: Symbol
        var time: Int64
    }

    private static let most = 1 << 14

    private var originals = Recent<PairedRequest>(most)
    private var shadows = Recent<[Waiting]>(most)

    fileprivate func original(of trace: UInt64) -> PairedRequest? { originals[trace] }

    fileprivate mutating func wait(for trace: UInt64, _ shadow: Waiting) {
        // One request is repeated by a few versions, not by hundreds.
        var others = shadows[trace] ?? []
        guard others.count < 8 else { return }
        others.append(shadow)
        shadows[trace] = others
    }

    /// - Returns: what has waited for it.
    fileprivate mutating func note(_ trace: UInt64, _ original: PairedRequest) -> [Waiting] {
        originals[trace] = original
        return shadows.take(trace) ?? []
    }
}

/// The newest values by a hash.
private struct Recent<Value: Sendable>: Sendable {
    private var values: [UInt64: (value: Value, place: Int)] = [:]
    private var order: [UInt64] = []
    private var next = 0
    private let most: Int

    init(_ most: Int) { self.most = most }

    subscript(key: UInt64) -> Value? {
        get { values[key]?.value }
        set {
            guard let newValue else { return }
            if let known = values[key] {
                values[key] = (newValue, known.place)
            } else if order.count < most {
                values[key] = (newValue, order.count)
                order.append(key)
            } else {
                // Unless it was taken and has come again.
                if values[order[next]]?.place == next { values[order[next]] = nil }
                values[key] = (newValue, next)
                order[next] = key
                next = (next + 1) % most
            }
        }
    }

    /// Its place in the ring stays taken until its turn comes.
    mutating func take(_ key: UInt64) -> Value? { values.isEmpty ? nil : values.removeValue(forKey: key)?.value }
}
