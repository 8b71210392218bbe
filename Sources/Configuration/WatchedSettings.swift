/// The settings file, read again when it changes.
package struct WatchedSettings: Sendable {
    /// What came of a changed file.
    package enum Change: Sendable {
        /// nil: there is none any more, and what is usual counts.
        case document(TomlDocument?)
        /// What was read before stays.
        case problem(ConfigurationError)
    }

    /// nil for a user without a home.
    private let path: String?
    private let isNamed: Bool
    private var stamp: FileStamp?
    /// Whether it was gone at the last look: editors take one away to put another in its place.
    private var isMissing = false
    /// When the file was looked at last, in µs.
    private var lookedAt = Int64.min

    /// µs between two looks.
    private static let pace: Int64 = 1_000_000

    /// - Parameter path: as the user named it; nil: the one in the user's folder, also where there is none yet.
    package init(_ path: String?, environment: [String: String]) {
        isNamed = path != nil
        self.path = path ?? ConfigurationFile.usualPath(environment: environment)
        stamp = self.path.flatMap(BoundedFile.stamp)
    }

    /// Looks at the file, at most once a second, and reads it if it is another than before. A file that was named and is gone is waited
    /// for; the user's own is believed to be gone at the second look.
    ///
    /// - Parameter now: µs of a clock that never goes back.
    /// - Returns: nil when there is nothing new. An error is told once.
    package mutating func look(now: Int64) -> Change? {
        guard lookedAt == .min || now >= lookedAt + Self.pace else { return nil }
        lookedAt = now
        guard let path else { return nil }
        let found = BoundedFile.stamp(of: path)
        let wasMissing = isMissing
        isMissing = found == nil
        guard found != stamp, found != nil || (!isNamed && wasMissing) else { return nil }
        return read()
    }

    /// Reads the file, whether or not it has changed.
    package mutating func read() -> Change {
        guard let path else { return .document(nil) }
        // Before it is read: a change in between is seen at the next look.
        stamp = BoundedFile.stamp(of: path)
        if stamp == nil, !isNamed { return .document(nil) }
        do throws(ConfigurationError) {
            return .document(try ConfigurationFile.read(path))
        } catch {
            return .problem(error)
        }
    }
}
