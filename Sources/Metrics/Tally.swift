package import Statistics
import Telemetry

/// Everything counted over one span of time. Counts and sums are integers, weighted in 1/1024 request; tallies of disjoint
/// spans add up to the tally of their union, exactly.
package struct Tally: SlotContent {
    // MARK: Requests and outcomes

    package var requests = Count()
    /// Σ weight², in requests²·1024, for the effective number of requests.
    package var squaredWeights: Int64 = 0
    package var succeeded = Count()
    package var failed = Count()
    package var errors = NameTable<Count>()
    package var stopReasons = NameTable<Count>()
    /// By bit of `Flags`.
    package var flags = InlineArray<10, Int64>(repeating: 0)

    // MARK: Completion

    /// Requests that say whether they completed.
    package var completionKnown: Int64 = 0
    package var completedWeakly: Int64 = 0
    package var completedStrongly: Int64 = 0
    /// Requests with any signal of what came after.
    package var signalled: Int64 = 0
    package var escalated: Int64 = 0
    package var abandoned: Int64 = 0
    package var corrected: Int64 = 0
    /// Ratings given in this span, raw weight of their request.
    package var ratedUp: Int64 = 0
    package var ratedDown: Int64 = 0
    /// Ratings as they came, for small-sample honesty.
    package var ratings: Int64 = 0

    // MARK: Distributions

    package var latency = ExponentialHistogram(unitsPerOne: 1000)
    package var timeToFirstToken = ExponentialHistogram(unitsPerOne: 1000)
    package var modelLatency = ExponentialHistogram(unitsPerOne: 1000)
    package var toolLatency = ExponentialHistogram(unitsPerOne: 1000)
    package var retrievalLatency = ExponentialHistogram(unitsPerOne: 1000)
    package var outputLength = ExponentialHistogram()
    package var toolCallsPerRequest = ExponentialHistogram()
    package var sentiment = UniformBins(lower: -1_000_000, upper: 1_000_000)
    package var quality = UniformBins(lower: 0, upper: 1_000_000)
    package var evalScore = UniformBins(lower: 0, upper: 1_000_000)

    // MARK: Tokens and money, weighted by 1024

    package var inputTokens: Int64 = 0
    package var outputTokens: Int64 = 0
    package var cachedInputTokens: Int64 = 0
    /// Requests that say how many tokens they took.
    package var withTokens: Int64 = 0
    /// Nano-dollars, the requests whose cost is known, and the successes among them.
    package var cost: Int64 = 0
    package var priced: Int64 = 0
    package var pricedSucceeded: Int64 = 0
    package var steps: Int64 = 0
    package var redundantToolCalls: Int64 = 0
    /// Tool calls of the requests that say how many of them were redundant.
    package var callsOfKnownRedundancy: Int64 = 0
    /// Tool calls of which it is known whether their arguments were valid, and those that were.
    package var argumentsKnown: Int64 = 0
    package var argumentsValid: Int64 = 0
    /// Requests that say of a tool call whether it failed, and those with two failed ones in a row.
    package var toolOutcomesKnown: Int64 = 0
    package var repeatedToolErrors: Int64 = 0

    // MARK: By name

    package var models = NameTable<RequestRow>()
    package var tasks = NameTable<RequestRow>()
    package var tools = NameTable<ToolRow>()

    // MARK: Others

    package var fallbacks = NameTable<FallbackRow>()
    package var unmatched: Int64 = 0

    package init() {}

    /// Which parts of a tally are wanted: an alert needs no names, a sparkline no distributions.
    package struct Parts: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let latency = Parts(rawValue: 1)
        package static let lengths = Parts(rawValue: 2)
        package static let scores = Parts(rawValue: 4)
        package static let errors = Parts(rawValue: 8)
        package static let tools = Parts(rawValue: 16)
        /// Stop reasons, models, tasks, fallbacks.
        package static let otherNames = Parts(rawValue: 32)
        /// Errors and tools among them.
        package static let names: Parts = [.errors, .tools, .otherNames]
        package static let spans = Parts(rawValue: 64)
        package static let all: Parts = [.latency, .lengths, .scores, .names, .spans]
    }

    /// Adds another span's counts: scalars always, distributions and names as asked.
    package mutating func add(_ other: borrowing Tally, parts: Parts = .all) {
        // The pointer is to what is lent for the time of the call, and used no longer; without it two dozen arrays are copied.
        unsafe withUnsafePointer(to: other) { pointer in
            add(unsafe Swift.Span(_unsafeStart: pointer, count: 1), parts: parts)
        }
    }

    /// The same of the tally that is the only one in a slot.
    mutating func add(_ slot: Swift.Span<Tally>, parts: Parts = .all) {
        addNumbers(of: slot)
        if parts.contains(.latency) { latency.merge(slot[0].latency) }
        if parts.contains(.lengths) {
            outputLength.merge(slot[0].outputLength)
            toolCallsPerRequest.merge(slot[0].toolCallsPerRequest)
        }
        if parts.contains(.scores) {
            sentiment.merge(slot[0].sentiment)
            quality.merge(slot[0].quality)
            evalScore.merge(slot[0].evalScore)
        }
        if parts.contains(.errors) { errors.merge(slot[0].errors) }
        if parts.contains(.tools) { tools.merge(slot[0].tools) }
        if parts.contains(.otherNames) {
            stopReasons.merge(slot[0].stopReasons)
            models.merge(slot[0].models)
            tasks.merge(slot[0].tasks)
            fallbacks.merge(slot[0].fallbacks)
        }
        if parts.contains(.spans) {
            timeToFirstToken.merge(slot[0].timeToFirstToken)
            modelLatency.merge(slot[0].modelLatency)
            toolLatency.merge(slot[0].toolLatency)
            retrievalLatency.merge(slot[0].retrievalLatency)
        }
    }

    private mutating func addNumbers(of slot: Swift.Span<Tally>) {
        requests.add(slot[0].requests)
        squaredWeights &+= slot[0].squaredWeights
        succeeded.add(slot[0].succeeded)
        failed.add(slot[0].failed)
        for i in flags.indices { flags[i] &+= slot[0].flags[i] }
        completionKnown &+= slot[0].completionKnown
        completedWeakly &+= slot[0].completedWeakly
        completedStrongly &+= slot[0].completedStrongly
        signalled &+= slot[0].signalled
        escalated &+= slot[0].escalated
        abandoned &+= slot[0].abandoned
        corrected &+= slot[0].corrected
        ratedUp &+= slot[0].ratedUp
        ratedDown &+= slot[0].ratedDown
        ratings &+= slot[0].ratings
        inputTokens &+= slot[0].inputTokens
        outputTokens &+= slot[0].outputTokens
        cachedInputTokens &+= slot[0].cachedInputTokens
        withTokens &+= slot[0].withTokens
        cost &+= slot[0].cost
        priced &+= slot[0].priced
        pricedSucceeded &+= slot[0].pricedSucceeded
        steps &+= slot[0].steps
        redundantToolCalls &+= slot[0].redundantToolCalls
        callsOfKnownRedundancy &+= slot[0].callsOfKnownRedundancy
        argumentsKnown &+= slot[0].argumentsKnown
        argumentsValid &+= slot[0].argumentsValid
        toolOutcomesKnown &+= slot[0].toolOutcomesKnown
        repeatedToolErrors &+= slot[0].repeatedToolErrors
        unmatched &+= slot[0].unmatched
    }

    // MARK: Packing

    package var isWorthPacking: Bool {
        errors.isWorthPacking || stopReasons.isWorthPacking || models.isWorthPacking || tasks.isWorthPacking
            || tools.isWorthPacking || fallbacks.isWorthPacking
    }

    /// Packs what is by name, where that is much.
    package mutating func pack() {
        errors.pack()
        stopReasons.pack()
        models.pack()
        tasks.pack()
        tools.pack()
        fallbacks.pack()
    }
}
