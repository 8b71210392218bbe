/// A histogram of 64 equal bins over a known range, for scores that are bounded: sentiment, quality, eval scores.
///
/// Values are integers in millionths. The same operations as `ExponentialHistogram`, with an absolute error of half a bin.
package struct UniformBins: Sendable, Equatable {
    /// Inclusive bounds, in millionths.
    package let lower: Int64
    package let upper: Int64
    /// 64 counts; empty until the first value.
    package private(set) var counts: [Int64] = []
    package private(set) var count: Int64 = 0
    package private(set) var sum: Int64 = 0

    package static let bins = 64

    /// - Parameters: bounds in millionths, `lower` < `upper`.
    package init(lower: Int64, upper: Int64) {
        self.lower = lower
        self.upper = Swift.max(lower + Int64(Self.bins), upper)
    }

    /// Has these contents, from `counts` and `sum` of others over the same range.
    package mutating func restore(counts: [Int64], sum: Int64) {
        guard counts.count == Self.bins || counts.isEmpty else { return }
        self.counts = counts
        count = counts.reduce(0, &+)
        self.sum = sum
    }

    package var isEmpty: Bool { count == 0 }

    /// Mean in millionths; nil while empty.
    package var mean: Double? { count > 0 ? Double(sum) / Double(count) : nil }

    /// Variance in millionths², to the width of a bin; nil while empty.
    package var variance: Double? {
        guard let mean else { return nil }
        let width = Double(upper - lower) / Double(Self.bins)
        var sum = 0.0
        for (place, n) in counts.enumerated() where n != 0 {
            let deviation = Double(lower) + (Double(place) + 0.5) * width - mean
            sum += Double(n) * deviation * deviation
        }
        return sum / Double(count)
    }

    /// Counts a value in millionths, clamped into the range, `weight` times.
    package mutating func record(_ value: Int64, weight: Int64 = 1) {
        if counts.isEmpty { counts = [Int64](repeating: 0, count: Self.bins) }
        let value = Swift.min(upper, Swift.max(lower, value))
        counts[bin(of: value)] &+= weight
        count &+= weight
        sum &+= value &* weight
    }

    /// Counts every one of `observations`.
    package mutating func record(_ observations: [Observation]) {
        for observation in observations { record(observation.value, weight: observation.weight) }
    }

    /// Adds every count of bins over the same range.
    package mutating func merge(_ other: UniformBins) {
        combine(other, sign: 1)
    }

    /// Takes away bins that were merged before, exactly.
    package mutating func subtract(_ other: UniformBins) {
        combine(other, sign: -1)
    }

    private mutating func combine(_ other: UniformBins, sign: Int64) {
        guard other.count != 0 else { return }
        precondition(other.lower == lower && other.upper == upper, "bins of different ranges")
        if counts.isEmpty { counts = [Int64](repeating: 0, count: Self.bins) }
        for i in other.counts.indices { counts[i] &+= sign &* other.counts[i] }
        count &+= sign &* other.count
        sum &+= sign &* other.sum
    }

    /// The nearest-rank quantile in millionths: the middle of the bin that holds the rank. Nil while empty.
    package func quantile(permille: Int) -> Double? {
        guard count > 0 else { return nil }
        let rank = Quantile.rank(count: count, permille: permille)
        var cumulated: Int64 = 0
        let width = Double(upper - lower) / Double(Self.bins)
        for (i, n) in counts.enumerated() {
            cumulated &+= n
            if cumulated >= rank { return Double(lower) + (Double(i) + 0.5) * width }
        }
        return Double(upper)
    }

    private func bin(of value: Int64) -> Int {
        Swift.min(Self.bins - 1, Int((value - lower) * Int64(Self.bins) / (upper - lower)))
    }
}
