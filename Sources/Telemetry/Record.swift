/// What one line says. Rates, costs and lengths that the line does not give are nil: absent is unknown, never zero.
///
/// One `Record` is reused for every line of a source: `reset()` empties it and keeps its buffers.
package struct Record: Sendable {
    package var kind: RecordKind = .request

    /// The record's time: its end, in µs since 1970 UTC.
    package var time: Int64 = 0
    /// False where the line had no time at all and `time` was left 0 for the engine to fill with "now".
    package var hasTime = false
    /// µs since 1970, where given.
    package var startTime: Int64?

    // MARK: Identity

    /// Hash of `trace_id`; 0 is absent.
    package var traceHash: UInt64 = 0
    /// Where the text of `trace_id` stands in the line's buffer (raw, escapes and all); empty if absent.
    package var traceText: Range<Int> = 0..<0
    package var spanHash: UInt64 = 0
    package var sessionHash: UInt64 = 0
    package var sessionText: Range<Int> = 0..<0
    package var conversationHash: UInt64 = 0
    package var userHash: UInt64 = 0
    package var traceURLText: Range<Int> = 0..<0
    /// Whether the text ranges point into `LineDecoder.texts` and not into the line's buffer.
    package var textsAreOwned = false
    package var shadowOfHash: UInt64 = 0

    // MARK: Measures

    /// End minus start, in µs.
    package var latency: Int64?
    /// Time to the first token, in µs.
    package var timeToFirstToken: Int64?
    /// Tokens; input includes cached input, output includes reasoning.
    package var inputTokens: Int64?
    package var outputTokens: Int64?
    package var cachedInputTokens: Int64?
    package var cacheWriteTokens: Int64?
    package var reasoningTokens: Int64?
    /// What the record itself says it cost, in nano-dollars; tools and compute apart.
    package var cost: Int64?
    package var toolCost: Int64?
    package var computeCost: Int64?
    package var statusCode: Int64?
    package var steps: Int64?
    package var toolCallCount: Int64?
    package var redundantToolCalls: Int64?
    /// Characters.
    package var outputLength: Int64?
    package var inputLength: Int64?
    package var attachments: Int64?
    package var sessionNumber: Int64?
    /// −1…1, in millionths.
    package var sentiment: Int64?
    /// 0…1, in millionths.
    package var quality: Int64?
    /// How many requests this record stands for, in 1/1024 request: 1024 / `sample_rate`, at most
    /// `Record.maximumWeight`.
    package var weight: Int64 = Record.unitWeight

    // MARK: Outcome

    package var success: Bool?
    package var completed: Bool?
    package var hasFinalOutput: Bool?
    package var corrected: Bool?
    package var escalated: Bool?
    package var abandoned: Bool?
    package var rephrased: Bool?
    package var copied: Bool?
    package var followedUp: Bool?
    package var accepted: Bool?
    package var ratedPositive: Bool?
    package var errorType: Symbol = .absent
    package var stopReason: Symbol = .absent
    package var flags: Flags = []

    // MARK: Names

    /// Indexed by `Dimension.rawValue`; only `Dimension.ofRequest` are filled.
    package var values: DimensionValues = .init()
    package var featureFlags: [Symbol] = []
    package var tools: [ToolCall] = []
    package var spans: [SpanPart] = []
    /// Unknown fields with a text, number or boolean value, at most `Record.maximumAttributes`.
    package var attributes: [Attribute] = []

    // MARK: Other kinds

    /// `span`: its kind and whether it failed; also the shape of each element of `spans`.
    package var span = SpanPart()
    package var feedbackCategory: Symbol = .absent
    package var evalName: Symbol = .absent
    package var evalLabel: Symbol = .absent
    /// 0…1, in millionths.
    package var evalScore: Int64?
    package var fallbackAction: Symbol = .absent
    package var fallbackHelped: Bool?
    package var queue: Symbol = .absent
    package var queueDepth: Int64?
    /// What a `deploy` says; nil for every other kind.
    package var deploy: Deploy?
    /// What a `snapshot` says; nil for every other kind.
    package var aggregate: Aggregate?

    /// One request in the unit of `weight`.
    package static let unitWeight: Int64 = 1024
    /// A record stands for at most 65,536 requests; smaller sample rates are clamped, so that sums cannot overflow.
    package static let maximumWeight: Int64 = 65_536 * 1024
    package static let maximumAttributes = 16
    /// Elements kept of `tools`, and of `spans`; `toolCallCount` counts all.
    package static let maximumParts = 256
    package static let maximumFeatureFlags = 32

    package init() {}

    /// Empties the record for the next line, keeping its buffers.
    package mutating func reset() {
        // Swapped out, not copied: a second owner would make `removeAll` allocate.
        var tools: [ToolCall] = []
        var spans: [SpanPart] = []
        var attributes: [Attribute] = []
        var featureFlags: [Symbol] = []
        swap(&tools, &self.tools)
        swap(&spans, &self.spans)
        swap(&attributes, &self.attributes)
        swap(&featureFlags, &self.featureFlags)
        tools.removeAll(keepingCapacity: true)
        spans.removeAll(keepingCapacity: true)
        attributes.removeAll(keepingCapacity: true)
        featureFlags.removeAll(keepingCapacity: true)
        self = Record()
        self.tools = tools
        self.spans = spans
        self.attributes = attributes
        self.featureFlags = featureFlags
    }
}

/// The nine shapes of records.md.
package enum RecordKind: UInt8, Sendable, CaseIterable {
    case request, span, outcome, feedback, eval, deploy, fallback, queue, snapshot
}

/// One value a dimension; a fixed array so that a record carries no allocation for it.
package struct DimensionValues: Sendable {
    private var storage = InlineArray<20, Symbol>(repeating: .absent)

    package init() {}

    /// `.absent` outside `Dimension.ofRequest`.
    package subscript(dimension: Dimension) -> Symbol {
        get { Int(dimension.rawValue) < 20 ? storage[Int(dimension.rawValue)] : .absent }
        set { if Int(dimension.rawValue) < 20 { storage[Int(dimension.rawValue)] = newValue } }
    }

    /// Takes over what is absent here.
    mutating func fill(from other: DimensionValues) {
        for index in 0..<20 where storage[index].isAbsent { storage[index] = other.storage[index] }
    }
}

/// The flags records.md names; any other is `.other`.
package struct Flags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let safety = Flags(rawValue: 1 << 0)
    package static let injectionAttempt = Flags(rawValue: 1 << 1)
    package static let policyViolation = Flags(rawValue: 1 << 2)
    package static let guardrailBlock = Flags(rawValue: 1 << 3)
    package static let circuitBreaker = Flags(rawValue: 1 << 4)
    package static let lowConfidence = Flags(rawValue: 1 << 5)
    package static let dataBreach = Flags(rawValue: 1 << 6)
    package static let emptyResponse = Flags(rawValue: 1 << 7)
    package static let parseError = Flags(rawValue: 1 << 8)
    package static let other = Flags(rawValue: 1 << 9)

    /// Name in a record, in bit order.
    package static let names = [
        "safety", "injection_attempt", "policy_violation", "guardrail_block", "circuit_breaker", "low_confidence",
        "data_breach", "empty_response", "parse_error", "other",
    ]
}

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
