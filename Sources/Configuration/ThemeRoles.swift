import Canvas
import Query

/// Reads `[roles]` of a theme file.
///
/// ```toml
/// [roles]
/// text = { fg = "#d0d0d0", bg = "#121212", 16 = { fg = "white", bg = "black" } }
/// dim = "#8a8a8a"                      # the foreground, at every depth that can show it
/// warning = { fg = "#ffd75f", 256 = 221, 16 = "bright yellow", mono = ["bold"], bold = true }
/// series.1 = "cyan"                    # one of the terminal's own 16
/// ```
enum ThemeRoles {
    /// The looks that the section states, by role.
    static func read(_ section: TomlSection) throws(ConfigurationError) -> [Role: RoleLook] {
        try section.allow(topNames, what: "role")
        var looks: [Role: RoleLook] = [:]
        for key in section.keys {
            if groups.contains(key) {
                guard let group = try section.section(key) else { continue }
                try group.allow(members(of: key), what: "role")
                for member in group.keys {
                    guard let role = Role(name: "\(key).\(member)") else { continue }
                    looks[role] = try look(group, member)
                }
            } else if let role = Role(name: key) {
                looks[role] = try look(section, key)
            }
        }
        return looks
    }

    /// Names before a dot: `series` and `bar`.
    private static let groups = ["series", "bar"]
    private static let topNames = Role.allCases.map(\.name).filter { !$0.contains(".") } + groups

    private static func members(of group: String) -> [String] {
        Role.allCases.map(\.name).filter { $0.hasPrefix(group + ".") }.map { String($0.dropFirst(group.count + 1)) }
    }

    private static func look(_ section: TomlSection, _ key: String) throws(ConfigurationError) -> RoleLook {
        guard case .table = section.table[key], let table = try section.section(key) else {
            return RoleLook(foreground: try ThemeColours.choice(section, key) ?? ColourChoice())
        }
        try table.allow(["fg", "bg", "256", "16", "mono"] + attributes.map(\.name))
        var look = RoleLook(
            foreground: try ThemeColours.choice(table, "fg") ?? ColourChoice(),
            background: try ThemeColours.choice(table, "bg") ?? ColourChoice())
        try depth(table, "256", into: &look, at: \.indexed256, ThemeColours.indexed)
        try depth(table, "16", into: &look, at: \.sixteen, ThemeColours.basic)
        for (name, attribute) in attributes where try table.boolean(name) == true {
            look.attributes.insert(attribute)
        }
        look.mono = try mono(table)
        return look
    }

    /// `256` or `16`: the foreground alone, or a table of `fg` and `bg`.
    private static func depth(
        _ table: TomlSection,
        _ key: String,
        into look: inout RoleLook,
        at field: WritableKeyPath<ColourChoice, Colour?>,
        _ read: (TomlSection, String) throws(ConfigurationError) -> Colour
    ) throws(ConfigurationError) {
        guard let value = table.table[key] else { return }
        guard case .table = value, let pair = try table.section(key) else {
            look.foreground[keyPath: field] = try read(table, key)
            return
        }
        try pair.allow(["fg", "bg"])
        if pair.table["fg"] != nil { look.foreground[keyPath: field] = try read(pair, "fg") }
        if pair.table["bg"] != nil { look.background[keyPath: field] = try read(pair, "bg") }
    }

    private static func mono(_ table: TomlSection) throws(ConfigurationError) -> Attributes? {
        guard let names = try table.strings("mono") else { return nil }
        var mono: Attributes = []
        for (index, name) in names.enumerated() {
            guard let known = attributes.first(where: { $0.name == name }) else {
                throw table.document.error(
                    at: table.path + ["mono", String(index)],
                    Suggestion.unknown("attribute", name, among: attributes.map(\.name)))
            }
            mono.insert(known.value)
        }
        return mono
    }

    private static let attributes: [(name: String, value: Attributes)] = [
        ("bold", .bold), ("dim", .dim), ("reverse", .reverse), ("underline", .underline),
    ]
}
