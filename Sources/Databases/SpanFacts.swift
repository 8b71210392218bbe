/// What one span of a trace says, as far as it is counted. Texts stand in `TraceAssembly.texts`.
struct SpanFacts {
    /// Hashes of the span's id and its parent's; 0 is none.
    var id: UInt64 = 0
    var parent: UInt64 = 0
    /// µs since 1970.
    var start: Int64 = 0
    var end: Int64 = 0
    var failed = false
    var name: Range<Int> = 0..<0
    /// The kind in its library's word, such as `LLM` or `CHAT_MODEL`.
    var kind: Range<Int> = 0..<0
    var role = Role.other
    var tool: Range<Int> = 0..<0
    var model: Range<Int> = 0..<0
    var requestedModel: Range<Int> = 0..<0
    var provider: Range<Int> = 0..<0
    var stopReason: Range<Int> = 0..<0
    var errorType: Range<Int> = 0..<0
    var exceptionType: Range<Int> = 0..<0
    var statusMessage: Range<Int> = 0..<0
    var statusCode: Int64?
    /// µs.
    var timeToFirstToken: Int64?
    /// Characters of the output.
    var outputLength: Int64?
    var usage = Usage()
    /// Its usage is counted with a span below it.
    var isCovered = false

    enum Role { case model, tool, other }

    var hasUsage: Bool { usage != Usage() }
}
