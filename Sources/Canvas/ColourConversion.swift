/// How a colour becomes one of a smaller set.
enum ColourConversion {
    /// The colour that xterm shows for an entry of its 256, of which the first 16 are only its defaults.
    static func components(ofIndexed index: UInt8) -> (red: UInt8, green: UInt8, blue: UInt8) {
        switch index {
        case 0..<16: return basic[Int(index)]
        case 16..<232:
            let cube = Int(index) - 16
            return (levels[cube / 36], levels[cube / 6 % 6], levels[cube % 6])
        default:
            let grey = 8 + 10 * (index - 232)
            return (grey, grey, grey)
        }
    }

    /// The nearest entry of xterm's colour cube or grey ramp. The first 16 entries are left out: users repaint them.
    static func indexed(red: UInt8, green: UInt8, blue: UInt8) -> UInt8 {
        var best: UInt8 = 16
        var bestDistance = Int.max
        for index in UInt8(16)...255 {
            let distance = distance((red, green, blue), components(ofIndexed: index))
            if distance < bestDistance {
                best = index
                bestDistance = distance
            }
        }
        return best
    }

    /// The ANSI colour of the same hue, 0…15. Greys go by brightness; a colour is the bright one of its pair when it shines.
    ///
    /// Hue counts and not distance: the nearest of the 16 to a soft green is grey, which says nothing.
    static func ansi(red: UInt8, green: UInt8, blue: UInt8) -> UInt8 {
        let r = Int(red)
        let g = Int(green)
        let b = Int(blue)
        let high = max(r, g, b)
        let chroma = high - min(r, g, b)
        guard chroma >= 24, chroma * 4 >= high else {
            switch (r * 3 + g * 6 + b) / 10 {
            case ..<60: return 0
            case ..<150: return 8
            case ..<225: return 7
            default: return 15
            }
        }
        // Degrees around the colour circle, red at 0.
        var hue: Int
        if high == r {
            hue = 60 * (g - b) / chroma
        } else if high == g {
            hue = 120 + 60 * (b - r) / chroma
        } else {
            hue = 240 + 60 * (r - g) / chroma
        }
        if hue < 0 { hue += 360 }
        let colour: UInt8 =
            switch hue {
            case 28..<75: 3
            case 75..<160: 2
            case 160..<200: 6
            case 200..<265: 4
            case 265..<335: 5
            default: 1
            }
        return high >= 190 ? colour + 8 : colour
    }

    /// Squared "redmean" distance: near to what the eye sees, in integers. Source: compuphase.com/cmetric.htm.
    static func distance(_ a: (red: UInt8, green: UInt8, blue: UInt8), _ b: (red: UInt8, green: UInt8, blue: UInt8))
        -> Int
    {
        let mean = (Int(a.red) + Int(b.red)) / 2
        let red = Int(a.red) - Int(b.red)
        let green = Int(a.green) - Int(b.green)
        let blue = Int(a.blue) - Int(b.blue)
        return (((512 + mean) * red * red) >> 8) + 4 * green * green + (((767 - mean) * blue * blue) >> 8)
    }

    private static let levels: [UInt8] = [0, 95, 135, 175, 215, 255]

    /// xterm's defaults.
    private static let basic: [(red: UInt8, green: UInt8, blue: UInt8)] = [
        (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
        (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
        (255, 255, 255),
    ]
}
