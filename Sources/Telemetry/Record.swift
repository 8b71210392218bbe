/// What one line says. Rates, costs and lengths that the line does not give are nil: absent is unknown, never zero.
///
/// One `Record` is reused for every line of a source: `reset()` empties it and keeps its buffers. Numbers and answers
/// are kept in place with a bit each that says whether they are there; `RecordFields.swift` has their names.
package struct Record: Sendable {
    package var kind: RecordKind = .request

    /// The record's time: its end, in µs since 1970 UTC.
    package var time: Int64 = 0
    /// False where the line had no time at all and `time` was left 0 for the engine to fill with "now".
    package var hasTime = false

    @usableFromInline var measures = Measures()
    @usableFromInline var answers = Answers()
    @usableFromInline var identifiers = Identifiers()

    // MARK: Identity

    package var traceURLText: Range<Int> = 0..<0
    /// Whether the text ranges point into `LineDecoder.texts` and not into the line's buffer.
    package var textsAreOwned = false

    /// How many requests this record stands for, in 1/1024 request: 1024 / `sample_rate`, at most
    /// `Record.maximumWeight`.
    package var weight: Int64 = Record.unitWeight

    // MARK: Names

    package var errorType: Symbol = .absent
    package var stopReason: Symbol = .absent
    package var flags: Flags = []
    /// Only `Dimension.ofRequest` are filled.
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
    package var fallbackAction: Symbol = .absent
    package var queue: Symbol = .absent
    /// What deploys and snapshots say, apart: no other record carries it.
    private var notice: Notice?

    /// One request in the unit of `weight`.
    package static var unitWeight: Int64 { 1024 }
    /// A record stands for at most 65,536 requests; smaller sample rates are clamped, so that sums cannot overflow.
    package static var maximumWeight: Int64 { 65_536 * 1024 }
    package static var maximumAttributes: Int { 16 }
    /// Elements kept of `tools`, and of `spans`; `toolCallCount` counts all.
    package static var maximumParts: Int { 256 }
    package static var maximumFeatureFlags: Int { 32 }

    package init() {}

    /// Empties the record for the next line, keeping its buffers.
    package mutating func reset() {
        kind = .request
        time = 0
        hasTime = false
        measures.present = 0
        answers = Answers()
        identifiers = Identifiers()
        traceURLText = 0..<0
        textsAreOwned = false
        weight = Record.unitWeight
        errorType = .absent
        stopReason = .absent
        flags = []
        values.bits = 0
        span = SpanPart()
        feedbackCategory = .absent
        evalName = .absent
        evalLabel = .absent
        fallbackAction = .absent
        queue = .absent
        if notice != nil { notice = nil }
        if !featureFlags.isEmpty { featureFlags.removeAll(keepingCapacity: true) }
        if !tools.isEmpty { tools.removeAll(keepingCapacity: true) }
        if !spans.isEmpty { spans.removeAll(keepingCapacity: true) }
        if !attributes.isEmpty { attributes.removeAll(keepingCapacity: true) }
    }

    /// What a `deploy` says; nil for every other kind.
    package var deploy: Deploy? {
        get { if case .deploy(let deploy) = notice { deploy } else { nil } }
        set { notice = newValue.map { .deploy($0) } }
    }

    /// What a `snapshot` says; nil for every other kind.
    package var aggregate: Aggregate? {
        get { if case .aggregate(let aggregate) = notice { aggregate } else { nil } }
        set { notice = newValue.map { .aggregate($0) } }
    }

    private indirect enum Notice {
        case deploy(Deploy)
        case aggregate(Aggregate)
    }
}

/// The nine shapes of records.md.
package enum RecordKind: UInt8, Sendable, CaseIterable {
    case request, span, outcome, feedback, eval, deploy, fallback, queue, snapshot
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
