import Statistics
import Testing

@Suite struct IntervalTests {
    private func agrees(_ interval: Interval, _ bounds: [Double]) -> Bool {
        isClose(interval.lower, bounds[0]) && isClose(interval.upper, bounds[1])
    }

    @Test func wilsonAndNewcombeAgreeWithStatsmodels() throws {
        let rows = try #require(VectorFile.object("proportions")["two_proportions"] as? [[String: Any]])
        #expect(rows.count == 9)
        for row in rows {
            let canary = try #require(try Proportion(row.number("x_canary"), of: row.number("n_canary")))
            let control = try #require(try Proportion(row.number("x_control"), of: row.number("n_control")))
            #expect(agrees(.wilson(canary, confidence: 0.95), try row.numbers("wilson_canary")))
            #expect(agrees(.wilson(control, confidence: 0.95), try row.numbers("wilson_control")))
            #expect(
                agrees(.newcombe(canary: canary, control: control, confidence: 0.95), try row.numbers("newcombe_95")))
            #expect(
                agrees(.newcombe(canary: canary, control: control, confidence: 0.90), try row.numbers("newcombe_90")))
        }
    }

    @Test func wilsonHoldsAtTheEnds() throws {
        for row in try #require(VectorFile.object("proportions")["wilson_edge"] as? [[String: Any]]) {
            let x = try row.number("x")
            let n = try row.number("n")
            let interval = Interval.wilson(try #require(Proportion(x, of: n)), confidence: 0.95)
            #expect(agrees(interval, try row.numbers("ci95")))
            #expect(x > 0 || interval.lower == 0)
            #expect(x < n || interval.upper == 1)
        }
    }

    @Test func intervalsContainTheirEstimateAndWidenWithConfidence() throws {
        var generator = Xoshiro256(seed: 3)
        for _ in 0..<500 {
            let n = generator.uniform(0.5, 500)
            let m = generator.uniform(0.5, 500)
            let canary = try #require(Proportion(n * generator.uniform(), of: n))
            let control = try #require(Proportion(m * generator.uniform(), of: m))
            let narrow = Interval.newcombe(canary: canary, control: control, confidence: 0.8)
            let wide = Interval.newcombe(canary: canary, control: control, confidence: 0.99)
            let mirrored = Interval.newcombe(canary: control, control: canary, confidence: 0.8)
            #expect(narrow.contains(canary.share - control.share))
            #expect(wide.lower <= narrow.lower && narrow.upper <= wide.upper)
            #expect(wide.lower >= -1 && wide.upper <= 1)
            #expect(agrees(mirrored, [-narrow.upper, -narrow.lower]))
            #expect(Interval.wilson(canary, confidence: 0.8).contains(canary.share))
        }
    }

    @Test func aShareOfNothingIsUnknown() {
        #expect(Proportion(0, of: 0) == nil)
        #expect(Proportion(1, of: -3) == nil)
        #expect(Proportion(.nan, of: 3) == nil)
        #expect(Proportion(1, of: .infinity) == nil)
        #expect(Proportion(7, of: 5)?.share == 1)
    }

    @Test func fewerEffectiveRequestsWidenTheInterval() throws {
        let raw = try #require(Proportion(10, of: 100))
        let effective = try #require(raw.scaled(toEffectiveCount: 40))
        let other = Interval.wilson(try #require(Proportion(4, of: 40)), z: 2)
        #expect(agrees(.wilson(effective, z: 2), [other.lower, other.upper]))
        #expect(Interval.wilson(effective, z: 2).width > Interval.wilson(raw, z: 2).width)
    }

    @Test func welchIntervalFollowsItsFormula() throws {
        let rows = try #require(VectorFile.object("distributions")["welch"] as? [[String: Any]])
        for row in rows {
            let given = try row.numbers("in")
            let canary = try #require(SampleMean(mean: given[0], variance: given[1], count: given[2]))
            let control = try #require(SampleMean(mean: given[3], variance: given[4], count: given[5]))
            let interval = Interval.welch(canary: canary, control: control, confidence: 0.95)
            #expect(agrees(interval, try row.numbers("ci95")))
        }
    }

    @Test func aMeanComesFromItsSums() throws {
        let mean = try #require(SampleMean(count: 4, sum: 20, sumOfSquares: 120))
        #expect(mean.mean == 5)
        #expect(isClose(mean.variance, 20.0 / 3))
        #expect(SampleMean(count: 1, sum: 5, sumOfSquares: 25) == nil)
        #expect(SampleMean(count: 2, sum: 2, sumOfSquares: 1.999_999)?.variance == 0)
        #expect(SampleMean(mean: .nan, variance: 1, count: 3) == nil)
        #expect(SampleMean(mean: 1, variance: -1, count: 3) == nil)
    }
}
