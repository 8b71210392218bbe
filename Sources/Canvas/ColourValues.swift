extension Colour {
    /// Red, green and blue, 0…255, for where colours can only be said as such: a basic colour is xterm's default, and the
    /// terminal's own is nil.
    package var components: (red: UInt8, green: UInt8, blue: UInt8)? {
        switch self {
        case .terminal: nil
        case .ansi(let index), .indexed(let index): ColourConversion.components(ofIndexed: index)
        case .rgb(let red, let green, let blue): (red, green, blue)
        }
    }
}
