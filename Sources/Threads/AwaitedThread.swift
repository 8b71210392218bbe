import Glibc

/// A thread that ends when it is asked to, and that somebody may wait for.
package final class AwaitedThread: Sendable {
    private let isRunning = Locked(false)

    package init() {}

    /// - Parameter name: shown by tools; 15 bytes count.
    /// - Throws: when no thread can be had.
    package func start(_ name: String, _ run: @escaping @Sendable () -> Void) throws(ThreadError) {
        isRunning.withLock { $0 = true }
        do throws(ThreadError) {
            try DetachedThread.start(name) { [isRunning] in
                run()
                isRunning.withLock { $0 = false }
            }
        } catch {
            isRunning.withLock { $0 = false }
            throw error
        }
    }

    /// Waits until it has ended, at most so many ms.
    package func wait(atMost milliseconds: Int) {
        // Looked at now and then: a lock has no deadline.
        for _ in 0..<(milliseconds / 5 + 1) where isRunning.withLock({ $0 }) { poll(nil, 0, 5) }
    }
}
