package import Metrics
package import Telemetry

/// What changed, and what became of it: every deploy with the numbers before and after, and what runs now.
package struct ChangeReport: Sendable {
    /// The newest first.
    package let deploys: [DeployReport]
    /// What answered lately, the most frequent first.
    package let running: [RunningRelease]
    /// How far back one could have seen a deploy, µs.
    package let held: Int64
    /// Since when requests are held one by one, where not all are, µs since 1970.
    package let heldSince: Int64?

    /// Deploys that are compared: a page is made anew each second.
    package static let mostDeploys = 8
    /// Of which time it is told what runs.
    package static let present = 15 * Span.minute

    /// - Parameter filter: which requests are compared; nil: all.
    package init(_ snapshot: Snapshot, deploys marks: [DeployMark], where filter: RecordFilter? = nil) {
        let now = snapshot.now ?? 0
        held = now - (snapshot.firstTime ?? now)
        let newest = Array(marks.suffix(Self.mostDeploys).reversed())
        running = RunningRelease.all(in: snapshot, since: marks.last?.time)
        let comparisons = newest.map { DeployComparison($0, among: marks, until: now) }
        let (counts, since) = snapshot.rows.counts(of: comparisons.flatMap(\.sides), where: filter)
        heldSince = snapshot.rows.isWhole ? nil : since
        var place = 0
        deploys = comparisons.map { comparison in
            defer { place += comparison.sides.count }
            return comparison.report(Array(counts[place..<place + comparison.sides.count]))
        }
    }
}

/// One deploy, and the numbers on its two sides.
package struct DeployReport: Sendable {
    package let mark: DeployMark
    /// What answers since, and what did before, as they name themselves; nil: whatever answered.
    package let new: String?
    package let old: String?
    /// When the requests before are of.
    package let basis: Basis
    /// Requests, as they were seen.
    package let requests: (before: Int64, after: Int64)
    package let metrics: [DeployMetric]
    /// The requests since, as a condition on records and their time (µs since 1970).
    package let condition: String?
    package let times: ClosedRange<Int64>

    package enum Basis: String, Sendable {
        /// Both answered at the same time: what else happened then happened to both.
        case beside
        /// One after the other.
        case before
    }

    /// What has surely become worse.
    package var worse: [DeployMetric] { metrics.filter { $0.verdict == .worse } }
}

/// Which requests are compared for a deploy.
private struct DeployComparison {
    let mark: DeployMark
    private let change: VersionChange?
    private let times: ClosedRange<Int64>
    /// After, before and beside it by what they name; after and before whatever they name.
    let sides: [VersionSide]

    /// As long before a deploy as after it, within these, µs.
    private static let leastBefore = 30 * Span.minute
    private static let mostCompared = Span.day

    init(_ mark: DeployMark, among marks: [DeployMark], until now: Int64) {
        self.mark = mark
        let change = mark.changes.first { $0.from != nil && $0.to != nil } ?? mark.changes.first { $0.to != nil }
        self.change = change
        // What came after it is another deploy's.
        let next = marks.first { other in
            other.time > mark.time
                && (change == nil
                    || other.changes.contains { $0.dimension == change?.dimension && $0.to != change?.to })
        }
        let until = max(mark.time, min(now, (next?.time ?? .max) - 1, mark.time + Self.mostCompared))
        times = mark.time...until
        var start = mark.time - min(Self.mostCompared, max(Self.leastBefore, until - mark.time))
        if let previous = marks.last(where: { $0.time < mark.time })?.time, previous <= mark.time - 10 * Span.minute {
            start = max(start, previous)
        }
        let before = min(start, mark.time - 1)...mark.time - 1
        func part(_ value: String?) -> VersionSide.Part? {
            change.flatMap { change in value.map { VersionSide.Part(change.dimension, $0) } }
        }
        sides = [
            VersionSide(part(change?.to), times), VersionSide(part(change?.from), before),
            VersionSide(part(change?.from), times), VersionSide(nil, times), VersionSide(nil, before),
        ]
    }

    /// - Parameter counts: of `sides`.
    func report(_ counts: [VersionCounts]) -> DeployReport {
        var (after, before) = (counts[0], counts[1])
        var basis = DeployReport.Basis.before
        var isNamed = change != nil
        if change?.kind == .told, after.requests.raw == 0 {
            // Requests do not say which version they had.
            (after, before, isNamed) = (counts[3], counts[4], false)
        } else if change?.from != nil {
            let beside = counts[2]
            if 2 * beside.requests.raw >= after.requests.raw, beside.requests.raw >= DeployMetric.fewest {
                (before, basis) = (beside, .beside)
            } else {
                before = before + beside
            }
        }
        let metrics = DeployMetric.Kind.allCases.map { DeployMetric($0, before: before, after: after) }
            .filter { $0.before != nil || $0.after != nil }
        return DeployReport(
            mark: mark, new: isNamed ? change?.to : nil, old: isNamed ? change?.from : nil, basis: basis,
            requests: (before.requests.raw, after.requests.raw), metrics: metrics,
            condition: isNamed
                ? change.flatMap { change in
                    change.to.map { RecordFilter.quoted(field: change.dimension.fieldName, value: $0) }
                } : nil,
            times: times)
    }
}

/// What answers now, and which share of the requests.
package struct RunningRelease: Sendable {
    /// What it names, in the order of `Release.dimensions`.
    package let parts: [(dimension: Dimension, value: String)]
    /// Of the requests of the last 15 minutes, and of the hour before the newest deploy; nil: there was none.
    package let share: Double
    package let shareBefore: Double?
    /// Requests of these minutes, weighted.
    package let requests: Double

    static func all(in snapshot: Snapshot, since deploy: Int64?) -> [RunningRelease] {
        let present = snapshot.releases(lasting: ChangeReport.present)
        var former = deploy.map { snapshot.releases(in: $0 - Span.hour..<$0) } ?? []
        if present.allSatisfy({ $0.release.variant.isAbsent }) {
            // Once a canary is over nothing is its control.
            former = former.withoutVariants
        }
        let total = present.reduce(0) { $0 + $1.requests.weighted }
        let formerTotal = former.reduce(0) { $0 + $1.requests.weighted }
        func share(_ part: Int64?, _ whole: Int64) -> Double { whole > 0 ? Double(part ?? 0) / Double(whole) : 0 }
        // What is gone is told where it was there before the deploy.
        let gone = former.filter { old in !present.contains { $0.release == old.release } }
        return (present + gone).map { count in
            let isHere = present.contains { $0.release == count.release }
            return RunningRelease(
                parts: Release.dimensions.compactMap { dimension in
                    let symbol = count.release[dimension]
                    return symbol.isAbsent ? nil : (dimension, snapshot.names.label(symbol))
                },
                share: isHere ? share(count.requests.weighted, total) : 0,
                shareBefore: formerTotal > 0
                    ? share(former.first { $0.release == count.release }?.requests.weighted, formerTotal) : nil,
                requests: isHere ? count.requests.value : 0)
        }
    }
}

extension [ReleaseCount] {
    /// The same with what differs in its variant alone in one, the most frequent first.
    fileprivate var withoutVariants: [ReleaseCount] {
        var sums: [ReleaseCount] = []
        for count in self {
            let whole = count.withoutVariant
            if let place = sums.firstIndex(where: { $0.release == whole.release }) {
                sums[place].requests.add(whole.requests)
            } else {
                sums.append(whole)
            }
        }
        return sums.sorted { ($0.requests.weighted, $1.first) > ($1.requests.weighted, $0.first) }
    }
}
