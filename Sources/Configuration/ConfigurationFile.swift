/// `agentdash.toml`: where it is, and its text parsed. Each of its tables is read by the type that knows it.
package enum ConfigurationFile {
    /// Every table that is read by anything.
    private static let tables = [
        "rules", "source", "rule", "slo", "latency", "budget", "canary", "drift", "route", "notify", "state", "theme",
        "keys",
    ]

    /// `$XDG_CONFIG_HOME/agentdash`, or below `~/.config` where that isn't set to an absolute path; nil for a user without a home.
    package static func folder(environment: [String: String]) -> String? {
        if let home = environment["XDG_CONFIG_HOME"], home.hasPrefix("/") { return home + "/agentdash" }
        if let home = environment["HOME"], home.hasPrefix("/") { return home + "/.config/agentdash" }
        return nil
    }

    /// The document at `path`, else the one in the user's folder; nil when the user has none.
    ///
    /// - Throws: when the file that was named isn't there, when a file can't be read, and for errors of syntax.
    package static func load(
        _ path: String?, environment: [String: String]
    ) throws(ConfigurationError) -> TomlDocument? {
        if let path { return try read(path) }
        guard let usual = usualPath(environment: environment), BoundedFile.exists(usual) else { return nil }
        return try read(usual)
    }

    /// Where the user's own is, or would be; nil for a user without a home.
    package static func usualPath(environment: [String: String]) -> String? {
        folder(environment: environment).map { $0 + "/agentdash.toml" }
    }

    static func read(_ path: String) throws(ConfigurationError) -> TomlDocument {
        let document = try TomlDocument(text: BoundedFile.text(at: path), file: path)
        try TomlSection(document).allow(tables, what: "table")
        return document
    }
}
