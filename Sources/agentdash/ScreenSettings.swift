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
        let document = try ConfigurationFile.load(arguments.judged.config, environment: environment)
        let bound = try document.map { try KeySettings.parse($0, actions: Action.allCases.map(\.rawValue)) }
        keys = bound.map { KeyTable.standard.rebinding($0.keys) } ?? .standard
        let stated = try document.map { try ThemeSettings($0) }
        if let name = arguments.theme {
            themeName = name
            theme = try WatchedTheme(name, in: themes)
        } else if let stated, let name = stated.name {
            themeName = name
            do {
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
