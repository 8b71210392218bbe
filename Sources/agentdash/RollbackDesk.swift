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
    /// What is to be run for the canary that the verdict is against.
    private var due: Due?
    private var lookedAt: Int64?
    /// What came of commands and was not told yet.
    private var news: [String] = []

    private struct Due {
        var plan: Result<(target: RollbackTarget, arguments: [String]), RollbackCommand.Mistake>
        var asks: Bool
        var reason: String
    }

    /// µs: what was judged longer ago is of the past, and nothing is run for it.
    private static let recent = 5 * Span.minute
    /// µs that must lie between two commands that nobody was asked about: whatever the input says, it undoes one thing.
    private static let pause = Span.hour

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
        due = nil
        guard situation.snapshot.source.isLive, let judged = situation.judgedUpTo,
            WallClock.now() - judged < Self.recent, let canary = situation.canary(), canary.verdict == .rollback,
            !canary.isOver, let rollback = canary.rollback, let arguments = canary.rollbackArguments
        else { return }
        due = Due(
            plan: rollback.flatMap { target in arguments.map { (target, $0) } },
            asks: canary.settings.asksBeforeRollback, reason: canary.reasons.first ?? "the verdict")
    }

    /// Goes on with what is due and what runs; to be called now and then. Never waits.
    mutating func look() {
        let now = WallClock.now()
        if let ended = runner.look(now: now) { news.append(ended.text) }
        guard let due else { return standing = .off }
        switch due.plan {
        case .failure(let mistake): refuse("\(mistake)")
        case .success(let (target, arguments)):
            let record = RollbackRecord(of: target, arguments: arguments, by: user, at: now)
            if let known = runner.known(record.key) {
                standing = .told(told(of: known), isBad: known.hasFailed)
            } else if due.asks {
                standing = .offered(RollbackCommand.text(arguments))
            } else if target.canaryVersion.isEmpty {
                refuse("its requests name no version, and so nobody could tell whether it was rolled back before")
            } else if let newest = runner.newest, now - newest < Self.pause {
                refuse(
                    "another was rolled back \(NumberFormat.age(Double(now - newest) / 1e6)) ago; a person must look")
            } else {
                start(record, due.reason)
            }
        }
    }

    /// Runs what was offered, and nothing else.
    mutating func run(_ offer: String) {
        guard let due, case .success(let (target, arguments)) = due.plan, RollbackCommand.text(arguments) == offer
        else {
            return news.append("not run: \(offer) is not what is to be run any more")
        }
        start(RollbackRecord(of: target, arguments: arguments, by: user, at: WallClock.now()), due.reason)
    }

    private mutating func start(_ record: RollbackRecord, _ reason: String) {
        do {
            switch try runner.start(record) {
            case .started:
                news.append("\(record.text), for \(reason)")
                if let known = runner.known(record.key) {
                    standing = .told(told(of: known), isBad: known.hasFailed)
                }
            case .knownBefore: refuse("somebody did, and what came of it can't be read")
            case .busy: refuse("another command is running")
            }
        } catch {
            refuse("\(error)")
        }
    }

    /// Said once, however often it is tried.
    private mutating func refuse(_ why: String) {
        let refused = RollbackStanding.told("it can't be rolled back: \(why)", isBad: true)
        if standing != refused { news.append("it can't be rolled back: \(why)") }
        standing = refused
    }

    /// A line to be told; nil: nothing new.
    mutating func takeNews() -> String? { news.isEmpty ? nil : news.removeFirst() }

    /// Whether a command runs, so that somebody should look soon.
    var isBusy: Bool { runner.isBusy }

    private func told(of record: RollbackRecord) -> String {
        let when = "\(ClockTime(record.startedAt).text(seconds: false)) \(record.by)"
        guard record.isOpen, !runner.isBusy else { return "\(when): \(record.text)" }
        return
            "\(when) ran \(RollbackCommand.text(record.arguments)); its output is in \(runner.outputPath(record.key))"
    }
}
