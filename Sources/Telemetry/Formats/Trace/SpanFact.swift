/// What a span does, as far as it decides how it counts.
enum SpanRole: UInt8 {
    case unknown, model, tool, retrieval, agent, chain

    /// The kind whose latency it is counted under.
    var kind: SpanKind {
        switch self {
        case .model: .model
        case .tool: .tool
        case .retrieval: .retrieval
        case .unknown, .agent, .chain: .other
        }
    }
}

/// Tokens as one span says them; input includes cached, output includes reasoning.
struct TokenUsage: Equatable {
    var input: Int64?
    var output: Int64?
    var cached: Int64?
    var cacheWrite: Int64?
    var reasoning: Int64?

    /// Whether any of the two that every writer gives is there.
    var isKnown: Bool { input != nil || output != nil }

    /// An input that is less than its cached part can only have left it out: then it is added.
    mutating func includeCached() {
        guard let input else { return }
        let (part, overflow) = (cached ?? 0).addingReportingOverflow(cacheWrite ?? 0)
        if !overflow, input < part { self.input = input + part }
    }

    static func + (a: TokenUsage, b: TokenUsage) -> TokenUsage {
        TokenUsage(
            input: sum(a.input, b.input), output: sum(a.output, b.output), cached: sum(a.cached, b.cached),
            cacheWrite: sum(a.cacheWrite, b.cacheWrite), reasoning: sum(a.reasoning, b.reasoning))
    }

    /// Absent and absent is absent; a sum is limited as every count is.
    static func sum(_ a: Int64?, _ b: Int64?) -> Int64? {
        guard let a, let b else { return a ?? b }
        return min(a + b, NativeDecoder.maximumCount)
    }
}

/// One span, without its texts: what a request is put together from.
struct SpanFact {
    /// Hashes; a parent of 0 is none.
    var id: UInt64 = 0
    var parent: UInt64 = 0
    /// The parent is known to be in another process, whose spans may never come.
    var hasRemoteParent = false
    /// µs since 1970.
    var start: Int64 = 0
    var end: Int64 = 0
    /// Of several versions of one span the highest counts.
    var version: Int64 = 0

    var role = SpanRole.unknown
    var failed: Bool?
    var statusCode: Int64?
    var usage = TokenUsage()
    /// Nano-dollars.
    var cost: Int64?
    /// µs.
    var timeToFirstToken: Int64?
    var outputLength: Int64?
    var errorType = Symbol.absent
    var stopReason = Symbol.absent
    var operation = Symbol.absent
    var tool = Symbol.absent
    /// Stands for the task where nothing names one: the span's own name.
    var name = Symbol.absent
    var values = DimensionValues()
    var session: UInt64 = 0
    var conversation: UInt64 = 0
    var user: UInt64 = 0
    var attributes: [Attribute] = []
    /// `agentdash.*` yes or no, and flags.
    var corrected: Bool?
    var escalated: Bool?
    var flags: Flags = []
}
