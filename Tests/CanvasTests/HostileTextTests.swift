import Canvas
import Testing

struct HostileTextTests {
    /// Nothing a terminal could take for a command or that moves, hides or reorders text.
    private func isHarmless(_ glyph: Character) -> Bool {
        let isPicture = glyph.unicodeScalars.contains { $0.properties.isEmoji }
        return glyph.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate: false
            case .format: isPicture && scalar == "\u{200D}"
            default: true
            }
        }
    }

    @Test(arguments: [
        "\u{1B}[31mred", "\u{1B}]0;title\u{7}", "\u{9B}31m", "\u{90}q\u{9C}", "a\u{0}b", "\u{7F}\u{8}\u{8}",
        "a\tb\nc\r\nd",
        "\u{202E}abc\u{202C}", "\u{2066}x\u{2069}", "\u{200E}\u{200F}\u{61C}", "\u{2028}\u{2029}", "\u{FEFF}bom",
        "\u{200B}",
        "\u{E0001}\u{E0041}", "\u{600}1", "\u{110BD}x", "a\u{200D}b", "\u{200D}", "\u{FE0F}", "\u{301}",
        "\u{115F}\u{3164}",
        "\u{FFFE}\u{10FFFF}", "\u{AD}", "\u{85}", "x\u{E0020}\u{E007F}", "\u{1D173}", "\u{FFF9}a\u{FFFB}", "\u{180E}",
    ])
    func `nothing that could command a terminal is ever stored`(text: String) {
        for glyphs in [GlyphSet.unicode, .ascii] {
            var screen = Screen(size: Size(width: 40, height: 4), glyphs: glyphs)
            screen.put(text, x: 0, y: 0)
            screen.put(rightAligned: text, x: 0, y: 1, width: 40)
            screen.put(text.map { Cell($0, Style(.text)) }, x: 0, y: 2)
            screen.box(Rect(x: 0, y: 3, width: 40, height: 1), title: text, trailing: text)
            for y in 0..<4 {
                for x in 0..<40 {
                    guard let glyph = screen[x, y].glyph else { continue }
                    #expect(isHarmless(glyph))
                    if glyphs.isASCII { #expect(glyph.isASCII) }
                }
            }
        }
        #expect(text.printable.allSatisfy(isHarmless))
    }

    @Test func `every single scalar is stored harmless`() {
        var screen = Screen(size: Size(width: 2, height: 1))
        for value in (UInt32(0)...0x10FFFF)
        where value < 0x3000 || value % 97 == 0 || value >= 0xE0000 && value < 0xE0200 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            screen.put(String(Character(scalar)), x: 0, y: 0)
            guard let glyph = screen[0, 0].glyph, isHarmless(glyph) else {
                Issue.record("U+\(String(value, radix: 16)) came through")
                continue
            }
        }
    }

    @Test func `controls, line ends and overrides are shown as one dot each`() {
        var screen = Screen(size: Size(width: 20, height: 1))
        screen.put("a\u{1B}[0m\tb\r\nc\u{202E}d\u{200B}e", x: 0, y: 0)
        #expect(screen.rows == ["a·[0m·b·c·d·e"])
    }

    @Test func `a pile of marks is cut, and a picture keeps its joiners`() {
        var screen = Screen(size: Size(width: 10, height: 1))
        screen.put("a" + String(repeating: "\u{301}", count: 5000), x: 0, y: 0)
        #expect(screen[0, 0].glyph?.unicodeScalars.count ?? 0 <= 10)
        screen.put("👩🏻‍❤️‍💋‍👨🏻", x: 0, y: 0)
        #expect(screen[0, 0].glyph == "👩🏻‍❤️‍💋‍👨🏻")
        screen.put("a\u{200D}", x: 0, y: 0)
        #expect(screen[0, 0].glyph == "a")
    }

    @Test func `random texts keep every wide glyph whole and every column in place`() {
        var random = SeededGenerator(11)
        let pieces = ["a", "日", "e\u{301}", "👍🏽", "\u{1B}[2J", "🇩🇪", "\u{200B}", "\r\n", "कि", "\u{202E}"]
        var screen = Screen(size: Size(width: 17, height: 3))
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...12, using: &random))
                .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            let x = Int.random(in: -6...18, using: &random)
            let y = Int.random(in: 0...2, using: &random)
            if Bool.random(using: &random) {
                screen.put(text, x: x, y: y, width: Int.random(in: 0...20, using: &random))
            } else {
                screen.fill(Rect(x: x, y: y, width: 2, height: 1), glyph: "f")
            }
            for row in 0..<3 {
                var column = 0
                while column < 17 {
                    guard let glyph = screen[column, row].glyph else {
                        Issue.record("a continuation without its glyph")
                        return
                    }
                    let isWide = column + 1 < 17 && screen[column + 1, row].glyph == nil
                    #expect(max(1, DisplayWidth.width(of: glyph)) == (isWide ? 2 : 1))
                    column += isWide ? 2 : 1
                }
            }
        }
    }
}
