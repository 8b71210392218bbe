import Statistics

/// Whether more requests than before are flagged as attempts to inject instructions.
package struct InjectionTrend: Sendable, Hashable {
    /// Shares of requests, 0…1.
    package var current: Double
    package var baseline: Double
    /// Flagged requests now, as many as they are worth.
    package var count: Int
    /// How likely chance alone makes so many, 0…1.
    package var probability: Double

    /// Whether they surely rise, and enough to matter.
    package var isRising: Bool {
        probability < Self.surely && count >= Self.least && current > baseline * Self.notable
    }

    /// It is looked at over and over.
    private static let surely = 0.001
    private static let least = 5
    private static let notable = 1.5

    /// nil where there is nothing to tell of, or nothing to compare with.
    init?(now: BehaviourProfile, then: BehaviourProfile?) {
        guard let then, now.effectiveRequests > 0, then.effectiveRequests > 0, now.injections + then.injections > 0
        else { return nil }
        current = min(1, now.injections / now.effectiveRequests)
        baseline = min(1, then.injections / then.effectiveRequests)
        count = Int(now.injections)
        probability = RateChange.riseByChance(
            current: now.injections, of: now.effectiveRequests, reference: then.injections, of: then.effectiveRequests)
    }
}
