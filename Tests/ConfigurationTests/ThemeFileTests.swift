import Canvas
import Configuration
import Testing

struct ThemeFileTests {
    private func parse(_ toml: String) throws(ConfigurationError) -> Palette {
        try ThemeFile.parse(toml: toml, file: "themes/x.toml")
    }

    @Test func `a theme states up to four values for a role`() throws {
        let palette = try parse(
            """
            name = "mine"
            appearance = "light"
            [roles]
            text = { fg = "#202020", bg = "#FAFAFA", 16 = { fg = "black", bg = 15 } }
            warning = { fg = "#875f00", 256 = 94, 16 = "yellow", mono = ["underline"], bold = true, dim = false }
            series.1 = "blue"
            bar = { low = "", high = "#ff0000" }
            """)
        #expect(palette.name == "mine")
        #expect(palette.appearance == .light)
        let text = palette.ink(for: .text, depth: .truecolor)
        #expect(text.foreground == .rgb(red: 0x20, green: 0x20, blue: 0x20))
        #expect(text.background == .rgb(red: 0xFA, green: 0xFA, blue: 0xFA))
        #expect(palette.ink(for: .text, depth: .sixteen) == Ink(foreground: .ansi(0), background: .ansi(15)))
        let warning = palette.ink(for: .warning, depth: .indexed256)
        #expect(warning.foreground == .indexed(94) && warning.attributes == .bold)
        #expect(warning.background == .indexed(231))
        #expect(palette.ink(for: .warning, depth: .sixteen).foreground == .ansi(3))
        #expect(palette.ink(for: .warning, depth: .mono).attributes == .underline)
        #expect(palette.ink(for: .series1, depth: .truecolor).foreground == .ansi(4))
        #expect(palette.ink(for: .barLow, depth: .truecolor).foreground == .terminal)
        #expect(palette.ink(for: .barHigh, depth: .sixteen).foreground == .ansi(9))
    }

    @Test func `an empty file is a theme named after its file`() throws {
        let palette = try parse("")
        #expect(palette.name == "x")
        #expect(palette.ink(for: .critical, depth: .truecolor).foreground == .terminal)
    }

    @Test func `a theme inherits what it doesn't state`() throws {
        let midnight = try ThemeFile.shipped("midnight")
        let palette = try parse("inherits = 'midnight'\n[roles]\ngood = '#00ff00'\n[glyphs]\nmarks.live = '◆'")
        #expect(palette.ink(for: .good, depth: .truecolor).foreground == .rgb(red: 0, green: 255, blue: 0))
        #expect(palette.ink(for: .text, depth: .truecolor) == midnight.ink(for: .text, depth: .truecolor))
        #expect(palette.name == "x" && palette.appearance == .dark)
        #expect(palette.glyphs[.live] == "◆" && palette.glyphs[.good] == midnight.glyphs[.good])
    }

    @Test func `glyphs are replaced for either kind of terminal`() throws {
        let palette = try parse(
            """
            [glyphs]
            spark = "⎽⎽⎼⎼─⎻⎻⎺"
            bar-empty = " "
            frame = { top-left = "┌", top-right = "┐" }
            [glyphs.ascii]
            bar = "12345678"
            marks.good = "v"
            """)
        #expect(palette.glyphs.spark == Array("⎽⎽⎼⎼─⎻⎻⎺"))
        #expect(palette.glyphs.barEmpty == " " && palette.glyphs[.topLeft] == "┌" && palette.glyphs[.bottomLeft] == "╰")
        #expect(palette.asciiGlyphs.bar == Array("12345678") && palette.asciiGlyphs[.good] == "v")
        #expect(palette.glyphs(utf8: false) == palette.asciiGlyphs && palette.glyphs(utf8: true) == palette.glyphs)
    }

