/// What the screen shows for one grapheme of a text that nobody vouches for.
///
/// Controls, escape, line and paragraph separators, format characters (bidi overrides and isolates among them), marks
/// without a base, invisible fillers and unassigned code points become `·`. Inside a grapheme, what shows nothing is
/// dropped (stray joiners, tags), and a pile of marks is cut.
struct PrintableGlyph {
    let glyph: Character
    /// 1 or 2.
    let width: Int

    init(_ character: Character, replacement: Character = "·") {
        var scalars = character.unicodeScalars.makeIterator()
        guard let first = scalars.next() else {
            self.init(glyph: replacement, width: 1)
            return
        }
        let second = scalars.next()
        if second == nil, first.value < 0x7F {
            self.init(glyph: first.value >= 0x20 ? character : replacement, width: 1)
            return
        }
        // Frames, sparks, bars and charts are most of a screen: lines, blocks and braille are what they are.
        if second == nil, (0x2500...0x259F).contains(first.value) || (0x2800...0x28FF).contains(first.value) {
            self.init(glyph: character, width: 1)
            return
        }
        guard Self.canStandAlone(first) else {
            self.init(glyph: replacement, width: 1)
            return
        }
        if first.properties.generalCategory == .spaceSeparator {
            self.init(glyph: " ", width: 1)
            return
        }
        guard second != nil else {
            self.init(glyph: character, width: DisplayWidth.isWide(first) ? 2 : 1)
            return
        }
        let isPicture = first.properties.isEmoji
        var kept = String.UnicodeScalarView([first])
        var count = 1
        for scalar in character.unicodeScalars.dropFirst() where count < Self.scalarLimit {
            if Self.canFollow(scalar, inPicture: isPicture) {
                kept.append(scalar)
                count += 1
            }
        }
        // A grapheme stays one without some of its extenders; but never trust that with what goes to a terminal.
        let text = String(kept)
        let glyph = text.count == 1 ? Character(text) : Character(first)
        self.init(glyph: glyph, width: max(1, DisplayWidth.width(of: glyph)))
    }

    /// A byte of a text that is plain.
    init(plain byte: UInt8) {
        self.init(glyph: Character(Unicode.Scalar(byte)), width: 1)
    }

    /// For a terminal that shows ASCII only: a look-alike, else `?`, doubled for what is wide so that columns stay.
    func inASCII() -> Character {
        if glyph.isASCII { return glyph }
        return Self.lookalikes[glyph] ?? "?"
    }

    private init(glyph: Character, width: Int) {
        self.glyph = glyph
        self.width = width
    }

    /// The longest useful sequences (two people, a heart, skin tones) have ten.
    private static let scalarLimit = 10

    private static func canStandAlone(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: return false
        case .nonspacingMark, .enclosingMark: return false
        default: return !properties.isDefaultIgnorableCodePoint && DisplayWidth.takesColumn(scalar)
        }
    }

    private static func canFollow(_ scalar: Unicode.Scalar, inPicture: Bool) -> Bool {
        switch scalar.value {
        case 0x200D, 0xFE0E, 0xFE0F: return inPicture
        default:
            let properties = scalar.properties
            switch properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: return false
            default: return !properties.isDefaultIgnorableCodePoint
            }
        }
    }

    private static let lookalikes: [Character: Character] = [
        "·": ".", "•": "*", "…": "~", "–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "“": "\"", "”": "\"", "×": "x",
        "→": ">", "←": "<", "↑": "^", "↓": "v", "≥": ">", "≤": "<", "≈": "~", "▲": "!", "▼": "v", "✓": "+", "✗": "x",
        "●": "*", "○": "o", "█": "#", "│": "|", "─": "-", "Δ": "d", "µ": "u", "μ": "u", "±": "~", "ä": "a", "ö": "o",
        "ü": "u", "ß": "s", "é": "e", "è": "e", "à": "a", "ñ": "n", "ç": "c", "€": "E", "£": "L",
    ]
}

extension String {
    /// Whether it is of printable ASCII alone: every byte is then a glyph that takes one column.
    var isPlain: Bool { utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }
}

extension StringProtocol {
    /// The text as `Screen.put` shows it: safe to write to a terminal, a title or a log line.
    package var printable: String {
        var shown = ""
        for character in self { shown.append(PrintableGlyph(character).glyph) }
        return shown
    }
}
