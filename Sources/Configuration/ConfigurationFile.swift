package import Toml

/// `agentdash.toml`: where it is, and its text parsed. Each of its tables is read by the type that knows it.
package enum ConfigurationFile {
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
        if let path { return try TomlDocument(text: BoundedFile.text(at: path), file: path) }
        guard let folder = folder(environment: environment) else { return nil }
        let usual = folder + "/agentdash.toml"
        guard BoundedFile.exists(usual) else { return nil }
        return try TomlDocument(text: BoundedFile.text(at: usual), file: usual)
    }
}
