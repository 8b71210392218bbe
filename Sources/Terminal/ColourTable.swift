import CNcurses
import Canvas

/// Gives curses' numbers for inks: attributes and colour pairs, made when first asked for.
struct ColourTable {
    let depth: ColourDepth
    /// The type takes colours as numbers 0xRRGGBB (`xterm-direct`).
    private let isDirect: Bool
    /// The terminal's own colours can be asked for.
    private let hasDefaults: Bool
    private var pairs: [Key: Int32] = [:]
    private let capacity: Int
    /// Stands between curses and the terminal where colours are slots.
    private(set) var filter = TrueColourFilter()

    private struct Key: Hashable {
        var foreground: Colour
        var background: Colour
    }

    /// Starts curses' colours, unless there are none to show.
    init(environment: TerminalEnvironment, colours: Int, setsForegroundByIndex: Bool) {
        depth = environment.depth(colours: colours, takesTrueColour: setsForegroundByIndex)
        isDirect = colours >= 1 << 24
        guard depth != .mono else {
            // curses' colours stay off altogether: then it can't send any.
            hasDefaults = false
            capacity = 0
            return
        }
        start_color()
        hasDefaults = use_default_colors() == OK
        capacity = Int(shim_color_pairs())
    }

    /// Forgets all pairs, for another palette. Everything must be drawn again.
    mutating func removeAll() {
        pairs.removeAll()
        filter.removeAll()
    }

    /// The attributes of an ink in a style. A reversed style on a reversed ink turns it back, and so still stands out.
    func attributes(of ink: Ink, style: Style) -> attr_t {
        var attributes: attr_t = 0
        if ink.attributes.contains(.bold) || style.bold { attributes |= SHIM_A_BOLD }
        if ink.attributes.contains(.dim) && !style.bold { attributes |= SHIM_A_DIM }
        if ink.attributes.contains(.underline) || style.underline { attributes |= SHIM_A_UNDERLINE }
        if ink.attributes.contains(.reverse) != style.reverse { attributes |= SHIM_A_REVERSE }
        return attributes
    }

    /// The pair of an ink's colours; 0, the terminal's own, when there are no more.
    mutating func pair(of ink: Ink) -> Int32 {
        let key = Key(foreground: ink.foreground, background: ink.background)
        if depth == .mono || (key.foreground == .terminal && key.background == .terminal && hasDefaults) { return 0 }
        if let known = pairs[key] { return known }
        let number = Int32(pairs.count + 1)
        guard number < capacity else { return 0 }
        let foreground = self.number(of: key.foreground, default: 7)
        let background = self.number(of: key.background, default: 0)
        guard init_extended_pair(number, foreground, background) == OK else { return 0 }
        pairs[key] = number
        return number
    }

    private mutating func number(of colour: Colour, default fallback: Int32) -> Int32 {
        let own: Int32 = hasDefaults ? -1 : fallback
        switch colour {
        case .terminal: return own
        case .ansi(let number):
            switch depth {
            case .mono: return own
            case .eight: return Int32(number & 7)
            case .sixteen, .indexed256: return Int32(number & 15)
            case .truecolor:
                return isDirect && number >= 8
                    ? self.number(ofRGB: XtermPalette.colour(number & 15)) : Int32(number & 15)
            }
        case .indexed(let number):
            switch depth {
            case .mono, .eight, .sixteen: return own
            case .indexed256: return Int32(number)
            case .truecolor: return self.number(ofRGB: XtermPalette.colour(number))
            }
        case .rgb(let red, let green, let blue):
            return depth == .truecolor ? self.number(ofRGB: (red, green, blue)) : own
        }
    }

    private mutating func number(ofRGB colour: (red: UInt8, green: UInt8, blue: UInt8)) -> Int32 {
        guard isDirect else {
            return filter.number(red: colour.red, green: colour.green, blue: colour.blue)
        }
        let number = Int32(colour.red) << 16 | Int32(colour.green) << 8 | Int32(colour.blue)
        // 1…7 are the eight ANSI colours there; those blues can't be told from black.
        return number < 8 ? 0 : number
    }
}

/// xterm's 256 colours: 16 named ones, a 6×6×6 cube, 24 greys.
enum XtermPalette {
    /// Those that nobody repaints: behind the named ones and the few that shells' colour schemes add.
    static let fixed: ClosedRange<UInt8> = 22...255

    static func colour(_ number: UInt8) -> (red: UInt8, green: UInt8, blue: UInt8) {
        if number >= 232 {
            let grey = 8 + 10 * (number - 232)
            return (grey, grey, grey)
        }
        if number >= 16 {
            let index = number - 16
            func level(_ step: UInt8) -> UInt8 { step == 0 ? 0 : 55 + 40 * step }
            return (level(index / 36), level(index / 6 % 6), level(index % 6))
        }
        if number == 7 { return (229, 229, 229) }
        if number == 8 { return (127, 127, 127) }
        let high: UInt8 = number < 8 ? 205 : 255
        return (number & 1 == 0 ? 0 : high, number & 2 == 0 ? 0 : high, number & 4 == 0 ? 0 : high)
    }
}
