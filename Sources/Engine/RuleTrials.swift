import Metrics
import Monitoring
import Threads

/// Tries rules on the history held when somebody asks, on a thread of its own: neither reading nor drawing waits for it.
final class RuleTrials: Sendable {
    private struct State: Sendable {
        /// Where packs that are off come from.
        var book: RuleBook
        var latest: RuleTrial?
        var isUnderWay = false
        /// When the last one was done, and how long it took, µs.
        var doneAt: Int64 = 0
        var cost: Int64 = 0

        /// Whether it is too soon for the same once more.
        func isResting(at now: Int64) -> Bool {
            // A clock that was set back keeps nobody waiting.
            (0..<RuleTrials.rest * cost).contains(now - doneAt)
        }
    }

    private let state: Locked<State>
    private let clock: @Sendable () -> Int64

    /// So many times as long as it took is rested.
    private static let rest: Int64 = 19

    /// - Parameter clock: µs since 1970.
    init(_ book: RuleBook, clock: @escaping @Sendable () -> Int64) {
        state = Locked(State(book: book))
        self.clock = clock
    }

    /// What came of the last one; nil before.
    var latest: RuleTrial? { state.withLock { $0.latest } }

    /// Packs come from another book from now on.
    func adopt(_ book: RuleBook) { state.withLock { $0.book = book } }

    /// Begins unless one is under way, or the same rules were tried too short a while ago. Never waits.
    /// - Parameter onDone: called on the thread that tries, when `latest` has changed.
    func start(_ situation: Situation, onDone: @escaping @Sendable () -> Void) {
        let now = clock()
        let book: RuleBook? = state.withLock { state in
            let isKnown = state.latest?.isOf(situation.rules) ?? false
            guard !state.isUnderWay, !isKnown || !state.isResting(at: now) else { return nil }
            state.isUnderWay = true
            return state.book
        }
        guard let book else { return }
        do throws(ThreadError) {
            try DetachedThread.start("agentdash-try") { [state, clock] in
                let trial = RuleTrial(situation.snapshot, rules: situation.rules.map(\.rule), book: book)
                let done = clock()
                state.withLock { state in
                    state.latest = trial
                    state.isUnderWay = false
                    (state.doneAt, state.cost) = (done, max(0, done - now))
                }
                onDone()
            }
        } catch {
            // Whoever still wants to know asks again.
            state.withLock { $0.isUnderWay = false }
        }
    }
}
