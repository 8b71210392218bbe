import CPosix
import Glibc
import Store

/// A program that goes on when its starter has ended: what it writes goes to a file.
struct DetachedProgram {
    private let process: Int32
    /// ms on the monotonic clock.
    private let deadline: Int64

    /// How it ended.
    struct End {
        /// 128 and the signal that ended it; -1 where it isn't known.
        var status: Int32
        /// It was killed: it took too long.
        var isLate: Bool
    }

    /// - Parameters:
    ///   - arguments: the program, looked for in PATH, and its arguments.
    ///   - path: of the file, which is made.
    ///   - patience: ms until it is killed, should somebody still look then.
    /// - Throws: `StartFailure`.
    init(_ arguments: [String], writingTo path: String, patience: Int) throws(StartFailure) {
        let input = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw StartFailure(code: errno) }
        defer { close(input) }
        let output = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard output >= 0 else { throw StartFailure(code: errno) }
        defer { close(output) }
        let started = unsafe CommandWords.withCopies(arguments) { unsafe agentdash_spawn_into($0, input, output) }
        guard started >= 0 else { throw StartFailure(code: errno) }
        process = started
        deadline = MonotonicClock.milliseconds() + Int64(patience)
    }

    /// How it ended, once it has; never waits.
    func advance() -> End? {
        if agentdash_has_ended(process) { return End(status: agentdash_reap(process, false), isLate: false) }
        guard MonotonicClock.milliseconds() >= deadline else { return nil }
        agentdash_kill_session(process)
        return End(status: agentdash_reap(process, true), isLate: true)
    }
}
