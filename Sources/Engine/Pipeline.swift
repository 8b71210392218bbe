import Databases
import Metrics
import Monitoring
import Telemetry

/// Records to counts to judgements, one record after the other, on one thread.
///
/// Judgements happen at every multiple of 10 s of "now", each once and in order: those that a record's time makes due come
/// before the record is counted, so that each judgement sees the slots it looks back on however long the silence was before.
struct Pipeline {
    private var counts: JudgedCounts
    /// Of the requests that pass the filter; nil while none is set.
    private var filtered: FilteredCounts?
    private var book: RuleBook
    private var eventClock: EventClock
    private var costs: CostCalculator
    private let names: CountedNames
    /// The field that tells a canary's arms apart; whatever it is, it is counted as `variant`.
    private var variantKey = Dimension.variant
    /// Records of recorded data whose times are doubted, at most `EventClock.doubtLimit`, in the order in which they came.
    private var held: [HeldRecord] = []
    /// How far event time has come, as far as records agree on it; nil before the first.
    private(set) var eventTime: Int64?

    /// - Parameter rowBudget: bytes that records held one by one may take; 0: none are held.
    init(
        mode: EventClock.Mode, book: RuleBook, prices: PriceTable, names: CountedNames, rowBudget: Int = 0,
        notifications: NotificationOptions? = nil
    ) {
        self.book = book
        variantKey = book.watches.canary?.settings.key ?? .variant
        eventClock = EventClock(mode: mode)
        counts = JudgedCounts(book, rowBudget: rowBudget, notifications: notifications)
        costs = CostCalculator(table: prices) { names.current[$0] }
        self.names = names
    }

    // MARK: Records

    /// Counts a record and judges what has become due.
    mutating func count(_ record: inout Record, bytes: RawSpan, clock: Int64) {
        if variantKey != .variant { record.values[.variant] = record.values[variantKey] }
        if !record.hasTime { record.time = eventClock.now(clock: clock) ?? clock }
        let given = record.time
        record.time = eventClock.observe(given, host: record.values[.host], clock: clock)
        if eventClock.isDoubtful {
            held.append(HeldRecord(record, bytes: bytes, isClamped: record.time != given))
        } else {
            // What it has made believable goes before it where it is older.
            if !held.isEmpty { release(upTo: min(record.time, eventClock.horizon), clock: clock) }
            enter(record, bytes: bytes, clock: clock)
            if !held.isEmpty { release(upTo: eventClock.horizon, clock: clock) }
        }
        if !held.isEmpty { settle(.record, clock: clock) }
        judgeNewest(clock: clock)
    }

    /// Live data judges the rest when everything there is was read: alerts must not end for want of records that wait.
    private mutating func judgeNewest(clock: Int64) {
        eventTime = eventClock.newest
        if let newest = eventTime { judge(upTo: min(newest, limit(clock)), clock: clock) }
    }

    /// Counts a record of the time before what was read first. It does not move "now" and is judged by nobody.
    mutating func fillIn(_ record: inout Record, bytes: RawSpan, clock: Int64) {
        // Until there is a now, a record is what tells it.
        guard record.hasTime, eventClock.dataTime != nil, record.time >= 0 else {
            return count(&record, bytes: bytes, clock: clock)
        }
        if variantKey != .variant { record.values[.variant] = record.values[variantKey] }
        counts.recorder.fillIn(record, bytes: bytes, cost: costs.cost(of: record), names: { names.current })
    }

    /// Takes in what has changed about a record that was counted before.
    /// - Parameter change: of a request; nil for what was said about one.
    mutating func amend(_ record: borrowing Record, bytes: RawSpan, _ change: RequestChange?) {
        guard let change else {
            filtered?.amend(learned: record)
            return counts.recorder.amend(learned: record)
        }
        filtered?.noteAmendment()
        var amendment = Amendment()
        let (before, after) = (change.before, change.after)
        amendment.inputTokens = (after.input ?? 0) - (before.input ?? 0)
        amendment.outputTokens = (after.output ?? 0) - (before.output ?? 0)
        amendment.cachedInputTokens = (after.cachedInput ?? 0) - (before.cachedInput ?? 0)
        amendment.hadTokens = before.input != nil || before.output != nil
        amendment.hasTokens = after.input != nil || after.output != nil
        amendment.outputTokensAfter = after.output
        let model = counts.recorder.model(ofRequest: record.traceHash) ?? record.values[.model]
        let costBefore = cost(of: before, model: model)
        let costAfter = cost(of: after, model: record.values[.model])
        amendment.cost = (costAfter ?? 0) - (costBefore ?? 0)
        amendment.wasPriced = costBefore != nil
        amendment.isPriced = costAfter != nil
        amendment.successBefore = change.successBefore
        amendment.successAfter = change.successAfter
        amendment.errorTypeBefore = change.errorTypeBefore.map { names.table.intern($0, .errorType) } ?? .absent
        amendment.errorTypeAfter = change.errorTypeAfter.map { names.table.intern($0, .errorType) } ?? .absent
        counts.recorder.amend(record, bytes: bytes, amendment)
    }

    /// As for a record that says so.
    private mutating func cost(of usage: Usage, model: Symbol) -> Int64? {
        var record = Record()
        record.inputTokens = usage.input
        record.outputTokens = usage.output
        record.cachedInputTokens = usage.cachedInput
        record.cacheWriteTokens = usage.cacheWrite
        record.cost = usage.cost
        record.values[.model] = model
        return costs.cost(of: record)
    }

    /// Recorded data has no clock.
    private func limit(_ clock: Int64) -> Int64 { eventClock.isLive ? clock : .max }

