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

    // MARK: By name

    package var models = NameTable<RequestRow>()
    package var tasks = NameTable<RequestRow>()
    package var tools = NameTable<ToolRow>()

    // MARK: Others

    package var fallbacks = NameTable<Count>()
    package var unmatched: Int64 = 0

    package init() {}

    /// Which parts of a tally are wanted: an alert needs no names, a sparkline no distributions.
    package struct Parts: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let latency = Parts(rawValue: 1)
        package static let lengths = Parts(rawValue: 2)
        package static let scores = Parts(rawValue: 4)
        package static let names = Parts(rawValue: 8)
        package static let spans = Parts(rawValue: 16)
        package static let all: Parts = [.latency, .lengths, .scores, .names, .spans]
    }

    /// Adds another span's counts: scalars always, distributions and names as asked.
    package mutating func add(_ other: borrowing Tally, parts: Parts = .all) {
        addScalars(of: other)
        if parts.contains(.latency) { latency.merge(other.latency) }
        if parts.contains(.lengths) {
            outputLength.merge(other.outputLength)
            toolCallsPerRequest.merge(other.toolCallsPerRequest)
        }
        if parts.contains(.scores) {
            sentiment.merge(other.sentiment)
            quality.merge(other.quality)
            evalScore.merge(other.evalScore)
        }
        if parts.contains(.names) {
            errors.merge(other.errors)
            stopReasons.merge(other.stopReasons)
            models.merge(other.models)
            tasks.merge(other.tasks)
            tools.merge(other.tools)
            fallbacks.merge(other.fallbacks)
        }
        if parts.contains(.spans) {
            timeToFirstToken.merge(other.timeToFirstToken)
            modelLatency.merge(other.modelLatency)
            toolLatency.merge(other.toolLatency)
            retrievalLatency.merge(other.retrievalLatency)
        }
    }

    private mutating func addScalars(of other: borrowing Tally) {
        requests.add(other.requests)
        squaredWeights &+= other.squaredWeights
        succeeded.add(other.succeeded)
        failed.add(other.failed)
        for i in flags.indices { flags[i] &+= other.flags[i] }
        completionKnown &+= other.completionKnown
        completedWeakly &+= other.completedWeakly
        completedStrongly &+= other.completedStrongly
        signalled &+= other.signalled
        escalated &+= other.escalated
        abandoned &+= other.abandoned
        corrected &+= other.corrected
        ratedUp &+= other.ratedUp
        ratedDown &+= other.ratedDown
        ratings &+= other.ratings
        inputTokens &+= other.inputTokens
        outputTokens &+= other.outputTokens
        cachedInputTokens &+= other.cachedInputTokens
        withTokens &+= other.withTokens
        cost &+= other.cost
        priced &+= other.priced
        pricedSucceeded &+= other.pricedSucceeded
        steps &+= other.steps
        redundantToolCalls &+= other.redundantToolCalls
        unmatched &+= other.unmatched
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
