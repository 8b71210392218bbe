import CPosix
import Glibc

/// A thread that nobody waits for by its id.
package enum DetachedThread {
    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(_ name: String, _ run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// - Parameter name: shown by tools; 15 bytes count.
    package static func start(_ name: String, _ run: @escaping @Sendable () -> Void) throws(ThreadError) {
        let context = unsafe Unmanaged.passRetained(Body(name, run))
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer = unsafe pointer else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue()
                unsafe agentdash_name_thread(body.name)
                body.run()
                return nil
            }, context.toOpaque())
        guard result == 0 else {
            unsafe context.release()
            throw ThreadError(code: result)
        }
        pthread_detach(thread)
    }
}

/// A thread that can't be started: `pthread_create` failed.
package struct ThreadError: Error, CustomStringConvertible {
    /// Its errno.
    package let code: Int32

    package var description: String {
        "cannot start a thread (errno \(code)); check the limit of processes (ulimit -u)"
    }
}
