package import Statistics
package import Telemetry

/// One variant's counts over one span: what a canary is judged by.
package struct ArmRow: Row {
    package var requests = Count()
    /// Σ weight², in requests²·1024.
    package var squaredWeights: Int64 = 0
    package var succeeded = Count()
    package var failed = Count()
    package var latency = ExponentialHistogram(unitsPerOne: 1000)
    package var ratedUp: Int64 = 0
    package var ratedDown: Int64 = 0
    package var evalScore = UniformBins(lower: 0, upper: 1_000_000)
    /// Weighted cost in 1/1024 nano-dollar.
    package var cost: Int64 = 0
    package var priced: Int64 = 0
    package var tokens: Int64 = 0
    /// The version that its latest request named.
    package var version = Symbol.absent

    package init() {}

    package var heaviness: Int64 { requests.weighted }

    package mutating func add(_ other: ArmRow) {
        requests.add(other.requests)
        squaredWeights &+= other.squaredWeights
        succeeded.add(other.succeeded)
        failed.add(other.failed)
        latency.merge(other.latency)
        ratedUp &+= other.ratedUp
        ratedDown &+= other.ratedDown
        evalScore.merge(other.evalScore)
        cost &+= other.cost
        priced &+= other.priced
        tokens &+= other.tokens
        if !other.version.isAbsent { version = other.version }
    }

    package func pack(into numbers: inout PackedNumbers) {
        requests.pack(into: &numbers)
        numbers.append(weighted: squaredWeights)
        succeeded.pack(into: &numbers)
        failed.pack(into: &numbers)
        latency.pack(into: &numbers)
        numbers.append(weighted: ratedUp)
        numbers.append(weighted: ratedDown)
        evalScore.pack(into: &numbers)
        numbers.append(weighted: cost)
        numbers.append(weighted: priced)
        numbers.append(weighted: tokens)
        numbers.append(UInt64(version.rawValue))
    }

    package init(from numbers: inout PackedNumbersReader) {
        requests = Count(from: &numbers)
        squaredWeights = numbers.weighted()
        succeeded = Count(from: &numbers)
        failed = Count(from: &numbers)
        latency.unpack(from: &numbers)
        ratedUp = numbers.weighted()
        ratedDown = numbers.weighted()
        evalScore.unpack(from: &numbers)
        cost = numbers.weighted()
        priced = numbers.weighted()
        tokens = numbers.weighted()
        version = Symbol(rawValue: UInt32(truncatingIfNeeded: numbers.unsigned()))
    }

    package var errorRate: Double? {
        let judged = failed.weighted + succeeded.weighted
        return judged > 0 ? Double(failed.weighted) / Double(judged) : nil
    }

    package var satisfaction: Double? {
        let n = ratedUp + ratedDown
        return n > 0 ? Double(ratedUp) / Double(n) : nil
    }

    /// Dollars.
    package var costPerRequest: Double? { priced > 0 ? Double(cost) / 1e9 / Double(priced) : nil }

    /// (Σw)²/Σw² over Σw: how much of a weighted count is information, 1 where nothing was sampled.
    package var effectiveShare: Double {
        squaredWeights > 0 ? requests.value / (Double(squaredWeights) / 1024) : 1
    }

    /// Requests with a known outcome, as many as equally weighted ones would be.
    package var effectiveJudged: Double {
        Double(failed.weighted + succeeded.weighted) / 1024 * effectiveShare
    }
}

/// The variants' minute blocks of the last 24 hours, and when each variant was seen.
package struct Arms: Sendable {
    private var minutes = SlotRing<NameTable<ArmRow>>(step: Span.minute, capacity: 1441, looseLimit: 4)
    private var hints = PlaceHints()
    /// Of at most `variantLimit` variants.
    private var presences: [(variant: Symbol, presence: Presence)] = []

    /// A stretch of time in which a variant took traffic without a pause of more than `pause`.
    package struct Presence: Sendable, Hashable {
        package var first: Int64
        package var last: Int64

        fileprivate mutating func extend(to time: Int64) {
            if time > last + Arms.pause {
                self = Presence(first: time, last: time)
            } else if time >= first - Arms.pause {
                first = min(first, time)
                last = max(last, time)
            }
        }
    }

    /// A variant that was away for longer starts its soak anew.
    package static let pause = 30 * Span.minute
    private static let variantLimit = 16

    init() {}

    /// Counts a batch's requests that have a variant.
    mutating func count(_ batch: borrowing RequestBatch) {
        guard batch.rows.contains(where: { !$0.values[.variant].isAbsent }) else { return }
        // First and last time of each variant, in the order they came.
        var times: [(variant: Symbol, first: Int64, last: Int64)] = []
        minutes.update(batch.start, empty: NameTable()) { table in
            let rows = batch.rows.span
            for place in rows.indices {
                let variant = rows[place].values[.variant]
                if variant.isAbsent { continue }
                table.update(variant, &hints) { $0.count(rows[place]) }
                let time = rows[place].time
                if let i = times.firstIndex(where: { $0.variant.rawValue == variant.rawValue }) {
                    times[i].first = min(times[i].first, time)
                    times[i].last = max(times[i].last, time)
                } else {
                    times.append((variant, time, time))
                }
            }
        }
        for (variant, first, last) in times {
            see(variant, at: first)
            see(variant, at: last)
        }
    }

    mutating func update(_ variant: Symbol, at time: Int64, _ change: (inout ArmRow) -> Void) {
        minutes.update(time, empty: NameTable()) { $0.update(variant, change) }
    }

    /// Notes that a request of `variant` ended at `time`.
    private mutating func see(_ variant: Symbol, at time: Int64) {
        if let place = presences.firstIndex(where: { $0.variant.rawValue == variant.rawValue }) {
            presences[place].presence.extend(to: time)
            return
        }
        if presences.count >= Self.variantLimit {
            // Who has been away longest makes room.
            let oldest = presences.indices.min {
                (presences[$0].presence.last, presences[$0].variant.rawValue)
                    < (presences[$1].presence.last, presences[$1].variant.rawValue)
            }
            guard let oldest, presences[oldest].presence.last + Self.pause < time else { return }
            presences.remove(at: oldest)
        }
        presences.append((variant, Presence(first: time, last: time)))
    }

    /// When `variant` took traffic last, without longer pauses.
    package func presence(of variant: Symbol) -> Presence? {
        presences.first { $0.variant == variant }?.presence
    }

    /// The same as of an earlier time: from the minutes held, and so to a minute at its beginning.
    package func presence(of variant: Symbol, asOf time: Int64) -> Presence? {
        if let presence = presence(of: variant), presence.last <= time { return presence }
        var found: Presence?
        minutes.forEach(in: time - Span.day..<time + 1) { start, slot in
            guard slot[0][variant] != nil else { return }
            let last = min(time, start + Span.minute)
            if found == nil {
                found = Presence(first: start, last: last)
            } else {
                found?.extend(to: last)
            }
        }
        return found
    }

    /// Every variant that took traffic, in no order.
    package var variants: [Symbol] { presences.map(\.variant) }

    /// Sums by variant over whole minutes of `from..<to`.
    package func sum(from: Int64, to: Int64) -> NameTable<ArmRow> {
        var table = NameTable<ArmRow>()
        minutes.forEach(in: from..<to) { table.merge($1[0]) }
        return table
    }
}
