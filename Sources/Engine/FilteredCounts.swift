import Metrics
import Monitoring
import Telemetry

/// A second counting, of the requests that pass a filter: first of those that are held, in the order in which they were
/// counted, then of every one that comes. It is judged at the same times as the whole.
struct FilteredCounts {
    let filter: RecordFilter
    private let book: RuleBook
    private var counts: JudgedCounts
    private var walk: RowWalk
    /// Since when requests were looked at, µs since 1970; nil: from the first.
    private var start: Int64?
    private var isComplete = false
    /// What was held is known better than when it was looked at.
    private var isOutdated = false
    /// What is shown until everything was looked at once more.
    private var former: (counts: JudgedCounts, start: Int64?)?

    init(_ filter: RecordFilter, of whole: borrowing JudgedCounts, book: RuleBook) {
        self.filter = filter
        self.book = book
        counts = JudgedCounts(book.ofPart)
        start = whole.recorder.heldSince
        walk = RowWalk(filter, from: start)
    }

    /// Something else is known of requests that were held: whether they pass may have changed as well.
    mutating func noteAmendment() { isOutdated = true }

    /// A rating was changed.
    mutating func amend(learned record: borrowing Record) { counts.recorder.amend(learned: record) }

    /// Looks at up to `limit` further records of the whole.
    /// - Parameter isLive: whether more will come soon: what was amended then waits for the next judgement.
    /// - Returns: whether there is more to look at.
    mutating func advance(
        _ whole: inout JudgedCounts, names: SymbolNames, limit: Int, isLive: Bool, clock: Int64
    ) -> Bool {
        // What is not there any more can't be made up for: once more, from what is held now.
        let isDue = isOutdated && isComplete && (!isLive || whole.judgedUpTo > counts.judgedUpTo)
        if walk.hasLost || isDue { beginAnew(whole) }
        whole.recorder.applyAmendments(names)
        walk.refill(whole.recorder)
        for _ in 0..<limit {
            guard let row = walk.next(names) else { break }
            if let time = row.judgedUpTo { counts.judge(upTo: time, names: names, clock: clock) }
            walk.count(row, in: &counts.recorder, names: names)
        }
        guard !walk.isBehind(whole.recorder) else { return true }
        isComplete = true
        counts.judge(upTo: whole.judgedUpTo, names: names, clock: clock)
        return false
    }

    private mutating func beginAnew(_ whole: borrowing JudgedCounts) {
        let shown = isComplete ? (counts, start) : former
        self = FilteredCounts(filter, of: whole, book: book)
        former = shown
    }

    /// Of the time that the situation of the whole is of.
    mutating func situation(beside whole: Situation) -> FilteredSituation {
        if isComplete { former = nil }
        return if var former {
            Self.situation(filter, &former.counts, former.start, whole, isComplete: false)
        } else {
            Self.situation(filter, &counts, start, whole, isComplete: isComplete)
        }
    }

    private static func situation(
        _ filter: RecordFilter, _ counts: inout JudgedCounts, _ start: Int64?, _ whole: Situation, isComplete: Bool
    ) -> FilteredSituation {
        let snapshot = counts.recorder.snapshot(
            asOf: whole.snapshot.now, source: whole.snapshot.source, names: whole.snapshot.names)
        return FilteredSituation(
            filter: filter, situation: counts.situation(snapshot.told(by: whole.snapshot, passing: filter)),
            reach: start ?? whole.snapshot.firstTime, isComplete: isComplete)
    }
}
