/// Finds known paths in the JSON that a tracing library stored, in one pass.
///
/// Lenient where a record's scanner is strict: the text was written by somebody else's serializer into somebody else's
/// column, and what can't be understood (Python's `NaN`, a cut-off end) costs the value and not the record. Keys may be
/// nested (`{"llm":{"model_name":…}}`), dotted (`{"llm.model_name":…}`) or both.
struct JSONWalk {
    /// A value found at a known path.
    enum Value {
        /// Its characters, without escapes, in `JSONWalk.texts`.
        case text(Range<Int>)
        /// The characters of a number, `true` or `false`, in `JSONWalk.texts`.
        case scalar(Range<Int>)
    }

    private let paths: AttributePaths
    /// Values that were found, for the caller to keep as ranges.
    var texts: [UInt8] = []
    private var inner: [UInt8] = []

    /// Deeper nesting is passed over.
    private static let maximumDepth = 24
    /// Bytes kept of a text; names are cut further by the decoder.
    static let maximumText = 1_024
    /// Bytes of a JSON text inside a text that are looked into.
    private static let maximumInner = 65_536

    init(paths: AttributePaths) { self.paths = paths }

    /// Calls `found` for every known path under `node`.
    /// - Parameter encoded: texts are themselves JSON, as MLflow writes attribute values.
    mutating func walk(
        _ json: [UInt8], _ range: Range<Int>, node: Int = 0, encoded: Bool = false,
        found: (SpanAttribute, Range<Int>, Value) -> Void
    ) {
        var position = range.lowerBound
        value(json, &position, range.upperBound, node, encoded, 0, 0..<0, found)
    }

    // MARK: Values

    private mutating func value(
        _ json: [UInt8], _ position: inout Int, _ end: Int, _ node: Int, _ encoded: Bool, _ depth: Int,
        _ key: Range<Int>, _ found: (SpanAttribute, Range<Int>, Value) -> Void
    ) {
        Self.skipBlanks(json, &position, end)
        guard position < end else { return }
        switch json[position] {
        case UInt8(ascii: "{"):
            if depth >= Self.maximumDepth { return Self.skip(json, &position, end) }
            object(json, &position, end, node, encoded, depth, found)
        case UInt8(ascii: "["):
            if depth >= Self.maximumDepth { return Self.skip(json, &position, end) }
            array(json, &position, end, node, encoded, depth, key, found)
        case UInt8(ascii: "\""):
            text(json, &position, end, node, encoded, depth, key, found)
        default:
            let start = position
            Self.skip(json, &position, end)
            let scalar = start..<min(position, end)
            guard let attribute = paths.attribute(node), Self.isScalar(json, scalar) else { return }
            let first = texts.count
            texts.append(contentsOf: json[start..<min(scalar.upperBound, start + 64)])
            found(attribute, key, .scalar(first..<texts.count))
        }
    }

    private mutating func object(
        _ json: [UInt8], _ position: inout Int, _ end: Int, _ node: Int, _ encoded: Bool, _ depth: Int,
        _ found: (SpanAttribute, Range<Int>, Value) -> Void
    ) {
        position += 1
        while true {
            Self.skipBlanks(json, &position, end)
            guard position < end, json[position] == UInt8(ascii: "\"") else {
                if position < end { position += 1 }  // the closing brace, or damage
                return
            }
            let first = position + 1
            Self.skipText(json, &position, end)
            let keyRange = first..<max(first, position - 1)
            Self.skipBlanks(json, &position, end)
            guard position < end, json[position] == UInt8(ascii: ":") else { return position = end }
            position += 1
            if let (child, name) = paths.child(of: node, named: json, keyRange) {
                let start = texts.count
                texts.append(contentsOf: json[name.lowerBound..<min(name.upperBound, name.lowerBound + 64)])
                value(json, &position, end, child, encoded, depth + 1, start..<texts.count, found)
            } else {
                Self.skip(json, &position, end)
            }
            Self.skipBlanks(json, &position, end)
            guard position < end, json[position] == UInt8(ascii: ",") else {
                if position < end { position += 1 }
                return
            }
            position += 1
        }
    }

    /// The elements stand at the array's own path.
    private mutating func array(
        _ json: [UInt8], _ position: inout Int, _ end: Int, _ node: Int, _ encoded: Bool, _ depth: Int,
        _ key: Range<Int>, _ found: (SpanAttribute, Range<Int>, Value) -> Void
    ) {
        position += 1
        var isFirst = true
        while true {
            Self.skipBlanks(json, &position, end)
            guard position < end, json[position] != UInt8(ascii: "]") else {
                if position < end { position += 1 }
                return
            }
            if !isFirst {
                guard json[position] == UInt8(ascii: ",") else { return position = end }
                position += 1
            }
            isFirst = false
            value(json, &position, end, node, encoded, depth + 1, key, found)
        }
    }

