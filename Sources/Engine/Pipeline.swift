import Metrics
import Monitoring
import Telemetry

/// Records to counts to judgements, one record after the other, on one thread.
///
/// Judgements happen at every multiple of 10 s of "now", each once and in order, as soon as "now" reaches them.
struct Pipeline {
    private var recorder = Recorder()
    private var eventClock: EventClock
    private var judge: Judge
    private var costs: CostCalculator
    private let symbols: SymbolTable
    /// A record whose time nobody supports yet: counted when another record comes near it, or at the end of input.
    private var outlier: Outlier?
    private var judgedUpTo: Int64 = .min

    private struct Outlier {
        var record: Record
        var bytes: [UInt8]
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
        let known = eventClock.dataTime
        record.time = eventClock.observe(record.time, clock: clock)
        if let known, record.time > known + EventClock.tolerance, let now = eventClock.dataTime, now < record.time {
            hold(record, bytes: bytes)
        } else {
            releaseOutlier()
            tally(record, bytes: bytes)
        }
        // Judged no further than the data reaches: what lies between it and the clock may still be in a backlog.
        if eventClock.isSupported, let reached = eventClock.dataTime { advance(clock: min(clock, reached)) }
    }

    private mutating func tally(_ record: borrowing Record, bytes: RawSpan) {
        let cost = costs.cost(of: record)
        recorder.record(record, bytes: bytes, cost: cost, names: symbols.names, judgedUpTo: judgedUpTo)
    }

    private mutating func hold(_ record: Record, bytes: RawSpan) {
        flushOutlier()
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
        outlier = Outlier(record: held, bytes: copy)
    }

    /// Counts the outlier once "now" has come near it.
    private mutating func releaseOutlier() {
        guard let outlier, let now = eventClock.dataTime, now >= outlier.record.time - EventClock.tolerance else {
            return
        }
        flushOutlier()
    }

    private mutating func flushOutlier() {
        guard let held = outlier else { return }
        outlier = nil
        unsafe tally(held.record, bytes: held.bytes.span.bytes)
    }

    // MARK: Time

    /// Judges everything that is due at `clock`. Live data needs this call also when no record comes.
    mutating func advance(clock: Int64) {
        guard let now = eventClock.now(clock: clock) else { return }
        let due = now.alignedDown(to: Judge.interval)
        guard due > judgedUpTo else { return }
        if judgedUpTo == .min { judgedUpTo = (recorder.firstTime ?? now).alignedDown(to: Judge.interval) }
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

    /// No more input will come: what was held is counted, and "now" stays where the data ended.
    mutating func finish(clock: Int64) {
        flushOutlier()
        if eventClock.isSupported { advance(clock: min(clock, eventClock.dataTime ?? clock)) }
    }

    var isLive: Bool { eventClock.isLive }

    /// The state of everything, to be shown.
    /// - Parameter ended: "now" is then the newest record's time, live or not.
    func situation(status: InputStatus, clock: Int64, ended: Bool) -> Situation {
        var status = status
        status.isLive = eventClock.isLive && !ended
        status.clamped = eventClock.clamped
        let now = ended ? eventClock.dataTime : eventClock.now(clock: clock)
        return Situation(
            snapshot: recorder.snapshot(asOf: now, source: status, names: symbols.names), alerts: judge.alerts,
            rules: judge.watched,
            events: judge.events,
            judgedUpTo: judgedUpTo == .min ? nil : judgedUpTo)
    }
}
