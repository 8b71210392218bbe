import Testing

@testable import Canvas

struct DisplayWidthTests {
    @Test(arguments: [
        ("a", 1), (" ", 1), ("é", 1), ("e\u{301}", 1), ("ß", 1), ("Ж", 1), ("…", 1), ("●", 1), ("▲", 1), ("─", 1),
        ("█", 1), ("⣿", 1), ("日", 2), ("本", 2), ("한", 2), ("\u{1112}\u{1161}\u{11AB}", 2), ("Ａ", 2), ("ｱ", 1),
        ("、", 2), ("\u{3000}", 2), ("😀", 2), ("👍🏽", 2), ("👨‍👩‍👧‍👦", 2), ("🇩🇪", 2), ("❤", 1), ("❤️", 2), ("✓", 1), ("✅", 2),
        ("1️⃣", 2), ("กำ", 2), ("ก", 1), ("का", 2), ("𠀀", 2), ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2), ("\u{301}", 0), ("\u{200B}", 0),
        ("\u{1B}", 0), ("\u{7F}", 0), ("\u{9B}", 0), ("\u{AD}", 0), ("\u{202E}", 0), ("\u{FFFD}", 1),
    ])
    func `a grapheme takes the columns that terminals give it`(text: String, width: Int) {
        #expect(text.count == 1)
        #expect(DisplayWidth.width(of: Character(text)) == width)
    }

    @Test func `a text counts what can't be shown as the one glyph that stands for it`() {
        #expect(DisplayWidth.width(of: "a\u{1B}[31m日\r\n") == 1 + 1 + 4 + 2 + 1)
        #expect(DisplayWidth.width(of: "") == 0)
        #expect(DisplayWidth.width(of: "\u{301}") == 1)
    }

    @Test(arguments: [
        ("refund_api", 10, "refund_api"), ("refund_api", 9, "refund_a…"), ("refund_api", 1, "…"), ("refund_api", 0, ""),
        ("refund_api", -3, ""), ("日本語", 6, "日本語"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("日本語", 2, "…"),
        ("", 3, ""), ("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 3, "👨‍👩‍👧‍👦…"),
    ])
    func `a text is cut between graphemes and marked`(text: String, columns: Int, cut: String) {
        #expect(DisplayWidth.truncate(text, to: columns) == cut)
    }

    @Test func `ASCII takes its own ellipsis`() {
        #expect(DisplayWidth.truncate("elevated_error_rate", to: 8, ellipsis: "~") == "elevate~")
    }

    @Test func `padding fills exactly, whatever the text`() {
        var random = SeededGenerator(7)
        let pieces = ["a", "日", "e\u{301}", "👍🏽", "\u{1B}", "…", "🇩🇪", "\u{200B}"]
        for _ in 0..<500 {
            let text = (0..<Int.random(in: 0...8, using: &random))
                .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            let columns = Int.random(in: 0...12, using: &random)
            #expect(DisplayWidth.width(of: DisplayWidth.padLeft(text, to: columns)) == columns)
            #expect(DisplayWidth.width(of: DisplayWidth.padRight(text, to: columns)) == columns)
        }
        #expect(DisplayWidth.padLeft("4.21s", to: 7) == "  4.21s")
        #expect(DisplayWidth.padRight("p95", to: 5) == "p95  ")
    }

    @Test func `the table of wide blocks is sorted`() {
        let wide = (UInt32(0x1100)...0x1FFFF).compactMap(Unicode.Scalar.init).filter(DisplayWidth.isWide)
        #expect(wide.contains("가") && wide.contains("　") && wide.contains("🀄") && !wide.contains("⣿"))
        // CJK, Hangul, Yi, Tangut, kana and emoji: a table out of order would lose most of them.
        #expect(wide.count > 50_000)
    }
}
