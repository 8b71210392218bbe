/// A base-2 exponential histogram with the buckets of OpenTelemetry's: bucket i counts values in (2^(i/2^scale), 2^((i+1)/2^scale)].
///
/// Values are integers in a fine unit (µs, nano-dollars, tokens); `unitsPerOne` of them make one of the unit that buckets are
/// defined in (ms, dollars, tokens), so that histograms made elsewhere merge into the same buckets. Counts are integers in
/// whatever unit the caller weighs by. Counts and sums merge and subtract exactly; min and max only merge.
/// Source: OpenTelemetry data model, "ExponentialHistogram"; the index needs no logarithm.
package struct ExponentialHistogram: Sendable, Equatable {
    /// 2^scale buckets an octave. 6 is the product's sketch (at most 0.54% off); slices use less.
    package let scale: Int
    /// How many of a recorded value's units make one of the bucket unit.
    package let unitsPerOne: Int64
    /// Index of the first bucket held; meaningless while `counts` is empty.
    package private(set) var offset = 0
    /// Contiguous bucket counts from `offset` on.
    package private(set) var counts: [Int64] = []
    package private(set) var zeroCount: Int64 = 0
    /// Sum of all counts, `zeroCount` included.
    package private(set) var count: Int64 = 0
    /// Sum of value × count.
    package private(set) var sum: Int64 = 0
    /// Smallest and largest value recorded or merged; of no meaning while `count` is 0 or after a subtraction.
    package private(set) var minimum: Int64 = .max
    package private(set) var maximum: Int64 = .min

    /// The widest range kept: values beyond it fall into the outermost bucket. 2^±40 covers 1 ns to 35 years in ms.
    private static let octaves = 40

    /// - Parameters:
    ///   - scale: 0…6.
    ///   - unitsPerOne: 1000 for µs counted in buckets of ms.
    package init(scale: Int = 6, unitsPerOne: Int64 = 1) {
        self.scale = Swift.min(6, Swift.max(0, scale))
        self.unitsPerOne = Swift.max(1, unitsPerOne)
    }

    /// Has these contents, from `offset`, `counts`, `zeroCount`, `sum`, `minimum` and `maximum` of one of the same layout.
    package mutating func restore(
        offset: Int, counts: [Int64], zeroCount: Int64, sum: Int64, minimum: Int64, maximum: Int64
    ) {
        self.offset = offset
        self.counts = counts
        self.zeroCount = zeroCount
        count = counts.reduce(zeroCount, &+)
        self.sum = sum
        self.minimum = minimum
        self.maximum = maximum
    }

    package var isEmpty: Bool { count == 0 }

    /// Mean in recorded units; nil while empty.
    package var mean: Double? { count > 0 ? Double(sum) / Double(count) : nil }

    /// Of one value about the mean, in squared units of values: as near as buckets tell. Nil of nothing.
    package var variance: Double? {
        guard let mean else { return nil }
        var squares = Double(zeroCount) * mean * mean
        for (position, n) in counts.enumerated() where n != 0 {
            let distance = midpoint(ofBucket: offset + position) * Double(unitsPerOne) - mean
            squares += Double(n) * distance * distance
        }
        return squares / Double(count)
    }

    // MARK: Recording

    /// Counts `value` (recorded units; negative counts as zero) `weight` times.
    package mutating func record(_ value: Int64, weight: Int64 = 1) {
        record(value, fineBucket: Self.fineBucket(of: value, unitsPerOne: unitsPerOne), weight: weight)
    }

    /// The same for a value whose bucket is known.
    /// - Parameter fineBucket: from `fineBucket(of:unitsPerOne:)` with this histogram's unit.
    package mutating func record(_ value: Int64, fineBucket: Int, weight: Int64) {
        if value > 0 {
            let index = fineBucket &>> (BucketBounds.finest &- scale)
            if UInt(bitPattern: index &- offset) >= UInt(bitPattern: counts.count) { cover(index, index) }
            counts[index &- offset] &+= weight
        } else {
            zeroCount &+= weight
        }
        count &+= weight
        sum &+= Swift.max(0, value).weighted(by: weight)
        minimum = Swift.min(minimum, Swift.max(0, value))
        maximum = Swift.max(maximum, Swift.max(0, value))
    }

    /// Counts every one of `observations`.
    package mutating func record(_ observations: [Observation]) {
        for observation in observations { record(observation.value, weight: observation.weight) }
    }

    /// The bucket of a positive value at scale 6; those of lower scales follow by a shift. Of no meaning for others.
    package static func fineBucket(of value: Int64, unitsPerOne: Int64) -> Int {
        BucketBounds.index(of: Double(value) / Double(unitsPerOne))
    }

    /// Counts a whole bucket of this histogram's scale, known only by its index: `sum` grows by the bucket's midpoint.
    package mutating func record(bucket index: Int, count weight: Int64) {
        guard weight > 0 else { return }
        let limit = Self.octaves << scale
        let index = Swift.min(limit, Swift.max(-limit, index))
        cover(index, index)
        counts[index - offset] &+= weight
        count &+= weight
        let middle = recordedValue(ofBucket: index)
        sum &+= middle.weighted(by: weight)
        minimum = Swift.min(minimum, middle)
        maximum = Swift.max(maximum, middle)
    }

    /// Counts `weight` zeros.
    package mutating func recordZeros(_ weight: Int64) {
        guard weight > 0 else { return }
        zeroCount &+= weight
        count &+= weight
        minimum = 0
        maximum = Swift.max(maximum, 0)
    }

    // MARK: Algebra

    /// Adds every count of a histogram of the same scale and unit: the result equals recording both inputs into one.
    package mutating func merge(_ other: ExponentialHistogram) {
        guard other.count != 0 else { return }
        if count == 0, other.scale == scale, other.unitsPerOne == unitsPerOne {
            self = other
            return
        }
        combine(other, sign: 1)
        minimum = Swift.min(minimum, other.minimum)
        maximum = Swift.max(maximum, other.maximum)
    }

    /// Takes away a histogram that was merged before. Counts and sum are exact; min and max must be set from what remains
    /// (`setExtremes`).
    package mutating func subtract(_ other: ExponentialHistogram) {
        combine(other, sign: -1)
    }

    /// Restores exact extremes after a subtraction.
    package mutating func setExtremes(minimum: Int64, maximum: Int64) {
        self.minimum = minimum
        self.maximum = maximum
    }

    private mutating func combine(_ other: ExponentialHistogram, sign: Int64) {
        precondition(other.scale == scale && other.unitsPerOne == unitsPerOne, "histograms of different layouts")
        if !other.counts.isEmpty {
            cover(other.offset, other.offset + other.counts.count - 1)
            if sign > 0 {
                counts.add(other.counts, at: other.offset - offset)
            } else {
                counts.subtract(other.counts, at: other.offset - offset)
            }
        }
        zeroCount &+= sign &* other.zeroCount
        count &+= sign &* other.count
        sum &+= sign &* other.sum
    }

    /// Makes room for buckets `low...high`, growing in whole quarter octaves so that growth is rare.
    private mutating func cover(_ low: Int, _ high: Int) {
        if counts.isEmpty {
            offset = low & ~15
            counts = [Int64](repeating: 0, count: (high | 15) - offset + 1)
            return
        }
        if low < offset {
            let start = low & ~15
            counts.insert(contentsOf: repeatElement(0, count: offset - start), at: 0)
            offset = start
        }
        if high >= offset + counts.count {
            counts.append(contentsOf: repeatElement(0, count: (high | 15) - offset + 1 - counts.count))
        }
    }

    // MARK: Quantiles

    /// The nearest-rank quantile in recorded units; nil while empty.
    /// - Parameter permille: 500 is the median.
    package func quantile(permille: Int) -> Double? {
        value(rank: Quantile.rank(count: count, permille: permille))
    }

    /// The value of a rank, 1...count, in recorded units: exact for the last, otherwise the harmonic midpoint of the bucket that
    /// holds it, never outside [minimum, maximum]. Nil while empty.
    package func value(rank: Int64) -> Double? {
        guard count > 0 else { return nil }
        if rank >= count { return Double(maximum) }
        var cumulated = zeroCount
        if rank <= cumulated { return 0 }
        for (position, n) in counts.enumerated() where n != 0 {
            cumulated &+= n
            if cumulated >= rank {
                let value = midpoint(ofBucket: offset + position) * Double(unitsPerOne)
                return Swift.min(Double(maximum), Swift.max(Double(minimum), value))
            }
        }
        return Double(maximum)
    }

    /// How many lie in buckets that are wholly above `value` (recorded units).
    package func count(above value: Int64) -> Int64 {
        guard value > 0 else { return count - zeroCount }
        let index = bucketIndex(of: value)
        var n: Int64 = 0
        for (position, c) in counts.enumerated() where offset + position > index { n &+= c }
        return n
    }

    /// Counts of buckets `range`, zeros where nothing is held: two histograms of one layout line up.
    package func counts(in range: Range<Int>) -> [Int64] {
        range.map { index in
            let position = index - offset
            return position >= 0 && position < counts.count ? counts[position] : 0
        }
    }

    /// First to one past the last bucket with a count; nil while there is none.
    package var bucketRange: Range<Int>? {
        guard let first = counts.firstIndex(where: { $0 != 0 }), let last = counts.lastIndex(where: { $0 != 0 }) else {
            return nil
        }
        return (offset + first)..<(offset + last + 1)
    }

    // MARK: Buckets

    /// The bucket of a positive value: `ceil(log2(value / unitsPerOne) · 2^scale) − 1`.
    package func bucketIndex(of value: Int64) -> Int {
        Self.fineBucket(of: value, unitsPerOne: unitsPerOne) >> (BucketBounds.finest - scale)
    }

    /// Exclusive lower bound of a bucket, in bucket units.
    package func lowerBound(ofBucket index: Int) -> Double {
        BucketBounds.power(index, scale: scale)
    }

    /// Inclusive upper bound of a bucket, in bucket units.
    package func upperBound(ofBucket index: Int) -> Double {
        BucketBounds.power(index + 1, scale: scale)
    }

    /// Harmonic mean of a bucket's bounds, in bucket units: the point whose relative error is the same at both ends.
    package func midpoint(ofBucket index: Int) -> Double {
        let low = lowerBound(ofBucket: index)
        let high = upperBound(ofBucket: index)
        return 2 * low * high / (low + high)
    }

    private func recordedValue(ofBucket index: Int) -> Int64 {
        let value = midpoint(ofBucket: index) * Double(unitsPerOne)
        return value < 9e18 ? Int64(value.rounded()) : .max
    }

    /// The same counts in fewer, wider buckets; exact, since buckets nest.
    package func downscaled(to lower: Int) -> ExponentialHistogram {
        guard lower < scale else { return self }
        var result = ExponentialHistogram(scale: lower, unitsPerOne: unitsPerOne)
        let shift = scale - result.scale
        for (position, n) in counts.enumerated() where n != 0 {
            let index = (offset + position) >> shift
            result.cover(index, index)
            result.counts[index - result.offset] &+= n
        }
        result.zeroCount = zeroCount
        result.count = count
        result.sum = sum
        result.minimum = minimum
        result.maximum = maximum
        return result
    }

    /// Equal if every count, sum and extreme is, however much room each has reserved.
    package static func == (a: ExponentialHistogram, b: ExponentialHistogram) -> Bool {
        guard a.scale == b.scale, a.unitsPerOne == b.unitsPerOne, a.count == b.count, a.zeroCount == b.zeroCount,
            a.sum == b.sum
        else { return false }
        if a.count != 0, a.minimum != b.minimum || a.maximum != b.maximum { return false }
        guard let range = a.bucketRange else { return b.bucketRange == nil }
        return range == b.bucketRange && a.counts(in: range) == b.counts(in: range)
    }
}
