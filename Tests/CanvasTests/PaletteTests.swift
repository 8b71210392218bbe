import Testing

@testable import Canvas

struct PaletteTests {
    private func palette(_ looks: [Role: RoleLook], _ appearance: Appearance = .dark) -> Palette {
        Palette(name: "test", appearance: appearance, looks: looks)
    }

    private func rgb(_ value: UInt32) -> ColourChoice {
        ColourChoice(
            truecolor: .rgb(red: UInt8(value >> 16), green: UInt8(value >> 8 & 255), blue: UInt8(value & 255)))
    }

    @Test func `what is left out is derived from the richer colour`() {
        let ink = palette([.good: RoleLook(foreground: rgb(0x87D787))])
        #expect(ink.ink(for: .good, depth: .truecolor).foreground == .rgb(red: 0x87, green: 0xD7, blue: 0x87))
        #expect(ink.ink(for: .good, depth: .indexed256).foreground == .indexed(114))
        #expect(ink.ink(for: .good, depth: .sixteen).foreground == .ansi(10))
        #expect(ink.ink(for: .good, depth: .eight).foreground == .ansi(2))
        #expect(ink.ink(for: .good, depth: .mono) == Ink())
    }

    @Test func `what is stated wins, and a basic colour serves every depth above it`() {
        let looks: [Role: RoleLook] = [
            .good: RoleLook(foreground: ColourChoice(sixteen: .ansi(2))),
            .notice: RoleLook(
                foreground: ColourChoice(
                    truecolor: .rgb(red: 1, green: 2, blue: 3), indexed256: .indexed(99), sixteen: .ansi(13)),
                mono: .underline),
        ]
        let palette = palette(looks)
        for depth in [ColourDepth.sixteen, .indexed256, .truecolor] {
            #expect(palette.ink(for: .good, depth: depth).foreground == .ansi(2))
        }
        #expect(palette.ink(for: .notice, depth: .indexed256).foreground == .indexed(99))
        #expect(palette.ink(for: .notice, depth: .eight).foreground == .ansi(5))
        #expect(palette.ink(for: .notice, depth: .mono).attributes == .underline)
    }

    @Test func `a missing role looks like its next of kin, and text's background is the page`() {
        let palette = palette([
            .text: RoleLook(foreground: rgb(0xD0D0D0), background: rgb(0x121212)),
            .good: RoleLook(foreground: rgb(0x00FF00), attributes: .bold),
        ])
        let page = Colour.rgb(red: 0x12, green: 0x12, blue: 0x12)
        #expect(palette.ink(for: .barLow, depth: .truecolor) == palette.ink(for: .good, depth: .truecolor))
        #expect(palette.ink(for: .good, depth: .truecolor).background == page)
        #expect(palette.ink(for: .series4, depth: .truecolor) == palette.ink(for: .text, depth: .truecolor))
        #expect(palette.ink(for: .selection, depth: .truecolor).attributes == .reverse)
    }

    @Test func `no derived colour vanishes in its background`() {
        let grey = palette([
            .text: RoleLook(foreground: rgb(0xD0D0D0), background: rgb(0x121212)),
            .dim: RoleLook(foreground: rgb(0x606060)),
        ])
        #expect(grey.ink(for: .dim, depth: .sixteen).foreground == .ansi(8))
        let dim = grey.ink(for: .dim, depth: .eight)
        #expect(dim == Ink(foreground: .ansi(7), background: .ansi(0), attributes: .dim))
        let terminal = palette([.dim: RoleLook(foreground: ColourChoice(sixteen: .ansi(8)))])
        #expect(terminal.ink(for: .dim, depth: .eight) == Ink(attributes: .dim))
        let senseless = palette([.text: RoleLook(foreground: rgb(0x000000), background: rgb(0x000000))])
        #expect(senseless.ink(for: .text, depth: .eight).foreground == .ansi(7))
    }

    @Test func `dark blue on black is avoided where there is no bright one`() {
        let looks: [Role: RoleLook] = [.notice: RoleLook(foreground: rgb(0x5F87FF))]
        #expect(palette(looks).ink(for: .notice, depth: .sixteen).foreground == .ansi(12))
        #expect(palette(looks).ink(for: .notice, depth: .eight).foreground == .ansi(6))
        #expect(palette(looks, .light).ink(for: .notice, depth: .eight).foreground == .ansi(4))
    }

