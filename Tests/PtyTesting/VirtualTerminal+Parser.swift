extension VirtualTerminal {
    struct Parser: Sendable {
        enum State: Sendable { case ground, escape, charset, otherCharset, csi, osc, oscEscape }
        var state = State.ground
        var collected = ""
        var utf8: [UInt8] = []
        var utf8Length = 0
    }

    /// Interprets bytes; sequences may be cut anywhere.
    package mutating func receive(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { receive(byte) }
    }

    private mutating func receive(_ byte: UInt8) {
        switch parser.state {
        case .ground: ground(byte)
        case .escape: escape(byte)
        case .charset:
            drawsLines = byte == UInt8(ascii: "0")
            parser.state = .ground
        // Of use only after a shift out, and then it holds the lines.
        case .otherCharset: parser.state = .ground
        case .csi:
            if byte == 0x1B {
                // A new sequence ends one that was cut short.
                parser.state = .escape
            } else if byte < 0x20 {
                control(byte)
            } else if (0x40...0x7E).contains(byte) {
                parser.state = .ground
                csi(Character(Unicode.Scalar(byte)), parser.collected)
            } else {
                parser.collected.unicodeScalars.append(Unicode.Scalar(byte))
            }
        case .osc:
            if byte == 0x07 {
                osc()
            } else if byte == 0x1B {
                parser.state = .oscEscape
            } else {
                parser.utf8.append(byte)
            }
        case .oscEscape:
            osc()
            if byte != UInt8(ascii: "\\") { escape(byte) }
        }
    }

    private mutating func ground(_ byte: UInt8) {
        if parser.utf8Length > 0 {
            guard byte & 0xC0 == 0x80 else {
                parser.utf8Length = 0
                put("\u{FFFD}")
                ground(byte)
                return
            }
            parser.utf8.append(byte)
            if parser.utf8.count == parser.utf8Length {
                parser.utf8Length = 0
                for scalar in String(decoding: parser.utf8, as: UTF8.self).unicodeScalars { put(scalar) }
            }
            return
        }
        switch byte {
        case 0x1B: parser.state = .escape
        case 0..<0x20, 0x7F: control(byte)
        case 0x20..<0x7F: put(Unicode.Scalar(byte))
        default:
            parser.utf8 = [byte]
            parser.utf8Length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 0
            if parser.utf8Length == 0 { put("\u{FFFD}") }
        }
    }

    private mutating func control(_ byte: UInt8) {
        switch byte {
        case 0x07: bells += 1
        case 0x08:
            x = max(0, x - 1)
            wrapsNext = false
        case 0x09: x = min(columns - 1, (x / 8 + 1) * 8)
        case 0x0A, 0x0B, 0x0C: lineFeed()
        case 0x0D:
            x = 0
            wrapsNext = false
        case 0x0E: drawsLines = true
        case 0x0F: drawsLines = false
        default: break
        }
    }

    private mutating func escape(_ byte: UInt8) {
        parser.state = .ground
        switch byte {
        case UInt8(ascii: "["):
            parser.state = .csi
            parser.collected = ""
        case UInt8(ascii: "]"):
            parser.state = .osc
            parser.utf8 = []
        case UInt8(ascii: "("): parser.state = .charset
        case UInt8(ascii: ")"): parser.state = .otherCharset
        case UInt8(ascii: "M"): if y == top { scroll(from: top, by: -1) } else { y = max(0, y - 1) }
        case UInt8(ascii: "7"): saved = (x, y)
        case UInt8(ascii: "8"): (x, y) = saved
        case UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "\\"): break
        default: unknown.append("ESC \(byte)")
        }
    }

    private mutating func osc() {
        parser.state = .ground
        let text = String(decoding: parser.utf8, as: UTF8.self)
        parser.utf8 = []
        if text.hasPrefix("2;") || text.hasPrefix("0;") {
            title = String(text.dropFirst(2))
        } else if text.hasPrefix("52;") {
            clipboard.append(String(text.split(separator: ";", omittingEmptySubsequences: false).last ?? ""))
        } else {
            unknown.append("OSC \(text)")
        }
    }

    private mutating func csi(_ final: Character, _ collected: String) {
        if collected.hasPrefix("?") {
            // The look of the Linux console's cursor.
            if final == "c" { return }
            modes(collected.dropFirst().split(separator: ";").compactMap { Int($0) }, isSet: final == "h")
            return
        }
        let values = collected.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        let count = max(1, values.first ?? 1)
        if final != "m" && final != "b" { wrapsNext = false }
        switch final {
        case "H", "f":
            y = min(height, max(1, values.first ?? 1)) - 1
            x = min(columns, max(1, values.count > 1 ? values[1] : 1)) - 1
        case "A": y = max(0, y - count)
        case "B", "e": y = min(height - 1, y + count)
        case "C", "a": x = min(columns - 1, x + count)
        case "D": x = max(0, x - count)
        case "G", "`": x = min(columns, count) - 1
        case "d": y = min(height, count) - 1
        case "J": eraseDisplay(values.first ?? 0)
        case "K":
            switch values.first ?? 0 {
            case 0: erase(row: y, from: x, to: columns)
            case 1: erase(row: y, from: 0, to: x + 1)
            default: erase(row: y, from: 0, to: columns)
            }
        case "X": erase(row: y, from: x, to: x + count)
        case "@": insertBlanks(count)
        case "P": deleteCharacters(count)
        case "L": scroll(from: y, by: -count)
        case "M": scroll(from: y, by: count)
        case "S": scroll(from: top, by: count)
        case "T": scroll(from: top, by: -count)
        case "b": for _ in 0..<count { for scalar in lastText.unicodeScalars { put(scalar) } }
        case "r":
            top = max(1, values.first ?? 1) - 1
            bottom = min(height, values.count > 1 ? values[1] : height) - 1
            (x, y) = (0, 0)
        case "h", "l": if values.first == 4 { insertsCharacters = final == "h" }
        case "m":
            renditions.insert(collected)
            rendition(values)
        // Window manipulation: the stack of titles.
        case "t": break
        default: unknown.append("CSI \(collected)\(final)")
        }
    }

    private mutating func eraseDisplay(_ mode: Int) {
        switch mode {
        case 0:
            erase(row: y, from: x, to: columns)
            for row in min(height, y + 1)..<height { erase(row: row, from: 0, to: columns) }
        case 1:
            for row in 0..<y { erase(row: row, from: 0, to: columns) }
            erase(row: y, from: 0, to: x + 1)
        default: for row in 0..<height { erase(row: row, from: 0, to: columns) }
        }
    }

    private mutating func modes(_ numbers: [Int], isSet: Bool) {
        for number in numbers {
            switch number {
            case 25: isCursorVisible = isSet
            case 1000...1006: if isSet { mouseModes.insert(number) } else { mouseModes.remove(number) }
            case 47, 1047, 1049:
                guard isSet != isAlternate else { break }
                isAlternate = isSet
                if isSet {
                    saved = (x, y)
                    primary = cells
                    cells = Self.blank(columns, height)
                } else {
                    cells = primary
                    (x, y) = (min(saved.x, columns - 1), min(saved.y, height - 1))
                }
            // Cursor keys, wrapping, blinking.
            case 1, 7, 12: break
            default: unknown.append("CSI ?\(number)\(isSet ? "h" : "l")")
            }
        }
    }

    private mutating func rendition(_ values: [Int]) {
        var index = 0
        while index < values.count {
            let value = values[index]
            index += 1
            switch value {
            case 0: style = Style()
            case 1: style.bold = true
            case 2: style.dim = true
            case 4: style.underline = true
            case 7: style.reverse = true
            case 22: (style.bold, style.dim) = (false, false)
            case 24: style.underline = false
            case 27: style.reverse = false
            case 30...37: style.foreground = .indexed(value - 30)
            case 39: style.foreground = .default
            case 40...47: style.background = .indexed(value - 40)
            case 49: style.background = .default
            case 90...97: style.foreground = .indexed(value - 82)
            case 100...107: style.background = .indexed(value - 92)
            case 10: drawsLines = false
            case 11: drawsLines = true
            case 38, 48:
                let rest = values[index...]
                var colour = Colour.default
                if rest.first == 5, rest.count >= 2 {
                    colour = .indexed(rest[index + 1])
                    index += 2
                } else if rest.first == 2, rest.count >= 4 {
                    colour = .rgb(rest[index + 1], rest[index + 2], rest[index + 3])
                    index += 4
                } else {
                    index = values.count
                }
                if value == 38 { style.foreground = colour } else { style.background = colour }
            default: unknown.append("SGR \(value)")
            }
        }
    }
}
