import Statistics
import Telemetry

/// What tables by name count of one request, with sums already weighted.
struct CountedRequest: Sendable {
    var time: Int64
    var weight: Int64
    /// µs, and its bucket at the finest scale; of meaning if `hasLatency`.
    var latency: Int64 = 0
    var latencyBucket: Int32 = 0
    var hasLatency = false
    var outcome = Outcome.unknown
    var rating = Outcome.unknown
    var errorType: Symbol
    var stopReason: Symbol
    /// The whole of it as a row of its own: what a table by name adds.
    var row = RequestRow()
    var values: DimensionValues
    /// Of requests of a variant: by whom, 0 where that is not known; tool calls, and cost and tokens unweighted, of which those that
    /// are not known are `unknown`.
    var userHash: UInt64 = 0
    /// Where a router has the user; nil where that was not looked at.
    var buckets: UserBuckets?
    var toolCalls = Self.unknown
    var cost = Self.unknown
    var tokens = Self.unknown

    static let unknown = Int64.min

    enum Outcome: UInt8 {
        case unknown, good, bad

        init(_ isGood: Bool?) {
            switch isGood {
            case nil: self = .unknown
            case true?: self = .good
            case false?: self = .bad
            }
        }
    }

    init(_ record: borrowing Record, cost: Int64?, buckets: UserBuckets?) {
        time = record.time
        weight = record.weight
        errorType = record.errorType
        stopReason = record.stopReason
        values = record.values
        outcome = Outcome(record.success)
        rating = Outcome(record.ratedPositive)
        if let latency = record.latency {
            hasLatency = true
            self.latency = latency
            latencyBucket = Int32(truncatingIfNeeded: ExponentialHistogram.fineBucket(of: latency, unitsPerOne: 1000))
        }
        row.requests.add(weight: weight)
        switch outcome {
        case .good: row.succeeded.add(weight: weight)
        case .bad: row.failed.add(weight: weight)
        case .unknown: break
        }
        if let tokens = record.inputTokens { row.inputTokens = tokens.weighted(by: weight) }
        if let tokens = record.outputTokens { row.outputTokens = tokens.weighted(by: weight) }
        if let cost {
            row.cost = cost.weighted(by: weight)
            row.priced = weight
        }
        guard !values[.variant].isAbsent else { return }
        userHash = record.userHash
        self.buckets = buckets
        toolCalls = record.toolCallCount ?? Self.unknown
        self.cost = cost ?? Self.unknown
        if record.inputTokens != nil || record.outputTokens != nil {
            tokens = (record.inputTokens ?? 0) &+ (record.outputTokens ?? 0)
        }
    }
}

extension SliceRow {
    mutating func count(_ request: borrowing CountedRequest) {
        counts.add(request.row)
        if request.hasLatency {
            latency.record(request.latency, fineBucket: Int(request.latencyBucket), weight: request.weight)
        }
    }
}

extension ArmRow {
    mutating func count(_ request: borrowing CountedRequest) {
        let weight = request.weight
        requests.add(request.row.requests)
        squaredWeights &+= Tally.squared(weight)
        succeeded.add(request.row.succeeded)
        failed.add(request.row.failed)
        if request.hasLatency {
            latency.record(request.latency, fineBucket: Int(request.latencyBucket), weight: weight)
        }
        switch request.rating {
        case .good: ratedUp &+= weight
        case .bad: ratedDown &+= weight
        case .unknown: break
        }
        if request.cost != CountedRequest.unknown { cost.record(request.cost, weight: weight) }
        if request.tokens != CountedRequest.unknown { tokens.record(request.tokens, weight: weight) }
        if request.toolCalls != CountedRequest.unknown { toolCalls.record(request.toolCalls, weight: weight) }
        let named = request.values[.agentVersion]
        if !named.isAbsent {
            version = named
        } else if !request.values[.promptVersion].isAbsent {
            version = request.values[.promptVersion]
        }
    }
}