    private mutating func enter(_ record: borrowing Record, bytes: RawSpan, clock: Int64) {
        judge(upTo: min(record.time, limit(clock)), clock: clock)
        let cost = costs.cost(of: record)
        counts.recorder.record(
            record, bytes: bytes, cost: cost, names: { names.current }, judgedUpTo: counts.judgedUpTo)
    }

    /// How a time stands to those before, for replay.
    func standing(of time: Int64) -> Pacer.Standing {
        guard let now = eventClock.dataTime, time > max(now + EventClock.tolerance, eventClock.horizon) else {
            return .following
        }
        return held.contains { abs($0.record.time - time) <= EventClock.tolerance } ? .afterGap : .alone
    }

    // MARK: Times that are doubted

    /// Does what the clock has decided about the records held.
    private mutating func settle(_ occasion: EventClock.Occasion, clock: Int64) {
        while !held.isEmpty {
            switch eventClock.verdict(occasion) {
            case .wait: return
            case .believe(let time):
                release(upTo: time, clock: clock)
                // Those are the newest now, and others may be near them.
                release(upTo: eventClock.horizon, clock: clock)
            case .dismiss(let time):
                dismiss(beyond: time, clock: clock)
                if occasion != .end { return }
            }
        }
    }

    /// Counts what is held up to a time, in the order in which it came.
    private mutating func release(upTo time: Int64, clock: Int64) {
        while let place = held.firstIndex(where: { $0.record.time <= time }) {
            let next = held.remove(at: place)
            eventClock.admit(next.record.time, host: next.record.values[.host])
            unsafe enter(next.record, bytes: next.bytes.span.bytes, clock: clock)
            judgeNewest(clock: clock)
        }
    }

    /// Counts what lies beyond a time at "now": too far ahead for too few.
    private mutating func dismiss(beyond time: Int64, clock: Int64) {
        guard let now = eventClock.newest else { return }
        while let place = held.firstIndex(where: { $0.record.time > time }) {
            var next = held.remove(at: place)
            eventClock.dismiss(next.record.time, isClamped: next.isClamped)
            next.record.time = now
            unsafe enter(next.record, bytes: next.bytes.span.bytes, clock: clock)
        }
    }

    // MARK: Time

    @inline(__always)
    private mutating func judge(upTo time: Int64, clock: Int64) {
        guard time >= counts.nextJudgement else { return }
        counts.judge(upTo: time, names: names.current, isLive: eventClock.isLive, clock: clock)
    }

    /// Everything there is was read: judges what is due at `clock`. Live data needs this call also when no record comes.
    /// - Parameter isSilent: no record came for a while; live data is then judged by the clock alone.
    mutating func rest(clock: Int64, isSilent: Bool) {
        if eventClock.isLive {
            if isSilent { judge(upTo: clock, clock: clock) }
        } else if isSilent || eventClock.newest == nil {
            // The first records are shown, whatever their times.
            settle(.rest, clock: clock)
        }
    }

    /// No more input will come: what was held is counted, and "now" stays where the data ended.
    mutating func finish(clock: Int64) {
        settle(.end, clock: clock)
        judgeNewest(clock: clock)
    }

    var isLive: Bool { eventClock.isLive }

    var judgedUpTo: Int64 { counts.judgedUpTo }

    /// The state of everything, to be shown.
    /// - Parameter ended: "now" is then the newest record's time, live or not, unless it is the clock by order.
    mutating func situation(status: InputStatus, clock: Int64, ended: Bool) -> Situation {
        var status = status
        status.isLive = eventClock.isLive && !ended
        status.clamped = eventClock.clamped
        let now = ended && !eventClock.isClockForced ? eventClock.dataTime : eventClock.now(clock: clock)
        var situation = counts.situation(
            counts.recorder.snapshot(asOf: now, source: status, names: names.current, withRows: true))
        situation.filtered = filtered?.situation(beside: situation)
        return situation
    }

    /// Judges by other rules, and tells by another policy, from the next judgement on.
    mutating func adopt(_ book: RuleBook, _ policy: NotificationPolicy) {
        self.book = book
        variantKey = book.watches.canary?.settings.key ?? .variant
        counts.adopt(book, policy)
        // What passes a filter is judged from its beginning.
        if let filter = filtered?.filter {
            filtered = nil
            setFilter(filter)
        }
    }

    /// What is usual is learned anew from here on.
    mutating func rebaseline() { counts.rebaseline() }

    /// Takes in what people and the delivery have said about alerts.
    /// - Returns: whether anything was said.
    mutating func takeOrders(clock: Int64) -> Bool {
        counts.takeOrders(
            at: eventClock.now(clock: clock) ?? clock, names: names.current, isLive: eventClock.isLive, clock: clock)
    }

    // MARK: The filter

    /// Counts the requests that pass a filter as well: those held first, then what comes; nil ends it.
    mutating func setFilter(_ filter: RecordFilter?) {
        guard filter != filtered?.filter else { return }
        filtered = filter.map { FilteredCounts($0, of: counts, book: book) }
    }

    /// Records that may be counted before the filter must see them.
    var mostUnfiltered: Int { filtered == nil ? .max : counts.recorder.rowsSurelyHeld }

    /// Looks at up to `limit` further records for the filter.
    /// - Returns: whether there is more to look at.
    mutating func advanceFilter(limit: Int, clock: Int64) -> Bool {
        filtered?.advance(&counts, names: names.current, limit: limit, isLive: eventClock.isLive, clock: clock) ?? false
    }
}
