import Databases
import Metrics
import Monitoring
import Telemetry

/// Records to counts to judgements, one record after the other, on one thread.
///
/// Judgements happen at every multiple of 10 s of "now", each once and in order: those that a record's time makes due come
/// before the record is counted, so that each judgement sees the slots it looks back on however long the silence was before.
struct Pipeline {
    private var recorder = Recorder()
    private var eventClock: EventClock
    private var judge: Judge
    private var costs: CostCalculator
    private let symbols: SymbolTable
    /// A record of recorded data whose time nobody supports yet: counted when another comes near it or passes it, or at the
    /// end of input.
    private var outlier: Outlier?
    private var judgedUpTo: Int64 = .min

    private struct Outlier {
        var record: Record
        var bytes: [UInt8]
        /// Its time is not its own already.
        var isClamped: Bool
    }

    init(mode: EventClock.Mode, rules: [AlertRule], prices: PriceTable, symbols: SymbolTable) {
        eventClock = EventClock(mode: mode)
        judge = Judge(rules: rules)
        costs = CostCalculator(table: prices, symbols: symbols)
        self.symbols = symbols
    }

    // MARK: Records

    /// Counts a record and judges what has become due.
    mutating func count(_ record: inout Record, bytes: RawSpan, clock: Int64) {
        if !record.hasTime { record.time = eventClock.now(clock: clock) ?? clock }
        let given = record.time
        record.time = eventClock.observe(given, clock: clock)
        if isDoubtful(record.time) {
            flushOutlier(clock: clock)
            hold(record, bytes: bytes, isClamped: record.time != given)
        } else {
            let held = outlier?.record.time
            let earlier = held.map { $0 <= record.time } ?? false
            if earlier { releaseOutlier(clock: clock) }
            enter(record, bytes: bytes, clock: clock)
            if !earlier { releaseOutlier(clock: clock) }
        }
        // Live data judges the rest when everything there is was read: alerts must not end for want of records that wait.
        if let now = eventClock.dataTime, eventClock.isLive || eventClock.isSupported {
            judge(upTo: min(now, limit(clock)))
        }
    }

    /// Counts a record of the time before what was read first. It does not move "now" and is judged by nobody.
    mutating func fillIn(_ record: inout Record, bytes: RawSpan, clock: Int64) {
        // Until there is a now, a record is what tells it.
        guard record.hasTime, eventClock.dataTime != nil, record.time >= 0 else {
            return count(&record, bytes: bytes, clock: clock)
        }
        recorder.fillIn(record, bytes: bytes, cost: costs.cost(of: record), names: { symbols.names })
    }

    /// Takes in what has changed about a record that was counted before.
    /// - Parameter change: of a request; nil for what was said about one.
    mutating func amend(_ record: borrowing Record, bytes: RawSpan, _ change: RequestChange?) {
        guard let change else { return recorder.amend(learned: record) }
        var amendment = Amendment()
        let (before, after) = (change.before, change.after)
        amendment.inputTokens = (after.input ?? 0) - (before.input ?? 0)
        amendment.outputTokens = (after.output ?? 0) - (before.output ?? 0)
        amendment.cachedInputTokens = (after.cachedInput ?? 0) - (before.cachedInput ?? 0)
        amendment.hadTokens = before.input != nil || before.output != nil
        amendment.hasTokens = after.input != nil || after.output != nil
        amendment.outputTokensAfter = after.output
        let model = recorder.model(ofRequest: record.traceHash) ?? record.values[.model]
        let costBefore = cost(of: before, model: model)
        let costAfter = cost(of: after, model: record.values[.model])
        amendment.cost = (costAfter ?? 0) - (costBefore ?? 0)
        amendment.wasPriced = costBefore != nil
        amendment.isPriced = costAfter != nil
        amendment.successBefore = change.successBefore
        amendment.successAfter = change.successAfter
        amendment.errorTypeBefore = change.errorTypeBefore.map { symbols.intern($0, .errorType) } ?? .absent
        amendment.errorTypeAfter = change.errorTypeAfter.map { symbols.intern($0, .errorType) } ?? .absent
        recorder.amend(record, bytes: bytes, amendment)
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
        judge(upTo: min(record.time, limit(clock)))
        let cost = costs.cost(of: record)
        recorder.record(record, bytes: bytes, cost: cost, names: { symbols.names }, judgedUpTo: judgedUpTo)
    }

