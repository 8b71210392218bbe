import Engine
import Monitoring
import Store
import Threads

/// Baselines that were kept under names, in the state file beside what was said of alerts.
final class BaselineShelf: Sendable {
    private let state: SharedState<SavedBaselines>
    private let news: Locked<SavedBaselines?>
    private let problem: Locked<String?>

    /// What the file means; raised when it means something else.
    private static let version = 1

    private static func file(_ folder: StateFolder) -> StateFile<SavedBaselines> {
        StateFile("baselines.json", in: folder, version: version)
    }

    init(in folder: StateFolder) {
        let news = Locked<SavedBaselines?>(nil)
        let problem = Locked<String?>(nil)
        self.news = news
        self.problem = problem
        state = SharedState(
            Self.file(folder),
            join: { mine, theirs in
                mine.merge(theirs)
                mine.clean(at: WallClock.now())
            }, onNews: { known in news.withLock { $0 = known } },
            onProblem: { text in problem.withLock { $0 = "baselines are not kept yet: \(text)" } })
    }

    /// What is kept in a folder, for whoever only reads it.
    static func read(_ folder: StateFolder) -> SavedBaselines { file(folder).load().value ?? SavedBaselines() }

    /// What was kept before.
    func load() -> SavedBaselines { state.load() ?? SavedBaselines() }

    /// Starts its thread. It ends with `stop`.
    func start() throws(ThreadError) { try state.start() }

    /// Never waits.
    func keep(_ baselines: SavedBaselines) { state.keep(baselines) }

    /// Looks for what other processes have kept; to be called now and then.
    func look() { state.look() }

    /// What others have kept beside, each time once.
    func takeNews() -> SavedBaselines? {
        news.withLock { news in
            defer { news = nil }
            return news
        }
    }

    /// What can't be kept, each time once.
    func takeProblem() -> String? {
        problem.withLock { problem in
            defer { problem = nil }
            return problem
        }
    }

    func stop() { state.stop() }
}
