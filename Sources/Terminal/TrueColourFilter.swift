/// Turns palette numbers into 24-bit colours on the way to the terminal.
///
/// curses sends direct colours only under terminal types that are seldom installed, and redefining the palette would change the
/// user's colours. So curses draws with numbers 16…255 as slots, and `38;5;n` becomes `38;2;r;g;b` in what it wrote. No text can look like
/// such a sequence: cells hold no escape character.
///
/// A colour that is one of xterm's cube or grey ramp goes by its number there: half as many bytes, and palettes are chosen from them.
struct TrueColourFilter: Sendable {
    private var slots: [(red: UInt8, green: UInt8, blue: UInt8)] = []
    /// Of each slot, what stands behind a 38 or a 48.
    private var codes: [String] = []
    private static let first = 16
    private static let capacity = 240

    /// Forgets all colours. What was drawn with them must be drawn again.
    mutating func removeAll() {
        slots.removeAll()
        codes.removeAll()
    }

    /// What stands for a colour behind a 38 or a 48.
    private static func code(of colour: (red: UInt8, green: UInt8, blue: UInt8)) -> String {
        if let number = XtermPalette.fixed.first(where: { XtermPalette.colour($0) == colour }) { return "5;\(number)" }
        return "2;\(colour.red);\(colour.green);\(colour.blue)"
    }

    /// The palette number that stands for a colour. When all are taken, the nearest one.
    mutating func number(red: UInt8, green: UInt8, blue: UInt8) -> Int32 {
        if let known = slots.firstIndex(where: { $0 == (red, green, blue) }) { return Int32(Self.first + known) }
        if slots.count < Self.capacity {
            slots.append((red, green, blue))
            codes.append(Self.code(of: (red, green, blue)))
            return Int32(Self.first + slots.count - 1)
        }
        func distance(_ slot: (red: UInt8, green: UInt8, blue: UInt8)) -> Int {
            let (r, g, b) = (Int(slot.red) - Int(red), Int(slot.green) - Int(green), Int(slot.blue) - Int(blue))
            return r * r + g * g + b * b
        }
        let nearest = slots.indices.min { distance(slots[$0]) < distance(slots[$1]) } ?? 0
        return Int32(Self.first + nearest)
    }

    /// The bytes with every slot's number replaced.
    func rewrite(_ bytes: [UInt8]) -> [UInt8] {
        guard !slots.isEmpty else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + bytes.count / 4)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == 0x1B, index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "[") else {
                result.append(bytes[index])
                index += 1
                continue
            }
            var end = index + 2
            while end < bytes.count, bytes[end] < 0x40 { end += 1 }
            if end < bytes.count, bytes[end] == UInt8(ascii: "m") {
                result += [0x1B, UInt8(ascii: "[")]
                appendRewritten(bytes[(index + 2)..<end], to: &result)
                result.append(UInt8(ascii: "m"))
            } else {
                result += bytes[index..<min(end + 1, bytes.count)]
            }
            index = end + 1
        }
        return result
    }

    private func appendRewritten(_ parameters: ArraySlice<UInt8>, to result: inout [UInt8]) {
        let fields = parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        var index = 0
        while index < fields.count {
            if index > 0 { result.append(UInt8(ascii: ";")) }
            let field = String(decoding: fields[index], as: UTF8.self)
            if field == "38" || field == "48", index + 2 < fields.count, fields[index + 1].elementsEqual("5".utf8),
                let number = Int(String(decoding: fields[index + 2], as: UTF8.self)),
                slots.indices.contains(number - Self.first)
            {
                result += "\(field);\(codes[number - Self.first])".utf8
                index += 3
            } else {
                result += fields[index]
                index += 1
            }
        }
    }
}