    private mutating func text(
        _ json: [UInt8], _ position: inout Int, _ end: Int, _ node: Int, _ encoded: Bool, _ depth: Int,
        _ key: Range<Int>, _ found: (SpanAttribute, Range<Int>, Value) -> Void
    ) {
        let start = position + 1
        Self.skipText(json, &position, end)
        let raw = start..<max(start, position - 1)
        let first = texts.count
        // JSON in a text: every value of MLflow's, and metadata that nobody has parsed.
        let looksInside = encoded || (paths.hasChildren(node) && raw.count <= Self.maximumInner)
        if looksInside, !raw.isEmpty, depth < Self.maximumDepth, raw.count <= Self.maximumInner {
            Self.unescape(json, raw, into: &texts, limit: Self.maximumInner)
            let byte = texts[first]
            let isJSON = byte == UInt8(ascii: "{") || (encoded && Self.startsValue(byte, texts.count - first))
            if isJSON {
                var inner: [UInt8] = []
                swap(&inner, &self.inner)
                inner.removeAll(keepingCapacity: true)
                inner.append(contentsOf: texts[first...])
                texts.removeSubrange(first...)
                var innerPosition = 0
                value(inner, &innerPosition, inner.count, node, false, depth + 1, key, found)
                swap(&inner, &self.inner)
                return
            }
            if texts.count - first > Self.maximumText { texts.removeSubrange((first + Self.maximumText)...) }
        } else if let attribute = paths.attribute(node) {
            if attribute == .outputValue {
                Self.append(count: Self.characters(json, raw), to: &texts)
                return found(attribute, key, .scalar(first..<texts.count))
            }
            Self.unescape(json, raw, into: &texts, limit: Self.maximumText)
        } else {
            return
        }
        if let attribute = paths.attribute(node) { found(attribute, key, .text(first..<texts.count)) }
    }

    // MARK: Passing over

    /// Whether a text of `count` bytes that begins with `byte` is taken for JSON.
    private static func startsValue(_ byte: UInt8, _ count: Int) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "-") || byte &- 0x30 < 10
            || (byte == UInt8(ascii: "t") && count == 4) || (byte == UInt8(ascii: "f") && count == 5)
    }

    private static func isScalar(_ json: [UInt8], _ range: Range<Int>) -> Bool {
        guard let first = range.first else { return false }
        return json[first] &- 0x30 < 10 || json[first] == UInt8(ascii: "t") || json[first] == UInt8(ascii: "f")
            || (json[first] == UInt8(ascii: "-") && range.count > 1 && json[first + 1] &- 0x30 < 10)
    }

    @inline(__always)
    private static func skipBlanks(_ json: [UInt8], _ position: inout Int, _ end: Int) {
        while position < end, json[position] <= 0x20 { position &+= 1 }
    }

    /// Passes a text whose opening quote stands at `position`.
    @inline(__always)
    private static func skipText(_ json: [UInt8], _ position: inout Int, _ end: Int) {
        position &+= 1
        while position < end {
            let byte = json[position]
            position &+= 1
            if byte == UInt8(ascii: "\"") { return }
            if byte == UInt8(ascii: "\\") { position &+= 1 }
        }
        // A text without its end: as if it ended behind the last byte.
        position = end &+ 1
    }

    /// Passes any value: brackets are counted, not matched.
    private static func skip(_ json: [UInt8], _ position: inout Int, _ end: Int) {
        skipBlanks(json, &position, end)
        var depth = 0
        while position < end {
            switch json[position] {
            case UInt8(ascii: "\""):
                skipText(json, &position, end)
                if depth == 0 { return }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
                if depth == 0 {
                    position += 1
                    return
                }
            case UInt8(ascii: ","): if depth == 0 { return }
            case 0...0x20: if depth == 0 { return }
            default: break
            }
            position += 1
        }
    }

    // MARK: Texts

    private static func characters(_ json: [UInt8], _ range: Range<Int>) -> Int {
        var count = 0
        var position = range.lowerBound
        while position < range.upperBound, position < json.count {
            let byte = json[position]
            if byte == UInt8(ascii: "\\"), position + 1 < range.upperBound {
                position += json[position + 1] == UInt8(ascii: "u") ? 6 : 2
                count += 1
                continue
            }
            if byte & 0xC0 != 0x80 { count += 1 }
            position += 1
        }
        return count
    }

    private static func append(count: Int, to output: inout [UInt8]) {
        JSONText.append(Int64(count), to: &output)
    }

    private static func unescape(_ json: [UInt8], _ range: Range<Int>, into output: inout [UInt8], limit: Int) {
        let last = output.count + limit
        var position = range.lowerBound
        let end = min(range.upperBound, json.count)
        while position < end, output.count < last {
            let byte = json[position]
            position += 1
            guard byte == UInt8(ascii: "\\"), position < end else {
                output.append(byte)
                continue
            }
            let kind = json[position]
            position += 1
            switch kind {
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0C)
            case UInt8(ascii: "u"): scalar(json, &position, end, into: &output)
            default: output.append(kind)
            }
        }
    }

    private static func scalar(_ json: [UInt8], _ position: inout Int, _ end: Int, into output: inout [UInt8]) {
        var value = unit(json, position, end) ?? 0xFFFD
        position = min(position + 4, end)
        if value & 0xFC00 == 0xD800, position + 6 <= end, json[position] == UInt8(ascii: "\\"),
            let second = unit(json, position + 2, end), second & 0xFC00 == 0xDC00
        {
            value = 0x10000 + (value & 0x3FF) << 10 + (second & 0x3FF)
            position += 6
        }
        let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
        output.append(contentsOf: String(Character(scalar)).utf8)
    }

    private static func unit(_ json: [UInt8], _ position: Int, _ end: Int) -> UInt32? {
        guard position + 4 <= end else { return nil }
        var value: UInt32 = 0
        for offset in position..<position + 4 {
            let byte = json[offset]
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
            default: return nil
            }
        }
        return value
    }
}
