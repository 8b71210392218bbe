// The numbers, answers and identifiers of a record, by name.

extension Record {
    // MARK: Measures

    /// µs since 1970, where given.
    @inlinable public var startTime: Int64? {
        get { measures[.startTime] }
        set { measures[.startTime] = newValue }
    }
    /// End minus start, in µs.
    @inlinable public var latency: Int64? {
        get { measures[.latency] }
        set { measures[.latency] = newValue }
    }
    /// Time to the first token, in µs.
    @inlinable public var timeToFirstToken: Int64? {
        get { measures[.timeToFirstToken] }
        set { measures[.timeToFirstToken] = newValue }
    }
    /// Tokens; input includes cached input, output includes reasoning.
    @inlinable public var inputTokens: Int64? {
        get { measures[.inputTokens] }
        set { measures[.inputTokens] = newValue }
    }
    @inlinable public var outputTokens: Int64? {
        get { measures[.outputTokens] }
        set { measures[.outputTokens] = newValue }
    }
    @inlinable public var cachedInputTokens: Int64? {
        get { measures[.cachedInputTokens] }
        set { measures[.cachedInputTokens] = newValue }
    }
    @inlinable public var cacheWriteTokens: Int64? {
        get { measures[.cacheWriteTokens] }
        set { measures[.cacheWriteTokens] = newValue }
    }
    @inlinable public var reasoningTokens: Int64? {
        get { measures[.reasoningTokens] }
        set { measures[.reasoningTokens] = newValue }
    }
    /// What the record itself says it cost, in nano-dollars; tools and compute apart.
    @inlinable public var cost: Int64? {
        get { measures[.cost] }
        set { measures[.cost] = newValue }
    }
    @inlinable public var toolCost: Int64? {
        get { measures[.toolCost] }
        set { measures[.toolCost] = newValue }
    }
    @inlinable public var computeCost: Int64? {
        get { measures[.computeCost] }
        set { measures[.computeCost] = newValue }
    }
    @inlinable public var statusCode: Int64? {
        get { measures[.statusCode] }
        set { measures[.statusCode] = newValue }
    }
    @inlinable public var steps: Int64? {
        get { measures[.steps] }
        set { measures[.steps] = newValue }
    }
    @inlinable public var toolCallCount: Int64? {
        get { measures[.toolCallCount] }
        set { measures[.toolCallCount] = newValue }
    }
    @inlinable public var redundantToolCalls: Int64? {
        get { measures[.redundantToolCalls] }
        set { measures[.redundantToolCalls] = newValue }
    }
    /// Characters.
    @inlinable public var outputLength: Int64? {
        get { measures[.outputLength] }
        set { measures[.outputLength] = newValue }
    }
    @inlinable public var inputLength: Int64? {
        get { measures[.inputLength] }
        set { measures[.inputLength] = newValue }
    }
    @inlinable public var attachments: Int64? {
        get { measures[.attachments] }
        set { measures[.attachments] = newValue }
    }
    @inlinable public var sessionNumber: Int64? {
        get { measures[.sessionNumber] }
        set { measures[.sessionNumber] = newValue }
    }
    /// −1…1, in millionths.
    @inlinable public var sentiment: Int64? {
        get { measures[.sentiment] }
        set { measures[.sentiment] = newValue }
    }
    /// 0…1, in millionths.
    @inlinable public var quality: Int64? {
        get { measures[.quality] }
        set { measures[.quality] = newValue }
    }
    /// 0…1, in millionths.
    @inlinable public var evalScore: Int64? {
        get { measures[.evalScore] }
        set { measures[.evalScore] = newValue }
    }
    @inlinable public var queueDepth: Int64? {
        get { measures[.queueDepth] }
        set { measures[.queueDepth] = newValue }
    }

    // MARK: Outcome

    @inlinable public var success: Bool? {
        get { answers[.success] }
        set { answers[.success] = newValue }
    }
    @inlinable public var completed: Bool? {
        get { answers[.completed] }
        set { answers[.completed] = newValue }
    }
    @inlinable public var hasFinalOutput: Bool? {
        get { answers[.hasFinalOutput] }
        set { answers[.hasFinalOutput] = newValue }
    }
    @inlinable public var corrected: Bool? {
        get { answers[.corrected] }
        set { answers[.corrected] = newValue }
    }
    @inlinable public var escalated: Bool? {
        get { answers[.escalated] }
        set { answers[.escalated] = newValue }
    }
    @inlinable public var abandoned: Bool? {
        get { answers[.abandoned] }
        set { answers[.abandoned] = newValue }
    }
    @inlinable public var rephrased: Bool? {
        get { answers[.rephrased] }
        set { answers[.rephrased] = newValue }
    }
    @inlinable public var copied: Bool? {
        get { answers[.copied] }
        set { answers[.copied] = newValue }
    }
    @inlinable public var followedUp: Bool? {
        get { answers[.followedUp] }
        set { answers[.followedUp] = newValue }
    }
    @inlinable public var accepted: Bool? {
        get { answers[.accepted] }
        set { answers[.accepted] = newValue }
    }
    @inlinable public var ratedPositive: Bool? {
        get { answers[.ratedPositive] }
        set { answers[.ratedPositive] = newValue }
    }
    @inlinable public var fallbackHelped: Bool? {
        get { answers[.fallbackHelped] }
        set { answers[.fallbackHelped] = newValue }
    }

    // MARK: Identity

    /// Hash of `trace_id`; 0 is absent.
    @inlinable public var traceHash: UInt64 {
        get { identifiers[.trace] }
        set { identifiers[.trace] = newValue }
    }
    @inlinable public var sessionHash: UInt64 {
        get { identifiers[.session] }
        set { identifiers[.session] = newValue }
    }
    @inlinable public var spanHash: UInt64 {
        get { identifiers[.span] }
        set { identifiers[.span] = newValue }
    }
    @inlinable public var conversationHash: UInt64 {
        get { identifiers[.conversation] }
        set { identifiers[.conversation] = newValue }
    }
    @inlinable public var userHash: UInt64 {
        get { identifiers[.user] }
        set { identifiers[.user] = newValue }
    }
    @inlinable public var shadowOfHash: UInt64 {
        get { identifiers[.shadowOf] }
        set { identifiers[.shadowOf] = newValue }
    }
    /// Where the text of `trace_id` stands in the line's buffer (raw, escapes and all); empty if absent.
    @inlinable public var traceText: Range<Int> {
        get { identifiers.traceText }
        set { identifiers.traceText = newValue }
    }
    @inlinable public var sessionText: Range<Int> {
        get { identifiers.sessionText }
        set { identifiers.sessionText = newValue }
    }
    /// The same of `user_id`, as routers hash it; empty too where a format does not say where it stands.
    @inlinable public var userText: Range<Int> {
        get { identifiers.userText }
        set { identifiers.userText = newValue }
    }
}
