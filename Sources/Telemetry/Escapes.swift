/// The escapes of JSON strings.
enum Escapes {
    /// Length of the escape that starts with the `\` at `offset`: 0 if it is none, nil if `end` cuts it off.
    static func length(_ bytes: RawSpan, at offset: Int, end: Int) -> Int? {
        guard offset + 1 < end else { return nil }
        switch bytes.byte(at: offset + 1) {
        case ASCII.quote, ASCII.backslash, UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "u"):
            if codeUnit(bytes, at: offset, end: end) != nil { return 6 }
            let digits = offset + 2..<Swift.min(offset + 6, end)
            return digits.count < 4 && digits.allSatisfy { hexadecimal(bytes.byte(at: $0)) != nil } ? nil : 0
        default:
            return 0
        }
    }

    /// Writes the text of a checked string without its escapes into `output`, followed by padding.
    /// A surrogate without its partner becomes U+FFFD. Returns how many bytes are text.
    static func remove(_ bytes: RawSpan, _ range: Range<Int>, into output: inout [UInt8]) -> Int {
        output.removeAll(keepingCapacity: true)
        var offset = range.lowerBound
        while offset < range.upperBound {
            let byte = bytes.byte(at: offset)
            guard byte == ASCII.backslash, offset + 1 < range.upperBound else {
                output.append(byte)
                offset += 1
                continue
            }
            let kind = bytes.byte(at: offset + 1)
            offset += 2
            switch kind {
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0C)
            case UInt8(ascii: "n"): output.append(ASCII.lineFeed)
            case UInt8(ascii: "r"): output.append(ASCII.carriageReturn)
            case UInt8(ascii: "t"): output.append(ASCII.tab)
            case UInt8(ascii: "u"):
                let (scalar, length) = scalar(bytes, at: offset - 2, end: range.upperBound)
                UTF8Bytes.append(scalar, to: &output)
                offset += length - 2
            default: output.append(kind)
            }
        }
        let count = output.count
        for _ in 0..<UTF8Bytes.padding { output.append(ASCII.quote) }
        return count
    }

    /// The scalar of a `\u` escape or of a pair of them, and its length in bytes.
    private static func scalar(_ bytes: RawSpan, at offset: Int, end: Int) -> (UInt32, Int) {
        guard let first = codeUnit(bytes, at: offset, end: end) else { return (0xFFFD, 2) }
        if first & 0xFC00 == 0xD800, let second = codeUnit(bytes, at: offset + 6, end: end), second & 0xFC00 == 0xDC00 {
            return (0x10000 + (first & 0x3FF) << 10 + (second & 0x3FF), 12)
        }
        return (first & 0xF800 == 0xD800 ? 0xFFFD : first, 6)
    }

    private static func codeUnit(_ bytes: RawSpan, at offset: Int, end: Int) -> UInt32? {
        guard offset + 6 <= end, bytes.byte(at: offset) == ASCII.backslash,
            bytes.byte(at: offset + 1) == UInt8(ascii: "u")
        else { return nil }
        var unit: UInt32 = 0
        for index in offset + 2..<offset + 6 {
            guard let digit = hexadecimal(bytes.byte(at: index)) else { return nil }
            unit = unit << 4 | digit
        }
        return unit
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - 0x30)
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - 0x57)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - 0x37)
        default: nil
        }
    }
}
