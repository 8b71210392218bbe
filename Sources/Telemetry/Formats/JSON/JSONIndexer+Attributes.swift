// Attributes of OpenTelemetry's, which are most of its bytes, in one step.

extension JSONIndexer {
    /// Passes an attribute as nearly all writers write it, and appends its seven values; false where it is written
    /// otherwise, and then nothing has changed.
    mutating func pair(_ bytes: RawSpan, _ nodes: inout MutableSpan<JSONDocument.Node>) -> Bool {
        let start = scanner.position
        // The shortest is longer.
        guard bytes.word(at: start) == AttributeWords.key, start &+ 36 < scanner.end, count &+ 9 <= nodes.count else {
            return false
        }
        let key = start &+ 8..<bytes.firstSpecial(from: start &+ 8, to: scanner.end)
        // Closing quote, `,"value"`, `:{"`.
        let middle = key.upperBound &+ 1
        guard middle &+ 32 < scanner.end, bytes.byte(at: key.upperBound) == ASCII.quote,
            bytes.word(at: middle) == AttributeWords.value,
            bytes.word(at: middle &+ 8) & 0xFF_FFFF == AttributeWords.opening
        else { return false }
        let name = middle &+ 11
        let type: Range<Int>
        var value: Range<Int>
        var kind = JSONDocument.Kind.text
        switch bytes.word(at: name) {
        case AttributeWords.string where bytes.word(at: name &+ 8) & 0xFFFF_FFFF_FFFF == AttributeWords.stringEnd:
            type = name..<name &+ 11
            value = name &+ 14..<name &+ 14
        case AttributeWords.int where bytes.word(at: name &+ 8) & 0xFF_FFFF == AttributeWords.intEnd:
            type = name..<name &+ 8
            value = name &+ 11..<name &+ 11
        case AttributeWords.double where bytes.word(at: name &+ 8) & 0xFF_FFFF_FFFF == AttributeWords.doubleEnd:
            type = name..<name &+ 11
            value = name &+ 13..<name &+ 13
            kind = .number
        default: return false
        }
        if kind == .text {
            value = value.lowerBound..<bytes.firstSpecial(from: value.lowerBound, to: scanner.end)
            scanner.position = value.upperBound &+ 1
            guard value.upperBound < scanner.end, bytes.byte(at: value.upperBound) == ASCII.quote else {
                scanner.position = start
                return false
            }
        } else {
            scanner.position = value.lowerBound
            guard (try? scanner.number(bytes, nil)) != nil else {
                scanner.position = start
                return false
            }
            value = value.lowerBound..<scanner.position
        }
        let end = scanner.position
        guard end &+ 2 <= scanner.end, bytes.word(at: end) & 0xFFFF == AttributeWords.closing else {
            scanner.position = start
            return false
        }
        scanner.position = end &+ 2
        let next = count &+ 7
        append(start..<end &+ 2, .object, .pair, next, &nodes)
        append(start &+ 2..<start &+ 5, .text, .any, count &+ 1, &nodes)
        append(key, .text, .any, count &+ 1, &nodes)
        append(middle &+ 2..<middle &+ 7, .text, .any, count &+ 1, &nodes)
        append(middle &+ 9..<end &+ 1, .object, .scalar, next, &nodes)
        append(type, .text, .any, count &+ 1, &nodes)
        append(value, kind, .any, next, &nodes)
        return true
    }
}

/// What stands between the parts of an attribute, the first character in the lowest place.
enum AttributeWords {
    static let key: UInt64 = 0x223A_2279_656B_227B  // {"key":"
    static let value: UInt64 = 0x2265_756C_6176_222C  // ,"value"
    static let opening: UInt64 = 0x22_7B3A  // :{"
    static let string: UInt64 = 0x6156_676E_6972_7473  // stringVa
    static let stringEnd: UInt64 = 0x223A_2265_756C  // lue":"
    static let int: UInt64 = 0x6575_6C61_5674_6E69  // intValue
    static let intEnd: UInt64 = 0x22_3A22  // ":"
    static let double: UInt64 = 0x6156_656C_6275_6F64  // doubleVa
    static let doubleEnd: UInt64 = 0x3A_2265_756C  // lue":
    static let closing: UInt64 = 0x7D7D  // }}
    static let next: UInt64 = 0x7B2C  // ,{
}
