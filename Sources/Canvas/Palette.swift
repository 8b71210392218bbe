/// Whether a palette is made for light text on dark or dark text on light.
package enum Appearance: String, Sendable, Hashable, CaseIterable {
    case dark, light
}

/// A theme ready for use: an ink for every role at every colour depth, and the glyphs.
package struct Palette: Sendable, Hashable {
    package let name: String
    package let appearance: Appearance
    /// For a terminal that shows UTF-8.
    package let glyphs: GlyphSet
    /// For one that doesn't.
    package let asciiGlyphs: GlyphSet
    /// By depth, then role.
    private let inks: [Ink]

    /// Derives what `looks` leaves out.
    ///
    /// - A missing role takes the look of its `Role.fallback`; `selection` and `banner` then are reversed.
    /// - A missing foreground is `text`'s, a missing background too: `text`'s background is the page.
    /// - A missing depth comes from a richer one (cube or grey ramp for 256, hue for 16, without brightness for 8); from
    ///   a poorer one where the role says nothing richer at all.
    /// - At 8 colours blue on black, which can't be read, is cyan.
    /// - Where a poor depth would paint a role in its background's colour, it takes `text`'s foreground, dim.
    package init(
        name: String,
        appearance: Appearance,
        looks: [Role: RoleLook],
        glyphs: GlyphSet = .unicode,
        asciiGlyphs: GlyphSet = .ascii
    ) {
        self.name = name
        self.appearance = appearance
        self.glyphs = glyphs
        self.asciiGlyphs = asciiGlyphs
        let derivation = PaletteDerivation(appearance: appearance, looks: looks)
        inks = ColourDepth.allCases.flatMap { depth in
            Role.allCases.map { derivation.ink(for: $0, depth: depth) }
        }
    }

    /// What `role` looks like at `depth`. Never fails: a palette is complete.
    package func ink(for role: Role, depth: ColourDepth) -> Ink {
        inks[Int(depth.rawValue) * Role.allCases.count + Int(role.rawValue)]
    }

    /// The glyphs for a terminal that does or doesn't show UTF-8.
    package func glyphs(utf8: Bool) -> GlyphSet { utf8 ? glyphs : asciiGlyphs }

    /// The terminal's own colours and attributes only: what is there before any theme is read.
    package static let plain = Palette(name: "plain", appearance: .dark, looks: [:])
}

/// The rules of `Palette.init`, one role at a time.
struct PaletteDerivation {
    let appearance: Appearance
    let looks: [Role: RoleLook]

    func ink(for role: Role, depth: ColourDepth) -> Ink {
        let look = look(of: role)
        guard depth != .mono else {
            return Ink(attributes: look.mono ?? role.monoAttributes)
        }
        let text = looks[.text] ?? RoleLook()
        let page = text.background(at: depth) ?? .terminal
        let plain = text.foreground(at: depth) ?? .terminal
        var ink = Ink(
            foreground: look.foreground(at: depth) ?? plain,
            background: look.background(at: depth) ?? page,
            attributes: look.attributes
        )
        let isOnBlack = painted(ink.background, isText: false) == .ansi(0)
        if depth == .eight, ink.foreground == .ansi(4), isOnBlack { ink.foreground = .ansi(6) }
        if depth <= .sixteen, painted(ink.foreground, isText: true) == painted(ink.background, isText: false) {
            ink.foreground =
                painted(plain, isText: true) == painted(ink.background, isText: false) ? opposite(of: ink) : plain
            ink.attributes.insert(.dim)
        }
        return ink
    }

    private func look(of role: Role) -> RoleLook {
        var candidate: Role? = role
        while let current = candidate {
            if var look = looks[current] {
                // A border that looks like `dim` is still a border where there is no colour.
                if current != role {
                    look.mono = nil
                    if role == .selection || role == .banner { look.attributes.insert(.reverse) }
                }
                return look
            }
            candidate = current.fallback
        }
        return RoleLook(attributes: role.monoAttributes)
    }

    /// The basic colour that is seen, so that the terminal's own counts as what the theme expects it to be.
    private func painted(_ colour: Colour, isText: Bool) -> Colour {
        guard colour == .terminal else { return colour }
        return .ansi((appearance == .dark) == isText ? 7 : 0)
    }

    private func opposite(of ink: Ink) -> Colour {
        painted(ink.background, isText: false) == .ansi(0) ? .ansi(7) : .ansi(0)
    }
}
