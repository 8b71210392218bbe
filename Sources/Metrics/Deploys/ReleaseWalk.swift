import Statistics
import Telemetry

/// Goes through the history of one dimension, and finds where it changed: what begins to answer, what takes over, and what ends.
///
/// A value is new only where it would surely have been seen before, had it been there as often as it is now: among a thousand
/// prompts, or where hardly anything happens, a name that was not met before means nothing.
struct ReleaseWalk {
    /// A change that was found.
    struct Found {
        var dimension: Dimension
        var from: Symbol
        var to: Symbol
        var kind: VersionChange.Kind
        var isReturn: Bool
        /// µs since 1970.
        var time: Int64
    }

    private let dimension: Dimension
    private let slots: [Shares]
    private var known: [Symbol: Known] = [:]
    /// Requests before the slot that is looked at.
    private var requests: Int64 = 0
    private var main: Symbol?
    private var formerMains: Set<Symbol> = []
    private(set) var found: [Found] = []
    /// What answered most requests, from when on.
    private(set) var mains: [(time: Int64, value: Symbol)] = []

    /// What is remembered of a value.
    private struct Known {
        var first: Int64
        var last: Int64
        /// Requests of all values up to when it was seen first, and last.
        var requestsAtFirst: Int64
        var requestsAtLast: Int64
        var own: Int64 = 0
        /// Whether it began within what is held, and has not ended.
        var isMarked = false
    }

    /// One slot's requests by value.
    private struct Shares {
        let times: Range<Int64>
        private(set) var values: [Entry] = []
        private(set) var total: Int64 = 0
        /// By value.
        private var places: [Symbol: Int] = [:]

        struct Entry {
            let value: Symbol
            var requests: Int64
            var first: Int64
            var last: Int64
        }

        init(_ slot: Releases.Slot, _ dimension: Dimension) {
            times = slot.times
            for count in slot.counts {
                let value = count.release[dimension]
                total += count.requests.raw
                if let place = places[value] {
                    values[place].requests += count.requests.raw
                    values[place].first = min(values[place].first, count.first)
                    values[place].last = max(values[place].last, count.last)
                } else {
                    places[value] = values.count
                    values.append(
                        Entry(value: value, requests: count.requests.raw, first: count.first, last: count.last))
                }
            }
        }

        subscript(value: Symbol) -> Entry? { places[value].map { values[$0] } }

        func share(_ value: Symbol) -> Double {
            total > 0 ? Double(self[value]?.requests ?? 0) / Double(total) : 0
        }
    }

    /// How likely it may be that a value that is called new was only missed before.
    private static let chance = 1e-4
    /// A value that was away for longer has come back.
    private static let pause = 30 * Span.minute
    /// Slots that a beginning is judged by, and that may be joined to tell who answers most.
    private static let horizon = 3
    private static let joined = 6
    /// Of more models than these nobody notices one.
    private static let fewModels = 8

    init(_ slots: [Releases.Slot], _ dimension: Dimension) {
        self.dimension = dimension
        self.slots = slots.map { Shares($0, dimension) }
        for place in self.slots.indices { step(place) }
    }

    private mutating func step(_ place: Int) {
        let slot = slots[place]
        for entry in slot.values where !entry.value.isAbsent && entry.value != .other {
            note(entry, at: place)
        }
        noteMain(at: place)
        noteEnds(slot)
        requests += slot.total
        for entry in slot.values { known[entry.value]?.requestsAtLast = requests }
    }

    // MARK: What begins

    private mutating func note(_ entry: Shares.Entry, at place: Int) {
        let value = entry.value
        if var old = known[value] {
            let isBack = entry.first - old.last > Self.pause
            if isBack, dimension != .model, hasBegun(value, at: place, missing: requests - old.requestsAtLast) {
                found.append(
                    Found(
                        dimension: dimension, from: main ?? .absent, to: value, kind: .starts, isReturn: true,
                        time: entry.first))
                old = Known(
                    first: old.first, last: entry.last, requestsAtFirst: requests, requestsAtLast: requests,
                    isMarked: true)
            }
            old.last = max(old.last, entry.last)
            old.own += entry.requests
            known[value] = old
            return
        }
        var new = Known(
            first: entry.first, last: entry.last, requestsAtFirst: requests, requestsAtLast: requests,
            own: entry.requests)
        if hasBegun(value, at: place, missing: requests) {
            found.append(
                Found(
                    dimension: dimension, from: main ?? .absent, to: value, kind: .starts, isReturn: false,
                    time: entry.first))
            new.isMarked = true
        }
        known[value] = new
    }

