import CPosix
import Glibc
package import Threads

/// A value that processes on one box keep together: each goes on with its own copy, and what they know is joined whenever one of
/// them has something to keep. Written and read on a thread of its own: whoever keeps something never waits for a disk.
package final class SharedState<Value: Codable & Sendable & Equatable>: Sendable {
    private struct Inbox: Sendable {
        var kept: Value?
        var isNews = false
        var isStopping = false
    }

    private let file: StateFile<Value>
    private let join: @Sendable (inout Value, Value) -> Void
    private let onNews: @Sendable (Value) -> Void
    private let onProblem: @Sendable (String) -> Void
    private let inbox = Locked(Inbox())
    private let status = Locked(Status())
    /// The file as it was when it was read or written last.
    private let seen = Locked<Stamp?>(nil)
    /// ms.
    private let retryPause: Int32
    private let thread = AwaitedThread()
    private let wake: Int32

    /// How keeping goes.
    package struct Status: Sendable {
        /// What is on the disk, as far as is known here; nil: nothing.
        package internal(set) var kept: Value?
        /// Why what was given last is not; nil: it is, or waits for its turn.
        package internal(set) var problem: String?
    }

    private struct Stamp: Sendable, Equatable {
        var inode: UInt
        var size: Int64
        var seconds: Int64
        var nanoseconds: Int64
    }

    /// - Parameters:
    ///   - join: takes into the first what the second knows; in which order and how often must not matter.
    ///   - onNews: told what all know together, when that is more than was kept here. On the thread that writes.
    ///   - onProblem: told why nothing can be kept, once for each reason; likewise.
    ///   - retryPause: ms until what could not be kept is tried again.
    package init(
        _ file: StateFile<Value>, join: @escaping @Sendable (inout Value, Value) -> Void,
        onNews: @escaping @Sendable (Value) -> Void, onProblem: @escaping @Sendable (String) -> Void = { _ in },
        retryPause: Int32 = 5000
    ) {
        self.file = file
        self.join = join
        self.onNews = onNews
        self.onProblem = onProblem
        self.retryPause = retryPause
        wake = agentdash_eventfd()
    }

    deinit { close(wake) }

    /// What was kept before, read on the calling thread; nil where nothing was, or nothing that can be read.
    package func load() -> Value? {
        note(stamp)
        let found = file.load()
        if let problem = found.problem { onProblem(problem) }
        status.withLock { $0.kept = found.value }
        return found.value
    }

    /// How keeping goes; never waits for a disk.
    package var current: Status { status.withLock { $0 } }

    /// Starts the thread. It ends with `stop`.
    package func start() throws(ThreadError) { try thread.start("agentdash-keep") { self.run() } }

    /// Keeps a value; of several that wait the last counts. Never waits.
    package func keep(_ value: Value) {
        inbox.withLock { $0.kept = value }
        agentdash_eventfd_signal(wake)
    }

    /// Looks whether another process has written, to be called now and then: costs a `stat`.
    package func look() {
        guard let now = stamp, now != seen.withLock({ $0 }) else { return }
        inbox.withLock { $0.isNews = true }
        agentdash_eventfd_signal(wake)
    }

    /// Ends the thread once what waits is kept, waiting at most so many ms for that.
    package func stop(within milliseconds: Int = 3000) {
        inbox.withLock { $0.isStopping = true }
        agentdash_eventfd_signal(wake)
        thread.wait(atMost: milliseconds)
    }

    private func run() {
        var told: String?
        while true {
            agentdash_eventfd_drain(wake)
            let order = inbox.withLock { inbox in
                let order = inbox
                inbox.kept = nil
                inbox.isNews = false
                return order
            }
            do throws(StoreError) {
                if let value = order.kept {
                    try write(value)
                } else if order.isNews {
                    note(stamp)
                    if let value = file.load().value {
                        status.withLock { $0.kept = value }
                        onNews(value)
                    }
                }
                told = nil
                status.withLock { $0.problem = nil }
            } catch {
                // For the next attempt, unless something newer is to be kept by then.
                inbox.withLock { $0.kept = $0.kept ?? order.kept }
                if told != error.description { onProblem(error.description) }
                status.withLock { $0.problem = error.description }
                told = error.description
            }
            if order.isStopping { return }
            var waiting = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
            _ = unsafe poll(&waiting, 1, told == nil ? -1 : retryPause)
        }
    }

    private func write(_ value: Value) throws(StoreError) {
        let lock = try lock()
        // Held to here, however this ends.
        defer { _ = consume lock }
        let found = file.load()
        if let problem = found.problem { onProblem(problem) }
        var joined = value
        if let theirs = found.value { join(&joined, theirs) }
        if joined != found.value { try file.save(joined) }
        note(stamp)
        status.withLock { [joined] in $0.kept = joined }
        if joined != value { onNews(joined) }
    }

    /// Others hold it for as long as a small file takes.
    private func lock() throws(StoreError) -> StateLock {
        for _ in 0..<200 {
            if let lock = try StateLock.attempt(file.name + ".lock", in: file.folder) { return lock }
            poll(nil, 0, 10)
        }
        throw StoreError(path: file.folder[file.name + ".lock"], message: "another process has held it for 2 s")
    }

    private func note(_ stamp: Stamp?) { seen.withLock { $0 = stamp } }

    private var stamp: Stamp? {
        var information = stat()
        guard unsafe stat(file.folder[file.name], &information) == 0 else { return nil }
        return Stamp(
            inode: information.st_ino, size: Int64(information.st_size), seconds: Int64(information.st_mtim.tv_sec),
            nanoseconds: Int64(information.st_mtim.tv_nsec))
    }
}
