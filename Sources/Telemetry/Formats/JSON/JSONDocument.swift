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
