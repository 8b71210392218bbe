import Metrics
import Monitoring
import Telemetry

/// Counts with their judgements, which happen at every multiple of 10 s, each once and in order.
struct JudgedCounts {
    var recorder: Recorder
    private var judge: Judge
    private var watches: Watches
    private(set) var judgedUpTo: Int64 = .min
    /// When the next judgement is due, µs since 1970.
    private(set) var nextJudgement: Int64 = .min

    init(_ book: RuleBook, rowBudget: Int = 0) {
        recorder = Recorder(rowBudget: rowBudget)
        judge = Judge(rules: book.rules)
        watches = book.watches
    }

    /// Judges what is due at a time, µs since 1970.
    /// - Parameter isLive: whether that time is the clock's, so that it means something if nothing comes.
    mutating func judge(upTo time: Int64, names: SymbolNames, isLive: Bool = false) {
        guard time >= nextJudgement, let first = recorder.firstTime else { return }
        if judgedUpTo == .min { judgedUpTo = min(first, time).alignedDown(to: Judge.interval) }
        let due = time.alignedDown(to: Judge.interval)
        var source = InputStatus(name: "")
        source.isLive = isLive
        while judgedUpTo < due {
            let next = judgedUpTo + Judge.interval
            // Through a long silence nothing can change: one leap, however long it is.
            if judge.isQuiet, !isLive || !judge.watchesSilence, isSilent(from: next, to: due) {
                judgedUpTo = due
                break
            }
            let snapshot = recorder.snapshot(asOf: next, source: source, names: names)
            watches.step(snapshot, at: next)
            judge.step(snapshot, at: next, lookup: watches.value)
            judgedUpTo = next
        }
        nextJudgement = judgedUpTo + Judge.interval
    }

    /// Whether no judgement from `next` to `due` can find anything that the last one had not.
    private mutating func isSilent(from next: Int64, to due: Int64) -> Bool {
        // Also of what is no request: a queue's length, say.
        guard let newest = recorder.newestTime, newest < next - Judge.interval else { return false }
        return !recorder.hasActivity(in: next - judge.reach..<due)
    }

    /// What is thought of a snapshot of these counts.
    func situation(_ snapshot: Snapshot) -> Situation {
        Situation(
            snapshot: snapshot, alerts: judge.alerts, rules: judge.watched, events: judge.events,
            troubleSince: judge.troubleSince, recoveredAt: judge.recoveredAt,
            judgedUpTo: judgedUpTo == .min ? nil : judgedUpTo, watches: watches)
    }
}
