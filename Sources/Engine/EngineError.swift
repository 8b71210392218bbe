/// Why nothing is read.
package enum EngineError: Error, CustomStringConvertible {
    /// A source can't be read; the first one's reason.
    case unreadable(String)
    /// `pthread_create` failed with this errno.
    case noThread(Int32)

    package var description: String {
        switch self {
        case .unreadable(let reason): reason
        case .noThread(let code):
            "cannot start the reading thread (errno \(code)); check the limit of processes (ulimit -u)"
        }
    }
}
