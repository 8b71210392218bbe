/// Turns the glyph of a cell into what curses and every terminal agree on.
///
/// The columns a glyph takes were decided when it was put on the screen; curses counts by the C library. Where the two differ, the columns
/// win: the glyph is drawn plainer and never shifts the row. Controls, escapes and directional overrides are not drawn at all.
struct GlyphEncoder {
    /// What one cell becomes: scalars for one curses cell, and whether a blank follows to fill two columns.
    struct Encoded: Equatable {
        var scalars: [Unicode.Scalar]
        var blankAfter = false
    }

    private let isUTF8: Bool
    private let width: (Unicode.Scalar) -> Int
    private let mostScalars: Int
    private var cache: [Key: Encoded] = [:]

    private struct Key: Hashable {
        var glyph: Character
        var isWide: Bool
    }

    /// - Parameters:
    ///   - mostScalars: what a curses cell holds.
    ///   - width: columns by the C library; -1 when it can't be printed.
    init(isUTF8: Bool, mostScalars: Int, width: @escaping (Unicode.Scalar) -> Int) {
        self.isUTF8 = isUTF8
        self.mostScalars = mostScalars
        self.width = width
    }

    /// - Parameter isWide: the glyph has two columns.
    mutating func encode(_ glyph: Character, isWide: Bool) -> Encoded {
        let key = Key(glyph: glyph, isWide: isWide)
        if let known = cache[key] { return known }
        let encoded = derive(glyph, isWide: isWide)
        // Text from outside chooses the glyphs: the cache may not grow with it.
        if cache.count >= 4096 { cache.removeAll(keepingCapacity: true) }
        cache[key] = encoded
        return encoded
    }

    private func derive(_ glyph: Character, isWide: Bool) -> Encoded {
        let substitute: Unicode.Scalar = isUTF8 ? "·" : "?"
        guard let base = glyph.unicodeScalars.first, Self.isDrawable(base) else {
            return Encoded(scalars: [substitute], blankAfter: isWide)
        }
        if !isUTF8 && glyph.unicodeScalars.contains(where: { !$0.isASCII }) {
            return Encoded(scalars: ["?"], blankAfter: isWide)
        }
        switch (width(base), isWide) {
        case (1, false), (2, true): return Encoded(scalars: withMarks(glyph, base: base))
        // Two columns by its presentation only (a heart made an emoji): the plain form and a blank.
        case (1, true) where !Self.isRegionalIndicator(base):
            return Encoded(scalars: withMarks(glyph, base: base), blankAfter: true)
        default: return Encoded(scalars: [substitute], blankAfter: isWide)
        }
    }

    private func withMarks(_ glyph: Character, base: Unicode.Scalar) -> [Unicode.Scalar] {
        let marks = glyph.unicodeScalars.dropFirst().prefix { Self.isMark($0) && width($0) == 0 }
        return [base] + marks.prefix(mostScalars - 1)
    }

    private static func isDrawable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value >= 0x20 && scalar.value < 0x7F }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator: return false
        case .nonspacingMark, .enclosingMark: return false
        default: return true
        }
    }

    /// A mark that sits on its base. Variation selectors are left out: they change the width on some terminals only.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isVariationSelector { return false }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .spacingMark: return true
        // Vowels and finals of Hangul written apart.
        case .otherLetter: return (0x1160...0x11FF).contains(scalar.value)
        default: return false
        }
    }

    private static func isRegionalIndicator(_ scalar: Unicode.Scalar) -> Bool {
        (0x1F1E6...0x1F1FF).contains(scalar.value)
    }
}
