/// One JSON value, copied and indexed: what formats whose keys stand in any order and depth are read from.
///
/// A value is known by its place in the index: an object is followed by its keys and values in turn, an array by its
/// elements. The copy and the index are kept for the next line.
struct JSONDocument {
    struct Node {
        /// Of a text: between its quotes. Of a number: all of it. Of a container: its opening character.
        var start: UInt32
        var end: UInt32
        /// The place behind this value and all that it holds.
        var next: UInt32
        var kind: Kind
        var shape = Shape.any
    }

    /// What an object is known to be from its bytes alone.
    enum Shape: UInt8 {
        case any
        /// `{"key":TEXT,"value":{"stringValue":TEXT}}`, or with a number: six values follow.
        case pair
        /// The inner object of a pair: its key and its scalar follow.
        case scalar
    }

    enum Kind: UInt8 {
        case object, array, text, escapedText, number, yes, no, null
    }

    /// Values a document may have. A line of nothing but commas and digits must not fill the memory.
    static let maximumValues = 4_000_000

    /// The text, followed by padding.
    private(set) var bytes: [UInt8] = []
    /// The index; what stands behind the first value's `next` is left from lines before.
    private(set) var nodes: [Node] = []

    /// Copies the line and indexes it; afterwards node 0 is its value. Nothing of it means anything after a rejection,
    /// whose offset counts from the start of the line.
    mutating func load(_ source: RawSpan, _ line: Range<Int>) throws(Rejection) {
        bytes.removeAll(keepingCapacity: line.count < 1 << 22)
        bytes.append(source, line)
        try index(count: line.count)
    }

    /// The same with a text that stands in an array.
    mutating func load(_ text: [UInt8], _ range: Range<Int>) throws(Rejection) {
        bytes.removeAll(keepingCapacity: range.count < 1 << 22)
        bytes.append(contentsOf: text[range])
        try index(count: range.count)
    }

    private mutating func index(count: Int) throws(Rejection) {
        bytes.append(contentsOf: Self.padding)
        // A value takes two characters at least, of which one ends it.
        let room = min(count / 2 + 2, Self.maximumValues)
        if nodes.count < room || nodes.count > 1 << 20 && room < 1 << 16 {
            let unused = Node(start: 0, end: 0, next: 0, kind: .null)
            nodes = [Node](repeating: unused, count: max(room, 1_024))
        }
        if let failure = Self.index(bytes, count, into: &nodes) { throw failure }
    }

    private static func index(_ text: [UInt8], _ count: Int, into nodes: inout [Node]) -> Rejection? {
        var span = nodes.mutableSpan
        return text.withBytes { bytes in
            var indexer = JSONIndexer(Scanner(0..<count))
            do throws(Rejection) {
                try indexer.run(bytes, &span)
                return nil
            } catch {
                return error
            }
        }
    }

    private static let padding = [UInt8](repeating: ASCII.quote, count: UTF8Bytes.padding)
}

/// The walk over the text that makes the index.
private struct JSONIndexer {
    var scanner: Scanner
    private var count = 0

    init(_ scanner: Scanner) { self.scanner = scanner }

    /// A value and nothing behind it but blanks.
    mutating func run(_ bytes: RawSpan, _ nodes: inout MutableSpan<JSONDocument.Node>) throws(Rejection) {
        if scanner.end >= 3, bytes.word(at: 0) & 0xFF_FFFF == 0xBF_BBEF { scanner.position = 3 }
        scanner.skipBlanks(bytes)
        guard scanner.end <= Int(Int32.max) else { throw scanner.rejection(.tooManyValues) }
        // The open containers; no recursion, so that no line exhausts the stack.
        var open = InlineArray<128, UInt32>(repeating: 0)
        var depth = 0
        while true {
            guard scanner.position < scanner.end else { throw scanner.rejection(.truncated) }
            // A key comes with its value.
            guard count &+ 2 <= nodes.count else { throw scanner.rejection(.tooManyValues) }
            let character = bytes.byte(at: scanner.position)
            if character == ASCII.openBrace || character == ASCII.openBracket {
                let isObject = character == ASCII.openBrace
                guard depth < 127 else { throw scanner.rejection(.tooDeep) }
                if isObject, depth < 125, pair(bytes, &nodes) {
                    if try !close(bytes, &nodes, &open, &depth) { return }
                    continue
                }
                let place = UInt32(truncatingIfNeeded: count)
                let start = UInt32(truncatingIfNeeded: scanner.position)
                nodes[count] = .init(start: start, end: start, next: place &+ 1, kind: isObject ? .object : .array)
                count &+= 1
                if try scanner.enter(bytes, closing: isObject ? ASCII.closeBrace : ASCII.closeBracket) {
                    depth += 1
                    open[depth] = place
                    if isObject { try key(bytes, &nodes) }
                    continue
                }
                nodes[Int(place)].end = UInt32(truncatingIfNeeded: scanner.position)
            } else {
                try scalar(bytes, character, &nodes)
            }
            if try !close(bytes, &nodes, &open, &depth) { return }
        }
    }

    /// After a value: passes to the next, or out of what has ended; false if that was all.
    @inline(__always)
    private mutating func close(
        _ bytes: RawSpan, _ nodes: inout MutableSpan<JSONDocument.Node>, _ open: inout InlineArray<128, UInt32>,
        _ depth: inout Int
    ) throws(Rejection) -> Bool {
        while true {
            if depth == 0 {
                scanner.skipBlanks(bytes)
                guard scanner.position >= scanner.end else { throw scanner.rejection(.trailingText) }
                return false
            }
            let place = Int(open[depth])
            let isObject = nodes[place].kind == .object
            if try scanner.another(bytes, closing: isObject ? ASCII.closeBrace : ASCII.closeBracket) {
                if isObject { try key(bytes, &nodes) }
                return true
            }
            nodes[place].next = UInt32(truncatingIfNeeded: count)
            nodes[place].end = UInt32(truncatingIfNeeded: scanner.position)
            depth -= 1
        }
    }

