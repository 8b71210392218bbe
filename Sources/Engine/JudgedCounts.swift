import Metrics
import Monitoring
import Telemetry

/// Counts with their judgements, which happen at every multiple of 10 s, each once and in order.
struct JudgedCounts {
    var recorder: Recorder
    private var judge: Judge
    private var watches: Watches
    /// nil: nobody is told of these.
    private var notifier: Notifier?
    private(set) var judgedUpTo: Int64 = .min
    /// When the next judgement is due, µs since 1970.
    private(set) var nextJudgement: Int64 = .min

    init(_ book: RuleBook, rowBudget: Int = 0, notifications: NotificationOptions? = nil) {
        recorder = Recorder(rowBudget: rowBudget, criteria: book.watches.criteria)
        notifier = notifications.map { Notifier($0) }
        judge = Judge(rules: book.rules)
        watches = book.watches
    }

    /// Judges what is due at a time, µs since 1970.
    /// - Parameters:
    ///   - isLive: whether that time is the clock's, so that it means something if nothing comes.
    ///   - clock: µs since 1970 now.
    mutating func judge(upTo time: Int64, names: SymbolNames, isLive: Bool = false, clock: Int64) {
        guard time >= nextJudgement, let first = recorder.firstTime else { return }
        if judgedUpTo == .min { judgedUpTo = min(first, time).alignedDown(to: Judge.interval) }
        let due = time.alignedDown(to: Judge.interval)
        var source = InputStatus(name: "")
        source.isLive = isLive
        while judgedUpTo < due {
            let next = judgedUpTo + Judge.interval
            // Through a long silence nothing can change: one leap, however long it is.
            let occasion = Notifier.Occasion(judgedAt: next, clock: clock, isLive: isLive)
            if judge.isQuiet, !isLive || !judge.watchesSilence, notifier?.isQuiet(occasion) ?? true,
                isSilent(from: next, to: due)
            {
                judgedUpTo = due
                break
            }
            let snapshot = recorder.snapshot(asOf: next, source: source, names: names)
            watches.step(snapshot, at: next)
            judge.step(snapshot, at: next, lookup: watches.value)
            judgedUpTo = next
            tell(occasion, source, names)
        }
        nextJudgement = judgedUpTo + Judge.interval
    }

    /// Judges by other rules, and tells by another policy, from the next judgement on.
    mutating func adopt(_ book: RuleBook, _ policy: NotificationPolicy) {
        judge.adopt(book.rules)
        recorder.watch(book.watches.criteria)
        watches.adopt(book.watches)
        notifier?.adopt(policy)
    }

    /// What is usual is learned anew from here on.
    mutating func rebaseline() { watches.rebaseline() }

    /// Takes in what was said about alerts.
    /// - Parameter now: when that was where nothing was judged yet, in the data's own time, µs since 1970.
    /// - Returns: whether anything was.
    mutating func takeOrders(at now: Int64, names: SymbolNames, isLive: Bool, clock: Int64) -> Bool {
        guard notifier?.hasOrders == true else { return false }
        var source = InputStatus(name: "")
        source.isLive = isLive
        let judgedAt = judgedUpTo == .min ? now : judgedUpTo
        tell(Notifier.Occasion(judgedAt: judgedAt, clock: clock, isLive: isLive), source, names)
        return true
    }

    private mutating func tell(_ occasion: Notifier.Occasion, _ source: InputStatus, _ names: SymbolNames) {
        guard notifier?.hasWork(judge, occasion) == true, var notifier = notifier.take() else { return }
        defer { self.notifier = notifier }
        notifier.turn(judge, occasion) {
            situation(recorder.snapshot(asOf: occasion.judgedAt, source: source, names: names, withRows: true))
        }
    }

    /// Whether no judgement from `next` to `due` can find anything that the last one had not.
    private mutating func isSilent(from next: Int64, to due: Int64) -> Bool {
        // Also of what is no request: a queue's length, say.
        guard let newest = recorder.newestTime, newest < next - Judge.interval else { return false }
        return !recorder.hasActivity(in: next - judge.reach..<due)
    }

    /// What is thought of a snapshot of these counts.
    func situation(_ snapshot: Snapshot) -> Situation {
        var situation = Situation(
            snapshot: snapshot, alerts: judge.alerts, rules: judge.watched, events: judge.events,
            troubleSince: judge.troubleSince, recoveredAt: judge.recoveredAt,
            judgedUpTo: judgedUpTo == .min ? nil : judgedUpTo, watches: watches)
        if let notifier { situation.notifications = notifier.report }
        return situation
    }
}
