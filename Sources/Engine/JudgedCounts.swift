import Metrics
import Monitoring
import Telemetry

/// Counts with their judgements, which happen at every multiple of 10 s, each once and in order.
struct JudgedCounts {
    var recorder: Recorder
    private var judge: Judge
    private(set) var judgedUpTo: Int64 = .min
    /// When the next judgement is due, µs since 1970.
    private(set) var nextJudgement: Int64 = .min

    init(rules: [AlertRule], rowBudget: Int = 0) {
        recorder = Recorder(rowBudget: rowBudget)
        judge = Judge(rules: rules)
    }

    /// Judges what is due at a time, µs since 1970.
    mutating func judge(upTo time: Int64, names: SymbolNames) {
        guard time >= nextJudgement, let first = recorder.firstTime else { return }
        if judgedUpTo == .min { judgedUpTo = min(first, time).alignedDown(to: Judge.interval) }
        let due = time.alignedDown(to: Judge.interval)
        while judgedUpTo < due {
            let next = judgedUpTo + Judge.interval
            // Through a long silence nothing can change: one leap, however long it is.
            if judge.isQuiet, !recorder.hasActivity(in: next - judge.reach..<due) {
                judgedUpTo = due
                break
            }
            let snapshot = recorder.snapshot(asOf: next, source: InputStatus(name: ""), names: names)
            judge.step(snapshot, at: next)
            judgedUpTo = next
        }
        nextJudgement = judgedUpTo + Judge.interval
    }

    /// What is thought of a snapshot of these counts.
    func situation(_ snapshot: Snapshot) -> Situation {
        Situation(
            snapshot: snapshot, alerts: judge.alerts, rules: judge.watched, events: judge.events,
            troubleSince: judge.troubleSince, recoveredAt: judge.recoveredAt,
            judgedUpTo: judgedUpTo == .min ? nil : judgedUpTo)
    }
}
