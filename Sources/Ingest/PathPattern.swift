import Glibc

/// A path with wildcards, as in a shell: `*`, `?` and `[…]` within a name, a leading dot only by a dot.
struct PathPattern {
    /// Names between slashes.
    private let components: [String]
    private let isAbsolute: Bool

    /// Files looked at in one search; a folder with more is not one of logs.
    private static let candidateLimit = 10_000

    init(_ text: String) {
        components = text.split(separator: "/").map(String.init)
        isAbsolute = text.hasPrefix("/")
    }

    /// What a search found.
    struct Matches: Equatable {
        /// Ascending.
        var paths: [String] = []
        /// Names that can't be followed because they are no UTF-8, or because there were far too many.
        var passedOver = 0
    }

    /// Whether a text has wildcards at all.
    static func isPattern(_ text: String) -> Bool {
        text.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
    }

    /// Whether a name matches one component.
    static func matches(_ name: [UInt8], component: String) -> Bool {
        guard !name.contains(0) else { return false }
        let terminated = (name + [0]).map { CChar(bitPattern: $0) }
        return unsafe fnmatch(component, terminated, FNM_PERIOD) == 0
    }

    /// Where all matches lie and how they are named, if only the last component has wildcards: a place that can be watched.
    var directory: (path: String, name: String)? {
        guard let name = components.last, !components.dropLast().contains(where: PathPattern.isPattern) else {
            return nil
        }
        let path = (isAbsolute ? "/" : "") + components.dropLast().joined(separator: "/")
        return (path.isEmpty ? "." : path, name)
    }

    /// Every file that matches now. Folders are passed over.
    func search() -> Matches {
        var matches = Matches(paths: [isAbsolute ? "/" : ""])
        for (index, component) in components.enumerated() {
            let isLast = index == components.count - 1
            var next: [String] = []
            for base in matches.paths {
                for name in names(in: base, matching: component, &matches.passedOver) {
                    guard next.count < PathPattern.candidateLimit else {
                        matches.passedOver += 1
                        continue
                    }
                    next.append(isLast ? base + name : base + name + "/")
                }
            }
            matches.paths = next
        }
        matches.paths = matches.paths.filter { path in
            guard let kind = try? FileInformation(path: path).kind else { return false }
            return kind == .regular || kind == .stream
        }.sorted()
        return matches
    }

    private func names(in folder: String, matching component: String, _ passedOver: inout Int) -> [String] {
        guard PathPattern.isPattern(component) else { return [component] }
        guard let stream = unsafe opendir(folder.isEmpty ? "." : folder) else { return [] }
        defer { unsafe _ = closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            // The name ends with a NUL byte within the entry.
            let bytes = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            guard PathPattern.matches(bytes, component: component) else { continue }
            if let name = String(validating: bytes, as: UTF8.self) {
                names.append(name)
            } else {
                passedOver += 1
            }
        }
        return names
    }
}
