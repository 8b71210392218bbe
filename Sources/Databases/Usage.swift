import Telemetry

/// Tokens and cost. Input includes cached input, output includes reasoning; nil is not known.
package struct Usage: Equatable, Sendable {
    package var input: Int64?
    package var output: Int64?
    package var cachedInput: Int64?
    package var cacheWrite: Int64?
    package var reasoning: Int64?
    /// Nano-dollars.
    package var cost: Int64?

    /// Nothing known.
    package init() {}

    /// A number of tokens that can be one.
    static func tokens(_ value: Int64?) -> Int64? {
        guard let value, value >= 0, value <= 1_000_000_000_000 else { return nil }
        return value
    }

    /// Dollars to nano-dollars; nil for what is no cost, or one beyond a million.
    static func nanoDollars(_ dollars: Double?) -> Int64? {
        guard let dollars, dollars >= 0, dollars <= 1_000_000 else { return nil }
        return Int64((dollars * 1e9).rounded())
    }

    mutating func add(_ other: Usage) {
        Self.add(&input, other.input)
        Self.add(&output, other.output)
        Self.add(&cachedInput, other.cachedInput)
        Self.add(&cacheWrite, other.cacheWrite)
        Self.add(&reasoning, other.reasoning)
        Self.add(&cost, other.cost)
    }

    private static func add(_ sum: inout Int64?, _ value: Int64?) {
        guard let value else { return }
        sum = (sum ?? 0).addingReportingOverflow(value).partialValue
    }
}

/// What a request was counted as: enough to say what came later.
struct Counted: Equatable {
    var usage = Usage()
    var toolCalls = 0
    var spans = 0
    var success: Bool?
    /// What the record said was wrong, where it failed.
    var errorType: String?
    var isRooted = false

    /// What must be added to what was said before; nil if nothing changed that counts.
    func difference(from old: Counted) -> UsageDelta? {
        var delta = UsageDelta()
        delta.input = Self.change(usage.input, old.usage.input)
        delta.output = Self.change(usage.output, old.usage.output)
        delta.cachedInput = Self.change(usage.cachedInput, old.usage.cachedInput)
        delta.cacheWrite = Self.change(usage.cacheWrite, old.usage.cacheWrite)
        delta.reasoning = Self.change(usage.reasoning, old.usage.reasoning)
        delta.cost = Self.change(usage.cost, old.usage.cost)
        delta.toolCalls = toolCalls - old.toolCalls
        if success != old.success { delta.success = success }
        let isNothing = delta == UsageDelta() && spans == old.spans && errorType == old.errorType
        delta.change = RequestChange(
            before: old.usage, after: usage, successBefore: old.success, successAfter: success,
            errorTypeBefore: old.errorType, errorTypeAfter: errorType)
        return isNothing ? nil : delta
    }

    private static func change(_ new: Int64?, _ old: Int64?) -> Int64? {
        new == old ? nil : (new ?? 0) - (old ?? 0)
    }
}

/// A request that was handed out before: as it was said to be, and as it is.
package struct RequestChange: Equatable, Sendable {
    package var before = Usage()
    package var after = Usage()
    package var successBefore: Bool?
    package var successAfter: Bool?
    /// What was said to be wrong, and what is; nil where nothing was.
    package var errorTypeBefore: String?
    package var errorTypeAfter: String?
}

/// The difference that a late child, a late cost or a changed row makes to a request that was handed out before.
/// Negative where less is counted than was said.
struct UsageDelta: Equatable {
    var input: Int64?
    var output: Int64?
    var cachedInput: Int64?
    var cacheWrite: Int64?
    var reasoning: Int64?
    var cost: Int64?
    var toolCalls = 0
    /// The outcome, where it has changed.
    var success: Bool?
    var change = RequestChange()

    /// Makes a decoded record the correction.
    func apply(to record: inout Record) {
        record.inputTokens = input
        record.outputTokens = output
        record.cachedInputTokens = cachedInput
        record.cacheWriteTokens = cacheWrite
        record.reasoningTokens = reasoning
        record.cost = cost
        record.latency = nil
        record.timeToFirstToken = nil
        record.outputLength = nil
        record.steps = nil
        record.toolCallCount = toolCalls == 0 ? nil : Int64(toolCalls)
        record.success = success
        if success != false { record.errorType = .absent }
    }
}
