import Telemetry

/// What is counted for a model, a task type or any other slice.
package struct RequestRow: Row, Hashable {
    package var requests = Count()
    package var succeeded = Count()
    package var failed = Count()
    /// Weighted tokens in 1/1024 token.
    package var inputTokens: Int64 = 0
    package var outputTokens: Int64 = 0
    /// Weighted cost in 1/1024 nano-dollar, and the requests whose cost is known.
    package var cost: Int64 = 0
    package var priced: Int64 = 0

    package init() {}

    package var heaviness: Int64 { requests.weighted }

    package mutating func add(_ other: RequestRow) {
        requests.add(other.requests)
        succeeded.add(other.succeeded)
        failed.add(other.failed)
        inputTokens &+= other.inputTokens
        outputTokens &+= other.outputTokens
        cost &+= other.cost
        priced &+= other.priced
    }

    package func pack(into numbers: inout PackedNumbers) {
        requests.pack(into: &numbers)
        succeeded.pack(into: &numbers)
        failed.pack(into: &numbers)
        numbers.append(weighted: inputTokens)
        numbers.append(weighted: outputTokens)
        numbers.append(weighted: cost)
        numbers.append(weighted: priced &- requests.weighted)
    }

    package init(from numbers: inout PackedNumbersReader) {
        requests = Count(from: &numbers)
        succeeded = Count(from: &numbers)
        failed = Count(from: &numbers)
        inputTokens = numbers.weighted()
        outputTokens = numbers.weighted()
        cost = numbers.weighted()
        priced = numbers.weighted() &+ requests.weighted
    }

    /// Failed / (failed + succeeded); nil while no outcome is known.
    package var errorRate: Double? {
        let judged = failed.weighted + succeeded.weighted
        return judged > 0 ? Double(failed.weighted) / Double(judged) : nil
    }

    package var costInDollars: Double? { priced > 0 ? Double(cost) / 1024e9 : nil }
}

/// Decisions of one kind to do something else than was meant, and whether they helped.
package struct FallbackRow: Row, Hashable {
    package var decisions = Count()
    package var helped = Count()
    package var failed = Count()

    package init() {}

    package var heaviness: Int64 { decisions.weighted }

    /// One decision.
    mutating func add(helped isGood: Bool?) {
        decisions.add(weight: Record.unitWeight)
        switch isGood {
        case true?: helped.add(weight: Record.unitWeight)
        case false?: failed.add(weight: Record.unitWeight)
        case nil: break
        }
    }

    package mutating func add(_ other: FallbackRow) {
        decisions.add(other.decisions)
        helped.add(other.helped)
        failed.add(other.failed)
    }

    package func pack(into numbers: inout PackedNumbers) {
        decisions.pack(into: &numbers)
        helped.pack(into: &numbers)
        failed.pack(into: &numbers)
    }

    package init(from numbers: inout PackedNumbersReader) {
        decisions = Count(from: &numbers)
        helped = Count(from: &numbers)
        failed = Count(from: &numbers)
    }
}

/// Calls of one tool.
package struct ToolRow: Row, Hashable {
    package var calls = Count()
    package var errors = Count()

    package init() {}

    package var heaviness: Int64 { calls.weighted }

    package mutating func add(_ other: ToolRow) {
        calls.add(other.calls)
        errors.add(other.errors)
    }

    package func pack(into numbers: inout PackedNumbers) {
        calls.pack(into: &numbers)
        errors.pack(into: &numbers)
    }

    package init(from numbers: inout PackedNumbersReader) {
        calls = Count(from: &numbers)
        errors = Count(from: &numbers)
    }
}
