package import Threads

/// Why nothing is read.
package enum EngineError: Error, CustomStringConvertible {
    /// A source can't be read; the first one's reason.
    case unreadable(String)
    case noThread(ThreadError)

    package var description: String {
        switch self {
        case .unreadable(let reason): reason
        case .noThread(let error): error.description
        }
    }
}
