import Telemetry

/// Counts by one criterion, from the rows that come, each once and in the order of their streams.
struct CriterionCount: Sendable {
    let criterion: Criterion
    private(set) var timeline: CriterionTimeline
    /// Rows of each stream that were looked at.
    private(set) var next = (newest: 0, history: 0)
    private var population: FilterRun?
    private var good: FilterRun?
    /// Requests by trace, so that what is learned later finds them; nil where nothing is.
    private var index: RequestIndex?
    private var record = Record()

    /// - Parameter since: requests before this are not held any more, µs since 1970.
    init(_ criterion: Criterion, since: Int64?) {
        self.criterion = criterion
        timeline = CriterionTimeline(since: since)
        population = criterion.population.map { FilterRun($0) }
        if case .condition(let condition) = criterion.good { good = FilterRun(condition) }
        if criterion.isLearned { index = RequestIndex() }
    }

    /// Takes in the rows of a chunk that were not looked at yet.
    mutating func count(_ chunk: RowChunk, isHistory: Bool, names: SymbolNames) {
        let start = (isHistory ? next.history : next.newest) - chunk.first
        guard start < chunk.count else { return }
        if isHistory { next.history = chunk.first + chunk.count } else { next.newest = chunk.first + chunk.count }
        let truth = Truth(chunk, &population, &good, names)
        if criterion.isLearned {
            for row in max(0, start)..<chunk.count { learn(chunk, row, truth) }
        } else {
            countRequests(chunk, from: start, truth)
        }
    }

    /// Rows of these were amended.
    mutating func recount(_ rows: [Int], of former: RowChunk, now chunk: RowChunk, isHistory: Bool, names: SymbolNames)
    {
        let end = isHistory ? next.history : next.newest
        let counted = rows.filter { chunk.first + $0 < end }
        guard !counted.isEmpty else { return }
        let before = Truth(former, &population, &good, names)
        let after = Truth(chunk, &population, &good, names)
        for row in counted where chunk.isRequest(row) {
            let place = former.traceHash(row).flatMap { hash in index.flatMap { $0.find(hash) } }
            let entry = place.flatMap { place in index.map { $0[place] } }
            let (old, _) = contribution(former, row, before, entry)
            let (new, state) = contribution(chunk, row, after, entry)
            if let place, let state { index?[place].state = state }
            timeline.update(chunk.time(row)) { tally in
                tally.subtract(old)
                tally.add(new)
            }
        }
    }

    // MARK: Requests

    /// What its conditions come to for the rows of a chunk.
    private struct Truth {
        /// Rows that are asked.
        let asked: RowBits
        /// Whether they are good; nil where no condition on a request tells.
        let good: RowTruth?

        init(_ chunk: RowChunk, _ population: inout FilterRun?, _ good: inout FilterRun?, _ names: SymbolNames) {
            asked = population?.truth(chunk, names).yes ?? RowBits(count: chunk.count, all: true)
            self.good = good?.truth(chunk, names)
        }
    }

    /// By a condition: rows of one slot at once.
    private mutating func countRequests(_ chunk: RowChunk, from start: Int, _ truth: Truth) {
        var rows = chunk.requests
        rows.formIntersection(truth.asked)
        var sum = CriterionTally()
        var slot = Int64.min
        func flush(_ timeline: inout CriterionTimeline) {
            if slot != .min { timeline.update(slot) { $0.add(sum) } }
        }
        rows.forEach { row in
            guard row >= start else { return }
            let time = chunk.time(row).alignedDown(to: Timeline.slotLengths[0])
            if time != slot {
                flush(&timeline)
                (slot, sum) = (time, CriterionTally())
            }
            sum.add(contribution(chunk, row, truth, nil).tally)
        }
        flush(&timeline)
    }

