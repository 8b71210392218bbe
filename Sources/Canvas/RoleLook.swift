/// A foreground or background as a theme states it: a value for each depth, nil where it is to be derived.
package struct ColourChoice: Sendable, Hashable {
    /// `.rgb` or `.terminal`.
    package var truecolor: Colour?
    /// `.indexed` or `.terminal`.
    package var indexed256: Colour?
    /// `.ansi` 0…15 or `.terminal`.
    package var sixteen: Colour?

    package init(truecolor: Colour? = nil, indexed256: Colour? = nil, sixteen: Colour? = nil) {
        self.truecolor = truecolor
        self.indexed256 = indexed256
        self.sixteen = sixteen
    }

    /// The colour at `depth`: as stated, else derived from the nearest richer statement, else the richest poorer one;
    /// nil when nothing is stated.
    package func colour(at depth: ColourDepth) -> Colour? {
        switch depth {
        case .mono: .terminal
        case .truecolor: truecolor ?? indexed256 ?? sixteen
        case .indexed256: indexed256 ?? truecolor.map(Self.toIndexed) ?? sixteen
        case .sixteen: sixteen ?? (truecolor ?? indexed256).map(Self.toAnsi)
        case .eight: (sixteen ?? (truecolor ?? indexed256).map(Self.toAnsi)).map(Self.toEight)
        }
    }

    /// Whether it says anything about more than 16 colours.
    fileprivate var isRich: Bool { truecolor != nil || indexed256 != nil }

    private static func toIndexed(_ colour: Colour) -> Colour {
        guard case .rgb(let red, let green, let blue) = colour else { return colour }
        return .indexed(ColourConversion.indexed(red: red, green: green, blue: blue))
    }

    private static func toAnsi(_ colour: Colour) -> Colour {
        switch colour {
        case .terminal, .ansi: return colour
        case .rgb(let red, let green, let blue):
            return .ansi(ColourConversion.ansi(red: red, green: green, blue: blue))
        case .indexed(let index):
            if index < 16 { return .ansi(index) }
            let (red, green, blue) = ColourConversion.components(ofIndexed: index)
            return .ansi(ColourConversion.ansi(red: red, green: green, blue: blue))
        }
    }

    /// Bright colours lose their brightness. (The palette mends what becomes invisible by it.)
    private static func toEight(_ colour: Colour) -> Colour {
        guard case .ansi(let index) = colour else { return colour }
        return .ansi(index & 7)
    }
}

/// A role's look as a theme states it.
package struct RoleLook: Sendable, Hashable {
    package var foreground: ColourChoice
    package var background: ColourChoice
    /// At every depth with colour.
    package var attributes: Attributes
    /// Without colour; nil for the role's own (`Role.monoAttributes`).
    package var mono: Attributes?

    package init(
        foreground: ColourChoice = ColourChoice(),
        background: ColourChoice = ColourChoice(),
        attributes: Attributes = [],
        mono: Attributes? = nil
    ) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
        self.mono = mono
    }

    /// The foreground at `depth`, nil for `text`'s.
    package func foreground(at depth: ColourDepth) -> Colour? { colour(foreground, at: depth) }
    /// The background at `depth`, nil for `text`'s.
    package func background(at depth: ColourDepth) -> Colour? { colour(background, at: depth) }

    /// A basic colour serves richer depths only in a look that says nothing about these: one that states a background
    /// for 16 colours beside a truecolor foreground means 16 colours.
    private func colour(_ choice: ColourChoice, at depth: ColourDepth) -> Colour? {
        if depth > .sixteen, !choice.isRich, foreground.isRich || background.isRich { return nil }
        return choice.colour(at: depth)
    }
}
