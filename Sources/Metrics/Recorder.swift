import Statistics
package import Telemetry

/// Counts records. One thread owns it; others see `snapshot(asOf:source:)`.
package struct Recorder: Sendable {
    var timeline = Timeline()
    /// Requests that are not in timeline, slices and arms yet.
    private var batch = RequestBatch()
    private var hints = PlaceHints()
    var arms = Arms()
    /// Which users variants have seen: nobody who looks at a snapshot asks.
    private var users = UserLedger()
    private var router = UserRouter()
    var slices = Slices()
    var exemplars = Exemplars()
    private var releases = Releases()
    private var toldDeploys = ToldDeploys()
    private var queues = QueueDepths()
    private var latestQuality = LatestScores()
    private var given: GivenPercentiles?
    var index = RequestIndex()
    /// Requests of the history that is filled in behind: they must not crowd out the newest. nil while there are none.
    var historyIndex: RequestIndex?
    private var recentKeys = RecentKeys()
    /// Lines that were records, whatever their kind.
    package internal(set) var read = 0
    /// Records dropped because the very same one was counted before.
    package internal(set) var duplicates = 0
    /// Requests that repeat another without a user.
    private var shadows = Shadows()
    private var shadowPartners = ShadowPartners()
    /// Records older than the last judgement.
    package private(set) var late = 0
    /// Feedback, outcomes and evals whose request is not (or no longer) held.
    package private(set) var unmatched = 0
    /// First and newest time of anything counted, µs.
    package private(set) var firstTime: Int64?
    package private(set) var newestTime: Int64?

    /// The records themselves, one by one; nil where they are not kept.
    var rows: RowStore?
    /// What tells good requests from bad ones, each with its counts.
    var counts: [CriterionCount] = []
    /// Whether what is counted comes from the time before what was read first.
    var isFillingIn = false

    /// - Parameters:
    ///   - rowBudget: bytes that held records may take; 0: none are held but for what criteria need.
    ///   - criteria: what tells good requests from bad ones.
    package init(rowBudget: Int = 0, criteria: [Criterion] = []) {
        if rowBudget > 0 { rows = RowStore(budget: max(rowBudget, criteria.isEmpty ? 0 : Self.leastRowBudget)) }
        watch(criteria)
    }

    /// Counts one record at `record.time`.
    /// - Parameters:
    ///   - bytes: the buffer that the record's text ranges point into.
    ///   - cost: nano-dollars, priced or given; nil if not known.
    ///   - names: of all symbols so far.
    ///   - judgedUpTo: time of the last judgement; what is older is late.
    package mutating func record(
        _ record: borrowing Record, bytes: RawSpan, cost: Int64?, names: () -> SymbolNames, judgedUpTo: Int64
    ) {
        read += 1
        guard !isDuplicate(record) else {
            duplicates += 1
            return
        }
        if record.time < judgedUpTo { late += 1 }
        noteTime(record.time)
        // What changed hands is told apart, and by all.
        if record.kind != .deploy,
            rows?.append(record, bytes: bytes, cost: cost, judgedUpTo: judgedUpTo, isHistory: isFillingIn) == true
        {
            closeRows(names: names)
        }
        if record.kind == .request {
            request(record, bytes: bytes, cost: cost)
        } else {
            // In the order they came: where names are folded, it matters.
            countBatch()
            other(record)
        }
    }

    private mutating func other(_ record: borrowing Record) {
        switch record.kind {
        case .request: break
        case .span: timeline.update(record.time) { $0.count(span: record.span, weight: record.weight) }
        case .outcome, .feedback, .eval: learned(record)
        case .deploy: if let deploy = record.deploy { toldDeploys.note(deploy, at: record.time) }
        case .fallback:
            timeline.update(record.time) { tally in
                tally.fallbacks.update(record.fallbackAction) { $0.add(helped: record.fallbackHelped) }
            }
        case .queue: queues.note(record.queue, record.queueDepth ?? 0, at: record.time)
        case .snapshot:
            if let aggregate = record.aggregate {
                timeline.update(record.time) { $0.count(aggregate) }
                note(aggregate, at: record.time)
            }
        }
    }

    /// Keeps the newest percentiles that came as such: they can't be merged, only shown.
    private mutating func note(_ aggregate: Aggregate, at time: Int64) {
        guard !aggregate.latencyPercentiles.isEmpty, time >= given?.time ?? .min else { return }
        given = GivenPercentiles(time: time, latency: aggregate.latencyPercentiles)
    }

    /// Times further apart than any history is kept have nothing to do with each other: a stray one from 1970 must not make
    /// the data fifty years old.
    mutating func noteTime(_ time: Int64) {
        if let newest = newestTime, time > newest + Timeline.retention {
            firstTime = time
            countBatch()
            timeline.restart()
        } else if let first = firstTime {
            if time < first, time >= first - Timeline.retention { firstTime = time }
        } else {
            firstTime = time
        }
        newestTime = max(newestTime ?? time, time)
    }

    private mutating func isDuplicate(_ record: borrowing Record) -> Bool {
        guard record.traceHash != 0 else { return false }
        if record.kind == .request {
            return index.contains(record.traceHash, discriminator: discriminator(record))
        }
        let kind = UInt64(record.kind.rawValue) &* 0x9e37_79b9_7f4a_7c15
        return !recentKeys.insert(record.traceHash ^ kind ^ (discriminator(record) &* 0xff51_afd7_ed55_8ccd))
    }

    func discriminator(_ record: borrowing Record) -> UInt64 {
        record.spanHash != 0 ? record.spanHash : UInt64(bitPattern: record.time)
    }

    // MARK: Requests

    private mutating func request(_ record: borrowing Record, bytes: RawSpan, cost: Int64?) {
        // Shadow traffic reaches no user: it is no part of their errors, latency or bill.
        guard record.shadowOfHash == 0 else {
            shadows.count(shadow: record, cost: cost, &shadowPartners)
            return
        }
        shadows.see(original: record, cost: cost, &shadowPartners)
        let signals = Signals(record)
        if !batch.takes(record.time) {
            countBatch()
            batch.begin(at: record.time)
        }
        batch.append(record, cost: cost, signals: signals, buckets: router.buckets(of: record, bytes: bytes))
        exemplars.note(record, bytes: bytes)
        guard record.traceHash != 0 else { return }
        var entry = RequestEntry()
        entry.traceHash = record.traceHash
        entry.discriminator = discriminator(record)
        entry.time = record.time
        entry.weight = record.weight
        entry.variant = record.values[.variant]
        entry.model = record.values[.model]
        entry.task = record.values[.taskType]
        if signals.weak == true { entry.state.insert(.weak) }
        if signals.negative { entry.state.insert(.negative) }
        if signals.any { entry.state.insert(.signalled) }
        index.insert(entry)
    }

    /// Counts the batch in the windows, slices and arms.
    mutating func countBatch() {
        guard !batch.isEmpty else { return }
        // Swapped out: a second owner would make the buffers be copied.
        var counted = RequestBatch()
        swap(&counted, &batch)
        timeline.update(counted.start) { counted.add(to: &$0, hints: &hints) }
        slices.count(counted)
        arms.count(counted, &users)
        releases.count(counted)
        latestQuality.append(counted.qualities, at: counted.start)
        counted.removeAll()
        swap(&counted, &batch)
    }

    // MARK: What is learned later

    private mutating func learned(_ record: borrowing Record) {
        let isOfHistory = onlyHistoryHolds(record.traceHash)
        if isOfHistory { swapIndices() }
        defer { if isOfHistory { swapIndices() } }
        let signals = Signals(record)
        var weight = record.weight
        var variant = record.values[.variant]
        if record.traceHash != 0, let place = index.find(record.traceHash) {
            var entry = index[place]
            guard !entry.state.contains(.excluded) else { return }
            weight = entry.weight
            if variant.isAbsent { variant = entry.variant }
            amend(&entry, signals)
            index[place] = entry
        } else {
            unmatched += 1
            timeline.update(record.time) { $0.unmatched += 1 }
        }
        timeline.update(record.time) { $0.count(learned: record, signals: signals, weight: weight) }
        guard !variant.isAbsent else { return }
        arms.update(variant, at: record.time) { row in
            if let positive = record.ratedPositive {
                if positive { row.ratedUp += weight } else { row.ratedDown += weight }
            }
            if let score = record.evalScore { row.evalScore.record(score, weight: weight) }
        }
    }

    /// Takes back a strong completion that turns out not to have been one, in the request's own slot.
    mutating func amend(_ entry: inout RequestEntry, _ signals: Signals) {
        let losesStrong = signals.negative && !entry.state.contains(.negative) && entry.state.contains(.weak)
        let firstSignal = signals.any && !entry.state.contains(.signalled)
        if signals.negative { entry.state.insert(.negative) }
        if signals.any { entry.state.insert(.signalled) }
        guard losesStrong || firstSignal else { return }
        let weight = entry.weight
        timeline.update(entry.time) { tally in
            if losesStrong { tally.completedStrongly -= weight }
            if firstSignal { tally.signalled += weight }
        }
    }

    // MARK: Snapshot

    /// An immutable view that shares all slots with this recorder.
    /// - Parameter withRows: whether it is to hold the records one by one as well.
    package mutating func snapshot(
        asOf now: Int64?, source: InputStatus, names: SymbolNames, withRows: Bool = false
    ) -> Snapshot {
        countBatch()
        countCriteria(names)
        return
            Snapshot(
                now: now, source: source, names: names, timeline: timeline, arms: arms, shadows: shadows,
                slices: slices,
                exemplars: exemplars,
                releases: releases, toldDeploys: toldDeploys, queueDepths: queues, latestQuality: latestQuality,
                given: given, read: read,
                duplicates: duplicates, late: late,
                unmatched: unmatched,
                firstTime: firstTime, newestTime: newestTime, rows: withRows ? heldRows(names) : RequestRows(),
                criteria: criteria)
    }

    /// Whether anything was counted in `range`.
    package mutating func hasActivity(in range: Range<Int64>) -> Bool {
        countBatch()
        return timeline.hasActivity(in: range)
    }
}