    /// How a time stands to those before, for replay.
    func standing(of time: Int64) -> Pacer.Standing {
        guard let now = eventClock.dataTime, time > now + EventClock.tolerance else { return .following }
        guard let held = outlier?.record.time, abs(held - time) <= EventClock.tolerance else { return .alone }
        return .afterGap
    }

    // MARK: Times that nobody supports

    private func isDoubtful(_ time: Int64) -> Bool {
        guard !eventClock.isLive else { return false }
        guard let now = eventClock.dataTime, eventClock.isSupported else { return true }
        return time > now + EventClock.tolerance
    }

    private mutating func hold(_ record: Record, bytes: RawSpan, isClamped: Bool) {
        var copy: [UInt8] = []
        var held = record
        for path in [\Record.traceText, \Record.sessionText, \Record.traceURLText] {
            let range = record[keyPath: path].clamped(to: 0..<bytes.byteCount)
            let start = copy.count
            for i in range {
                // Any bit pattern is a byte, and the offset is checked.
                copy.append(unsafe bytes.unsafeLoad(fromByteOffset: i, as: UInt8.self))
            }
            held[keyPath: path] = start..<copy.count
        }
        outlier = Outlier(record: held, bytes: copy, isClamped: isClamped)
    }

    /// Counts the outlier if "now" has come near it.
    private mutating func releaseOutlier(clock: Int64) {
        guard let held = outlier?.record.time, let now = eventClock.now(clock: clock),
            held <= now + EventClock.tolerance
        else { return }
        flushOutlier(clock: clock)
    }

    /// Counts the outlier: at "now", if it lies further ahead than records may.
    private mutating func flushOutlier(clock: Int64) {
        guard var held = outlier else { return }
        outlier = nil
        if let now = eventClock.now(clock: clock), held.record.time > now + EventClock.tolerance {
            held.record.time = now
            if !held.isClamped { eventClock.noteClamped() }
        }
        unsafe enter(held.record, bytes: held.bytes.span.bytes, clock: clock)
    }

    // MARK: Time

    private mutating func judge(upTo time: Int64) {
        guard let first = recorder.firstTime else { return }
        if judgedUpTo == .min { judgedUpTo = min(first, time).alignedDown(to: Judge.interval) }
        let due = time.alignedDown(to: Judge.interval)
        while judgedUpTo < due {
            let next = judgedUpTo + Judge.interval
            // Through a long silence nothing can change: one leap, however long it is.
            if judge.isQuiet, !recorder.hasActivity(in: next - judge.reach..<due) {
                judgedUpTo = due
                break
            }
            let snapshot = recorder.snapshot(asOf: next, source: InputStatus(name: ""), names: symbols.names)
            judge.step(snapshot, at: next)
            judgedUpTo = next
        }
    }

    /// Everything there is was read: judges what is due at `clock`. Live data needs this call also when no record comes.
    /// - Parameter isSilent: no record came for a while; live data is then judged by the clock alone.
    mutating func rest(clock: Int64, isSilent: Bool) {
        if eventClock.isLive {
            if isSilent { judge(upTo: clock) }
        } else if !eventClock.isSupported {
            // The only record so far is shown, whatever its time.
            flushOutlier(clock: clock)
        }
    }

    /// No more input will come: what was held is counted, and "now" stays where the data ended.
    mutating func finish(clock: Int64) {
        flushOutlier(clock: clock)
        if let now = eventClock.dataTime { judge(upTo: min(now, limit(clock))) }
    }

    var isLive: Bool { eventClock.isLive }

    /// How far event time has come, as far as records agree on it; nil before the first.
    var eventTime: Int64? { eventClock.isSupported ? eventClock.dataTime : nil }

    /// The state of everything, to be shown.
    /// - Parameter ended: "now" is then the newest record's time, live or not, unless it is the clock by order.
    mutating func situation(status: InputStatus, clock: Int64, ended: Bool) -> Situation {
        var status = status
        status.isLive = eventClock.isLive && !ended
        status.clamped = eventClock.clamped
        let now = ended && !eventClock.isClockForced ? eventClock.dataTime : eventClock.now(clock: clock)
        return Situation(
            snapshot: recorder.snapshot(asOf: now, source: status, names: symbols.names), alerts: judge.alerts,
            rules: judge.watched,
            events: judge.events, troubleSince: judge.troubleSince, recoveredAt: judge.recoveredAt,
            judgedUpTo: judgedUpTo == .min ? nil : judgedUpTo)
    }
}
