/// The walk over the text that makes the index.
struct JSONIndexer {
    var scanner: Scanner
    var count = 0

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
                    // Most often another follows at once.
                    if depth > 0, bytes.word(at: scanner.position) & 0xFFFF == AttributeWords.next,
                        nodes[Int(open[depth])].kind == .array
                    {
                        scanner.position &+= 1
                        continue
                    }
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
}
