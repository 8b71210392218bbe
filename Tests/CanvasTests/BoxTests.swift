import Canvas
import Testing

struct BoxTests {
    private func drawn(
        _ width: Int, _ title: String, _ trailing: String, height: Int = 3, glyphs: GlyphSet = .unicode
    ) -> [String] {
        var screen = Screen(size: Size(width: width, height: height), glyphs: glyphs)
        screen.box(screen.bounds, title: title, trailing: trailing)
        return screen.rows
    }

    @Test func `a frame carries a title at either end`() {
        #expect(
            drawn(26, "1 Latency", "chat") == [
                "╭─ 1 Latency ───── chat ─╮",
                "│                        │",
                "╰────────────────────────╯",
            ])
    }

    @Test func `a frame has roles for lines and titles`() {
        var screen = Screen(size: Size(width: 16, height: 2))
        screen.box(screen.bounds, title: "ab", trailing: "c")
        #expect(screen.rows[0] == "╭─ ab ───── c ─╮")
        #expect(screen.roleMap == ["bbTTTTbbbbbdddbb", "bbbbbbbbbbbbbbbb"])
    }

    @Test(arguments: [
        (40, "╭─ 6 Canary v2.4 50% : v2.3  soak 41m ─╮"),
        (39, "╭─ 6 Canary v2.4 50% : v2.3  soak 4… ─╮"),
        (36, "╭─ 6 Canary v2.4 50% : v2.3  soa… ─╮"),
        (35, "╭─ 6 Canary v2.4 50% : v2.3 ──────╮"),
        (30, "╭─ 6 Canary v2.4 50% : v2.3 ─╮"),
        (20, "╭─ 6 Canary v2.4… ─╮"),
        (7, "╭─ … ─╮"),
        (6, "╭────╮"),
        (2, "╭╮"),
        (1, ""),
    ])
    func `titles give way politely`(width: Int, top: String) {
        #expect(drawn(width, "6 Canary v2.4 50% : v2.3", "soak 41m")[0] == top)
    }

    @Test func `ASCII frames are ASCII`() {
        #expect(drawn(14, "日本", "x…", glyphs: .ascii)[0] == "+- ????  x~ -+")
    }

    @Test func `a frame half outside is cut and never traps`() {
        var screen = Screen(size: Size(width: 6, height: 3))
        screen.box(Rect(x: -2, y: -1, width: 6, height: 3), title: "abc")
        #expect(screen.rows == ["   │", "───╯", ""])
        let extremes = [Int.min, -1, 0, 3, Int.max - 1, Int.max]
        for x in extremes {
            for width in extremes {
                screen.box(Rect(x: x, y: x, width: width, height: width), title: "abc", trailing: "d")
                screen.divider(in: Rect(x: x, y: x, width: width, height: width), y: 1)
                #expect(screen.rows.count == 3)
            }
        }
    }

    @Test func `a divider meets the frame`() {
        var screen = Screen(size: Size(width: 5, height: 3))
        screen.box(screen.bounds)
        screen.divider(in: screen.bounds, y: 1)
        #expect(screen.rows == ["╭───╮", "├───┤", "╰───╯"])
    }
}
