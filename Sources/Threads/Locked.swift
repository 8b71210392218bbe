import CPosix

/// A value that two threads share, one at a time, under a pthread mutex (which the thread sanitizer sees).
@safe package final class Locked<Value: Sendable>: @unchecked Sendable {
    // Unchecked: `value` is only touched between acquire and release.
    private let lock: OpaquePointer?
    private var value: Value

    package init(_ value: Value) {
        unsafe lock = agentdash_lock_create()
        self.value = value
    }

    deinit {
        unsafe agentdash_lock_destroy(lock)
    }

    package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        unsafe agentdash_lock_acquire(lock)
        defer { unsafe agentdash_lock_release(lock) }
        return try body(&value)
    }

    /// Waits until `condition` holds; whoever makes it true calls `notify` afterwards.
    package func withLock<Result>(
        once condition: (Value) -> Bool, _ body: (inout Value) throws -> Result
    ) rethrows -> Result {
        unsafe agentdash_lock_acquire(lock)
        defer { unsafe agentdash_lock_release(lock) }
        while !condition(value) { unsafe agentdash_lock_wait(lock) }
        return try body(&value)
    }

    /// Lets those who wait look again.
    package func notify() { unsafe agentdash_lock_notify(lock) }
}
