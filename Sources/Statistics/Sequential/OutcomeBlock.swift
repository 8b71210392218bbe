import Glibc

/// What two arms did in the same short time: how many requests each had, and how many of them were bad.
package struct OutcomeBlock: Sendable, Hashable, Codable {
    package let canaryBad: Int64
    package let canary: Int64
    package let controlBad: Int64
    package let control: Int64

    /// Negative counts are 0, and no more are bad than there are.
    package init(canaryBad: Int64, of canary: Int64, controlBad: Int64, of control: Int64) {
        self.canary = max(0, canary)
        self.control = max(0, control)
        self.canaryBad = min(max(0, canaryBad), self.canary)
        self.controlBad = min(max(0, controlBad), self.control)
    }

    /// The same with the arms in each other's place.
    package var exchanged: OutcomeBlock {
        OutcomeBlock(canaryBad: controlBad, of: control, controlBad: canaryBad, of: canary)
    }

    package var bad: Int64 { canaryBad + controlBad }

    /// Whether it says anything: both arms had requests, and some but not all were bad.
    package var isInformative: Bool { canary > 0 && control > 0 && bad > 0 && bad < canary + control }

    /// ln of how much likelier the canary's share of the bad ones is where its odds are ψ times control's than where they are
    /// equal, given how many were bad in all: Fisher's noncentral hypergeometric distribution over the central one.
    ///
    /// Whatever the rate was in that time, and whatever share of the traffic the canary had, cancels out.
    /// - Parameter ratios: ψ, each above 0.
    package func logLikelihoodRatios(_ ratios: [Double]) -> [Double] {
        guard isInformative else { return ratios.map { _ in 0 } }
        let (low, high) = (max(0, bad - control), min(canary, bad))
        // Weights relative to the first: at most e^±some hundred, which doubles hold for blocks of a minute; longer ones go by
        // logarithms.
        var logWeights = [0.0]
        logWeights.reserveCapacity(Int(high - low) + 1)
        var last = 0.0
        for k in low..<high {
            let up = Double(canary - k) * Double(bad - k)
            let down = Double(k + 1) * Double(control - bad + k + 1)
            last += log(up / down)
            logWeights.append(last)
        }
        let centre = Self.logSum(logWeights)
        return ratios.map { ratio in
            let step = log(ratio)
            let tilted = logWeights.indices.map { logWeights[$0] + Double(low + Int64($0)) * step }
            return Double(canaryBad) * step - (Self.logSum(tilted) - centre)
        }
    }

    /// ln Σ e^x.
    static func logSum(_ logs: [Double]) -> Double {
        guard let most = logs.max(), most.isFinite else { return logs.max() ?? -.infinity }
        return most + log(logs.reduce(0) { $0 + exp($1 - most) })
    }
}
