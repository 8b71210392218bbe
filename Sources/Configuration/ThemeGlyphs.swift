import Canvas

/// Reads `[glyphs]` of a theme file, and `[glyphs.ascii]` for terminals without UTF-8.
///
/// ```toml
/// [glyphs]
/// spark = "▁▂▃▄▅▆▇█"        # eight heights
/// bar = "▏▎▍▌▋▊▉█"          # eight fillings of one cell
/// bar-empty = "░"
/// frame.top-left = "┌"
/// marks.live = "◆"
/// ```
enum ThemeGlyphs {
    /// Changes the sets as the section says.
    static func read(
        _ section: TomlSection, unicode: inout GlyphSet, ascii: inout GlyphSet
    ) throws(ConfigurationError) {
        try section.allow(keys + ["ascii"])
        try read(section, into: &unicode)
        guard let plain = try section.section("ascii") else { return }
        try plain.allow(keys)
        try read(plain, into: &ascii)
    }

    private static let keys = ["spark", "bar", "bar-empty", "frame", "marks"]

    private static func read(_ section: TomlSection, into glyphs: inout GlyphSet) throws(ConfigurationError) {
        if let spark = try section.string("spark"), !glyphs.replaceSpark(with: Array(spark)) {
            throw section.error("spark", "expected eight \(kind(glyphs)) of one column, lowest first")
        }
        if let bar = try section.string("bar"), !glyphs.replaceBar(with: Array(bar)) {
            throw section.error("bar", "expected eight \(kind(glyphs)) of one column, from one eighth to full")
        }
        if let empty = try single(section, "bar-empty", glyphs), !glyphs.replaceBarEmpty(with: empty) {
            throw unfit(section, "bar-empty", glyphs)
        }
        if let frame = try section.section("frame") {
            try frame.allow(FramePart.allCases.map(\.rawValue), what: "piece of the frame")
            for part in FramePart.allCases {
                if let glyph = try single(frame, part.rawValue, glyphs), !glyphs.replace(part, with: glyph) {
                    throw unfit(frame, part.rawValue, glyphs)
                }
            }
        }
        if let marks = try section.section("marks") {
            try marks.allow(Mark.allCases.map(\.rawValue), what: "mark")
            for mark in Mark.allCases {
                if let glyph = try single(marks, mark.rawValue, glyphs), !glyphs.replace(mark, with: glyph) {
                    throw unfit(marks, mark.rawValue, glyphs)
                }
            }
        }
    }

    private static func single(
        _ section: TomlSection, _ key: String, _ glyphs: GlyphSet
    ) throws(ConfigurationError) -> Character? {
        guard let text = try section.string(key) else { return nil }
        guard let glyph = text.first, text.count == 1 else { throw unfit(section, key, glyphs) }
        return glyph
    }

    private static func unfit(_ section: TomlSection, _ key: String, _ glyphs: GlyphSet) -> ConfigurationError {
        section.error(key, "expected one of the \(kind(glyphs)) that take one column")
    }

    private static func kind(_ glyphs: GlyphSet) -> String { glyphs.isASCII ? "ASCII characters" : "characters" }
}
