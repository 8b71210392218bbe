import Dashboard
import Delivery
import Metrics
import Monitoring
import Query
import Store

/// What `--act` does: it offers to roll back the canary that the verdict is against, or does so where nobody is to be asked.
struct RollbackDesk {
    private let runner: RollbackRunner
    private let user: String
    private(set) var standing = RollbackStanding.off
    /// Of the canary that the verdict is against.
    private var due: CanaryReport?
    private var lookedAt: Int64?
    /// What came of commands and was not told yet.
    private var news: [String] = []

    /// µs: what was judged longer ago is of the past, and nothing is run for it.
    private static let recent = 5 * Span.minute

    /// - Parameter folder: where it is kept what was run.
    /// - Throws: when nothing can be kept there: then nothing could be run only once.
    init(in folder: String?, user: String) throws(StoreError) {
        guard let folder else { throw StoreError(path: "--act", message: "has no folder to keep in what was run") }
        runner = try RollbackRunner(in: StateFolder(folder))
        self.user = user
    }

    /// Looks at new numbers.
    mutating func take(_ situation: Situation) {
        guard situation.judgedUpTo != lookedAt else { return }
        lookedAt = situation.judgedUpTo
        let snapshot = situation.snapshot
        let now = WallClock.now()
        guard snapshot.source.isLive, let judged = situation.judgedUpTo,
            now - judged < Self.recent, let canary = situation.canary(), canary.verdict == .rollback, !canary.isOver
        else { return due = nil }
        due = canary
    }

    /// Goes on with what is due and what runs; to be called now and then. Never waits.
    mutating func look() {
        let now = WallClock.now()
        if let ended = runner.look(now: now) { news.append(ended.text) }
        guard let due else { return standing = .off }
        do {
            let record = try RollbackRecord(of: due, by: user, at: now)
            if let known = runner.known(record.key) {
                standing = .told(told(of: known), isBad: known.hasFailed)
            } else if due.settings.asksBeforeRollback {
                standing = .offered(RollbackCommand.text(record.arguments))
            } else {
                run()
            }
        } catch {
            refuse(error)
        }
    }

    /// Said once, however often it is tried.
    private mutating func refuse(_ error: any Error) {
        let refused = RollbackStanding.told("it can't be rolled back: \(error)", isBad: true)
        if standing != refused { news.append("it can't be rolled back: \(error)") }
        standing = refused
    }

    /// Runs what is due.
    mutating func run() {
        guard let due else { return }
        do {
            let record = try RollbackRecord(of: due, by: user, at: WallClock.now())
            guard try runner.start(record) else {
                // Of a file that can be read that was seen before.
                return standing = .told("it was rolled back before; by whom can't be read", isBad: true)
            }
            news.append("\(record.text), for \(due.reasons.first ?? "the verdict")")
            if let known = runner.known(record.key) { standing = .told(told(of: known), isBad: known.hasFailed) }
        } catch {
            refuse(error)
        }
    }

    /// A line to be told; nil: nothing new.
    mutating func takeNews() -> String? { news.isEmpty ? nil : news.removeFirst() }

    /// Whether a command runs, so that somebody should look soon.
    var isBusy: Bool { runner.isBusy }

    private func told(of record: RollbackRecord) -> String {
        let when = ClockTime(record.startedAt).text(seconds: false)
        if record.isOpen, !runner.isBusy { return "\(when) \(record.by) ran \(RollbackCommand.text(record.arguments))" }
        return "\(when) \(record.by): \(record.text)"
    }
}