    @Test func `a basic background beside a truecolor foreground is for basic terminals only`() {
        let look = RoleLook(
            foreground: ColourChoice(truecolor: .rgb(red: 1, green: 2, blue: 3), sixteen: .ansi(0)),
            background: ColourChoice(sixteen: .ansi(3)))
        let palette = palette([.warning: look])
        #expect(palette.ink(for: .warning, depth: .indexed256).background == .terminal)
        #expect(palette.ink(for: .warning, depth: .sixteen) == Ink(foreground: .ansi(0), background: .ansi(3)))
    }

    @Test func `without colour, attributes tell the roles that matter apart`() {
        let plain = Palette.plain
        #expect(plain.ink(for: .critical, depth: .mono).attributes == [.bold, .reverse])
        #expect(plain.ink(for: .warning, depth: .mono).attributes == .bold)
        #expect(plain.ink(for: .selection, depth: .mono).attributes == .reverse)
        #expect(plain.ink(for: .dim, depth: .mono).attributes == .dim)
        for role in Role.allCases {
            let ink = plain.ink(for: role, depth: .mono)
            #expect(ink.foreground == .terminal && ink.background == .terminal)
        }
    }

    @Test(arguments: [
        (UInt32(0x000000), UInt8(0)), (0x6C6C6C, 8), (0xC6C6C6, 7), (0xFFFFFF, 15), (0xFF5F5F, 9), (0x8B0000, 1),
        (0xFFD75F, 11), (0x875F00, 3), (0x1A7F37, 2), (0x87D787, 10), (0x00AFAF, 6), (0x005FAF, 4), (0x87AFFF, 12),
        (0x8700AF, 5), (0xFF87FF, 13), (0x2E3440, 0), (0xEBDBB2, 7),
    ])
    func `a basic colour is one of the same hue`(value: UInt32, ansi: UInt8) {
        let (red, green, blue) = (UInt8(value >> 16), UInt8(value >> 8 & 255), UInt8(value & 255))
        #expect(ColourConversion.ansi(red: red, green: green, blue: blue) == ansi)
    }

    @Test func `every entry of the cube and the ramp is its own nearest`() {
        for index in UInt8(16)...255 {
            let (red, green, blue) = ColourConversion.components(ofIndexed: index)
            let found = ColourConversion.indexed(red: red, green: green, blue: blue)
            // Some greys of the ramp stand in the cube as well.
            #expect(ColourConversion.components(ofIndexed: found) == (red, green, blue))
        }
    }
}

struct RoleNamesTests {
    @Test func `every role has a name of its own, a letter of its own and ends at text`() {
        #expect(Set(Role.allCases.map(\.name)).count == Role.allCases.count)
        #expect(Set(Role.allCases.map(\.letter)).count == Role.allCases.count)
        for role in Role.allCases {
            #expect(Role(name: role.name) == role)
            var steps = 0
            var current: Role? = role
            while let next = current?.fallback, steps < 10 {
                current = next
                steps += 1
            }
            #expect(current == .text)
        }
        #expect(Role(name: "series.7") == nil)
        #expect(Role.series(0) == .series1 && Role.series(7) == .series2 && Role.series(-1) == .series6)
    }
}

struct GlyphSetTests {
    @Test(arguments: [GlyphSet.unicode, .ascii])
    func `every glyph takes one column and fits its set`(glyphs: GlyphSet) {
        #expect(glyphs.spark.count == 8 && glyphs.bar.count == 8)
        let all =
            glyphs.spark + glyphs.bar + [glyphs.barEmpty] + Mark.allCases.map { glyphs[$0] }
            + FramePart.allCases.map { glyphs[$0] }
        #expect(all.allSatisfy(glyphs.accepts))
    }

    @Test func `states differ by glyph alone`() {
        for glyphs in [GlyphSet.unicode, .ascii] {
            #expect(Set([Mark.critical, .degraded, .good, .notice, .unknown].map { glyphs[$0] }).count == 5)
        }
    }

    @Test func `unfit glyphs are refused`() {
        var unicode = GlyphSet.unicode
        var ascii = GlyphSet.ascii
        let refused = [
            unicode.replace(.live, with: "日"), unicode.replace(.live, with: "\u{1B}"), ascii.replace(.live, with: "●"),
            unicode.replaceSpark(with: ["a"]), ascii.replaceBar(with: Array("▏▎▍▌▋▊▉█")),
            unicode.replace(FramePart.vertical, with: "\u{200B}"), ascii.replaceBarEmpty(with: "░"),
        ]
        #expect(!refused.contains(true))
        #expect(unicode == .unicode && ascii == .ascii)
        #expect(unicode.replace(.live, with: "◆") && unicode[.live] == "◆")
        #expect(ascii.replaceSpark(with: Array("12345678")) && ascii.spark == Array("12345678"))
    }
}