    /// Whether a value that `missing` requests in a row did not have is there now, and not by chance.
    private func hasBegun(_ value: Symbol, at place: Int, missing: Int64) -> Bool {
        let ahead = place..<min(place + Self.horizon, slots.count)
        var own: Int64 = 0
        var all: Int64 = 0
        var best = 0.0
        var isSteady = true
        for i in ahead {
            own += slots[i][value]?.requests ?? 0
            all += slots[i].total
            let share = slots[i].share(value)
            best = max(best, share)
            // The newest slot is not over.
            if i > place, i < slots.count - 1, slots[i].total >= 20, share < 0.1 { isSteady = false }
        }
        switch dimension {
        case .model:
            // A fallback now and then is no deploy, nor is one of the many models of a gateway.
            guard best >= 0.2, own >= 5, isSteady, known.count <= Self.fewModels else { return false }
        case .variant:
            // The arm that has most is the one that was there.
            guard best >= 0.01, best <= 0.5, own >= 3 else { return false }
        default: guard best >= 0.01, own >= 3 else { return false }
        }
        let share = Double(all) / Double(all + missing)
        var likely = 1.0
        for _ in 0..<min(own, 1000) {
            likely *= share
            if likely <= Self.chance { return true }
        }
        return false
    }

    // MARK: What most requests are answered by

    private mutating func noteMain(at place: Int) {
        guard let value = majority(at: place), value != main, value != .other, !(value.isAbsent && main != nil) else {
            return
        }
        defer { main = value }
        guard let main else {
            mains.append((slots[place].times.lowerBound, value))
            return
        }
        var since = place
        while since > 0, slots[since - 1].share(value) >= 0.5 { since -= 1 }
        let time = slots[since][value]?.first ?? slots[since].times.lowerBound
        mains.append((time, value))
        formerMains.insert(main)
        switch dimension {
        case .variant: return
        case .promptVersion, .promptHash:
            // Each task has its own: which of the old ones is asked for most is the traffic's doing.
            guard known[value]?.isMarked == true || known[main]?.isMarked == true else { return }
        default: break
        }
        let isReturn = formerMains.contains(value)
        // It has just begun: that was told.
        if found.contains(where: { $0.kind == .starts && $0.to == value && abs($0.time - time) <= Releases.step }) {
            return
        }
        found.append(
            Found(
                dimension: dimension, from: main, to: value, kind: .takesOver, isReturn: isReturn, time: time))
    }

    /// The value that surely more than half of the requests have, and three quarters of those that were seen.
    private func majority(at place: Int) -> Symbol? {
        var counts: [Symbol: Int64] = [:]
        var total: Int64 = 0
        for i in (max(0, place - Self.joined + 1)...place).reversed() {
            for entry in slots[i].values { counts[entry.value, default: 0] += entry.requests }
            total += slots[i].total
            guard let most = counts.max(by: { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }),
                4 * most.value >= 3 * total, let share = Proportion(Double(most.value), of: Double(total))
            else { continue }
            if Interval.wilson(share, confidence: 0.999).lower > 0.5 { return most.key }
        }
        return nil
    }

    // MARK: What ends

    /// A canary that is gone: what was there before it answers all again.
    private mutating func noteEnds(_ slot: Shares) {
        guard dimension != .model, let main else { return }
        let now = requests + slot.total
        // In an order that is the same in every run.
        let gone = known.filter { $0.value.isMarked && $0.key != main && slot[$0.key] == nil }
        for (value, was) in gone.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let own = Double(was.own) / Double(max(1, was.requestsAtLast - was.requestsAtFirst))
            let missing = Double(now - was.requestsAtLast)
            // As many without it are e^(−share · missing) likely.
            guard slot.times.upperBound - was.last >= 2 * Releases.step, own * missing >= 9.2 else { continue }
            known[value]?.isMarked = false
            guard main.isAbsent || (known[main]?.first ?? .max) < was.first else { continue }
            found.append(
                Found(dimension: dimension, from: value, to: main, kind: .ends, isReturn: true, time: was.last))
        }
    }
}
