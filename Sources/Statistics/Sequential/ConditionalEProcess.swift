import Glibc

/// Evidence that one arm's odds of something bad are higher than the other's, which may be looked at as often as one likes.
///
/// In every block the number of bad ones is taken as given, so that only their split between the arms counts: neither what is
/// usual at that hour nor the share that the canary had then matters (stratified conditional likelihood ratios, mixed over
/// odds ratios). Where the arms are equal the evidence exceeds 1/α at any time with a probability of at most α (Ville).
/// Blocks of different times may be observed in any order, and states of disjoint times merge.
package struct ConditionalEProcess: Sendable, Hashable, Codable {
    /// Odds ratios that the evidence is mixed over, uniformly.
    package static let ratios = [1.25, 1.5, 2, 3, 5, 10]

    /// ln of the likelihood ratio of each.
    private var logs = [Double](repeating: 0, count: ratios.count)

    package init() {}

    package mutating func observe(_ block: OutcomeBlock) {
        guard block.isInformative else { return }
        for (place, log) in block.logLikelihoodRatios(Self.ratios).enumerated() { logs[place] += log }
    }

    /// About how many requests of the canary it takes to come to evidence of 1/α, where its rate is really that; nil where it is not
    /// higher.
    ///
    /// - Parameters:
    ///   - share: of both arms' requests that the canary takes, inside (0, 1).
    ///   - alpha: inside (0, 1).
    package static func requests(control: Double, canary: Double, share: Double, alpha: Double) -> Double? {
        guard canary > control, control > 0, canary < 1, share > 0, share < 1 else { return nil }
        let ratio = canary / (1 - canary) / (control / (1 - control))
        let whole = 1 - share + share * ratio
        // Bad requests of both arms for one of the canary, and what each adds.
        let bad = ((1 - share) * control + share * canary) / share
        let growth = bad * (share * ratio / whole * log(ratio) - log(whole))
        // The mixture has the true ratio's evidence but for what it spreads over others.
        return growth > 0 ? (log(1 / alpha) + log(Double(ratios.count) / 2)) / growth : nil
    }

    /// What another has seen of other blocks.
    package mutating func merge(_ other: ConditionalEProcess) {
        for place in logs.indices { logs[place] += other.logs[place] }
    }

    /// ln of the evidence, 0 before anything was seen.
    package var logEvidence: Double { logEvidence(power: 1) }

    /// - Parameter power: 1/DEFF, at most 1, where requests of one user are alike: a likelihood ratio to such a power is still
    ///   evidence, and only as much as independent requests would give.
    package func logEvidence(power: Double) -> Double {
        let power = min(1, max(0, power))
        return OutcomeBlock.logSum(logs.map { power * $0 }) - log(Double(logs.count))
    }
}

/// Evidence that one arm's rate is less than a margin above the other's: the mirror of `ConditionalEProcess`, for promotion.
///
/// The likelihood ratio of equal odds against odds at the margin: where the canary is at the margin or beyond, the evidence
/// exceeds 1/α at any time with a probability of at most α. The odds at the margin follow from control's rate as it was known before
/// each block, which may change from one to the next.
package struct NonInferiorityEProcess: Sendable, Hashable, Codable {
    /// How much higher the canary's rate may be, inside (0, 1).
    package let margin: Double
    /// ln of the evidence, 0 before anything was seen.
    package private(set) var logEvidence = 0.0

    package init(margin: Double) { self.margin = min(1 - 1e-9, max(1e-9, margin)) }

    /// The odds ratio at the margin, above 1; nil where there is none: a rate of 0, or one that leaves no room.
    package func ratio(rate: Double) -> Double? {
        guard rate > 0, rate + margin < 1 else { return nil }
        return (rate + margin) / (1 - rate - margin) / (rate / (1 - rate))
    }

    /// - Parameter rate: of control, as it was known before the block.
    package mutating func observe(_ block: OutcomeBlock, rate: Double) {
        guard block.isInformative, let ratio = ratio(rate: rate), let log = block.logLikelihoodRatios([ratio]).first
        else { return }
        logEvidence -= log
    }

    /// - Parameter power: as of `ConditionalEProcess`.
    package func logEvidence(power: Double) -> Double { min(1, max(0, power)) * logEvidence }

    /// What a request of the canary adds to `logEvidence` on average where the arms are equal.
    ///
    /// - Parameters:
    ///   - rate: of both arms.
    ///   - share: of both arms' requests that the canary takes, inside (0, 1).
    package func growth(rate: Double, share: Double) -> Double {
        guard share > 0, share < 1, let ratio = ratio(rate: rate) else { return 0 }
        // Of every bad request the canary has its share; what one adds depends on how it was expected to fall.
        return rate / share * (log(1 - share + share * ratio) - share * log(ratio))
    }

    /// What another with the same margin has seen of other blocks.
    package mutating func merge(_ other: NonInferiorityEProcess) { logEvidence += other.logEvidence }
}
