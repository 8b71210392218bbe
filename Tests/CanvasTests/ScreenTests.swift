import Canvas
import Testing

struct ScreenTests {
    @Test func `text is written where it is put and returns its columns`() {
        var screen = Screen(size: Size(width: 10, height: 2))
        #expect(screen.put("p95", x: 1, y: 0, style: Style(.dim)) == 3)
        #expect(screen.put("日本", x: 2, y: 1) == 4)
        #expect(screen.rows == [" p95", "  日本"])
        #expect(screen.roleMap == [" ddd", "  ...."])
        #expect(screen[3, 1].glyph == nil)
        #expect(screen[2, 1].glyph == "日")
    }

    @Test func `text is clipped to its width and to the screen, between graphemes`() {
        var screen = Screen(size: Size(width: 6, height: 1))
        #expect(screen.put("abcdef", x: 0, y: 0, width: 3) == 3)
        #expect(screen.put("日本語", x: 3, y: 0) == 2)
        #expect(screen.rows == ["abc日"])
        #expect(screen.put("x", x: 0, y: 0, width: -1) == 0)
    }

    @Test func `drawing outside the screen does nothing`() {
        var screen = Screen(size: Size(width: 4, height: 2))
        for (x, y) in [(0, -1), (0, 2), (4, 0), (Int.max, 0), (Int.min, 0), (0, Int.max), (0, Int.min)] {
            screen.put("abc", x: x, y: y)
            screen.put(rightAligned: "abc", x: x, y: y, width: Int.max)
            screen.put([Cell("x", Style(.text))], x: x, y: y)
            screen.fill(Rect(x: x, y: y, width: 0, height: Int.max), glyph: "x")
            #expect(screen[x, y == 0 ? 1 : y] == .blank)
        }
        screen.put(rows: [[Cell("x", Style(.text))]], x: 0, y: Int.max)
        // Right-aligned in a column wider than the screen, the text ends beyond it.
        #expect(screen.rows == ["", ""])
    }

    @Test func `text that starts left of the screen shows its rest`() {
        var screen = Screen(size: Size(width: 5, height: 1))
        #expect(screen.put("abcdef", x: -2, y: 0) == 6)
        #expect(screen.rows == ["cdef"])
        screen.put("日本", x: -1, y: 0)
        // Half a glyph can't be shown.
        #expect(screen.rows == [" 本f"])
    }

    @Test func `right-aligned text ends at the right and says when it is cut`() {
        var screen = Screen(size: Size(width: 8, height: 2))
        #expect(screen.put(rightAligned: "+83%", x: 1, y: 0, width: 6) == 4)
        screen.put(rightAligned: "1234567", x: 1, y: 1, width: 4)
        #expect(screen.rows == ["   +83%", " 123…"])
    }

    @Test func `overwriting half of a wide glyph leaves no other half`() {
        for x in 1...3 {
            var screen = Screen(size: Size(width: 6, height: 1))
            screen.put("日本", x: 1, y: 0)
            screen.put("x", x: x, y: 0)
            for column in 0..<6 where screen[column, 0].glyph == nil {
                #expect(screen[column - 1, 0].glyph == "日" || screen[column - 1, 0].glyph == "本")
            }
            #expect(screen.rows == [["", " x 本", "  x本", " 日x"][x]])
        }
    }

    @Test func `filling and restyling touch their rectangle only`() {
        var screen = Screen(size: Size(width: 5, height: 3))
        screen.fill(screen.bounds, glyph: "a")
        screen.fill(Rect(x: 1, y: 1, width: 2, height: 9), style: Style(.good), glyph: "b")
        screen.restyle(Rect(x: -3, y: 0, width: 5, height: 1)) { $0.reverse = true }
        #expect(screen.rows == ["aaaaa", "abbaa", "abbaa"])
        #expect(screen.roleMap == [".....", ".gg..", ".gg.."])
        #expect(screen.emphasisMap == ["22", "", ""])
    }

    @Test func `cells handed over whole keep their roles and drop their own continuations`() {
        var screen = Screen(size: Size(width: 5, height: 1))
        let row = [Cell("日", Style(.good)), Cell(nil, Style(.good)), Cell("\u{1B}", Style(.warning))]
        #expect(screen.put(row, x: 0, y: 0) == 3)
        #expect(screen.rows == ["日·"])
        #expect(screen.roleMap == ["ggw"])
    }

    @Test func `ASCII glyphs replace what the terminal can't show and keep columns`() {
        var screen = Screen(size: Size(width: 12, height: 1), glyphs: .ascii)
        screen.put("▲ 日 · é…→π", x: 0, y: 0)
        #expect(screen.rows == ["! ?? . e~>?"])
    }

    @Test(arguments: [(-1, -5), (0, 0), (Int.max, Int.max), (1, Int.min)])
    func `senseless sizes make small screens`(width: Int, height: Int) {
        let screen = Screen(size: Size(width: width, height: height))
        #expect((0...1000).contains(screen.size.width) && (0...1000).contains(screen.size.height))
        #expect(screen.rows.count == screen.size.height)
    }
}
