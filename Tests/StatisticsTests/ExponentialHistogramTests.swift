import Foundation
import Testing

@testable import Statistics

struct ExponentialHistogramTests {
    /// log-normal latencies in ms, seeded.
    private func latencies(_ n: Int, seed: UInt64) -> [Int64] {
        var random = Xoshiro256(seed: seed)
        return (0..<n).map { _ in max(1, Int64(exp(6.8 + 0.9 * random.normal()).rounded())) }
    }

    private func histogram(_ values: some Sequence<Int64>) -> ExponentialHistogram {
        var histogram = ExponentialHistogram()
        for value in values { histogram.record(value) }
        return histogram
    }

    @Test func bucketIndexIsTheCeilingOfTheLogarithmLessOne() {
        for value in Array(1...5000) + [65_535, 65_536, 65_537, 1_000_003, 86_400_000] {
            let exact = log2(Double(value)) * 64
            // Where the logarithm is an integer only for powers of two, no other integer lies on a border.
            let expected = value & (value - 1) == 0 ? value.trailingZeroBitCount * 64 - 1 : Int(exact.rounded(.up)) - 1
            #expect(ExponentialHistogram().bucketIndex(of: Int64(value)) == expected, "\(value)")
        }
    }

    @Test func powersOfTwoAreTheInclusiveUpperBoundOfTheirBucket() {
        let histogram = ExponentialHistogram()
        for exponent in 0...40 {
            let index = histogram.bucketIndex(of: 1 << exponent)
            #expect(histogram.upperBound(ofBucket: index) == Double(Int64(1) << exponent))
        }
    }

    @Test func lowerScalesAreTheSameBucketsFolded() {
        let fine = histogram(latencies(5000, seed: 1))
        for scale in 0..<6 {
            var coarse = ExponentialHistogram(scale: scale)
            for value in latencies(5000, seed: 1) { coarse.record(value) }
            #expect(fine.downscaled(to: scale) == coarse)
        }
    }

    @Test(arguments: [1, 2, 3]) func mergeEqualsUnionAndSubtractionUndoesIt(seed: UInt64) {
        let a = latencies(700, seed: seed)
        let b = latencies(1300, seed: seed + 10)
        let c = [0, 0, 5] + latencies(10, seed: seed + 20)
        var merged = histogram(a)
        merged.merge(histogram(b))
        merged.merge(histogram(c))
        #expect(merged == histogram(a + b + c))
        merged.subtract(histogram(a))
        merged.setExtremes(minimum: (b + c).min() ?? 0, maximum: (b + c).max() ?? 0)
        #expect(merged == histogram(b + c))
    }

    @Test func anOrderOfMergesDoesNotMatter() {
        let parts = (0..<8).map { histogram(latencies(50 * $0 + 1, seed: UInt64($0))) }
        var forward = ExponentialHistogram()
        var backward = ExponentialHistogram()
        for part in parts { forward.merge(part) }
        for part in parts.reversed() { backward.merge(part) }
        #expect(forward == backward)
    }

    @Test func quantilesOfTheReferenceLatenciesLieWithinTheSketchError() throws {
        let latencies = try VectorFile.object("lat10000").numbers("latencies_ms").map { Int64($0) }
        let sorted = latencies.sorted()
        let sketch = histogram(latencies)
        #expect(sketch.sum == 13_491_137)
        #expect(sketch.maximum == 21_572)
        #expect(sketch.minimum == 21)
        for permille in [1, 10, 250, 500, 900, 950, 990, 999, 1000] {
            let exact = Double(try #require(Quantile.nearestRank(sorted, permille: permille)))
            let estimate = try #require(sketch.quantile(permille: permille))
            #expect(abs(estimate / exact - 1) <= 0.00542, "p\(permille): \(estimate) for \(exact)")
        }
    }

    @Test func quantilesAreMonotoneAndWithinTheExtremes() {
        let sketch = histogram(latencies(3000, seed: 7))
        let values = (0...1000).compactMap { sketch.quantile(permille: $0) }
        #expect(values.count == 1001)
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(values.last == Double(sketch.maximum))
        #expect(values.allSatisfy { $0 >= Double(sketch.minimum) })
    }

    @Test func theSeedExampleHasItsDocumentedPercentiles() throws {
        // 1.2 s … in µs, as the product counts them.
        var sketch = ExponentialHistogram(unitsPerOne: 1000)
        for seconds in [1.2, 0.8, 1.5, 2.1, 0.9, 1.1, 3.5, 1.3, 0.7, 15.2] { sketch.record(Int64(seconds * 1e6)) }
        #expect(sketch.quantile(permille: 950) == 15_200_000)
        #expect(sketch.quantile(permille: 990) == 15_200_000)
        let median = try #require(sketch.quantile(permille: 500))
        #expect(abs(median / 1_200_000 - 1) < 0.0055)
    }

    @Test func weightsCountAsRepeats() {
        var weighted = ExponentialHistogram()
        var repeated = ExponentialHistogram()
        for (value, weight) in zip(latencies(200, seed: 3), 1...200) {
            weighted.record(value, weight: Int64(weight))
            for _ in 0..<weight { repeated.record(value) }
        }
        #expect(weighted == repeated)
    }

    @Test func emptyAndZeroAreToldApart() {
        var sketch = ExponentialHistogram()
        #expect(sketch.quantile(permille: 500) == nil)
        #expect(sketch.mean == nil)
        sketch.record(0)
        sketch.record(-5)
        #expect(sketch.quantile(permille: 500) == 0)
        #expect(sketch.zeroCount == 2)
    }

    @Test func hugeValuesDoNotTrap() {
        var sketch = ExponentialHistogram(unitsPerOne: 1000)
        for value in [Int64.max, Int64.max - 1, 1, Int64.min] { sketch.record(value) }
        #expect(sketch.count == 4)
        #expect(sketch.quantile(permille: 1000) == Double(Int64.max))
        sketch.record(bucket: .max, count: 1)
        sketch.record(bucket: .min, count: 1)
        #expect(sketch.counts.count < 10_000)
    }

    @Test func countAboveAThresholdCountsWholeBuckets() {
        let sketch = histogram([100, 200, 400, 800, 1600])
        #expect(sketch.count(above: 300) == 3)
        #expect(sketch.count(above: 1600) == 0)
        #expect(sketch.count(above: 0) == 5)
    }
}

struct UniformBinsTests {
    @Test func mergeEqualsUnionAndMeansAreExact() {
        var random = Xoshiro256(seed: 4)
        let values = (0..<500).map { _ in Int64(random.uniform(-1, 1) * 1e6) }
        var all = UniformBins(lower: -1_000_000, upper: 1_000_000)
        var a = all
        var b = all
        for value in values { all.record(value) }
        for value in values.prefix(100) { a.record(value) }
        for value in values.dropFirst(100) { b.record(value) }
        a.merge(b)
        #expect(a == all)
        #expect(all.sum == values.reduce(0, +))
        a.subtract(b)
        #expect(a.count == 100)
    }

    @Test func quantilesAreHalfABinOffAtMost() throws {
        var bins = UniformBins(lower: 0, upper: 1_000_000)
        for i in 0...1000 { bins.record(Int64(i) * 1000) }
        let median = try #require(bins.quantile(permille: 500))
        #expect(abs(median - 500_000) <= 1e6 / 128)
    }

    @Test func valuesOutsideTheRangeAreClamped() {
        var bins = UniformBins(lower: 0, upper: 1_000_000)
        bins.record(-5)
        bins.record(2_000_000)
        #expect(bins.counts[0] == 1)
        #expect(bins.counts[63] == 1)
    }
}
