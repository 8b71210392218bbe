/// How the terminal is told to draw the next glyph: SGR's attributes and colours.
struct Rendition: Equatable, Sendable {
    /// By the parameters that turn them on: bold 1, dim 2, italic 3, underline 4, blink 5, reverse 7, invisible 8, struck 9.
    private var attributes: UInt16 = 0
    /// Parameters as they were sent (`32`, `38;5;110`, `38;2;1;2;3`); empty: the terminal's own colour.
    private var foreground: [UInt8] = []
    private var background: [UInt8] = []

    /// Takes in the parameters of one sequence; false, and nothing taken in, if one of them is not known.
    mutating func apply(_ parameters: ArraySlice<UInt8>) -> Bool {
        var next = self
        let fields = parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        var index = 0
        while index < fields.count {
            let number = Self.number(fields[index])
            switch number {
            case 0: next = Rendition()
            case 1...5, 7...9: next.attributes |= 1 << number
            case 22: next.attributes &= ~0b110
            case 23...25, 27...29: next.attributes &= ~(1 << (number - 20))
            case 30...37, 90...97: next.foreground = Array(fields[index])
            case 39: next.foreground = []
            case 40...47, 100...107: next.background = Array(fields[index])
            case 49: next.background = []
            case 38, 48:
                // 5;n or 2;r;g;b follow.
                let kind = index + 1 < fields.count ? Self.number(fields[index + 1]) : -1
                let count = kind == 5 ? 3 : kind == 2 ? 5 : 0
                guard count > 0, index + count <= fields.count else { return false }
                let colour = Array(fields[index..<(index + count)].joined(separator: [UInt8(ascii: ";")]))
                if number == 38 { next.foreground = colour } else { next.background = colour }
                index += count - 1
            default: return false
            }
            index += 1
        }
        self = next
        return true
    }

    /// The sequence that leads here from `before` (nil: not known): the shorter of stating the difference and stating all.
    func sequence(from before: Rendition?) -> [UInt8] {
        if self == before { return [] }
        let all = [[UInt8(ascii: "0")]] + Self.turningOn(attributes) + [foreground, background].filter { !$0.isEmpty }
        var shortest = self == Rendition() ? [] : Array(all.joined(separator: [UInt8(ascii: ";")]))
        if let before {
            let difference = Array(difference(from: before).joined(separator: [UInt8(ascii: ";")]))
            if difference.count < shortest.count { shortest = difference }
        }
        return [0x1B, UInt8(ascii: "[")] + shortest + [UInt8(ascii: "m")]
    }

    private func difference(from before: Rendition) -> [[UInt8]] {
        var fields: [[UInt8]] = []
        var kept = before.attributes
        let ended = before.attributes & ~attributes
        // Bold and dim end together.
        if ended & 0b110 != 0 {
            fields.append(Array("22".utf8))
            kept &= ~0b110
        }
        for number in 3..<10 where ended & 1 << number != 0 { fields.append(Array("2\(number)".utf8)) }
        fields += Self.turningOn(attributes & ~kept)
        if foreground != before.foreground { fields.append(foreground.isEmpty ? Array("39".utf8) : foreground) }
        if background != before.background { fields.append(background.isEmpty ? Array("49".utf8) : background) }
        return fields
    }

    private static func turningOn(_ attributes: UInt16) -> [[UInt8]] {
        (1..<10).filter { attributes & 1 << $0 != 0 }.map { [UInt8(ascii: "0") + UInt8($0)] }
    }

    /// 0 for an empty field, -1 for what is no small number.
    private static func number(_ field: ArraySlice<UInt8>) -> Int {
        guard field.count <= 3 else { return -1 }
        var number = 0
        for byte in field {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return -1 }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }
}
