/// A colour as one depth can show it. `.terminal` is the terminal's own foreground or background.
package enum Colour: Sendable, Hashable {
    case terminal
    /// 0…7 or 0…15.
    case ansi(UInt8)
    /// 0…255 of xterm's palette.
    case indexed(UInt8)
    case rgb(red: UInt8, green: UInt8, blue: UInt8)
}

/// Attributes that need no colour.
package struct Attributes: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let bold = Attributes(rawValue: 1)
    package static let dim = Attributes(rawValue: 2)
    package static let reverse = Attributes(rawValue: 4)
    package static let underline = Attributes(rawValue: 8)
}

/// What a role looks like at one colour depth.
package struct Ink: Sendable, Hashable {
    package var foreground: Colour
    package var background: Colour
    package var attributes: Attributes

    package init(foreground: Colour = .terminal, background: Colour = .terminal, attributes: Attributes = []) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }
}
