/// The glyphs everything is drawn with. Each is one column wide.
package struct GlyphSet: Sendable, Hashable {
    /// Eight heights, lowest first.
    package private(set) var spark: [Character]
    /// Eight fillings of one cell from the left, one eighth to full.
    package private(set) var bar: [Character]
    /// The part of a bar that isn't filled.
    package private(set) var barEmpty: Character
    /// Whether charts may use braille dots; else `*` and `.`.
    package let hasBraille: Bool
    /// Whether the terminal shows ASCII only: the screen then replaces everything else.
    package let isASCII: Bool
    private var marks: [Mark: Character]
    private var frame: [FramePart: Character]

    package subscript(mark: Mark) -> Character { marks[mark] ?? "?" }
    package subscript(part: FramePart) -> Character { frame[part] ?? "+" }

    /// Whether `glyph` may be part of this set: it is shown as it is, in one column, and is ASCII where the set is.
    package func accepts(_ glyph: Character) -> Bool {
        let shown = PrintableGlyph(glyph)
        return shown.glyph == glyph && shown.width == 1 && (!isASCII || glyph.isASCII)
    }

    /// Replaces a mark; false, and no change, when the set can't hold the glyph.
    package mutating func replace(_ mark: Mark, with glyph: Character) -> Bool {
        guard accepts(glyph) else { return false }
        marks[mark] = glyph
        return true
    }

    /// Replaces a piece of the frame; false, and no change, when the set can't hold the glyph.
    package mutating func replace(_ part: FramePart, with glyph: Character) -> Bool {
        guard accepts(glyph) else { return false }
        frame[part] = glyph
        return true
    }

    /// Replaces the eight heights of sparklines; false, and no change, when they aren't eight acceptable glyphs.
    package mutating func replaceSpark(with glyphs: [Character]) -> Bool {
        guard glyphs.count == 8, glyphs.allSatisfy(accepts) else { return false }
        spark = glyphs
        return true
    }

    /// Replaces the eight fillings of bars; false, and no change, when they aren't eight acceptable glyphs.
    package mutating func replaceBar(with glyphs: [Character]) -> Bool {
        guard glyphs.count == 8, glyphs.allSatisfy(accepts) else { return false }
        bar = glyphs
        return true
    }

    /// Replaces the empty part of bars; false, and no change, when the set can't hold the glyph.
    package mutating func replaceBarEmpty(with glyph: Character) -> Bool {
        guard accepts(glyph) else { return false }
        barEmpty = glyph
        return true
    }

    package static let unicode = GlyphSet(
        spark: Array("▁▂▃▄▅▆▇█"),
        bar: Array("▏▎▍▌▋▊▉█"),
        barEmpty: "░",
        hasBraille: true,
        isASCII: false,
        marks: [
            .live: "●", .stale: "○", .critical: "✗", .degraded: "▲", .good: "✓", .notice: "·", .unknown: "?",
            .missing: "–", .up: "↑", .down: "↓", .left: "←", .right: "→", .tick: "╵", .cursor: "▸", .paused: "‖",
            .ellipsis: "…", .infinity: "∞", .minus: "−", .plusMinus: "±", .times: "×", .about: "≈", .delta: "Δ",
            .atLeast: "≥", .atMost: "≤", .middleDot: "·", .space: "␣", .enter: "⏎", .replacement: "·",
        ],
        frame: [
            .topLeft: "╭", .topRight: "╮", .bottomLeft: "╰", .bottomRight: "╯", .horizontal: "─", .vertical: "│",
            .teeLeft: "├", .teeRight: "┤",
        ]
    )

    /// `#` stands for infinity: off every scale.
    package static let ascii = GlyphSet(
        spark: Array("_.-:=+*#"),
        bar: Array("---====#"),
        barEmpty: ".",
        hasBraille: false,
        isASCII: true,
        marks: [
            .live: "*", .stale: "o", .critical: "X", .degraded: "!", .good: "+", .notice: ".", .unknown: "?",
            .missing: "-", .up: "^", .down: "v", .left: "<", .right: ">", .tick: "|", .cursor: ">", .paused: "=",
            .ellipsis: "~", .infinity: "#", .minus: "-", .plusMinus: "~", .times: "x", .about: "~", .delta: "d",
            .atLeast: ">", .atMost: "<", .middleDot: ".", .space: "_", .enter: "<", .replacement: ".",
        ],
        frame: [
            .topLeft: "+", .topRight: "+", .bottomLeft: "+", .bottomRight: "+", .horizontal: "-", .vertical: "|",
            .teeLeft: "+", .teeRight: "+",
        ]
    )
}
