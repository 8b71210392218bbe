/// One data point of a histogram or a counter.
struct MetricPoint: Equatable {
    enum Shape: Equatable {
        case counter
        case explicit(counts: [Int64], bounds: [Double])
        case exponential(counts: [Int64], offset: Int, scale: Int, zeros: Int64)
    }

    /// µs since 1970: since when it counts, and up to when.
    var start: Int64 = 0
    var time: Int64 = 0
    /// How many values.
    var count: Int64 = 0
    /// Their sum: tokens, or nano-dollars.
    var sum: Int64 = 0
    var least: Double?
    var greatest: Double?
    var shape = Shape.counter

    /// Buckets read; more than any writer sends.
    static let maximumBuckets = 1_024

    /// A point; nil without a time. `scale` is the power of ten of the sum.
    init?(_ document: borrowing JSONDocument, _ node: Int, scale: Int) {
        let end = document.value(node, "timeUnixNano") ?? document.value(node, "time_unix_nano")
        guard let time = document.time(end, power: -3), time > 0 else { return nil }
        self.time = time
        let begin = document.value(node, "startTimeUnixNano") ?? document.value(node, "start_time_unix_nano")
        start = min(document.time(begin, power: -3) ?? time, time)
        count = document.count(document.value(node, "count")) ?? 0
        let value =
            document.value(node, "sum") ?? document.value(node, "asInt") ?? document.value(node, "asDouble")
            ?? document.value(node, "as_int") ?? document.value(node, "as_double")
        let limit = scale == 0 ? NativeDecoder.maximumCount : NativeDecoder.maximumCost
        sum = document.number(value, scale: scale, 0...limit) ?? 0
        least = document.number(document.value(node, "min"))?.double
        greatest = document.number(document.value(node, "max"))?.double
        if let bounds = document.value(node, "explicitBounds") ?? document.value(node, "explicit_bounds") {
            let counts = document.value(node, "bucketCounts") ?? document.value(node, "bucket_counts")
            shape = .explicit(
                counts: Self.counts(document, counts),
                bounds: document.elements(bounds).prefix(Self.maximumBuckets).map { document.number($0)?.double ?? 0 })
        } else if let positive = document.value(node, "positive") {
            let limit: Int64 = 1 << 31
            shape = .exponential(
                counts: Self.counts(
                    document, document.value(positive, "bucketCounts") ?? document.value(positive, "bucket_counts")),
                offset: Int(document.number(document.value(positive, "offset"), scale: 0, -limit...limit) ?? 0),
                scale: Int(document.number(document.value(node, "scale"), scale: 0, -10...20) ?? 0),
                zeros: document.count(document.value(node, "zeroCount") ?? document.value(node, "zero_count")) ?? 0)
        }
    }

    private static func counts(_ document: borrowing JSONDocument, _ node: Int?) -> [Int64] {
        var counts: [Int64] = []
        var cursor = ElementCursor(document, node)
        while counts.count < maximumBuckets, let place = cursor.next(document) {
            counts.append(document.count(place) ?? 0)
        }
        return counts
    }

    /// What came since `earlier`; nil where this is another run, whose count began again.
    func since(_ earlier: MetricPoint) -> MetricPoint? {
        guard start == earlier.start, count >= earlier.count, sum >= earlier.sum else { return nil }
        var change = self
        change.start = earlier.time
        change.count -= earlier.count
        change.sum -= earlier.sum
        switch (shape, earlier.shape) {
        case (.counter, .counter): break
        case (.explicit(let now, let bounds), .explicit(let before, let same)):
            guard bounds == same, now.count == before.count, zip(now, before).allSatisfy({ $0 >= $1 }) else {
                return nil
            }
            change.shape = .explicit(counts: zip(now, before).map { $0 - $1 }, bounds: bounds)
        case (
            .exponential(let now, let offset, let scale, let zeros),
            .exponential(let old, let first, let finer, let none)
        ):
            guard finer >= scale, zeros >= none else { return nil }
            var counts = now
            for (place, count) in old.enumerated() where count > 0 {
                // Buckets of a finer scale nest in those of a coarser one.
                let target = (first + place) >> (finer - scale) - offset
                guard counts.indices.contains(target), counts[target] >= count else { return nil }
                counts[target] -= count
            }
            change.shape = .exponential(counts: counts, offset: offset, scale: scale, zeros: zeros - none)
        default: return nil
        }
        return change
    }
}
