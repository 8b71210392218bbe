package import Canvas
import FoundationEssentials
import Query

/// Where themes are found: a path, the user's folder, the program itself.
package struct ThemeSearch: Sendable, Hashable {
    /// The folder of the user's themes; nil for none.
    package let folder: String?

    /// A palette and the file it came from, which may change on disk; nil for a theme compiled in.
    package struct Found: Sendable, Hashable {
        package let palette: Palette
        package let path: String?
    }

    package init(folder: String?) { self.folder = folder }

    /// `$XDG_CONFIG_HOME/agentdash/themes`, or below `~/.config` where that isn't set to an absolute path.
    package init(environment: [String: String]) {
        folder = ConfigurationFile.folder(environment: environment).map { $0 + "/themes" }
    }

    /// Finds a theme by what the user said: a path (it holds a `/` or ends in `.toml`), else a name, looked up among the
    /// user's themes first and then among the shipped.
    ///
    /// - Throws: when there is none, when it can't be read, and for the first thing wrong in it.
    package func find(_ nameOrPath: String) throws(ConfigurationError) -> Found {
        if let path = path(of: nameOrPath) { return try load(path) }
        guard ThemeFile.shippedNames.contains(nameOrPath) else {
            throw ConfigurationError(
                file: nameOrPath, message: Suggestion.unknown("theme", nameOrPath, among: names))
        }
        return Found(palette: try ThemeFile.shipped(nameOrPath), path: nil)
    }

    /// The file that `find` would read; nil for a theme compiled in, and for none.
    func path(of nameOrPath: String) -> String? {
        if nameOrPath.contains("/") || nameOrPath.hasSuffix(".toml") { return nameOrPath }
        guard Self.isName(nameOrPath), let folder else { return nil }
        let path = "\(folder)/\(nameOrPath).toml"
        return BoundedFile.exists(path) ? path : nil
    }

    /// Reads a theme file anew: what a changed file is reloaded with.
    package func load(_ path: String) throws(ConfigurationError) -> Found {
        let text = try BoundedFile.text(at: path)
        return Found(palette: try ThemeFile.parse(toml: text, file: path), path: path)
    }

    /// The shipped themes, the default first, then the user's own by name: at most 200.
    package var names: [String] {
        let shipped = ThemeFile.shippedNames
        guard let folder, let files = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            return shipped
        }
        let own = files.filter { $0.hasSuffix(".toml") }.map { String($0.dropLast(5)) }
            .filter { Self.isName($0) && !shipped.contains($0) }
        return shipped + own.sorted().prefix(200)
    }

    /// Letters, digits, `-`, `_` and dots that don't lead, so that a name never leaves the folder.
    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && !text.hasPrefix(".")
            && text.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
