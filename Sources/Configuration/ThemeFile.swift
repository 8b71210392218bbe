package import Canvas
import Query
import Themes

/// Theme files: parsing, and the shipped ones.
package enum ThemeFile {
    /// The palette that a theme file describes. `file` is for messages, and names the theme that has no `name`.
    ///
    /// `inherits` names a shipped theme. A role that the file states replaces the inherited one whole; glyphs are
    /// replaced one by one.
    ///
    /// - Throws: the first thing wrong, with line and column.
    package static func parse(toml: String, file: String) throws(ConfigurationError) -> Palette {
        try definition(toml: toml, file: file, generation: 0).palette
    }

    /// The names of the themes compiled in, the default first.
    package static var shippedNames: [String] { ShippedThemes.all.map(\.name) }

    /// How a theme file names one of the terminal's 16 colours: `bright green`; a higher number as it is.
    package static func colourName(_ index: UInt8) -> String {
        index < 16 ? ThemeColours.names[Int(index)] : String(index)
    }

    /// A theme compiled in.
    ///
    /// - Throws: when there is none of that name.
    package static func shipped(_ name: String) throws(ConfigurationError) -> Palette {
        guard let theme = ShippedThemes.all.first(where: { $0.name == name }) else {
            throw ConfigurationError(file: name, message: Suggestion.unknown("theme", name, among: shippedNames))
        }
        return try parse(toml: theme.toml, file: "built-in theme \(name)")
    }

    private struct Definition {
        var name: String
        var appearance: Appearance
        var looks: [Role: RoleLook]
        var glyphs: GlyphSet
        var asciiGlyphs: GlyphSet

        var palette: Palette {
            Palette(name: name, appearance: appearance, looks: looks, glyphs: glyphs, asciiGlyphs: asciiGlyphs)
        }
    }

    private static func definition(
        toml: String, file: String, generation: Int
    ) throws(ConfigurationError) -> Definition {
        let root = TomlSection(try TomlDocument(text: toml, file: file))
        try root.allow(["name", "inherits", "appearance", "roles", "glyphs"])
        var definition = try parent(of: root, generation: generation)
        definition.name = try name(root, file: file)
        definition.appearance = try appearance(root) ?? definition.appearance
        if let roles = try root.section("roles") {
            definition.looks.merge(try ThemeRoles.read(roles)) { _, stated in stated }
        }
        if let glyphs = try root.section("glyphs") {
            try ThemeGlyphs.read(glyphs, unicode: &definition.glyphs, ascii: &definition.asciiGlyphs)
        }
        return definition
    }

    private static func parent(of root: TomlSection, generation: Int) throws(ConfigurationError) -> Definition {
        guard let name = try root.string("inherits") else {
            return Definition(name: "", appearance: .dark, looks: [:], glyphs: .unicode, asciiGlyphs: .ascii)
        }
        guard let theme = ShippedThemes.all.first(where: { $0.name == name }) else {
            throw root.error("inherits", Suggestion.unknown("theme", name, among: shippedNames))
        }
        // Only shipped themes can be inherited, so only they could ever make a circle.
        guard generation < 4 else { throw root.error("inherits", "too many generations of themes") }
        return try definition(toml: theme.toml, file: "built-in theme \(name)", generation: generation + 1)
    }

    private static func name(_ root: TomlSection, file: String) throws(ConfigurationError) -> String {
        guard let name = try root.string("name") else {
            let last = file.split(separator: "/").last.map(String.init) ?? file
            return last.hasSuffix(".toml") ? String(last.dropLast(5)).printable : last.printable
        }
        guard (1...40).contains(DisplayWidth.width(of: name)), name.printable == name else {
            throw root.error("name", "expected 1 to 40 columns without control characters")
        }
        return name
    }

    private static func appearance(_ root: TomlSection) throws(ConfigurationError) -> Appearance? {
        guard let text = try root.string("appearance") else { return nil }
        guard let appearance = Appearance(rawValue: text) else {
            throw root.error(
                "appearance", Suggestion.unknown("appearance", text, among: Appearance.allCases.map(\.rawValue)))
        }
        return appearance
    }
}
