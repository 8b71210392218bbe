package import Statistics
package import Telemetry

/// One variant's counts over one span: what a canary is judged by.
package struct ArmRow: Row {
    package var requests = Count()
    /// Σ weight², in requests²·1024.
    package var squaredWeights: Int64 = 0
    package var succeeded = Count()
    package var failed = Count()
    package var latency = ExponentialHistogram(unitsPerOne: 1000)
    package var ratedUp: Int64 = 0
    package var ratedDown: Int64 = 0
    package var evalScore = UniformBins(lower: 0, upper: 1_000_000)
    /// Nano-dollars, of those whose cost is known; tokens in and out; tool calls.
    package var cost = Moments()
    package var tokens = Moments()
    package var toolCalls = Moments()
    /// Users that no variant had seen since one of them last began to take traffic.
    package var newUsers: Int64 = 0
    /// Users that another variant had seen.
    package var movedUsers: Int64 = 0
    /// The version that its latest request named.
    package var version = Symbol.absent

    package init() {}

    package var heaviness: Int64 { requests.weighted }

    package mutating func add(_ other: ArmRow) {
        requests.add(other.requests)
        squaredWeights &+= other.squaredWeights
        succeeded.add(other.succeeded)
        failed.add(other.failed)
        latency.merge(other.latency)
        ratedUp &+= other.ratedUp
        ratedDown &+= other.ratedDown
        evalScore.merge(other.evalScore)
        cost.add(other.cost)
        tokens.add(other.tokens)
        toolCalls.add(other.toolCalls)
        newUsers &+= other.newUsers
        movedUsers &+= other.movedUsers
        if !other.version.isAbsent { version = other.version }
    }

    package func pack(into numbers: inout PackedNumbers) {
        requests.pack(into: &numbers)
        numbers.append(weighted: squaredWeights)
        succeeded.pack(into: &numbers)
        failed.pack(into: &numbers)
        latency.pack(into: &numbers)
        numbers.append(weighted: ratedUp)
        numbers.append(weighted: ratedDown)
        evalScore.pack(into: &numbers)
        cost.pack(into: &numbers)
        tokens.pack(into: &numbers)
        toolCalls.pack(into: &numbers)
        numbers.append(newUsers)
        numbers.append(movedUsers)
        numbers.append(UInt64(version.rawValue))
    }

    package init(from numbers: inout PackedNumbersReader) {
        requests = Count(from: &numbers)
        squaredWeights = numbers.weighted()
        succeeded = Count(from: &numbers)
        failed = Count(from: &numbers)
        latency.unpack(from: &numbers)
        ratedUp = numbers.weighted()
        ratedDown = numbers.weighted()
        evalScore.unpack(from: &numbers)
        cost = Moments(from: &numbers)
        tokens = Moments(from: &numbers)
        toolCalls = Moments(from: &numbers)
        newUsers = numbers.signed()
        movedUsers = numbers.signed()
        version = Symbol(rawValue: UInt32(truncatingIfNeeded: numbers.unsigned()))
    }

    package var errorRate: Double? {
        let judged = failed.weighted + succeeded.weighted
        return judged > 0 ? Double(failed.weighted) / Double(judged) : nil
    }

    package var satisfaction: Double? {
        let n = ratedUp + ratedDown
        return n > 0 ? Double(ratedUp) / Double(n) : nil
    }

    /// Dollars.
    package var costPerRequest: Double? { cost.mean.map { $0 / 1e9 } }

    /// (Σw)²/Σw² over Σw: how much of a weighted count is information, 1 where nothing was sampled.
    package var effectiveShare: Double {
        Tally.effectiveShare(of: requests.weighted, squaredWeights: squaredWeights)
    }

    /// Requests with a known outcome, as many as equally weighted ones would be.
    package var effectiveJudged: Double {
        Double(failed.weighted + succeeded.weighted) / 1024 * effectiveShare
    }
}
