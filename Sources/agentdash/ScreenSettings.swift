import Configuration
import Dashboard

/// What the screen is told before it begins: arguments first, then the settings file, then what is usual.
struct ScreenSettings {
    let theme: WatchedTheme
    /// As the user said it.
    let themeName: String
    let keys: KeyTable

    /// - Throws: `ConfigurationError`: the first thing wrong with the file or with the theme.
    init(_ arguments: ScreenArguments, _ themes: ThemeSearch, environment: [String: String]) throws {
        try self.init(
            ConfigurationFile.load(arguments.judged.config, environment: environment), arguments, themes)
    }

    /// - Throws: the first thing wrong with the file or with the theme.
    init(_ document: TomlDocument?, _ arguments: ScreenArguments, _ themes: ThemeSearch) throws(ConfigurationError) {
        var stated: ThemeSettings?
        if let document {
            let bound = try KeySettings.parse(document, actions: Action.allCases.map(\.rawValue))
            keys = KeyTable.standard.rebinding(bound.keys)
            stated = try ThemeSettings(document)
        } else {
            keys = .standard
        }
        if let name = arguments.theme {
            themeName = name
            theme = try WatchedTheme(name, in: themes)
        } else if let stated, let name = stated.name {
            themeName = name
            do throws(ConfigurationError) {
                theme = try WatchedTheme(name, in: themes)
            } catch {
                throw stated.located(error)
            }
        } else {
            themeName = "midnight"
            theme = try WatchedTheme(themeName, in: themes)
        }
    }
}
