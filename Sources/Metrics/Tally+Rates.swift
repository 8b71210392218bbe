import Statistics
package import Telemetry

/// What a tally says, in the units people read. Everything is nil where nothing is known.
extension Tally {
    package var isEmpty: Bool { requests.raw == 0 && ratings == 0 && evalScore.isEmpty }

    /// The same of the tally that is the only one in a slot.
    static func isEmpty(_ slot: Swift.Span<Tally>) -> Bool {
        // All are read first: Swift 6.3's optimizer breaks off where a span is read in a chain of conditions.
        let (requests, ratings, scores) = (slot[0].requests.raw, slot[0].ratings, slot[0].evalScore.count)
        return requests == 0 && ratings == 0 && scores == 0
    }

    /// Requests with a known outcome, weighted.
    package var judged: Int64 { succeeded.weighted + failed.weighted }

    package var errorRate: Double? { ratio(failed.weighted, judged) }
    package var successRate: Double? { ratio(succeeded.weighted, judged) }

    /// (Σw)² / Σw²: how many equally weighted requests would be as informative.
    package var effectiveRequests: Double { requests.value * effectiveShare }

    /// Of any weighted count: what a weight of 1 is worth as evidence (Kish 1965), 1 where nothing was sampled.
    /// - Parameters:
    ///   - weight: Σw, in 1/1024 request.
    ///   - squaredWeights: Σw², in requests² · 1024.
    static func effectiveShare(of weight: Int64, squaredWeights: Int64) -> Double {
        squaredWeights > 0 ? Double(weight) / Double(squaredWeights) : 1
    }

    /// `effectiveRequests` over requests: how much of a weighted count is information, 1 where nothing was sampled.
    package var effectiveShare: Double {
        Self.effectiveShare(of: requests.weighted, squaredWeights: squaredWeights)
    }

    /// The whole part of `effectiveRequests`, exactly.
    package var effectiveCount: Int64 {
        guard squaredWeights > 0 else { return requests.raw }
        let square = Int128(requests.weighted) * Int128(requests.weighted)
        return Int64(clamping: square / (Int128(squaredWeights) * 1024))
    }

    package var weakCompletionRate: Double? { ratio(completedWeakly, completionKnown) }
    package var strongCompletionRate: Double? { ratio(completedStrongly, completionKnown) }
    package var signalShare: Double? { ratio(signalled, requests.weighted) }
    package var escalationRate: Double? { signalled > 0 ? ratio(escalated, requests.weighted) : nil }
    package var abandonmentRate: Double? { signalled > 0 ? ratio(abandoned, requests.weighted) : nil }
    package var satisfaction: Double? { ratio(ratedUp, ratedUp + ratedDown) }

    package func flagged(_ flag: Flags) -> Int64 {
        let bit = flag.rawValue.trailingZeroBitCount
        return bit < flags.count ? flags[bit] : 0
    }

    // MARK: Money

    /// Dollars; nil while no request has a price.
    package var costInDollars: Double? { priced > 0 || cost > 0 ? Double(cost) / 1024e9 : nil }
    package var costPerRequest: Double? { priced > 0 ? Double(cost) / 1e9 / Double(priced) : nil }
    /// All that was spent, over the requests that succeeded (of those whose cost is known).
    package var costPerSuccess: Double? { pricedSucceeded > 0 ? Double(cost) / 1e9 / Double(pricedSucceeded) : nil }
    /// Share of requests whose cost is known.
    package var pricedShare: Double? { ratio(priced, requests.weighted) }

    package var totalTokens: Int64? {
        withTokens > 0 || inputTokens > 0 || outputTokens > 0 ? (inputTokens &+ outputTokens) / 1024 : nil
    }

    // MARK: Tools

    package var toolCalls: Int64 { tools.rows.reduce(0) { $0 + $1.calls.weighted } }
    package var toolErrors: Int64 { tools.rows.reduce(0) { $0 + $1.errors.weighted } }
    package var toolErrorRate: Double? { ratio(toolErrors, toolCalls) }

    // MARK: Trajectory

    /// All tool calls over the requests that succeeded; nil where no request lists any.
    package var toolCallsPerSuccess: Double? {
        toolCallsPerRequest.isEmpty || succeeded.weighted == 0
            ? nil : Double(toolCallsPerRequest.sum) / Double(succeeded.weighted)
    }

    /// Answers that were cut for their length, of those that say why they ended; weighted.
    package func cutAnswers(_ names: SymbolNames) -> (part: Int64, whole: Int64) {
        var (cut, all): (Int64, Int64) = (0, 0)
        for (name, row) in zip(stopReasons.names, stopReasons.rows) {
            all &+= row.weighted
            if StopReasons.isLength(names[name]) { cut &+= row.weighted }
        }
        return (cut, all)
    }

    /// Fallbacks that helped, of those that say.
    package var fallbacksThatHelped: (part: Int64, whole: Int64) {
        fallbacks.rows.reduce((0, 0)) {
            ($0.0 &+ $1.helped.weighted, $0.1 &+ $1.helped.weighted &+ $1.failed.weighted)
        }
    }

    private func ratio(_ part: Int64, _ whole: Int64) -> Double? {
        whole > 0 ? Double(part) / Double(whole) : nil
    }
}
