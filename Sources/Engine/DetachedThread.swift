import CPosix
import Glibc

/// A thread that nobody waits for by its id.
enum DetachedThread {
    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(_ name: String, _ run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// - Parameter name: shown by tools; 15 bytes count.
    static func start(_ name: String, _ run: @escaping @Sendable () -> Void) throws(EngineError) {
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
            throw .noThread(result)
        }
        pthread_detach(thread)
    }
}
