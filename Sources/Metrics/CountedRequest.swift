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
    var isPriced = false
    var outcome = Outcome.unknown
    var rating = Outcome.unknown
    var errorType: Symbol
    var stopReason: Symbol
    var inputTokens: Int64 = 0
    var outputTokens: Int64 = 0
    var cost: Int64 = 0
    var values: DimensionValues

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

    init(_ record: borrowing Record, cost: Int64?) {
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
        if let tokens = record.inputTokens { inputTokens = tokens.weighted(by: weight) }
        if let tokens = record.outputTokens { outputTokens = tokens.weighted(by: weight) }
        if let cost {
            isPriced = true
            self.cost = cost.weighted(by: weight)
        }
    }
}

extension RequestRow {
    mutating func count(_ request: borrowing CountedRequest) {
        requests.add(weight: request.weight)
        switch request.outcome {
        case .good: succeeded.add(weight: request.weight)
        case .bad: failed.add(weight: request.weight)
        case .unknown: break
        }
        inputTokens &+= request.inputTokens
        outputTokens &+= request.outputTokens
        cost &+= request.cost
        if request.isPriced { priced &+= request.weight }
    }
}

extension SliceRow {
    mutating func count(_ request: borrowing CountedRequest) {
        counts.count(request)
        if request.hasLatency {
            latency.record(request.latency, fineBucket: Int(request.latencyBucket), weight: request.weight)
        }
    }
}

extension ArmRow {
    mutating func count(_ request: borrowing CountedRequest) {
        let weight = request.weight
        requests.add(weight: weight)
        squaredWeights &+= Tally.squared(weight)
        switch request.outcome {
        case .good: succeeded.add(weight: weight)
        case .bad: failed.add(weight: weight)
        case .unknown: break
        }
        if request.hasLatency {
            latency.record(request.latency, fineBucket: Int(request.latencyBucket), weight: weight)
        }
        switch request.rating {
        case .good: ratedUp &+= weight
        case .bad: ratedDown &+= weight
        case .unknown: break
        }
        cost &+= request.cost
        if request.isPriced { priced &+= weight }
        tokens &+= request.inputTokens &+ request.outputTokens
        let named = request.values[.agentVersion]
        if !named.isAbsent {
            version = named
        } else if !request.values[.promptVersion].isAbsent {
            version = request.values[.promptVersion]
        }
    }
}
