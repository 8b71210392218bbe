/// A pattern of file names whose matches are followed, those to come too.
final class FollowedPattern {
    private let pattern: PathPattern
    private let source: Int
    private let changes: ChangeWatch?
    private let displayName: String
    private var watch: Int32?
    /// What was found last, whether or not there was room for it.
    private var found = PathPattern.Matches()
    /// Paths that are followed, and by which source.
    private(set) var members: [String: Int] = [:]
    /// Whether a look at the folders may find something new.
    private var mayHaveNews = true

    /// Files followed at a time by one pattern.
    static let memberLimit = 256

    init(_ text: String, displayName: String, source: Int, changes: ChangeWatch?) {
        pattern = PathPattern(text)
        self.displayName = displayName
        self.source = source
        self.changes = changes
    }

    /// What can't be followed, for the user.
    var problem: String? {
        let left = found.paths.count - members.count
        var parts: [String] = []
        if members.count >= FollowedPattern.memberLimit, left > 0 {
            parts.append("\(found.paths.count) files match, \(members.count) are followed: name fewer")
        }
        if found.passedOver > 0 {
            parts.append("\(found.passedOver) matching names can't be followed (not UTF-8, or too many)")
        }
        return parts.isEmpty ? nil : "\(displayName): \(parts.joined(separator: "; "))"
    }

    /// An event told that names have come or gone.
    func wake() { mayHaveNews = true }

    /// Files that match and aren't followed yet, as many as there is room for: the newest where there are more.
    /// - Parameter isDue: look also where no event told of news.
    func newcomers(isDue: Bool) -> [String] {
        guard isDue || mayHaveNews else { return [] }
        // Watched before the search: what comes in between is then an event.
        if let changes, let directory = pattern.directory {
            let renewed = changes.watch(directory: directory.path, name: .matching(directory.name), for: source)
            if let watch, watch != renewed { changes.end(watch, for: source) }
            mayHaveNews = mayHaveNews || renewed != watch
            watch = renewed
        }
        guard mayHaveNews || watch == nil else { return [] }
        mayHaveNews = false
        found = pattern.search()
        let unknown = found.paths.filter { members[$0] == nil }
        let room = FollowedPattern.memberLimit - members.count
        guard unknown.count > room else { return unknown }
        let newest = unknown.map { path in (path: path, modified: (try? FileInformation(path: path))?.modified ?? 0) }
            .sorted { ($0.modified, $1.path) > ($1.modified, $0.path) }
        return newest.prefix(max(0, room)).map(\.path).sorted()
    }

    /// Every file that matches now, for reading once.
    func all() -> [String] {
        found = pattern.search()
        return found.paths
    }

    func join(_ path: String, source: Int) { members[path] = source }

    /// The file is no longer followed: another may take its place.
    func leave(source: Int) {
        guard let path = members.first(where: { $0.value == source })?.key else { return }
        members[path] = nil
        mayHaveNews = true
    }
}
