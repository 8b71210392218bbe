/// What one line says. Rates, costs and lengths that the line does not give are nil: absent is unknown, never zero.
///
/// One `Record` is reused for every line of a source: `reset()` empties it and keeps its buffers. Numbers and answers
/// are kept in place with a bit each that says whether they are there; `RecordFields.swift` has their names.
public struct Record: Sendable {
    public var kind: RecordKind = .request

    /// The record's time: its end, in µs since 1970 UTC.
    public var time: Int64 = 0
    /// False where the line had no time at all and `time` was left 0 for the engine to fill with "now".
    public var hasTime = false

    @usableFromInline var measures = Measures()
    @usableFromInline var answers = Answers()
    @usableFromInline var identifiers = Identifiers()

    // MARK: Identity

    public var traceURLText: Range<Int> = 0..<0
    /// Whether the text ranges point into `LineDecoder.texts` and not into the line's buffer.
    public var textsAreOwned = false

    /// How many requests this record stands for, in 1/1024 request: 1024 / `sample_rate`, at most
    /// `Record.maximumWeight`.
    public var weight: Int64 = Record.unitWeight

    // MARK: Names

    public var errorType: Symbol = .absent
    public var stopReason: Symbol = .absent
    public var flags: Flags = []
    /// Only `Dimension.ofRequest` are filled.
    public var values: DimensionValues = .init()
    public var featureFlags: [Symbol] = []
    public var tools: [ToolCall] = []
    public var spans: [SpanPart] = []
    /// Unknown fields with a text, number or boolean value, at most `Record.maximumAttributes`.
    public var attributes: [Attribute] = []

    // MARK: Other kinds

    /// `span`: its kind and whether it failed; also the shape of each element of `spans`.
    public var span = SpanPart()
    public var feedbackCategory: Symbol = .absent
    public var evalName: Symbol = .absent
    public var evalLabel: Symbol = .absent
    public var fallbackAction: Symbol = .absent
    public var queue: Symbol = .absent
    /// What deploys and snapshots say, apart: no other record carries it.
    private var notice: Notice?

    /// One request in the unit of `weight`.
    public static var unitWeight: Int64 { 1024 }
    /// A record stands for at most 65,536 requests; smaller sample rates are clamped, so that sums cannot overflow.
    public static var maximumWeight: Int64 { 65_536 * 1024 }
    public static var maximumAttributes: Int { 16 }
    /// Elements kept of `tools`, and of `spans`; `toolCallCount` counts all.
    public static var maximumParts: Int { 256 }
    public static var maximumFeatureFlags: Int { 32 }

    public init() {}

    /// Empties the record for the next line, keeping its buffers.
    public mutating func reset() {
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
    public var deploy: Deploy? {
        get { if case .deploy(let deploy) = notice { deploy } else { nil } }
        set { notice = newValue.map { .deploy($0) } }
    }

    /// What a `snapshot` says; nil for every other kind.
    public var aggregate: Aggregate? {
        get { if case .aggregate(let aggregate) = notice { aggregate } else { nil } }
        set { notice = newValue.map { .aggregate($0) } }
    }

    private indirect enum Notice {
        case deploy(Deploy)
        case aggregate(Aggregate)
    }
}

/// The nine shapes of records.md.
public enum RecordKind: UInt8, Sendable, CaseIterable {
    case request, span, outcome, feedback, eval, deploy, fallback, queue, snapshot
}

/// The flags records.md names; any other is `.other`.
public struct Flags: OptionSet, Sendable, Hashable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let safety = Flags(rawValue: 1 << 0)
    public static let injectionAttempt = Flags(rawValue: 1 << 1)
    public static let policyViolation = Flags(rawValue: 1 << 2)
    public static let guardrailBlock = Flags(rawValue: 1 << 3)
    public static let circuitBreaker = Flags(rawValue: 1 << 4)
    public static let lowConfidence = Flags(rawValue: 1 << 5)
    public static let dataBreach = Flags(rawValue: 1 << 6)
    public static let emptyResponse = Flags(rawValue: 1 << 7)
    public static let parseError = Flags(rawValue: 1 << 8)
    public static let other = Flags(rawValue: 1 << 9)

    /// Name in a record, in bit order.
    public static let names = [
        "safety", "injection_attempt", "policy_violation", "guardrail_block", "circuit_breaker", "low_confidence",
        "data_breach", "empty_response", "parse_error", "other",
    ]
}