    @Test(arguments: [
        ("[roles]\nwarnign = '#ffffff'", "2:1: roles.warnign: unknown role 'warnign'; did you mean 'warning'?"),
        ("[roles]\nbar.middle = ''", "2:5: roles.bar.middle: unknown role 'middle'; expected one of low, mid, high"),
        ("[roles]\nseries.7 = ''", "2:8: roles.series.7: unknown role '7'; did you mean '1'?"),
        ("[roles]\nseries = ''", "2:10: roles.series: expected a table, found a string"),
        ("rolse = 1", "1:1: rolse: unknown key 'rolse'; did you mean 'roles'?"),
        (
            "[roles]\n dim =  '#12345'",
            "2:9: roles.dim: expected \"#rrggbb\", one of the 16 names such as \"bright green\", "
                + "or \"\" for the terminal's own, found \"#12345\""
        ),
        ("[roles]\ndim = 'bright gren'", "2:7: roles.dim: unknown colour 'bright gren'; did you mean 'bright green'?"),
        (
            "[roles]\ndim = { fg = 7 }",
            "2:14: roles.dim.fg: expected \"#rrggbb\", one of the 16 names such as "
                + "\"bright green\", or \"\" for the terminal's own, found an integer"
        ),
        ("[roles]\ndim = { 256 = 256 }", "2:15: roles.dim.256: expected a colour from 0 to 255, found 256"),
        (
            "[roles]\ndim = { 256 = 1.5 }",
            "2:15: roles.dim.256: expected a colour from 0 to 255, or \"\", found a number"
        ),
        ("[roles]\ndim = { 16 = -1 }", "2:14: roles.dim.16: expected a colour from 0 to 15, found -1"),
        ("[roles]\ndim = { 16 = { gf = 1 } }", "2:16: roles.dim.16.gf: unknown key 'gf'; did you mean 'fg'?"),
        ("[roles]\ndim = { bold = 'yes' }", "2:16: roles.dim.bold: expected true or false, found a string"),
        ("[roles]\ndim = { mono = 'bold' }", "2:16: roles.dim.mono: expected an array of strings, found a string"),
        (
            "[roles]\ndim = { mono = ['bold', 'bould'] }",
            "2:25: roles.dim.mono.1: unknown attribute 'bould'; did you mean 'bold'?"
        ),
        ("[roles]\ndim = { mono = [1] }", "2:17: roles.dim.mono.0: expected a string, found an integer"),
        ("roles = []", "1:9: roles: expected a table, found an array"),
        ("name = \"a\\u001b[0m\"", "1:8: name: expected 1 to 40 columns without control characters"),
        ("name = ''", "1:8: name: expected 1 to 40 columns without control characters"),
        ("appearance = 'drak'", "1:14: appearance: unknown appearance 'drak'; did you mean 'dark'?"),
        ("inherits = 'midnigt'", "1:12: inherits: unknown theme 'midnigt'; did you mean 'midnight'?"),
        ("[glyphs]\nspark = 'abc'", "2:9: glyphs.spark: expected eight characters of one column, lowest first"),
        ("[glyphs]\nmarks.lives = 'a'", "2:7: glyphs.marks.lives: unknown mark 'lives'; did you mean 'live'?"),
        ("[glyphs]\nmarks.live = '日'", "2:14: glyphs.marks.live: expected one of the characters that take one column"),
        (
            "[glyphs.ascii]\nmarks.live = '●'",
            "2:14: glyphs.ascii.marks.live: expected one of the ASCII characters that take one column"
        ),
        (
            "[glyphs.ascii]\nascii = 1",
            "2:1: glyphs.ascii.ascii: unknown key 'ascii'; expected one of spark, bar, "
                + "bar-empty, frame, marks"
        ),
    ])
    func `a broken theme names line, column, field and what was expected`(toml: String, message: String) {
        #expect {
            _ = try parse(toml)
        } throws: { error in
            let description = "\(error)"
            #expect(description == "themes/x.toml:" + message)
            return error is ConfigurationError
        }
    }

    @Test(arguments: [
        ("name = ", 1), ("a = 1\nb = 'x", 2), ("[roles\n", 1), ("a = 1\na = 2", 2), ("\n\n= 3", 3), ("a = { b = 1", 1),
        ("a = \"\u{1B}\"", 1), ("a = 1\nb = 0xZZ", 2),
    ])
    func `a syntax error names its line and column`(toml: String, line: Int) {
        do {
            _ = try parse(toml)
            Issue.record("accepted")
        } catch {
            #expect(error.position?.line == line)
            #expect(error.position?.column ?? 0 > 0)
            #expect(!error.message.isEmpty)
        }
    }

    @Test func `the first mistake in the file is the one reported`() {
        do {
            _ = try parse("[roles]\nzzz = 1\naaa = 1\n")
            Issue.record("accepted")
        } catch {
            #expect(error.position == TextPosition(line: 2, column: 1))
        }
    }

    @Test func `no control character of a file reaches a message`() {
        for toml in ["\"\\u001b[31m\" = 1", "a = '\u{1B}[31m'", "[roles]\ndim = \"\\u001b[31m\"", "a\u{0}b", "\u{7F}"] {
            do {
                _ = try ThemeFile.parse(toml: toml, file: "x\u{1B}[0m.toml")
                Issue.record("accepted")
            } catch {
                #expect(!error.description.unicodeScalars.contains { $0.properties.generalCategory == .control })
            }
        }
    }

    @Test func `hostile files are refused, not obeyed`() {
        let files = [
            String(repeating: "[", count: 100_000), "a = " + String(repeating: "[", count: 100_000),
            "a = " + String(repeating: "{b = ", count: 10_000), String(repeating: "x", count: 1_000_001),
            String(repeating: "a.", count: 20_000) + "a = 1", "\"a\\u0000b\" = 1",
        ]
        for toml in files {
            #expect(throws: ConfigurationError.self) { try parse(toml) }
        }
    }
}
