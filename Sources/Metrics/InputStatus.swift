/// How the input is doing, as far as a screen or a report must say.
package struct InputStatus: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        /// Reading what is already there.
        case catchingUp
        /// At the end of what there is, waiting for more.
        case following
        /// Playing recorded data at `speed` times its own pace.
        case replaying(speed: Double)
        /// The file does not exist yet.
        case waiting(String)
        /// It can't be read at the moment, for instance because it is locked; why. It is asked again.
        case blocked(String)
        case ended
        case failed(String)
    }

    /// What is watched, fit for a header.
    package var name: String
    package var state: State
    /// Whether "now" is the clock.
    package var isLive: Bool
    package var rejected: Int
    /// Times that lay too far ahead of the clock.
    package var clamped: Int
    /// The newest rejections, at most `Self.rejectionLimit`.
    package var rejections: [Rejected]
    package var bytesRead: Int64
    /// Size of all files, where known: progress while catching up.
    package var bytesTotal: Int64?
    /// Bytes at the beginning of large files that are not read: they are older than what is kept.
    package var bytesUnread: Int64
    /// What is wrong with a source that is read all the same; nil: nothing.
    package var note: String?
    /// µs on the clock when the last byte arrived; nil before the first.
    package var lastArrival: Int64?
    /// Names that no longer fit and were folded into `other`.
    package var foldedNames: Int

    package static let rejectionLimit = 20

    package struct Rejected: Sendable, Hashable {
        /// 1-based, in its source; 0 where there are no lines.
        package var line: Int
        package var source: String
        package var reason: String

        package init(line: Int, source: String, reason: String) {
            self.line = line
            self.source = source
            self.reason = reason
        }
    }

    package init(name: String, state: State = .catchingUp) {
        self.name = name
        self.state = state
        isLive = false
        rejected = 0
        clamped = 0
        rejections = []
        bytesRead = 0
        bytesUnread = 0
        foldedNames = 0
    }
}