    /// What a request adds, and what is to be remembered of it where that matters.
    private mutating func contribution(
        _ chunk: RowChunk, _ row: Int, _ truth: Truth, _ entry: RequestEntry?
    ) -> (tally: CriterionTally, state: RequestEntry.State?) {
        var tally = CriterionTally()
        let weight = chunk.weight(row)
        let isAsked = truth.asked.contains(row)
        if isAsked { tally.population = weight }
        guard criterion.isLearned else {
            if isAsked, let isGood = truth.good?.contains(row) { tally.note(isGood: isGood, weight: weight) }
            return (tally, nil)
        }
        _ = chunk.read(row, into: &record)
        let signals = Signals(record)
        var state: RequestEntry.State = isAsked ? [] : .excluded
        if signals.weak == true { state.insert(.weak) }
        if signals.negative || entry?.state.contains(.negative) == true { state.insert(.negative) }
        if isAsked {
            switch criterion.good {
            case .condition: break
            case .completedWeakly: if let weak = signals.weak { tally.note(isGood: weak, weight: weight) }
            case .completedStrongly:
                if let weak = signals.weak {
                    tally.note(isGood: weak && !state.contains(.negative), weight: weight)
                }
            case .ratedUp, .evalScore: answer(record, weight: weight, &tally)
            }
        }
        return (tally, state)
    }

    /// What a record says by itself: a rating, or a score.
    private func answer(_ record: borrowing Record, weight: Int64, _ tally: inout CriterionTally) {
        switch criterion.good {
        case .ratedUp: if let isUp = record.ratedPositive { tally.note(isGood: isUp, weight: weight) }
        case .evalScore(let least):
            if let score = record.evalScore { tally.note(isGood: score >= least, weight: weight) }
        case .condition, .completedWeakly, .completedStrongly: break
        }
    }

    // MARK: What is learned later

    private mutating func learn(_ chunk: RowChunk, _ row: Int, _ truth: Truth) {
        switch chunk.kind(row) {
        case .request:
            guard chunk.isRequest(row) else { return }
            let (tally, state) = contribution(chunk, row, truth, nil)
            timeline.update(chunk.time(row)) { $0.add(tally) }
            guard let hash = chunk.traceHash(row), let state else { return }
            var entry = RequestEntry()
            entry.traceHash = hash
            entry.time = chunk.time(row)
            entry.weight = chunk.weight(row)
            entry.state = state
            index?.insert(entry)
        case .feedback, .outcome, .eval: learnLater(chunk, row, truth)
        case .span, .deploy, .fallback, .queue, .snapshot: break
        }
    }

    private mutating func learnLater(_ chunk: RowChunk, _ row: Int, _ truth: Truth) {
        let place = chunk.traceHash(row).flatMap { hash in index.flatMap { $0.find(hash) } }
        let entry = place.flatMap { place in index.map { $0[place] } }
        // Of a request that is not known the record itself must tell whether it is meant.
        guard entry.map({ !$0.state.contains(.excluded) }) ?? truth.asked.contains(row) else { return }
        _ = chunk.read(row, into: &record)
        var tally = CriterionTally()
        answer(record, weight: entry?.weight ?? record.weight, &tally)
        if tally.known != 0 { timeline.update(record.time) { $0.add(tally) } }
        if Signals(record).negative, let place { takeBack(place) }
    }

    /// A rating was changed: what it says of its request's completion holds, but it is not one more.
    mutating func amend(learned record: borrowing Record) {
        guard record.traceHash != 0, Signals(record).negative, let place = index?.find(record.traceHash) else { return }
        takeBack(place)
    }

    /// Something was said against a request that counted as completed.
    private mutating func takeBack(_ place: RequestIndex.Place) {
        guard var entry = index?[place], entry.state.isDisjoint(with: [.negative, .excluded]) else { return }
        if criterion.good == .completedStrongly, entry.state.contains(.weak) {
            timeline.update(entry.time) { $0.bad &+= entry.weight }
        }
        entry.state.insert(.negative)
        index?[place] = entry
    }
}

extension RowChunk {
    /// In 1/1024 request.
    fileprivate func weight(_ row: Int) -> Int64 { column(RowPlace.weight)?[row] ?? Record.unitWeight }

    /// Of its trace; nil where it names none.
    fileprivate func traceHash(_ row: Int) -> UInt64? {
        column(RowPlace.identifiers + Int(Identifier.trace.rawValue))?[row].map { UInt64(bitPattern: $0) }
    }
}
