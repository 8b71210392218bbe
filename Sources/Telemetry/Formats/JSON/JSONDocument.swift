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
            while true {
                if depth == 0 {
                    scanner.skipBlanks(bytes)
                    guard scanner.position >= scanner.end else { throw scanner.rejection(.trailingText) }
                    return
                }
                let place = Int(open[depth])
                let isObject = nodes[place].kind == .object
                if try scanner.another(bytes, closing: isObject ? ASCII.closeBrace : ASCII.closeBracket) {
                    if isObject { try key(bytes, &nodes) }
                    break
                }
                nodes[place].next = UInt32(truncatingIfNeeded: count)
                nodes[place].end = UInt32(truncatingIfNeeded: scanner.position)
                depth -= 1
            }
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
        let next = UInt32(truncatingIfNeeded: count &+ 1)
        nodes[count] = .init(
            start: UInt32(truncatingIfNeeded: range.lowerBound), end: UInt32(truncatingIfNeeded: range.upperBound),
            next: next, kind: kind)
        count &+= 1
    }
}
