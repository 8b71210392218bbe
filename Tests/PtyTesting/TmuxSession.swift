import Glibc

/// A program in a tmux of its own, driven by keys and read as a person would read it.
package final class TmuxSession {
    private let socket: String
    private let environment: [String: String]
    private static let tmux = "/usr/bin/tmux"

    /// Whether there is a tmux to be run.
    package static var isInstalled: Bool { unsafe access(tmux, X_OK) == 0 }

    /// Starts `program` (a path) with arguments in a new tmux, on a window of this size.
    package init(
        _ program: String, _ arguments: [String] = [], environment: [String: String], columns: Int, rows: Int
    ) throws {
        socket = "agentdash-test-\(getpid())-\(Int.random(in: 0..<1_000_000_000))"
        self.environment = environment
        _ = try run(
            ["-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "--", program] + arguments)
    }

    deinit { _ = try? run(["kill-server"]) }

    @discardableResult
    private func run(_ arguments: [String]) throws -> HeadlessRun {
        try HeadlessRun(Self.tmux, ["-L", socket] + arguments, environment: environment, seconds: 20)
    }

    /// Types keys by tmux' names for them: `3`, `Enter`, `Escape`, `Space`.
    package func send(_ keys: String...) throws {
        for key in keys {
            try run(["send-keys", key])
            // As a person would: the screen is drawn between two keys.
            usleep(150_000)
        }
    }

    /// What is to be seen, row by row.
    package func rows() throws -> [String] {
        try run(["capture-pane", "-p"]).text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// What was copied last; empty if nothing was.
    package func clipboard() throws -> String { try run(["show-buffer"]).text }

    /// Waits until a row satisfies the condition, and returns it; nil if none does in time.
    package func wait(seconds: Int, for condition: (String) -> Bool) throws -> String? {
        for _ in 0..<(seconds * 5) {
            if let row = try rows().first(where: condition) { return row }
            usleep(200_000)
        }
        return nil
    }
}
