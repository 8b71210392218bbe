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
    /// - Throws: when the file that was named isn't there, when a file can't be read, for errors of syntax, and for a table that
    ///   nobody reads.
    package static func load(
        _ path: String?, environment: [String: String]
    ) throws(ConfigurationError) -> TomlDocument? {
        let document = try parse(path, environment: environment)
        if let document { try checkTables(of: document) }
        return document
    }

    /// The same, whatever tables it has.
    package static func parse(
        _ path: String?, environment: [String: String]
    ) throws(ConfigurationError) -> TomlDocument? {
        if let path { return try TomlDocument(text: BoundedFile.text(at: path), file: path) }
        guard let usual = usualPath(environment: environment), BoundedFile.exists(usual) else { return nil }
        return try TomlDocument(text: BoundedFile.text(at: usual), file: usual)
    }

    /// - Throws: for the first table that nobody reads.
    package static func checkTables(of document: TomlDocument) throws(ConfigurationError) {
        try TomlSection(document).allow(tables, what: "table")
    }

    /// Where the user's own is, or would be; nil for a user without a home.
    package static func usualPath(environment: [String: String]) -> String? {
        folder(environment: environment).map { $0 + "/agentdash.toml" }
    }

    static func read(_ path: String) throws(ConfigurationError) -> TomlDocument {
        let document = try TomlDocument(text: BoundedFile.text(at: path), file: path)
        try checkTables(of: document)
        return document
    }
}
