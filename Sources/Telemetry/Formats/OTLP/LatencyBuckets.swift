/// Counts of durations in buckets of an exponential histogram of milliseconds at scale 6, made from the buckets of
/// others: bucket i counts what lies above 2^(i/64) ms and at most at 2^((i+1)/64) ms.
struct LatencyBuckets: Equatable {
    static let scale = 6
    private static let perOctave = 64.0

    private(set) var zeros: Int64 = 0
    private(set) var counts: [Int: Int64] = [:]
    /// Some counts came from buckets with bounds of their own.
    private(set) var isBucketed = false

    /// Buckets kept; more are only met in data made to be met.
    private static let maximumBuckets = 4_096

    var isEmpty: Bool { zeros == 0 && counts.isEmpty }

    private mutating func add(_ count: Int64, at position: Double) {
        guard count > 0, position.isFinite, abs(position) < 100_000 else { return }
        let bucket = Int(position.rounded(.up)) - 1
        guard counts[bucket] != nil || counts.count < Self.maximumBuckets else { return }
        counts[bucket] = min((counts[bucket] ?? 0) + count, NativeDecoder.maximumCount)
    }

    /// Counts of buckets with upper bounds; the last bucket has none. Each is counted at its geometric middle, narrowed
    /// by the least and greatest value where they are known.
    /// - Parameters:
    ///   - bounds: in `unit` ms, ascending.
    ///   - least, greatest: in `unit` ms.
    mutating func add(
        explicit counts: [Int64], bounds: [Double], unit: Double, least: Double?, greatest: Double?
    ) {
        for (place, count) in counts.enumerated() where count > 0 {
            var lower = place > 0 && place - 1 < bounds.count ? bounds[place - 1] : 0
            var upper = place < bounds.count ? bounds[place] : Double.infinity
            if let least, least > lower, least <= upper { lower = least }
            if let greatest, greatest < upper, greatest >= lower { upper = greatest }
            if upper == .infinity { upper = lower }
            if lower <= 0 { lower = upper / 4 }
            isBucketed = true
            guard upper > 0 else {
                zeros = min(zeros + count, NativeDecoder.maximumCount)
                continue
            }
            let middle = (Self.log2(lower * unit) + Self.log2(upper * unit)) / 2 * Self.perOctave
            add(count, at: middle)
        }
    }

    /// Counts of an exponential histogram: exact for milliseconds at scale 6 and above, otherwise at the middle of each
    /// bucket.
    mutating func add(exponential counts: [Int64], offset: Int, scale: Int, zeros: Int64, unit: Double) {
        self.zeros = min(self.zeros + max(0, zeros), NativeDecoder.maximumCount)
        var width = 1.0
        for _ in 0..<min(64, abs(scale - Self.scale)) { width = scale > Self.scale ? width / 2 : width * 2 }
        let shift = Self.log2(unit) * Self.perOctave
        for (place, count) in counts.enumerated() where count > 0 {
            let (index, overflow) = offset.addingReportingOverflow(place)
            guard !overflow else { continue }
            add(count, at: (Double(index) + 0.5) * width + shift)
        }
    }

    mutating func merge(_ other: LatencyBuckets) {
        zeros = min(zeros + other.zeros, NativeDecoder.maximumCount)
        isBucketed = isBucketed || other.isBucketed
        for (bucket, count) in other.counts where counts[bucket] != nil || counts.count < Self.maximumBuckets {
            counts[bucket] = min((counts[bucket] ?? 0) + count, NativeDecoder.maximumCount)
        }
    }

    /// As it travels; nil without any count, or where the buckets lie absurdly far apart.
    var histogram: WireHistogram? {
        guard !isEmpty else { return nil }
        var histogram = WireHistogram()
        histogram.scale = Self.scale
        histogram.zeroCount = zeros
        guard let first = counts.keys.min(), let last = counts.keys.max() else { return histogram }
        guard last - first < Self.maximumBuckets * 4 else { return nil }
        histogram.offset = first
        histogram.counts = (first...last).map { counts[$0] ?? 0 }
        return histogram
    }

    /// Binary logarithm of a positive number to 40 binary places, digit by digit: squaring the significand doubles its
    /// logarithm.
    static func log2(_ x: Double) -> Double {
        guard x > 0, x.isFinite else { return 0 }
        var result = Double(x.exponent)
        var rest = x.significand
        var digit = 0.5
        for _ in 0..<40 {
            rest *= rest
            if rest >= 2 {
                rest /= 2
                result += digit
            }
            digit /= 2
        }
        return result
    }
}

extension DecimalNumber {
    /// The nearest floating-point number, give or take its last places.
    var double: Double {
        var value = Double(mantissa)
        guard mantissa != 0 else { return 0 }
        if exponent > 400 { return isNegative ? -.infinity : .infinity }
        if exponent < -400 { return 0 }
        for _ in 0..<abs(exponent) { value = exponent > 0 ? value * 10 : value / 10 }
        return isNegative ? -value : value
    }
}
