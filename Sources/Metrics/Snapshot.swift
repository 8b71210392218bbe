package import Query
package import Telemetry

/// Everything known as of one time: immutable, `Sendable`, and sharing its slots with the recorder and with other snapshots.
package struct Snapshot: Sendable {
    /// The time that windows end at, µs since 1970; nil before the first record.
    package let now: Int64?
    package let source: InputStatus
    package let names: SymbolNames
    package let timeline: Timeline
    package let arms: Arms
    package let shadows: Shadows
    package let slices: Slices
    package let exemplars: Exemplars
    let releases: Releases
    let toldDeploys: ToldDeploys
    package let queueDepths: QueueDepths
    /// Quality scores of the requests that had one last.
    package let latestQuality: LatestScores
    /// The newest percentiles that a source had computed itself.
    package let given: GivenPercentiles?
    package let read: Int
    package let duplicates: Int
    package let late: Int
    package let unmatched: Int
    package let firstTime: Int64?
    package let newestTime: Int64?
    /// The records that are held one by one.
    package let rows: RequestRows
    /// What was good and bad by each criterion that is watched.
    package let criteria: [Criterion: CriterionTimeline]
    /// Whether `now` lies before what was counted last: what came after it is not seen.
    package var isPast = false
    /// What the numbers are of where `rows` are those of all records; nil: of the same.
    package var rowFilter: RecordFilter?
}

extension Snapshot {
    /// The same as of an earlier time, from the history held: windows, bars, baselines and arms end there.
    ///
    /// As fine as the slots still kept: to 5 s within an hour of the newest, to a minute within a day.
    package func asOf(_ time: Int64) -> Snapshot {
        guard let first = firstTime, let now else { return self }
        let end = min(max(time, first), now)
        return Snapshot(
            now: end, source: source, names: names, timeline: timeline, arms: arms, shadows: shadows, slices: slices,
            exemplars: exemplars, releases: releases, toldDeploys: toldDeploys, queueDepths: queueDepths,
            latestQuality: latestQuality,
            given: given.flatMap { $0.time <= end ? $0 : nil }, read: read, duplicates: duplicates, late: late,
            unmatched: unmatched, firstTime: first,
            newestTime: end < now ? timeline.lastActivity(before: end) : newestTime, rows: rows,
            criteria: criteria, isPast: end < now, rowFilter: rowFilter)
    }

    /// What waits in each queue.
    package var queues: [Symbol: Int64] {
        queues(before: now.map { $0.addingReportingOverflow(1).partialValue } ?? .max)
    }

    /// What waited in each queue right before a time, µs since 1970.
    func queues(before end: Int64) -> [Symbol: Int64] { queueDepths.before(end) }

    /// Since when it is known how many wait in the queue that `queue_depth` names, or in any, µs since 1970; nil: it is not,
    /// or a reference asks for something else.
    package func queueOrigin(of reference: Reference) -> Int64? {
        guard WindowMetric(reference) == .queueDepth else { return nil }
        guard case .text(let name)? = reference.arguments.first else { return queueDepths.oldest.values.min() }
        return queueDepths.oldest.first { names[$0.key] == name }?.value
    }

    /// Requests that ended after `time`, weighted.
    package func requests(after time: Int64) -> Double {
        timeline.sum(from: time + 1, to: .max, parts: []).tally.requests.value
    }

    /// The same numbers beside those of all records: of the input as a whole is told what is true of the whole.
    /// - Parameter filter: what the numbers have passed.
    package func told(by whole: Snapshot, passing filter: RecordFilter) -> Snapshot {
        Snapshot(
            now: now, source: whole.source, names: whole.names, timeline: timeline, arms: arms, shadows: shadows,
            slices: slices,
            exemplars: exemplars, releases: whole.releases, toldDeploys: whole.toldDeploys,
            queueDepths: whole.queueDepths, latestQuality: latestQuality,
            given: given, read: whole.read,
            duplicates: whole.duplicates, late: late, unmatched: unmatched, firstTime: firstTime,
            newestTime: newestTime, rows: whole.rows, criteria: criteria, isPast: isPast, rowFilter: filter)
    }
}

/// Percentiles as a `snapshot` record gives them: of its span, not of ours, and not to be merged.
package struct GivenPercentiles: Sendable, Hashable {
    /// µs since 1970.
    package let time: Int64
    /// µs by name: p50, p95, p99, max.
    package let latency: [String: Int64]
}

/// A window's numbers and how much time they really cover.
package struct WindowTotals: Sendable {
    package var tally: Tally
    /// µs since 1970; the first is a slot's border at or before the window's start.
    package var from: Int64
    package var to: Int64
    /// What rates divide by: min(window, now − first record), at least one second; in seconds.
    package var seconds: Double

    package var requestsPerSecond: Double { tally.requests.value / seconds }
    package var tokensPerMinute: Double? { tally.totalTokens.map { Double($0) / seconds * 60 } }
    package var costPerHour: Double? { tally.costInDollars.map { $0 / seconds * 3600 } }
}

extension Snapshot {
    /// The numbers of `window`, ending at `end` (now, if nil).
    package func totals(_ window: Window, endingAt end: Int64? = nil, parts: Tally.Parts = .all) -> WindowTotals {
        guard let end = end ?? now, let first = firstTime else {
            return WindowTotals(tally: Tally(), from: 0, to: 0, seconds: 1)
        }
        guard let duration = window.duration else {
            if isPast { return totals(lasting: max(Span.second, end - first), endingAt: end, parts: parts) }
            let tally = timeline.sumOfAll(parts: parts)
            return WindowTotals(tally: tally, from: first, to: end, seconds: Self.seconds(end - first))
        }
        return totals(lasting: duration, endingAt: end, parts: parts)
    }

    /// The numbers of the `duration` µs before `end`.
    /// - Parameter judging: a judgement looks at what was before its time; a screen also at the record of this instant.
    package func totals(
        lasting duration: Int64, endingAt end: Int64, parts: Tally.Parts = .all, judging: Bool = false
    ) -> WindowTotals {
        let (tally, start) = timeline.sum(from: end - duration, to: judging ? end : limit(end), parts: parts)
        let covered = end - max(start, firstTime ?? start)
        return WindowTotals(tally: tally, from: start, to: end, seconds: Self.seconds(covered))
    }

    /// Where sums up to `end` stop: behind the record of that instant, but in the past before the slot that begins there.
    package func limit(_ end: Int64) -> Int64 { isPast ? end : end + 1 }

    private static func seconds(_ span: Int64) -> Double { Double(max(Span.second, span)) / 1e6 }
}
