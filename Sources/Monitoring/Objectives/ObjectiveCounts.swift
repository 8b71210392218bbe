package import Metrics
import Query
import Statistics

extension ObjectiveCounts {
    /// Lower end of Wilson's 90% interval of the bad share; nil where nothing was counted.
    package var lowerBound: Double? {
        let (bad, total) = (Double(bad) / 1024 * worth, Double(total) / 1024 * worth)
        return Proportion(bad, of: total).map { Interval.wilson($0, confidence: 0.9).lower }
    }

    /// The same as a value that rules compare exactly.
    func burnValue(target: Int64) -> Value? {
        guard total > 0 else { return nil }
        let (above, overflow) = bad.multipliedReportingOverflow(by: 1_000_000)
        let (below, other) = total.multipliedReportingOverflow(by: 1_000_000 - target)
        if !overflow, !other { return .share(above, of: below) }
        return burn(target: target).map(Value.number)
    }

    package init(_ tally: CriterionTally) {
        self.init(bad: max(0, tally.bad), of: tally.known, worth: tally.effectiveShare)
    }

    /// What a tally says of an objective; nothing where it needs a criterion.
    package init(_ tally: Tally, _ kind: Objective.Kind) {
        switch kind {
        case .criterion: self.init(bad: 0, of: 0)
        case .success: self.init(bad: tally.failed.weighted, of: tally.judged)
        case .strongCompletion:
            self.init(bad: tally.completionKnown - tally.completedStrongly, of: tally.completionKnown)
        case .weakCompletion:
            self.init(bad: tally.completionKnown - tally.completedWeakly, of: tally.completionKnown)
        case .latency(let limit):
            // Buckets that lie wholly above: exact to the 0.54% that any quantile has.
            self.init(bad: tally.latency.count(above: limit), of: tally.latency.count)
        case .quality(let least): self.init(bad: tally.quality.count(below: least), of: tally.quality.count)
        case .evalScore(let least): self.init(bad: tally.evalScore.count(below: least), of: tally.evalScore.count)
        case .satisfaction: self.init(bad: tally.ratedDown, of: tally.ratedUp + tally.ratedDown)
        }
        bad = max(0, bad)
        worth = min(1, tally.effectiveShare)
    }
}

extension UniformBins {
    /// How many lie in bins whose middle is below `value`, in millionths.
    fileprivate func count(below value: Int64) -> Int64 {
        let width = Double(upper - lower) / Double(Self.bins)
        var sum: Int64 = 0
        for (i, n) in counts.enumerated() where Double(lower) + (Double(i) + 0.5) * width < Double(value) { sum &+= n }
        return sum
    }
}
