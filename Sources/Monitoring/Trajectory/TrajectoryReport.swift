package import Metrics
package import Statistics
package import Telemetry

/// How well the agent gets to its answers: whether it calls tools in vain, wrongly, again and again, and what its fallbacks are
/// worth.
package struct TrajectoryReport: Sendable {
    /// What is known, in the order of `TrajectoryMeasure.Kind`.
    package let measures: [TrajectoryMeasure]
    package let fallbacks: [FallbackReport]
    /// The number of steps that 95% of the requests before the window stayed within; nil: too few say.
    package let usualSteps: Int64?
    /// Requests that went round in circles, the worst first.
    package let worst: [Trajectory]

    /// Requests that are told of one by one.
    package static let mostWorst = 5

    /// - Parameters:
    ///   - then: the baseline's numbers; empty where there is none.
    ///   - times: of the window, µs since 1970.
    package init(
        _ snapshot: Snapshot, now: Tally, then: Tally, in times: ClosedRange<Int64>, where filter: RecordFilter? = nil
    ) {
        let trajectories = snapshot.rows.trajectories(in: times, where: filter, limit: Self.mostWorst)
        let names = snapshot.names
        measures = TrajectoryMeasure.Kind.allCases.compactMap { kind in
            if kind == .longTrajectories {
                // One in twenty is what is usual.
                guard trajectories.usualSteps != nil, trajectories.withSteps > 0 else { return nil }
                return TrajectoryMeasure(
                    kind: kind, part: trajectories.long, whole: trajectories.withSteps, before: 0.05, isShare: true)
            }
            return TrajectoryMeasure(kind, now, then, names)
        }
        fallbacks = now.fallbacks.ranked { $0.decisions.weighted }.map { FallbackReport(name: names.label($0), $1) }
        usualSteps = trajectories.usualSteps
        worst = trajectories.worst
    }
}

/// One number of trajectories, and what it was in the baseline.
package struct TrajectoryMeasure: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case toolCallsPerSuccess = "tool_calls_per_success"
        case stepsPerRequest = "steps_per_request"
        case longTrajectories = "long_trajectories"
        case redundantCalls = "redundant_call_rate"
        case validArguments = "argument_validity"
        case repeatedToolErrors = "repeated_tool_error_rate"
        case cutAnswers = "max_tokens_rate"
        case breakerTrips = "circuit_breaker_rate"

        package var isBetterHigher: Bool { self == .validArguments }

        package var words: String {
            switch self {
            case .toolCallsPerSuccess: "tool calls per success"
            case .stepsPerRequest: "steps per request"
            case .longTrajectories: "longer than usual"
            case .redundantCalls: "redundant tool calls"
            case .validArguments: "valid tool arguments"
            case .repeatedToolErrors: "two tool errors in a row"
            case .cutAnswers: "stopped at max_tokens"
            case .breakerTrips: "circuit breaker tripped"
            }
        }

        /// What the whole is made of.
        package var unit: String {
            switch self {
            case .toolCallsPerSuccess: "successes"
            case .redundantCalls, .validArguments: "tool calls"
            default: "requests"
            }
        }
    }

    package let kind: Kind
    /// Weighted in 1/1024.
    package let part: Int64
    package let whole: Int64
    /// In the baseline; nil: not known.
    package let before: Double?
    /// Else a number for each.
    package let isShare: Bool

    package var value: Double { Double(part) / Double(whole) }

    init(kind: Kind, part: Int64, whole: Int64, before: Double?, isShare: Bool) {
        (self.kind, self.part, self.whole, self.before, self.isShare) = (kind, part, whole, before, isShare)
    }

    /// Nil where nothing is known of it.
    init?(_ kind: Kind, _ now: Tally, _ then: Tally, _ names: SymbolNames) {
        guard let (part, whole) = Self.counts(kind, now, names), whole > 0 else { return nil }
        let before = Self.counts(kind, then, names).flatMap { $0.whole > 0 ? Double($0.part) / Double($0.whole) : nil }
        self.init(
            kind: kind, part: part, whole: whole, before: before,
            isShare: kind != .toolCallsPerSuccess && kind != .stepsPerRequest)
    }

    /// The same over time.
    package static func value(_ kind: Kind, _ tally: Tally, _ names: SymbolNames) -> Double? {
        counts(kind, tally, names).flatMap { $0.whole > 0 ? Double($0.part) / Double($0.whole) : nil }
    }

    private static func counts(_ kind: Kind, _ tally: Tally, _ names: SymbolNames) -> (part: Int64, whole: Int64)? {
        switch kind {
        case .toolCallsPerSuccess:
            tally.toolCallsPerRequest.isEmpty ? nil : (tally.toolCallsPerRequest.sum, tally.succeeded.weighted)
        case .stepsPerRequest: tally.steps > 0 ? (tally.steps, tally.requests.weighted) : nil
        case .longTrajectories: nil
        case .redundantCalls: (tally.redundantToolCalls, tally.callsOfKnownRedundancy)
        case .validArguments: (tally.argumentsValid, tally.argumentsKnown)
        case .repeatedToolErrors: (tally.repeatedToolErrors, tally.toolOutcomesKnown)
        case .cutAnswers: tally.cutAnswers(names)
        case .breakerTrips:
            // Where no request has any flag, nobody reports them.
            tally.flags.indices.contains { tally.flags[$0] > 0 }
                ? (tally.flagged(.circuitBreaker), tally.requests.weighted) : nil
        }
    }
}

/// Decisions of one kind to do something else than was meant.
package struct FallbackReport: Sendable {
    package let name: String
    /// As they were seen.
    package let decisions: Int64
    package let helped: Int64
    package let failed: Int64

    init(name: String, _ row: FallbackRow) {
        (self.name, decisions, helped, failed) = (name, row.decisions.raw, row.helped.raw, row.failed.raw)
    }

    /// Of those that say whether they helped; nil: none does.
    package var share: Double? { helped + failed > 0 ? Double(helped) / Double(helped + failed) : nil }

    /// Wilson's, 95%.
    package var interval: Interval? {
        Proportion(Double(helped), of: Double(helped + failed)).map { Interval.wilson($0, confidence: 0.95) }
    }
}
