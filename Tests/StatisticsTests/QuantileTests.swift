import Statistics
import Testing

@Suite struct QuantileTests {
    private static func permille(_ percent: String) throws -> Int {
        Int((try #require(Double(percent)) * 10).rounded())
    }

    @Test func nearestRankGivesTheDocumentedPercentiles() throws {
        let sample = try #require(VectorFile.object("percentiles")["sample"] as? [String: Any])
        let sorted = try #require(sample["input"] as? [Double]).sorted()
        let expected = try #require(sample["documented_output_002_273"] as? [String: Double])
        #expect(Quantile.nearestRank(sorted, permille: 500) == expected["p50"])
        #expect(Quantile.nearestRank(sorted, permille: 950) == expected["p95"])
        #expect(Quantile.nearestRank(sorted, permille: 990) == expected["p99"])
    }

    @Test func floorIndexAgreesWithProgramsThatUseIt() throws {
        let file = try VectorFile.object("percentiles")
        let sample = try #require(file["sample"] as? [String: Any])
        let sorted = try #require(sample["input"] as? [Double]).sorted()
        for (percent, value) in try #require(sample["floor_index_000_571"] as? [String: Double]) {
            #expect(try Quantile.floorIndex(sorted, permille: Self.permille(percent)) == value)
        }
    }

    @Test(arguments: [("one_to_100", 100), ("one_to_20", 20)])
    func bothMethodsAgreeWithTheirVectors(name: String, count: Int) throws {
        let rows = try #require(VectorFile.object("percentiles")[name] as? [String: [String: Double]])
        let sorted = (1...count).map(Double.init)
        for (percent, value) in try #require(rows["nearest"]) {
            #expect(try Quantile.nearestRank(sorted, permille: Self.permille(percent)) == value)
        }
        for (percent, value) in try #require(rows["floor"]) {
            #expect(try Quantile.floorIndex(sorted, permille: Self.permille(percent)) == value)
        }
    }

    @Test func anEmptyArrayHasNoQuantileButAFloorIndexOfZero() {
        #expect(Quantile.nearestRank([Double](), permille: 950) == nil)
        #expect(Quantile.floorIndex([], permille: 950) == 0)
    }

    @Test func tenThousandLatenciesHaveTheirExactQuantiles() throws {
        let values = try #require(VectorFile.object("lat10000")["latencies_ms"] as? [Int]).sorted()
        let exact = try #require(VectorFile.object("percentiles")["lat10000_exact"] as? [String: Int])
        #expect(exact.count == 5)
        for (percent, value) in exact {
            #expect(try Quantile.nearestRank(values, permille: Self.permille(percent)) == value)
        }
    }

    @Test func ranksAreExactForEveryCountAndPermille() throws {
        let edge = try #require(VectorFile.object("percentiles")["edge"] as? [String: Any])
        #expect(try Quantile.rank(count: 1, permille: 950) == Int64(edge.integer("n=1")))
        #expect(try Quantile.rank(count: 20, permille: 950) == Int64(edge.integer("n=20,p95")))
        #expect(try Quantile.rank(count: 20, permille: 990) == Int64(edge.integer("n=20,p99")))
        #expect(try Quantile.rank(count: 100, permille: 990) == Int64(edge.integer("n=100,p99")))
        var generator = Xoshiro256(seed: 1)
        for _ in 0..<2000 {
            let n = Int64(generator.below(1 << 62))
            let p = Int(generator.below(1001))
            let exact = (Int128(n) * Int128(p) + 999) / 1000
            #expect(Quantile.rank(count: n, permille: p) == Int64(max(1, exact)))
        }
    }

    @Test func hostileCountsAndPermillesAreKeptInside() {
        #expect(Quantile.rank(count: -5, permille: 500) == 1)
        #expect(Quantile.rank(count: .max, permille: 1000) == .max)
        #expect(Quantile.rank(count: .max, permille: .max) == .max)
        #expect(Quantile.nearestRank([1, 2, 3], permille: -1) == 1)
        #expect(Quantile.floorIndex([1, 2, 3], permille: 5000) == 3)
    }

    @Test func aHigherPercentileIsNeverLower() {
        var generator = Xoshiro256(seed: 2)
        for _ in 0..<50 {
            let values = (0..<Int(1 + generator.below(60))).map { _ in generator.normal() }.sorted()
            let quantiles = (0...1000).compactMap { Quantile.nearestRank(values, permille: $0) }
            #expect(quantiles.count == 1001)
            #expect(quantiles == quantiles.sorted())
            #expect(quantiles.last == values.last)
        }
    }
}
