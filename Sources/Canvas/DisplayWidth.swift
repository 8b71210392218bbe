/// How many columns a text takes on a terminal.
///
/// East Asian Wide and Fullwidth (UAX #11) and emoji shown as pictures take two; ambiguous characters take one.
package enum DisplayWidth {
    /// 0, 1 or 2 columns. 0 means the cluster shows nothing of its own: a mark without a base, a control character.
    ///
    /// A picture (emoji presentation, a ZWJ sequence, a flag, a character with the emoji variation selector) takes 2;
    /// elsewhere the spacing characters of the cluster add up, as terminals do it, to at most 2.
    package static func width(of character: Character) -> Int {
        var sum = 0
        var first: Unicode.Scalar?
        for scalar in character.unicodeScalars {
            if scalar.value < 0x300 {
                if scalar.value >= 0x20, !(0x7F..<0xA0).contains(scalar.value), scalar.value != 0xAD { sum += 1 }
            } else if isWide(scalar) {
                return 2
            } else if scalar.value == 0xFE0F {
                if first?.properties.isEmoji == true { return 2 }
            } else if takesColumn(scalar) {
                sum += 1
            }
            if first == nil { first = scalar }
        }
        return min(sum, 2)
    }

    /// The columns that `Screen.put` fills with the text; whatever can't be shown counts as the one `·` it becomes.
    package static func width(of text: some StringProtocol) -> Int { width(of: String(text)) }

    /// The same, for what nearly every text is.
    package static func width(of text: String) -> Int {
        if text.isPlain { return text.utf8.count }
        var sum = 0
        for character in text { sum += PrintableGlyph(character).width }
        return sum
    }

    /// The text, cut to at most `columns` columns with `ellipsis` as its last glyph when something is missing.
    ///
    /// Cuts between graphemes. Hands the cut text back unchanged, control characters too: `Screen.put` makes them safe.
    package static func truncate(
        _ text: some StringProtocol, to columns: Int, ellipsis: Character = "…"
    ) -> String {
        guard columns > 0 else { return "" }
        let text = String(text)
        if text.utf8.count <= columns, text.isPlain { return text }
        var used = 0
        var kept = ""
        // `kept` up to where an ellipsis still fits.
        var end = kept.startIndex
        for character in text {
            let width = PrintableGlyph(character).width
            if used + width > columns {
                return String(kept[..<end]) + String(ellipsis)
            }
            kept.append(character)
            used += width
            if used < columns { end = kept.endIndex }
        }
        return kept
    }

    /// The text with blanks behind it to fill `columns`; longer texts are truncated.
    package static func padRight(_ text: some StringProtocol, to columns: Int, ellipsis: Character = "…") -> String {
        let shown = truncate(text, to: columns, ellipsis: ellipsis)
        return shown + blanks(columns - width(of: shown))
    }

    /// The text with blanks before it to fill `columns`, as numbers stand in a column; longer texts are truncated.
    package static func padLeft(_ text: some StringProtocol, to columns: Int, ellipsis: Character = "…") -> String {
        let shown = truncate(text, to: columns, ellipsis: ellipsis)
        return blanks(columns - width(of: shown)) + shown
    }

    /// Whether the scalar alone fills two columns.
    static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        guard value >= 0x1100 else { return false }
        for range in wideRanges {
            if value < range.lowerBound { break }
            if value <= range.upperBound { return true }
        }
        return scalar.properties.isEmojiPresentation
    }

    /// Whether the scalar moves the cursor, wide ones included.
    static func takesColumn(_ scalar: Unicode.Scalar) -> Bool {
        // Vowels and finals of Hangul syllables spelt out join the initial consonant's cell.
        if (0x1160...0x11FF).contains(scalar.value) || (0xD7B0...0xD7FF).contains(scalar.value) { return false }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator: return false
        default: return true
        }
    }

    private static func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

    /// Wide and fullwidth blocks, ascending. Emoji are not listed: the standard library knows them.
    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x3029, 0x302E...0x303E, 0x3041...0x3098, 0x309B...0x3247,
        0x3250...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
        0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x16FE3, 0x16FF0...0x16FF6, 0x17000...0x18D1E,
        0x1AFF0...0x1AFFE, 0x1B000...0x1B2FB, 0x1F200...0x1F265, 0x20000...0x2FFFD, 0x30000...0x3FFFD,
    ]
}
