package import Canvas
import Query

/// `[keys]` of `agentdash.toml`: which keys do what.
///
/// ```toml
/// [keys]
/// freeze = "space"
/// help = ["?", "F1", "ctrl-g"]
/// suspend = []        # no key
/// ```
package struct KeySettings: Sendable, Hashable {
    /// The keys of each action that the file states, in its order: they replace the action's own, and take a key from whichever other
    /// action has it. Each key stands once.
    package let keys: [String: [Key]]

    package init(keys: [String: [Key]] = [:]) { self.keys = keys }

    /// Reads the table; without one nothing is changed.
    ///
    /// - Parameter actions: the names of all actions there are.
    /// - Throws: for the first unknown action, what names no key, and a key that stands twice.
    package static func parse(
        _ document: TomlDocument, actions: [String]
    ) throws(ConfigurationError) -> KeySettings {
        guard let table = try TomlSection(document).section("keys") else { return KeySettings() }
        try table.allow(actions, what: "action")
        var keys: [String: [Key]] = [:]
        var owners: [Key: String] = [:]
        for action in table.keys {
            var own: [Key] = []
            for (name, path) in try names(table, action) {
                let key = try key(name, at: path, in: document)
                if let owner = owners[key] {
                    let said = owner == action ? "stands twice" : "is '\(owner)' already"
                    throw document.error(at: path, "'\(key.name ?? name)' \(said): one key does one thing")
                }
                owners[key] = action
                own.append(key)
            }
            keys[action] = own
        }
        return KeySettings(keys: keys)
    }

    /// A string or an array of them, each with where it stands.
    private static func names(
        _ table: TomlSection, _ action: String
    ) throws(ConfigurationError) -> [(name: String, path: [String])] {
        let path = table.path + [action]
        switch table.table[action] {
        case .string(let name): return [(name, path)]
        case .array:
            let names = try table.strings(action) ?? []
            return names.enumerated().map { ($0.element, path + [String($0.offset)]) }
        case let other:
            throw table.error(
                action, "expected a key or an array of keys, found \(other.map(\.kind) ?? "nothing")")
        }
    }

    private static func key(
        _ name: String, at path: [String], in document: TomlDocument
    ) throws(ConfigurationError) -> Key {
        if let key = Key(name: name) { return key }
        let shown = DisplayWidth.truncate(name.printable, to: 40)
        if let same = control(name) {
            throw document.error(at: path, "'\(shown)' can't be told from '\(same)' on a terminal")
        }
        // Names of one or two characters are near to many.
        if name.count > 2, let nearest = Suggestion.nearest(to: name.lowercased(), among: Key.names) {
            throw document.error(at: path, "'\(shown)' is no key; did you mean '\(nearest)'?")
        }
        throw document.error(at: path, "'\(shown)' is no key; expected \(Key.nameExamples)")
    }

    /// The key whose byte a terminal sends for one with Ctrl.
    private static func control(_ name: String) -> String? {
        switch name.lowercased() {
        case "ctrl-h": "backspace"
        case "ctrl-i": "tab"
        case "ctrl-j", "ctrl-m": "enter"
        case "ctrl-[": "esc"
        default: nil
        }
    }
}
