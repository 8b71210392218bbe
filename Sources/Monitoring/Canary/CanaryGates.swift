import Metrics

/// The hard gates of the requirements (G4, G5), compared in integers: `>` means exactly that.
package struct CanaryGates: Sendable, Hashable {
    package enum Gate: String, Sendable, Codable, CaseIterable {
        /// Canary error rate exceeds control by more than `maximumIncrease`.
        case errorRateIncrease = "error_rate_increase"
        /// Canary error rate exceeds `maximumErrorRate`.
        case errorRate = "error_rate"
        /// Canary eval score is below `minimumEvalScore`.
        case evalScore = "eval_score"
    }

    /// Percentage points, in hundredths of a point: 500 is +5 points.
    package var maximumIncrease: Int64 = 500
    /// In hundredths of a percent.
    package var maximumErrorRate: Int64 = 300
    /// In hundredths of a percent.
    package var minimumEvalScore: Int64 = 8500

    package init() {}

    /// A share as two integer counts.
    package struct Share: Sendable, Hashable {
        package var part: Int64
        package var whole: Int64
        package init(part: Int64, whole: Int64) {
            self.part = part
            self.whole = whole
        }
    }

    /// Every gate that the numbers cross, as the requirements' text has it; the product leaves the absolute gate out where
    /// control crosses it too (X8: an outage of the provider is no fault of the canary).
    /// - Parameter evalScore: sum and count in the same unit; nil if there are no evals.
    package func crossed(control: Share, canary: Share, evalScore: Share? = nil) -> [Gate] {
        var gates: [Gate] = []
        if control.whole > 0, canary.whole > 0 {
            let difference =
                Int128(canary.part) * Int128(control.whole) - Int128(control.part) * Int128(canary.whole)
            if difference * 10_000 > Int128(maximumIncrease) * Int128(control.whole) * Int128(canary.whole) {
                gates.append(.errorRateIncrease)
            }
        }
        if exceeds(canary, maximumErrorRate) { gates.append(.errorRate) }
        if let evalScore, evalScore.whole > 0,
            Int128(evalScore.part) * 10_000 < Int128(minimumEvalScore) * Int128(evalScore.whole)
        {
            gates.append(.evalScore)
        }
        return gates
    }

    /// Whether a rate is above a limit in hundredths of a percent.
    package func exceeds(_ share: Share, _ limit: Int64) -> Bool {
        share.whole > 0 && Int128(share.part) * 10_000 > Int128(limit) * Int128(share.whole)
    }
}

extension CanaryGates.Share {
    /// Failed of judged requests of an arm.
    init(failuresOf arm: ArmRow) {
        self.init(part: arm.failed.weighted, whole: arm.failed.weighted + arm.succeeded.weighted)
    }
}
