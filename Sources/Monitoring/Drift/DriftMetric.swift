import Statistics

/// One measure of behaviour and how far it has moved from its baseline.
package struct DriftMetric: Sendable {
    package enum Kind: String, Sendable, CaseIterable, Codable {
        case outputLength = "output_length"
        case inputLength = "input_length"
        case inputTokens = "input_tokens"
        case outputTokens = "output_tokens"
        case latency
        case toolCalls = "tool_calls"
        case sentiment
        case quality
    }

    package var kind: Kind
    /// Means: characters, tokens, s, calls, −1…1, 0…1. Nil where nothing is known.
    package var baseline: Double?
    package var current: Double?
    /// Relative change of the mean, a fraction; of sentiment, which crosses zero, the difference.
    package var change: Double?
    /// The change that chance alone exceeds once in a thousand times, in the unit of `change`.
    package var changeByChance: Double?
    /// Population stability index over the baseline's quantile bins, and the index that n of this size reaches by chance.
    package var psi: Double?
    package var psiThreshold: Double?
    /// The Kolmogorov–Smirnov statistic, and how likely chance makes it as large.
    package var ks: Double?
    package var ksProbability: Double?
    /// |change| beyond this is drift.
    package var threshold: Double
    /// Requests that carry the measure, now and in the baseline; of sampled ones, as many as they are worth.
    package var count: Int
    package var baselineCount = 0

    /// Whether the mean moved further than its threshold and than chance moves it; of quality only down.
    package var hasMoved: Bool {
        guard isEnough, let change else { return false }
        let size = kind == .quality ? -change : abs(change)
        return size > threshold && size > changeByChance ?? 0
    }

    /// Whether the shape is another: by the index, and no less by the largest gap between the two.
    package var hasReshaped: Bool {
        guard isEnough, let psi, let psiThreshold else { return false }
        return psi > psiThreshold && ksProbability ?? 0 < Self.surely
    }

    /// Whether the mean or the shape has moved.
    package var hasDrifted: Bool { hasMoved || hasReshaped }

    private var isEnough: Bool { min(count, baselineCount) >= DriftReport.minimumCount }

    /// Gaps that chance makes more often than this are none.
    private static let surely = 0.001
    /// Bins of the baseline that the index is measured over.
    private static let bins = 10
    /// So many standard errors either way are passed once in a thousand times.
    private static let certainty = NormalDistribution.twoSidedZ(confidence: 0.999)

    /// (current − baseline) / baseline; nil without a baseline.
    package static func relativeChange(_ current: Double?, from baseline: Double?) -> Double? {
        guard let current, let baseline, baseline != 0 else { return nil }
        return (current - baseline) / baseline
    }

    init(
        _ kind: Kind, now: BehaviourProfile.Distribution?, then: BehaviourProfile.Distribution?, threshold: Double
    ) {
        self.kind = kind
        self.threshold = threshold
        count = Int(now?.effective ?? 0)
        baselineCount = Int(then?.effective ?? 0)
        baseline = then?.mean.map { $0 / kind.unitsPerOne }
        current = now?.mean.map { $0 / kind.unitsPerOne }
        change =
            kind.isDifference
            ? current.flatMap { now in baseline.map { now - $0 } } : Self.relativeChange(current, from: baseline)
        guard let now, let then else { return }
        setChance(now, then)
        compareShapes(now, then)
    }

    private mutating func setChance(_ now: BehaviourProfile.Distribution, _ then: BehaviourProfile.Distribution) {
        guard let a = now.variance, let b = then.variance, let mean = then.mean, now.effective > 0, then.effective > 0
        else { return }
        // Lengths are skewed: a few that are short by chance seem to vary little too. The larger spread counts for both.
        let error = (max(a, b) * (1 / now.effective + 1 / then.effective)).squareRoot()
        let scale = kind.isDifference ? kind.unitsPerOne : abs(mean)
        if scale > 0 { changeByChance = Self.certainty * error / scale }
    }

    private mutating func compareShapes(_ now: BehaviourProfile.Distribution, _ then: BehaviourProfile.Distribution) {
        let (n, m) = (now.effective, then.effective)
        let least = Double(DriftReport.minimumCount)
        guard n >= least, m >= least, let (current, base) = now.aligned(with: then) else { return }
        ks = DistributionDistance.kolmogorovSmirnov(reference: base.map(Double.init), current: current.map(Double.init))
        ksProbability = ks.flatMap { KolmogorovDistribution.twoSampleTail($0, n, m) }
        let bins = CoarseBins(baseline: base, bins: Self.bins)
        guard bins.count > 1 else { return }
        // As many as they are worth: half a request in an empty bin is half of one that counts.
        func effective(_ counts: [Int64], _ share: Double) -> [Double] {
            bins.counts(of: counts, unit: 1024).map { $0 * share }
        }
        psi = DistributionDistance.populationStability(
            reference: effective(base, then.share), current: effective(current, now.share))
        psiThreshold = DistributionDistance.populationStabilityThreshold(
            bins: bins.count, referenceCount: m, currentCount: n)
    }
}

extension DriftMetric.Kind {
    /// Whether a change is a difference, since the measure may be 0.
    package var isDifference: Bool { self == .sentiment }

    /// How many recorded units make one that is shown: µs in s, millionths in one.
    var unitsPerOne: Double {
        switch self {
        case .latency, .sentiment, .quality: 1e6
        case .outputLength, .inputLength, .inputTokens, .outputTokens, .toolCalls: 1
        }
    }

    /// Of its histogram.
    var unitsPerBucketUnit: Int64 { self == .latency ? 1000 : 1 }

    /// The bins of a bounded score; nil: it is on a log scale.
    var emptyBins: UniformBins? {
        switch self {
        case .sentiment: UniformBins(lower: -1_000_000, upper: 1_000_000)
        case .quality: UniformBins(lower: 0, upper: 1_000_000)
        default: nil
        }
    }

    /// Whether it is about what is asked, not what is answered.
    package var isOfInput: Bool { self == .inputLength || self == .inputTokens }

    /// Whether it is known of the requests only that are held one by one.
    package var isOfHeldRequests: Bool { isOfInput || self == .outputTokens }
}
