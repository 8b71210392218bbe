package import Metrics
import Statistics
import Telemetry

extension Explanation {
    /// What explains the failures of the last while: what the verdict's sentence and alerts tell.
    ///
    /// From single requests where all of that time are held, which also know tools and what slices have in common; else, as
    /// for `check` and in the distant past, from the counts that every snapshot has of each dimension's values. One judgement
    /// serves both.
    /// - Parameters:
    ///   - duration: µs before `end`.
    ///   - end: µs since 1970.
    ///   - filter: what the snapshot is about; nil: all requests.
    package static func ofFailures(
        in snapshot: Snapshot, lasting duration: Int64, endingAt end: Int64, where filter: RecordFilter? = nil
    ) -> Explanation {
        // In the past the record of that instant is not seen.
        let start = end - duration
        let times = start...max(start, snapshot.limit(end) - 1)
        if let reach = snapshot.rows.reach, reach <= max(times.lowerBound, snapshot.firstTime ?? .max) {
            let explanation = Explanation(
                snapshot.rows.contrast(OutcomeQuestion(.failing, in: times, where: filter)))
            if !explanation.isCut { return explanation }
        }
        return ofSlices(in: snapshot, times, limit: snapshot.limit(end))
    }

    private static func ofSlices(in snapshot: Snapshot, _ times: ClosedRange<Int64>, limit: Int64) -> Explanation {
        // Of all requests, also of those that do not say: a dimension that few carry explains little.
        let extent = snapshot.slices.extent(from: times.lowerBound, to: limit)
        let all = snapshot.timeline.sum(from: extent.lowerBound, to: extent.upperBound, parts: []).tally
        var slices: [SliceCount] = []
        for dimension in Dimension.ofRequest {
            guard let field = RecordField(dimension) else { continue }
            let (table, _) = snapshot.slices.sum(dimension, from: times.lowerBound, to: limit)
            for (name, row) in zip(table.names, table.rows) where name != .other {
                let (failed, passed) = (row.counts.failed, row.counts.succeeded)
                slices.append(
                    SliceCount(
                        RequestSlice(.record(field), snapshot.names[name]), cases: failed.effective,
                        others: passed.effective, casesSeen: Int(failed.raw), seen: Int(failed.raw + passed.raw)))
            }
        }
        return Explanation(
            .failing, times: times, slices: slices, cases: all.failed.effective, others: all.succeeded.effective,
            casesSeen: Int(all.failed.raw), seen: Int(all.failed.raw + all.succeeded.raw))
    }
}

extension Count {
    /// As if all its requests weighed the same.
    fileprivate var effective: EffectiveCount {
        var count = EffectiveCount()
        guard raw > 0 else { return count }
        let (each, rest) = weighted.quotientAndRemainder(dividingBy: raw)
        count.record(each, times: raw - 1)
        count.record(each + rest)
        return count
    }
}
