/// Runs of a fine histogram's buckets that hold about equally much of a baseline: the bins drift is measured over.
package struct CoarseBins: Sendable, Hashable {
    /// The last bucket of each bin but the last, ascending; the last bin reaches to the end of any histogram.
    package let cuts: [Int]

    /// Bins hold whole buckets, so that there are fewer than asked for where single buckets hold much.
    ///
    /// - Parameters:
    ///   - baseline: counts of the fine buckets, in any unit; negative ones are read as 0.
    ///   - bins: how many are wanted, at least 1.
    package init(baseline: [Int64], bins: Int) {
        let counts = baseline.map { max(0, Double($0)) }
        let total = counts.reduce(0, +)
        let bins = max(1, bins)
        var cuts: [Int] = []
        var sum = 0.0
        var next = 1
        for (bucket, count) in counts.enumerated() where next < bins && total > 0 {
            sum += count
            guard sum >= total * Double(next) / Double(bins) else { continue }
            // Nothing above: an empty last bin would tell about rounding, not about the data.
            if sum >= total { break }
            cuts.append(bucket)
            while next < bins, sum >= total * Double(next) / Double(bins) { next += 1 }
        }
        self.cuts = cuts
    }

    /// How many bins there are, at least 1.
    package var count: Int { cuts.count + 1 }

    /// The counts of a histogram with the baseline's buckets (it may have more, or fewer) in these bins.
    ///
    /// - Parameter unit: what one request counts, 1024 where counts are in 1/1024 request.
    package func counts(of fine: [Int64], unit: Int64 = 1) -> [Double] {
        var coarse = [Double](repeating: 0, count: count)
        var bin = 0
        for (bucket, count) in fine.enumerated() {
            while bin < cuts.count, bucket > cuts[bin] { bin += 1 }
            coarse[bin] += Double(count) / Double(max(1, unit))
        }
        return coarse
    }
}
