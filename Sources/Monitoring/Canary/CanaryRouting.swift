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

    /// Nil while an arm has fewer than 20 requests of known users.
    ///
    /// - Parameter algorithm: the only one that is looked at; nil: the one that fits better.
    init?(control: RoutedRequests, canary: RoutedRequests, by algorithm: UserBucket?) {
        (canaryLooked, controlLooked) = (canary.count, control.count)
        guard min(canaryLooked, controlLooked) >= Self.fewest else { return nil }
        let (n, m) = (Double(canaryLooked), Double(controlLooked))
        // The boundary that leaves the fewest of either arm on the wrong side: with few canary users one that puts all of
        // them there would otherwise fit well.
        let fits = (algorithm.map { [$0] } ?? UserBucket.allCases).flatMap { algorithm in
            (1...99).map { percent in
                (
                    algorithm, percent, canary: 1 - Double(canary.count(below: percent, by: algorithm)) / n,
                    control: Double(control.count(below: percent, by: algorithm)) / m
                )
            }
        }
        guard let best = fits.min(by: { max($0.canary, $0.control) < max($1.canary, $1.control) }) else { return nil }
        (self.algorithm, percent) = (best.0, best.1)
        (canaryElsewhere, controlElsewhere) = (best.canary, best.control)
        looked = canaryLooked + controlLooked
    }

    private static let fewest = 20
    /// Some are always sent by hand, and some while the percentage is being changed.
    private static let tolerance = 0.02

    /// Whether variants are dealt out so.
    package var fits: Bool { max(canaryElsewhere, controlElsewhere) <= Self.tolerance }

    /// Whether they surely are not.
    package var isBroken: Bool {
        [(canaryElsewhere, canaryLooked), (controlElsewhere, controlLooked)].contains { share, count in
            Proportion(share * Double(count), of: Double(count))
                .map { Interval.wilson($0, confidence: 0.999).lower > Self.tolerance } ?? false
        }
    }
}
