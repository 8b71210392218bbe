import Statistics
import Testing

@Suite struct DistributionTests {
    private func rows(_ key: String) throws -> [[Double]] {
        try #require(VectorFile.object("distributions")[key] as? [[Double]])
    }

    @Test func normalQuantilesAgreeWithScipy() throws {
        for row in try rows("normal_quantile") {
            #expect(isClose(NormalDistribution.quantile(row[0]), row[1], 1e-12))
        }
    }

    @Test func normalQuantileInvertsTheCumulative() {
        for probability in stride(from: 0.001, to: 1, by: 0.001) {
            let x = NormalDistribution.quantile(probability)
            #expect(isClose(NormalDistribution.cumulative(x), probability, 1e-14))
        }
    }

    @Test func normalQuantilesBeyondTheEndsAreInfinite() {
        #expect(NormalDistribution.quantile(0) == -.infinity)
        #expect(NormalDistribution.quantile(1.5) == .infinity)
        #expect(NormalDistribution.quantile(.nan).isNaN)
        #expect(NormalDistribution.twoSidedZ(confidence: 2).isFinite)
        #expect(isClose(NormalDistribution.twoSidedZ(confidence: 0.95), 1.959963984540054, 1e-14))
    }

    @Test func chiSquareQuantilesAgreeWithScipy() throws {
        for row in try rows("chi_square_quantile") {
            let x = ChiSquareDistribution.quantile(row[1], degreesOfFreedom: Int(row[0]))
            #expect(abs(x - row[2]) <= 1e-9 * row[2], "\(row)")
        }
        for row in try rows("chi_square_cumulative") {
            let value = ChiSquareDistribution.cumulative(row[1], degreesOfFreedom: Int(row[0]))
            #expect(isClose(value, row[2], 1e-12), "\(row)")
        }
    }

    @Test func chiSquareToleratesAnything() {
        #expect(ChiSquareDistribution.quantile(0.5, degreesOfFreedom: 0) == 0)
        #expect(ChiSquareDistribution.quantile(0.5, degreesOfFreedom: -4) == 0)
        #expect(ChiSquareDistribution.quantile(1, degreesOfFreedom: 4) == .infinity)
        #expect(ChiSquareDistribution.cumulative(.infinity, degreesOfFreedom: 4) == 1)
        #expect(ChiSquareDistribution.cumulative(.nan, degreesOfFreedom: 4) == 0)
        #expect(ChiSquareDistribution.quantile(0.99, degreesOfFreedom: .max) > 10_000)
    }

    @Test func rankIntervalsAgreeWithTheBinomialDistribution() throws {
        let rows = try #require(VectorFile.object("rank_intervals")["rows"] as? [[String: Any]])
        #expect(rows.count > 100)
        for row in rows {
            let interval = RankInterval.quantile(
                count: Int64(try row.integer("n")), permille: try row.integer("permille"),
                confidence: try row.number("confidence"))
            #expect(interval.lower == (row["lower"] as? Int).map(Int64.init), "\(row)")
            #expect(interval.upper == (row["upper"] as? Int).map(Int64.init), "\(row)")
        }
    }

    @Test func largeCountsUseRanksAsWideOrOneWider() {
        for permille in [1, 10, 500, 950, 990, 999] {
            let exact = RankInterval.quantile(count: 100_000, permille: permille, confidence: 0.95)
            let approximate = RankInterval.quantile(count: 100_001, permille: permille, confidence: 0.95)
            #expect(abs((exact.lower ?? 0) - (approximate.lower ?? 0)) <= 4)
            #expect(abs((exact.upper ?? 0) - (approximate.upper ?? 0)) <= 4)
            let nearest = Quantile.rank(count: 100_001, permille: permille)
            #expect((approximate.lower ?? 0) < nearest)
            #expect((approximate.upper ?? .max) > nearest)
        }
    }

    @Test func tooFewValuesLeaveAQuantileUnbounded() {
        #expect(RankInterval.quantile(count: 20, permille: 990, confidence: 0.95).upper == nil)
        #expect(RankInterval.quantile(count: 0, permille: 500, confidence: 0.95).lower == nil)
        #expect(RankInterval.quantile(count: -1, permille: 500, confidence: 0.95).upper == nil)
        #expect(RankInterval.quantile(count: 3, permille: 500, confidence: .nan).lower == nil)
        let huge = RankInterval.quantile(count: .max / 4, permille: 999, confidence: 0.95)
        #expect((huge.lower ?? 0) < (huge.upper ?? 0))
    }
}
