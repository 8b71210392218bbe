import Statistics
import Telemetry

/// What a record says about how its request went down, as far as completion goes.
struct Signals {
    /// Completed at all; nil if the record says nothing of it.
    var weak: Bool?
    /// Corrected, escalated, abandoned, rephrased or rated down.
    var negative: Bool
    /// Anything at all was recorded about what came after.
    var any: Bool

    init(_ record: borrowing Record) {
        if let completed = record.completed {
            weak = completed
        } else if let output = record.hasFinalOutput {
            weak = output
        } else if let success = record.success {
            weak = success && (record.outputTokens ?? 1) > 0
        }
        negative =
            record.corrected == true || record.escalated == true || record.abandoned == true
            || record.rephrased == true || record.ratedPositive == false
        any =
            negative || record.ratedPositive != nil || record.corrected != nil || record.escalated != nil
            || record.abandoned != nil || record.copied != nil || record.followedUp != nil || record.accepted != nil
            || record.rephrased != nil
    }
}

/// The longest run of failures among calls in their order.
struct FailureRun {
    private(set) var longest = 0
    /// Whether any call says how it went.
    private(set) var isKnown = false
    private var current = 0

    /// What does not say how it went is no failure.
    mutating func add(failed: Bool?) {
        if failed != nil { isKnown = true }
        current = failed == true ? current + 1 : 0
        longest = max(longest, current)
    }
}

extension Tally {
    /// weight² in requests²·1024, from a weight in 1/1024 request.
    static func squared(_ weight: Int64) -> Int64 { weight &* weight / 1024 }

    /// Counts what one request adds to plain numbers: everything but distributions and names.
    mutating func countNumbers(_ record: borrowing Record, cost: Int64?, signals: Signals) {
        let weight = record.weight
        requests.add(weight: weight)
        squaredWeights &+= Self.squared(weight)
        countOutcome(record, signals)
        if record.inputTokens != nil || record.outputTokens != nil { withTokens &+= weight }
        if let tokens = record.inputTokens { inputTokens &+= tokens.weighted(by: weight) }
        if let tokens = record.outputTokens { outputTokens &+= tokens.weighted(by: weight) }
        if let tokens = record.cachedInputTokens { cachedInputTokens &+= tokens.weighted(by: weight) }
        if let steps = record.steps { self.steps &+= steps.weighted(by: weight) }
        if let calls = record.redundantToolCalls {
            redundantToolCalls &+= calls.weighted(by: weight)
            callsOfKnownRedundancy &+= max(calls, record.toolCallCount ?? 0).weighted(by: weight)
        }
        if let cost {
            self.cost &+= cost.weighted(by: weight)
            priced &+= weight
            if record.success == true { pricedSucceeded &+= weight }
        }
    }

    private mutating func countOutcome(_ record: borrowing Record, _ signals: Signals) {
        let weight = record.weight
        if record.success == true { succeeded.add(weight: weight) }
        if record.success == false { failed.add(weight: weight) }
        var bits = record.flags.rawValue
        while bits != 0 {
            let bit = bits.trailingZeroBitCount
            if bit < flags.count { flags[bit] &+= weight }
            bits &= bits - 1
        }
        if let weak = signals.weak {
            completionKnown &+= weight
            if weak { completedWeakly &+= weight }
            if weak, !signals.negative { completedStrongly &+= weight }
        }
        if signals.any { signalled &+= weight }
        if record.escalated == true { escalated &+= weight }
        if record.abandoned == true { abandoned &+= weight }
        if record.corrected == true { corrected &+= weight }
        countRating(record.ratedPositive, weight: weight)
    }

    private mutating func countRating(_ positive: Bool?, weight: Int64) {
        guard let positive else { return }
        ratings &+= 1
        if positive { ratedUp &+= weight } else { ratedDown &+= weight }
    }

    mutating func count(tool call: ToolCall, weight: Int64) {
        tools.update(call.name) { row in
            row.calls.add(weight: weight)
            if call.success == false { row.errors.add(weight: weight) }
        }
        if let value = call.latency { toolLatency.record(value, weight: weight) }
        if let isValid = call.argumentsValid {
            argumentsKnown &+= weight
            if isValid { argumentsValid &+= weight }
        }
    }

