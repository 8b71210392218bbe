package import Telemetry

/// What answered a request, as far as a deploy changes it.
package struct Release: Sendable, Hashable {
    package var agentVersion = Symbol.absent
    package var promptVersion = Symbol.absent
    package var promptHash = Symbol.absent
    package var indexVersion = Symbol.absent
    package var model = Symbol.absent
    package var variant = Symbol.absent

    /// Its parts, what names the whole first.
    package static let dimensions: [Dimension] = [
        .agentVersion, .promptVersion, .promptHash, .indexVersion, .model, .variant,
    ]

    init() {}

    @inline(__always)
    init(_ values: borrowing DimensionValues) {
        agentVersion = values[.agentVersion]
        promptVersion = values[.promptVersion]
        promptHash = values[.promptHash]
        indexVersion = values[.indexVersion]
        model = values[.model]
        variant = values[.variant]
    }

    /// `.absent` for what is no part of a release.
    package subscript(dimension: Dimension) -> Symbol {
        switch dimension {
        case .agentVersion: agentVersion
        case .promptVersion: promptVersion
        case .promptHash: promptHash
        case .indexVersion: indexVersion
        case .model: model
        case .variant: variant
        default: .absent
        }
    }

    /// 0...15, mostly another for another release.
    @inline(__always)
    fileprivate var hint: Int { Int((model.rawValue &+ variant.rawValue &* 5 &+ agentVersion.rawValue &* 3) & 15) }

    @inline(__always)
    func isSame(as other: Release) -> Bool {
        model.rawValue == other.model.rawValue && agentVersion.rawValue == other.agentVersion.rawValue
            && promptHash.rawValue == other.promptHash.rawValue
            && promptVersion.rawValue == other.promptVersion.rawValue
            && variant.rawValue == other.variant.rawValue && indexVersion.rawValue == other.indexVersion.rawValue
    }
}

/// How many requests one release answered in a span of time, and when the first and the last of them ended.
package struct ReleaseCount: Sendable {
    package let release: Release
    package var requests = Count()
    /// µs since 1970.
    package var first: Int64
    package var last: Int64

    /// The same, whatever its variant.
    package var withoutVariant: ReleaseCount {
        var release = release
        release.variant = .absent
        return ReleaseCount(release: release, requests: requests, first: first, last: last)
    }

    @inline(__always)
    mutating func add(_ count: Count, at time: Int64) {
        requests.add(count)
        if time < first { first = time }
        if time > last { last = time }
    }

    mutating func add(_ other: ReleaseCount) {
        requests.add(other.requests)
        first = min(first, other.first)
        last = max(last, other.last)
    }
}

/// The releases of one span of time.
struct ReleaseCounts: SlotContent {
    private(set) var counts: [ReleaseCount] = []

    /// Releases that are told apart; then prompts are no longer, then models, then nothing.
    private static let limit = 64

    init(_ counts: [ReleaseCount] = []) { self.counts = counts }

    var isWorthPacking: Bool { false }
    mutating func pack() {}

    mutating func count(_ batch: borrowing RequestBatch) {
        // Looked at in place: a row is larger than what is read of it.
        let rows = batch.rows.span
        // Where each was found last: wrong ones only cost a search.
        var hints = InlineArray<16, Int>(repeating: 0)
        for i in rows.indices {
            let release = Release(rows[i].values)
            var place = hints[release.hint]
            if place >= counts.count || !counts[place].release.isSame(as: release) {
                place = madePlace(of: release, rows[i].time)
                hints[release.hint] = place
            }
            counts[place].add(rows[i].row.requests, at: rows[i].time)
        }
    }

    mutating func add(_ slot: Swift.Span<ReleaseCounts>) {
        for count in slot[0].counts { counts[madePlace(of: count.release, count.first)].add(count) }
    }

