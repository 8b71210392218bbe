/// One tool call of a request.
public struct ToolCall: Sendable, Hashable {
    public var name: Symbol = .absent
    /// µs.
    public var latency: Int64?
    public var success: Bool?
    public var argumentsValid: Bool?
    public init() {}
}

/// What a span was for, as far as latency is told apart by it.
public enum SpanKind: UInt8, Sendable, CaseIterable {
    case model, tool, retrieval, other
}

/// One span of a request.
public struct SpanPart: Sendable, Hashable {
    public var kind: SpanKind = .other
    public var operation: Symbol = .absent
    public var tool: Symbol = .absent
    /// µs since 1970, where the input says it.
    public var start: Int64?
    /// µs.
    public var duration: Int64?
    public var failed: Bool?
    public init() {}
}

/// A field records.md does not know.
public struct Attribute: Sendable, Hashable {
    public var name: Symbol
    public var value: Symbol
    public init(name: Symbol, value: Symbol) {
        self.name = name
        self.value = value
    }
}

/// A `deploy` record.
public struct Deploy: Sendable, Hashable {
    public var version = ""
    public var promptHash: String?
    public var model: String?
    public var variant: String?
    /// Share of traffic, in percent.
    public var percent: Double?
    public var evalScore: Double?
    public var note: String?
    public var rollbackCommand: String?
    public init() {}
}

/// A `snapshot` record: a span of time already counted by somebody else.
public struct Aggregate: Sendable, Hashable {
    /// µs.
    public var duration: Int64 = 0
    public var requests: Int64 = 0
    public var errors: [Symbol: Int64] = [:]
    /// µs by percentile name ("p50", "p95", "p99", "max"): shown as given, never merged.
    public var latencyPercentiles: [String: Int64] = [:]
    public var latencyHistogram: WireHistogram?
    /// The histogram was made of buckets with other bounds, each counted at its middle: quantiles are only as good as
    /// those buckets were narrow.
    public var isBucketed = false
    public var inputTokens: Int64?
    public var outputTokens: Int64?
    /// Nano-dollars.
    public var cost: Int64?
    public var toolCalls: [Symbol: Int64] = [:]
    public var outputLengthMean: Double?
    public var sentimentMean: Double?
    public var qualityMean: Double?
    public init() {}
}

/// An exponential histogram as it travels: base 2^(2^−scale), bucket i counts (base^i, base^(i+1)], of milliseconds.
public struct WireHistogram: Sendable, Hashable {
    public var scale: Int = 0
    public var zeroCount: Int64 = 0
    public var offset: Int = 0
    public var counts: [Int64] = []
    /// What buckets can't tell, where it is given: µs.
    public var sum: Int64?
    public var minimum: Int64?
    public var maximum: Int64?
    public init() {}
}