    /// Passes an attribute as nearly all writers write it, and appends its seven values; false where it is written
    /// otherwise, and then nothing has changed.
    private mutating func pair(_ bytes: RawSpan, _ nodes: inout MutableSpan<JSONDocument.Node>) -> Bool {
        let start = scanner.position
        // The shortest is longer.
        guard bytes.word(at: start) == Words.key, start &+ 36 < scanner.end, count &+ 9 <= nodes.count else {
            return false
        }
        let key = start &+ 8..<bytes.firstSpecial(from: start &+ 8, to: scanner.end)
        // Closing quote, `,"value"`, `:{"`.
        let middle = key.upperBound &+ 1
        guard middle &+ 32 < scanner.end, bytes.byte(at: key.upperBound) == ASCII.quote,
            bytes.word(at: middle) == Words.value, bytes.word(at: middle &+ 8) & 0xFF_FFFF == Words.opening
        else { return false }
        let name = middle &+ 11
        let type: Range<Int>
        var value: Range<Int>
        var kind = JSONDocument.Kind.text
        switch bytes.word(at: name) {
        case Words.string where bytes.word(at: name &+ 8) & 0xFFFF_FFFF_FFFF == Words.stringEnd:
            type = name..<name &+ 11
            value = name &+ 14..<name &+ 14
        case Words.int where bytes.word(at: name &+ 8) & 0xFF_FFFF == Words.intEnd:
            type = name..<name &+ 8
            value = name &+ 11..<name &+ 11
        case Words.double where bytes.word(at: name &+ 8) & 0xFF_FFFF_FFFF == Words.doubleEnd:
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
        guard end &+ 2 <= scanner.end, bytes.word(at: end) & 0xFFFF == Words.closing else {
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

    /// What stands between the parts of an attribute, the first character in the lowest place.
    private enum Words {
        static let key: UInt64 = 0x223A_2279_656B_227B  // {"key":"
        static let value: UInt64 = 0x2265_756C_6176_222C  // ,"value"
        static let opening: UInt64 = 0x22_7B3A  // :{"
        static let string: UInt64 = 0x6156_676E_6972_7473  // stringVa
        static let stringEnd: UInt64 = 0x223A_2265_756C  // lue":"
        static let int: UInt64 = 0x6575_6C61_5674_6E69  // intValue
        static let intEnd: UInt64 = 0x22_3A22  // ":"
        static let double: UInt64 = 0x6156_656C_6275_6F64  // doubleVa
        static let doubleEnd: UInt64 = 0x3A_2265_756C  // lue":
        static let closing: UInt64 = 0x7D7D
    }

    @inline(__always)
    private mutating func key(_ bytes: RawSpan, _ nodes: inout MutableSpan<JSONDocument.Node>) throws(Rejection) {
        let key = try scanner.key(bytes)
        append(key.range, key.hasEscapes ? .escapedText : .text, &nodes)
    }

    @inline(__always)
    private mutating func scalar(
        _ bytes: RawSpan, _ character: UInt8, _ nodes: inout MutableSpan<JSONDocument.Node>
    ) throws(Rejection) {
        let start = scanner.position
        switch character {
        case ASCII.quote:
            let text = try scanner.text(bytes)
            append(text.range, text.hasEscapes ? .escapedText : .text, &nodes)
        case UInt8(ascii: "t"), UInt8(ascii: "f"):
            let flag = try scanner.flag(bytes, .attribute)
            append(start..<scanner.position, flag == true ? .yes : .no, &nodes)
        case UInt8(ascii: "n"):
            _ = try scanner.passNull(bytes)
            append(start..<scanner.position, .null, &nodes)
        default:
            if ASCII.digit(character) >= 10, passNotFinite(bytes) {
                return append(start..<scanner.position, .null, &nodes)
            }
            if character == 0 { throw scanner.rejection(.nulByte) }
            _ = try scanner.number(bytes, nil)
            append(start..<scanner.position, .number, &nodes)
        }
    }

    /// `NaN`, `Infinity` and `-Infinity`, which Python writes: no number, and so absent.
    private mutating func passNotFinite(_ bytes: RawSpan) -> Bool {
        for word in ["NaN", "Infinity", "-Infinity"] as [StaticString] {
            let range = scanner.position..<scanner.position + word.utf8CodeUnitCount
            guard range.upperBound <= scanner.end, bytes.equals(word, in: range) else { continue }
            scanner.position = range.upperBound
            return true
        }
        return false
    }

    @inline(__always)
    private mutating func append(
        _ range: Range<Int>, _ kind: JSONDocument.Kind, _ nodes: inout MutableSpan<JSONDocument.Node>
    ) {
        append(range, kind, .any, count &+ 1, &nodes)
    }

    @inline(__always)
    private mutating func append(
        _ range: Range<Int>, _ kind: JSONDocument.Kind, _ shape: JSONDocument.Shape, _ next: Int,
        _ nodes: inout MutableSpan<JSONDocument.Node>
    ) {
        nodes[count] = .init(
            start: UInt32(truncatingIfNeeded: range.lowerBound), end: UInt32(truncatingIfNeeded: range.upperBound),
            next: UInt32(truncatingIfNeeded: next), kind: kind, shape: shape)
        count &+= 1
    }
}
