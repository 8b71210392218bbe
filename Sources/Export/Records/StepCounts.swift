import Metrics
import Statistics
import Telemetry

/// What a `snapshot` record can carry of one span of time, in the units of a tally: counts in 1/1024 request. Two of them
/// can be subtracted: what came late is the difference.
struct StepCounts {
    private(set) var requests: Int64 = 0
    private(set) var errors: [String: Int64] = [:]
    /// By bucket of the sketch.
    private(set) var latencies: [Int: Int64] = [:]
    private(set) var zeroLatencies: Int64 = 0
    private(set) var latencySum: Int64 = 0
    /// µs, of everything in the span; nil without any latency.
    private(set) var fastest: Int64?
    private(set) var slowest: Int64?
    private(set) var inputTokens: Int64 = 0
    private(set) var outputTokens: Int64 = 0
    private(set) var knowsTokens = false
    private(set) var cost: Int64 = 0
    private(set) var knowsCost = false
    private(set) var toolCalls: [String: Int64] = [:]
    private(set) var outputLength = Mean()
    private(set) var sentiment = Mean()
    private(set) var quality = Mean()

    /// A sum and how many it is of.
    struct Mean: Equatable {
        var sum: Int64 = 0
        var count: Int64 = 0

        var value: Double? { count > 0 ? Double(sum) / Double(count) : nil }

        mutating func subtract(_ other: Mean) {
            sum &-= other.sum
            count &-= other.count
        }
    }

    /// Nothing at all.
    init() {}

    init(_ tally: Tally, _ names: SymbolNames) {
        requests = tally.requests.weighted
        for (name, row) in zip(tally.errors.names, tally.errors.rows) {
            errors[names.label(name), default: 0] &+= row.weighted
        }
        for (name, row) in zip(tally.tools.names, tally.tools.rows) {
            toolCalls[names.label(name), default: 0] &+= row.calls.weighted
        }
        let latency = tally.latency
        for (place, count) in latency.counts.enumerated() where count != 0 {
            latencies[latency.offset + place] = count
        }
        zeroLatencies = latency.zeroCount
        latencySum = latency.sum
        if !latency.isEmpty { (fastest, slowest) = (latency.minimum, latency.maximum) }
        inputTokens = tally.inputTokens
        outputTokens = tally.outputTokens
        knowsTokens = tally.totalTokens != nil
        cost = tally.cost
        knowsCost = tally.costInDollars != nil
        outputLength = Mean(sum: tally.outputLength.sum, count: tally.outputLength.count)
        sentiment = Mean(sum: tally.sentiment.sum, count: tally.sentiment.count)
        quality = Mean(sum: tally.quality.sum, count: tally.quality.count)
    }

    /// Nothing that a record would tell.
    var isEmpty: Bool {
        requests == 0 && zeroLatencies == 0 && inputTokens == 0 && outputTokens == 0 && cost == 0
            && [outputLength, sentiment, quality].allSatisfy { $0.count == 0 }
            && latencies.values.allSatisfy { $0 == 0 } && errors.values.allSatisfy { $0 == 0 }
            && toolCalls.values.allSatisfy { $0 == 0 }
    }

    /// Takes away what was told before.
    mutating func subtract(_ other: StepCounts) {
        requests &-= other.requests
        for (name, count) in other.errors { errors[name, default: 0] &-= count }
        for (name, count) in other.toolCalls { toolCalls[name, default: 0] &-= count }
        for (bucket, count) in other.latencies { latencies[bucket, default: 0] &-= count }
        zeroLatencies &-= other.zeroLatencies
        latencySum &-= other.latencySum
        inputTokens &-= other.inputTokens
        outputTokens &-= other.outputTokens
        cost &-= other.cost
        outputLength.subtract(other.outputLength)
        sentiment.subtract(other.sentiment)
        quality.subtract(other.quality)
    }

    /// Adds another span's, of which the extremes are the wider ones.
    mutating func add(_ other: StepCounts) {
        var negative = StepCounts()
        negative.subtract(other)
        subtract(negative)
        fastest = [fastest, other.fastest].compactMap { $0 }.min()
        slowest = [slowest, other.slowest].compactMap { $0 }.max()
        knowsTokens = knowsTokens || other.knowsTokens
        knowsCost = knowsCost || other.knowsCost
    }
}
