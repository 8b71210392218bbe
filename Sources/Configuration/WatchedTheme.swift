package import Canvas

/// The theme in use, read again when its file changes.
package struct WatchedTheme: Sendable {
    /// What came of a changed file.
    package enum Change: Sendable, Hashable {
        case palette(Palette)
        /// The palette before stays.
        case problem(ConfigurationError)
    }

    /// The last one without an error.
    package private(set) var palette: Palette
    private let search: ThemeSearch
    /// Nil for a theme compiled in.
    private var path: String?
    private var stamp: FileStamp?
    /// When the file was looked at last, in µs.
    private var lookedAt = Int64.min

    /// µs between two looks.
    private static let pace: Int64 = 1_000_000

    /// - Throws: what `ThemeSearch.find` does.
    package init(_ nameOrPath: String, in search: ThemeSearch) throws(ConfigurationError) {
        self.search = search
        path = search.path(of: nameOrPath)
        // Before it is read: a change in between is seen at the next look.
        stamp = path.flatMap(BoundedFile.stamp)
        palette = try search.find(nameOrPath).palette
    }

    /// Another theme, by what the user said. What isn't found changes nothing.
    package mutating func choose(_ nameOrPath: String) throws(ConfigurationError) {
        self = try WatchedTheme(nameOrPath, in: search)
    }

    /// Looks at the file, at most once a second, and reads it if it is another than before. A file that is gone is waited for: editors
    /// take one away to put another in its place.
    ///
    /// - Parameter now: µs of a clock that never goes back.
    /// - Returns: nil when there is nothing new. An error is told once.
    package mutating func look(now: Int64) -> Change? {
        guard let path, lookedAt == .min || now >= lookedAt + Self.pace else { return nil }
        lookedAt = now
        guard let found = BoundedFile.stamp(of: path), found != stamp else { return nil }
        stamp = found
        do throws(ConfigurationError) {
            palette = try search.load(path).palette
            return .palette(palette)
        } catch {
            return .problem(error)
        }
    }
}