    /// Counts whether two tool calls of a request failed in a row.
    mutating func countToolRuns(_ record: borrowing Record) {
        var runs = FailureRun()
        for call in record.tools { runs.add(failed: call.success.map { !$0 }) }
        if record.tools.isEmpty {
            for span in record.spans where span.kind == .tool { runs.add(failed: span.failed) }
        }
        guard runs.isKnown else { return }
        toolOutcomesKnown &+= record.weight
        if runs.longest >= 2 { repeatedToolErrors &+= record.weight }
    }

    /// Counts a span's latency by its kind, and its tool call unless the request lists its calls itself.
    mutating func count(span: SpanPart, weight: Int64, countsTool: Bool = true) {
        if let value = span.duration {
            switch span.kind {
            case .model: modelLatency.record(value, weight: weight)
            case .tool: if countsTool { toolLatency.record(value, weight: weight) }
            case .retrieval: retrievalLatency.record(value, weight: weight)
            case .other: break
            }
        }
        guard countsTool, span.kind == .tool, !span.tool.isAbsent else { return }
        tools.update(span.tool) { row in
            row.calls.add(weight: weight)
            if span.failed == true { row.errors.add(weight: weight) }
        }
    }

    /// Counts feedback, an outcome or an eval at its own time.
    mutating func count(learned record: borrowing Record, signals: Signals, weight: Int64) {
        if record.escalated == true { escalated &+= weight }
        if record.abandoned == true { abandoned &+= weight }
        if record.corrected == true { corrected &+= weight }
        countRating(record.ratedPositive, weight: weight)
        if let score = record.evalScore { evalScore.record(score, weight: weight) }
    }

    /// Counts a minute that somebody else has aggregated. Its percentiles can't be merged and are left out; a histogram merges
    /// exactly where its scale is at least ours.
    mutating func count(_ aggregate: Aggregate) {
        let unit = Record.unitWeight
        requests.weighted &+= aggregate.requests.weighted(by: unit)
        requests.raw &+= aggregate.requests
        squaredWeights &+= aggregate.requests.weighted(by: unit)
        let failures = aggregate.errors.values.reduce(0, &+)
        failed.weighted &+= failures &* unit
        failed.raw &+= failures
        let successes = max(0, aggregate.requests - failures)
        succeeded.weighted &+= successes &* unit
        succeeded.raw &+= successes
        for (name, n) in aggregate.errors {
            errors.update(name) {
                $0.weighted &+= n &* unit
                $0.raw &+= n
            }
        }
        if let histogram = aggregate.latencyHistogram { latency.merge(histogram) }
        if aggregate.inputTokens != nil || aggregate.outputTokens != nil {
            withTokens &+= aggregate.requests.weighted(by: unit)
        }
        inputTokens &+= (aggregate.inputTokens ?? 0).weighted(by: unit)
        outputTokens &+= (aggregate.outputTokens ?? 0).weighted(by: unit)
        if let cost = aggregate.cost {
            self.cost &+= cost.weighted(by: unit)
            priced &+= aggregate.requests.weighted(by: unit)
            pricedSucceeded &+= successes &* unit
        }
        for (name, n) in aggregate.toolCalls {
            tools.update(name) {
                $0.calls.weighted &+= n &* unit
                $0.calls.raw &+= n
            }
        }
        if let mean = aggregate.outputLengthMean, mean >= 0, mean < 1e12 {
            outputLength.record(Int64(mean.rounded()), weight: aggregate.requests.weighted(by: unit))
        }
        if let mean = aggregate.sentimentMean, abs(mean) <= 1 {
            sentiment.record(Int64((mean * 1e6).rounded()), weight: aggregate.requests.weighted(by: unit))
        }
        if let mean = aggregate.qualityMean, abs(mean) <= 1 {
            quality.record(Int64((mean * 1e6).rounded()), weight: aggregate.requests.weighted(by: unit))
        }
    }
}
