import Telemetry

/// The columns of held rows. One of the first 64 is there only where a row has a value in it, told by a bit of its mask.
enum RowPlace {
    /// By `Measure.rawValue`.
    static var measures: Int { 0 }
    static var measureCount: Int { 23 }
    /// After prices, nano-dollars.
    static var cost: Int { 23 }
    /// By `Dimension.rawValue`, those that a request has one value of.
    static var dimensions: Int { 24 }
    static var dimensionCount: Int { 19 }
    /// By `Identifier.rawValue`.
    static var identifiers: Int { 43 }
    static var identifierCount: Int { 6 }
    static var errorType: Int { 49 }
    static var stopReason: Int { 50 }
    static var flags: Int { 51 }
    /// As `Record.answerBits`.
    static var answers: Int { 52 }
    /// Of rows that are no requests.
    static var kind: Int { 53 }
    /// Names that only other kinds have: a feedback's category, an eval's name, a fallback's action, a queue; an eval's label.
    static var name: Int { 54 }
    static var label: Int { 55 }
    // Where a list begins among the chunk's, and how many elements it has in the lowest `listBits`.
    static var tools: Int { 56 }
    static var spans: Int { 57 }
    static var attributes: Int { 58 }
    static var featureFlags: Int { 59 }
    static var traceText: Int { 60 }
    static var sessionText: Int { 61 }
    static var traceURL: Int { 62 }
    /// Of rows that do not stand for exactly one request.
    static var weight: Int { 63 }

    // Every row has these.
    static var time: Int { 64 }
    /// How far had been judged when the row was counted, µs since 1970.
    static var judged: Int { 65 }
    /// How many rows of other streams came before it.
    static var rank: Int { 66 }
    static var count: Int { 67 }

    static var listBits: Int64 { 10 }
    /// Bytes kept of a text: fewer than fit in `listBits`.
    static var longestText: Int { 512 }

    static func bit(_ place: Int) -> UInt64 { 1 &<< UInt64(place) }

    /// The range that a cell of a list or text column stands for.
    static func range(_ cell: Int64) -> Range<Int> {
        let start = Int(cell >> listBits)
        return start..<start + Int(cell & (1 << listBits - 1))
    }
}

/// A tool call of a held request.
struct HeldTool: Sendable {
    let name: Symbol
    private let bits: UInt8
    private let latency: Int64

    init(_ call: ToolCall) {
        name = call.name
        latency = call.latency ?? 0
        bits =
            (call.latency == nil ? 0 : 1) | (call.success == nil ? 0 : 2) | (call.success == true ? 4 : 0)
            | (call.argumentsValid == nil ? 0 : 8) | (call.argumentsValid == true ? 16 : 0)
    }

    var hasFailed: Bool { bits & 6 == 2 }
    var hasInvalidArguments: Bool { bits & 24 == 8 }

    var call: ToolCall {
        var call = ToolCall()
        call.name = name
        call.latency = bits & 1 == 0 ? nil : latency
        call.success = bits & 2 == 0 ? nil : bits & 4 != 0
        call.argumentsValid = bits & 8 == 0 ? nil : bits & 16 != 0
        return call
    }
}

/// A span of a held request.
struct HeldSpan: Sendable {
    private let start: Int64
    private let duration: Int64
    private let operation: Symbol
    private let tool: Symbol
    private let kind: SpanKind
    private let bits: UInt8

    init(_ span: SpanPart) {
        start = span.start ?? 0
        duration = span.duration ?? 0
        operation = span.operation
        tool = span.tool
        kind = span.kind
        bits =
            (span.duration == nil ? 0 : 1) | (span.failed == nil ? 0 : 2) | (span.failed == true ? 4 : 0)
            | (span.start == nil ? 0 : 8)
    }

    var part: SpanPart {
        var part = SpanPart()
        part.start = bits & 8 == 0 ? nil : start
        part.duration = bits & 1 == 0 ? nil : duration
        part.operation = operation
        part.tool = tool
        part.kind = kind
        part.failed = bits & 2 == 0 ? nil : bits & 4 != 0
        return part
    }
}
