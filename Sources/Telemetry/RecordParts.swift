/// One tool call of a request.
package struct ToolCall: Sendable, Hashable {
    package var name: Symbol = .absent
    /// µs.
    package var latency: Int64?
    package var success: Bool?
    package var argumentsValid: Bool?
    package init() {}
}

/// What a span was for, as far as latency is told apart by it.
package enum SpanKind: UInt8, Sendable, CaseIterable {
    case model, tool, retrieval, other
}

/// One span of a request.
package struct SpanPart: Sendable, Hashable {
    package var kind: SpanKind = .other
    package var operation: Symbol = .absent
    package var tool: Symbol = .absent
    /// µs.
    package var duration: Int64?
    package var failed: Bool?
    package init() {}
}

/// A field records.md does not know.
package struct Attribute: Sendable, Hashable {
    package var name: Symbol
    package var value: Symbol
    package init(name: Symbol, value: Symbol) {
        self.name = name
        self.value = value
    }
}

/// A `deploy` record.
package struct Deploy: Sendable, Hashable {
    package var version = ""
    package var promptHash: String?
    package var model: String?
    package var variant: String?
    /// Share of traffic, in percent.
    package var percent: Double?
    package var evalScore: Double?
    package var note: String?
    package var rollbackCommand: String?
    package init() {}
}

/// A `snapshot` record: a span of time already counted by somebody else.
package struct Aggregate: Sendable, Hashable {
    /// µs.
    package var duration: Int64 = 0
    package var requests: Int64 = 0
    package var errors: [Symbol: Int64] = [:]
    /// µs by percentile name ("p50", "p95", "p99", "max"): shown as given, never merged.
    package var latencyPercentiles: [String: Int64] = [:]
    package var latencyHistogram: WireHistogram?
    /// The histogram was made of buckets with other bounds, each counted at its middle: quantiles are only as good as
    /// those buckets were narrow.
    package var isBucketed = false
    package var inputTokens: Int64?
    package var outputTokens: Int64?
    /// Nano-dollars.
    package var cost: Int64?
    package var toolCalls: [Symbol: Int64] = [:]
    package var outputLengthMean: Double?
    package var sentimentMean: Double?
    package var qualityMean: Double?
    package init() {}
}

/// An exponential histogram as it travels: base 2^(2^−scale), bucket i counts (base^i, base^(i+1)], of milliseconds.
package struct WireHistogram: Sendable, Hashable {
    package var scale: Int = 0
    package var zeroCount: Int64 = 0
    package var offset: Int = 0
    package var counts: [Int64] = []
    package init() {}
}
