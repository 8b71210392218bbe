import Metrics
package import Statistics

/// Whether requests have the variant that a deterministic router gives their users: below a bucket the canary, else control.
package struct CanaryRouting: Sendable, Hashable {
    /// The hash that fits best.
    package let algorithm: UserBucket
    /// The bucket, 1 to 99, below which users are the canary's if it does.
    package let percent: Int
    /// Requests of both arms that were looked at: of one user in eight.
    package let looked: Int
    /// The share of each arm's that should be the other's: 0 under this router, about a half where buckets decide nothing.
    package let canaryElsewhere: Double
    package let controlElsewhere: Double
    private let canaryLooked: Int
    private let controlLooked: Int
    /// In how many buckets they are: a user is always in the same one.
    private let canaryBuckets: Int
    private let controlBuckets: Int

    /// Nil while an arm has fewer than 20 requests of known users.
    ///
    /// - Parameter algorithm: the only one that is looked at; nil: the one that fits better.
    init?(control: RoutedRequests, canary: RoutedRequests, by algorithm: UserBucket?) {
        var best: (algorithm: UserBucket, percent: Int, canary: Double, control: Double)?
        var buckets = (canary: 0, control: 0)
        var looked = (canary: 0, control: 0)
        for algorithm in algorithm.map({ [$0] }) ?? UserBucket.allCases {
            let (canaryBelow, controlBelow) = (canary.countsBelow(by: algorithm), control.countsBelow(by: algorithm))
            looked = (canaryBelow[100], controlBelow[100])
            guard min(looked.canary, looked.control) >= Self.fewest else { return nil }
            // The boundary that leaves the fewest of either arm on the wrong side: with few canary users one that puts all of
            // them there would otherwise fit well.
            for percent in 1...99 {
                let elsewhere = (
                    canary: 1 - Double(canaryBelow[percent]) / Double(looked.canary),
                    control: Double(controlBelow[percent]) / Double(looked.control)
                )
                if let best, max(best.canary, best.control) <= max(elsewhere.canary, elsewhere.control) { continue }
                best = (algorithm, percent, elsewhere.canary, elsewhere.control)
                buckets = (
                    (percent..<100).count { canaryBelow[$0 + 1] > canaryBelow[$0] },
                    (0..<percent).count { controlBelow[$0 + 1] > controlBelow[$0] }
                )
            }
        }
        guard let best else { return nil }
        (self.algorithm, percent) = (best.algorithm, best.percent)
        (canaryElsewhere, controlElsewhere) = (best.canary, best.control)
        (canaryLooked, controlLooked) = looked
        (canaryBuckets, controlBuckets) = buckets
        self.looked = canaryLooked + controlLooked
    }

    private static let fewest = 20
    /// Some are always sent by hand, and some while the percentage is being changed.
    private static let tolerance = 0.02

    /// Whether variants are dealt out so.
    package var fits: Bool { max(canaryElsewhere, controlElsewhere) <= Self.tolerance }

    /// Users of fewer buckets may be one or two who ask much.
    private static let leastBuckets = 4

    /// Whether they surely are not.
    package var isBroken: Bool {
        [
            (canaryElsewhere, canaryLooked, canaryBuckets), (controlElsewhere, controlLooked, controlBuckets),
        ].contains { share, count, buckets in
            guard buckets >= Self.leastBuckets, let elsewhere = Proportion(share * Double(count), of: Double(count))
            else {
                return false
            }
            return Interval.wilson(elsewhere, confidence: 0.999).lower > Self.tolerance
        }
    }
}
