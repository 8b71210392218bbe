/// Bytes of UTF-8, valid or not.
enum UTF8Bytes {
    /// Bytes that must be readable behind a text, so that it can be looked at in words.
    static var padding: Int { 64 }

    /// The scalar at `offset` and its length; nil with length 1 where the bytes are not UTF-8.
    static func scalar(_ bytes: RawSpan, at offset: Int, end: Int) -> (value: UInt32?, length: Int) {
        let first = bytes.byte(at: offset)
        if first < 0x80 { return (UInt32(first), 1) }
        let length: Int
        let least: UInt32
        var value: UInt32
        switch first {
        case 0xC2...0xDF: (length, least, value) = (2, 0x80, UInt32(first & 0x1F))
        case 0xE0...0xEF: (length, least, value) = (3, 0x800, UInt32(first & 0x0F))
        case 0xF0...0xF4: (length, least, value) = (4, 0x10000, UInt32(first & 0x07))
        default: return (nil, 1)
        }
        guard offset + length <= end else { return (nil, 1) }
        for index in offset + 1..<offset + length {
            let byte = bytes.byte(at: index)
            guard byte & 0xC0 == 0x80 else { return (nil, 1) }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        guard value >= least, value <= 0x10FFFF, value & 0x1F_F800 != 0xD800 else { return (nil, 1) }
        return (value, length)
    }

    /// Appends a scalar; anything that is none as U+FFFD.
    static func append(_ value: UInt32, to output: inout [UInt8]) {
        let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
        output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
}
