import Glibc

/// What one process at a time may hold, until it lets go of the value or ends, however it ends.
package final class StateLock: Sendable {
    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit {
        ftruncate(descriptor, 0)
        close(descriptor)
    }

    /// The lock, if nobody has it; never waits.
    ///
    /// - Throws: when its file can't be made.
    package static func attempt(_ name: String, in folder: StateFolder) throws(StoreError) -> StateLock? {
        let path = folder[name]
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .last(path, "can't be opened") }
        folder.share(descriptor)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let failure = errno
            close(descriptor)
            if failure == EWOULDBLOCK { return nil }
            errno = failure
            throw .last(path, "can't be locked")
        }
        // For people and messages only: the kernel knows who holds it.
        let holder = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        _ = unsafe holder.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        return StateLock(descriptor)
    }

    /// The process that says it holds the lock; nil where none does.
    package static func holder(_ name: String, in folder: StateFolder) -> Int32? {
        guard let bytes = try? DurableFile.read(folder[name]) else { return nil }
        return Int32(String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self))
    }
}
