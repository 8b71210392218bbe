import Telemetry

/// Texts and list elements of many rows, one behind the other.
struct RowLists: Sendable {
    /// Eight bytes each; a text begins with a word of its own.
    private(set) var texts: [UInt64] = []
    /// Words of `texts` that are written.
    private var textEnd = 0
    private(set) var tools: [HeldTool] = []
    private(set) var spans: [HeldSpan] = []
    private(set) var attributes: [Attribute] = []
    private(set) var featureFlags: [Symbol] = []
    /// What `snapshot` records say, by row.
    var aggregates: [Int: Aggregate] = [:]

    /// Whether it is time for a chunk, however few its rows.
    var areLong: Bool { textEnd > 1 << 18 || spans.count > 1 << 16 || tools.count > 1 << 16 }

    /// About what a minute that somebody else has counted takes, beside its histogram.
    private static let aggregateSize = 512

    /// Bytes on the heap.
    var byteCount: Int {
        8 * texts.count + MemoryLayout<HeldTool>.stride * tools.count + MemoryLayout<HeldSpan>.stride * spans.count
            + 8 * attributes.count + 4 * featureFlags.count
            + aggregates.values.reduce(0) { $0 + Self.aggregateSize + 8 * ($1.latencyHistogram?.counts.count ?? 0) }
    }

    /// Appends what stands in the range, cut at the longest text; the cell to find it by.
    mutating func append(_ bytes: RawSpan, _ range: Range<Int>) -> Int64 {
        let start = 8 &* textEnd
        var range = range.clamped(to: 0..<bytes.byteCount)
        if range.count > RowPlace.longestText { range = SafeText.cut(bytes, range, limit: RowPlace.longestText) }
        if textEnd &+ RowPlace.longestText >= texts.count {
            texts.append(contentsOf: repeatElement(0, count: max(2048, texts.count)))
        }
        textEnd = Self.copy(bytes, range, to: &texts, at: textEnd)
        return Self.cell(start, start &+ range.count)
    }

    /// - Returns: the word behind the text.
    @inline(__always)
    private static func copy(_ bytes: RawSpan, _ range: Range<Int>, to texts: inout [UInt64], at start: Int) -> Int {
        var words = texts.mutableSpan
        return bytes.copy(range, to: &words, at: start)
    }

    /// The same in no more room than it takes.
    var compacted: RowLists {
        var result = RowLists()
        result.texts = Array(texts.prefix(textEnd))
        result.textEnd = textEnd
        // Copied: what has grown has room to spare.
        result.tools = tools.map { $0 }
        result.spans = spans.map { $0 }
        result.attributes = attributes.map { $0 }
        result.featureFlags = featureFlags.map { $0 }
        result.aggregates = aggregates
        return result
    }

    /// Makes room for the next rows', keeping the buffers.
    mutating func removeAll() {
        textEnd = 0
        tools.removeAll(keepingCapacity: true)
        spans.removeAll(keepingCapacity: true)
        attributes.removeAll(keepingCapacity: true)
        featureFlags.removeAll(keepingCapacity: true)
        if !aggregates.isEmpty { aggregates = [:] }
    }

    mutating func append(_ calls: [ToolCall]) -> Int64 {
        let start = tools.count
        for call in calls { tools.append(HeldTool(call)) }
        return Self.cell(start, tools.count)
    }

    mutating func append(_ parts: [SpanPart]) -> Int64 {
        let start = spans.count
        for part in parts { spans.append(HeldSpan(part)) }
        return Self.cell(start, spans.count)
    }

    mutating func append(_ more: [Attribute]) -> Int64 {
        let start = attributes.count
        attributes.append(contentsOf: more)
        return Self.cell(start, attributes.count)
    }

    mutating func append(_ more: [Symbol]) -> Int64 {
        let start = featureFlags.count
        featureFlags.append(contentsOf: more)
        return Self.cell(start, featureFlags.count)
    }

    private static func cell(_ start: Int, _ end: Int) -> Int64 {
        Int64(start) << RowPlace.listBits | Int64(min(end - start, 1 << RowPlace.listBits - 1))
    }
}