    private mutating func madePlace(of wanted: Release, _ time: Int64) -> Int {
        if let place = place(of: wanted) { return place }
        var release = wanted
        if counts.count >= Self.limit {
            // A hash of each prompt as it was filled in, a model of each customer's: what a deploy changes must still be seen.
            if !release.promptHash.isAbsent { release.promptHash = .other }
            if counts.count >= 2 * Self.limit {
                if !release.model.isAbsent { release.model = .other }
                if !release.promptVersion.isAbsent { release.promptVersion = .other }
            }
            if counts.count >= 3 * Self.limit { release = .unlisted }
            if let place = place(of: release) { return place }
        }
        counts.append(ReleaseCount(release: release, first: time, last: time))
        return counts.count - 1
    }

    private func place(of release: Release) -> Int? {
        for i in counts.indices where counts[i].release.isSame(as: release) { return i }
        return nil
    }
}

extension Release {
    /// What nobody can tell apart any more.
    fileprivate static let unlisted: Release = {
        var release = Release()
        (release.agentVersion, release.promptVersion, release.promptHash) = (.other, .other, .other)
        (release.indexVersion, release.model, release.variant) = (.other, .other, .other)
        return release
    }()
}

/// Which releases answered when: in spans of 5 minutes for 25 hours, of an hour for 35 days.
///
/// Requests enter a span of 5 minutes, which is added to its hour once it is over; later arrivals enter both.
package struct Releases: Sendable {
    private var fine = SlotRing<ReleaseCounts>(step: Releases.step, capacity: 25 * 12 + 1, looseLimit: 4)
    private var hours = SlotRing<ReleaseCounts>(step: Span.hour, capacity: 35 * 24 + 1, looseLimit: 2)
    /// Spans that start before this are in their hours.
    private var rolledUpTo: Int64 = .min

    package static let step = 5 * Span.minute

    init() {}

    /// Counts every request of a batch.
    mutating func count(_ batch: borrowing RequestBatch) {
        let start = batch.start.alignedDown(to: Self.step)
        if rolledUpTo == .min { rolledUpTo = start - Self.step }
        if start > fine.newest { rollUp(before: start - Self.step) }
        fine.update(start, empty: ReleaseCounts()) { $0.count(batch) }
        if start < rolledUpTo { hours.update(start, empty: ReleaseCounts()) { $0.count(batch) } }
    }

    private mutating func rollUp(before limit: Int64) {
        guard limit > rolledUpTo else { return }
        let kept = fine
        kept.forEach(in: rolledUpTo..<limit) { start, slot in
            hours.update(start, empty: ReleaseCounts()) { $0.add(slot) }
        }
        rolledUpTo = limit
    }

    /// A span of time with what answered in it.
    struct Slot {
        /// µs since 1970.
        let times: Range<Int64>
        let counts: [ReleaseCount]
    }

    /// Everything held up to `end` (µs since 1970), oldest first: hours where 5 minutes are held no longer.
    func slots(upTo end: Int64) -> [Slot] {
        var slots: [Slot] = []
        func add(_ start: Int64, _ step: Int64, _ slot: Swift.Span<ReleaseCounts>) {
            let counts = slot[0].counts.filter { $0.first <= end }
            if !counts.isEmpty { slots.append(Slot(times: start..<start + step, counts: counts)) }
        }
        guard fine.newest != .min else { return [] }
        let border = (fine.oldestKept + Span.hour - 1).alignedDown(to: Span.hour)
        hours.forEach(in: .min / 2..<min(border, end)) { add($0, Span.hour, $1) }
        // Of a time before that there are hours alone.
        if border <= end { fine.forEach(in: border..<end &+ 1) { add($0, Self.step, $1) } }
        return slots
    }

    /// What answered in `from..<to` (whole spans of 5 minutes), the most frequent first.
    package func counts(from: Int64, to: Int64) -> [ReleaseCount] {
        var sum = ReleaseCounts()
        if from >= fine.oldestKept {
            fine.forEach(in: from..<to) { sum.add($1) }
        } else {
            for slot in slots(upTo: to - 1) where slot.times.upperBound > from {
                sum.add([ReleaseCounts(slot.counts)].span)
            }
        }
        return sum.counts.sorted {
            ($0.requests.weighted, $1.first) > ($1.requests.weighted, $0.first)
        }
    }
}
