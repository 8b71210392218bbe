/// `[theme]` of `agentdash.toml`.
///
/// ```toml
/// [theme]
/// name = "okabe"      # a shipped theme, one of the user's, or a file
/// ```
package struct ThemeSettings: Sendable {
    /// What the user would say to `--theme`; nil where the file doesn't say.
    package let name: String?
    private let document: TomlDocument

    /// - Throws: for the first thing wrong in the table.
    package init(_ document: TomlDocument) throws(ConfigurationError) {
        self.document = document
        let table = try TomlSection(document).section("theme")
        try table?.allow(["name"])
        name = try table?.string("name")
    }

    /// The error as the reader of the file needs it: at the line that names a theme which isn't there. What is wrong in the theme's own
    /// file is told of that file.
    package func located(_ error: ConfigurationError) -> ConfigurationError {
        guard error.position == nil, error.file == name else { return error }
        return document.error(at: ["theme", "name"], error.message)
    }
}
