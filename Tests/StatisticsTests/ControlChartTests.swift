import Foundation
import Statistics
import Testing

@Suite struct ControlChartTests {
    // MARK: EWMA

    @Test func limitsOfAKnownBaselineAreExactFromTheFirstValueOn() throws {
        let vector = try #require(try VectorFile.object("control_charts")["ewma_chart"] as? [String: Any])
        var chart = EWMAChart(
            weight: try vector.number("lambda"), limit: try vector.number("L"),
            baseline: ControlBaseline(mean: try vector.number("mu0"), deviation: try vector.number("sigma")))
        for step in try #require(vector["steps"] as? [[String: Any]]) {
            let shown = chart.step(try step.number("x"))
            let point = try #require(shown)
            #expect(isClose(point.average, try step.number("ewma")))
            #expect(isClose(point.lower, try step.number("lcl")))
            #expect(isClose(point.upper, try step.number("ucl")))
            #expect(point.isOut == (step["signal"] as? Bool))
        }
    }

    @Test func sharesOfDifferentSizesHaveTheirOwnVariance() throws {
        let vector = try #require(try VectorFile.object("control_charts")["ewma_binomial_varying_n"] as? [String: Any])
        let p = try vector.number("p0")
        var chart = EWMAChart(
            weight: try vector.number("lambda"), limit: try vector.number("L"),
            baseline: ControlBaseline(mean: p, deviation: 0))
        for step in try #require(vector["steps"] as? [[String: Any]]) {
            let n = Double(try step.integer("n"))
            let deviation = (p * (1 - p) / n).squareRoot()
            let shown = chart.step(Double(try step.integer("errors")) / n, deviation: deviation)
            let point = try #require(shown)
            #expect(isClose(point.average, try step.number("ewma")))
            #expect(isClose(point.upper, try step.number("ucl")))
            #expect(isClose(max(0, point.lower), try step.number("lcl")))
            #expect(point.isOut == (step["signal"] as? Bool))
        }
    }

    @Test func runsUntilAFalseSignalAreAsLongAsComputed() throws {
        let rows = try #require(try VectorFile.object("control_charts")["ewma_arl"] as? [[String: Any]])
        let row = try #require(rows.first { $0["L"] as? Double == 2.5 && $0["lambda"] as? Double == 0.2 })
        for (shift, key) in [(0.0, "ARL0"), (1.0, "ARL_shift_1sigma")] {
            var random = Xoshiro256(seed: 11)
            var steps = 0
            let runs = 2000
            for _ in 0..<runs {
                var chart = EWMAChart(weight: 0.2, limit: 2.5, baseline: ControlBaseline(mean: 0, deviation: 1))
                while !chart.isAlarming {
                    _ = chart.step(random.normal(mean: shift))
                    steps += 1
                }
            }
            // Exact limits signal a little sooner than the constant ones of the table.
            let ratio = Double(steps) / Double(runs) / (try row.number(key))
            #expect(0.85...1.03 ~= ratio, "\(key) \(ratio)")
        }
    }

    @Test func nothingIsJudgedBeforeTwentyValues() throws {
        var chart = EWMAChart()
        for i in 0..<20 {
            let shown = chart.step(i.isMultiple(of: 2) ? 9 : 11)
            #expect(shown == nil)
        }
        #expect(chart.baseline.mean == 10)
        #expect(isClose(chart.baseline.deviation, (20.0 / 19).squareRoot()))
        let first = chart.step(10)
        #expect(first?.isOut == false)
    }

    @Test func theBaselineIsFrozenDuringAnAlarmAndRelearntWhenTold() throws {
        var chart = EWMAChart(baseline: ControlBaseline(adaptation: 0.05))
        for i in 0..<40 { _ = chart.step(i.isMultiple(of: 2) ? 9 : 11) }
        while !chart.isAlarming { _ = chart.step(20) }
        let frozen = chart.baseline
        for _ in 0..<100 { _ = chart.step(20) }
        #expect(chart.baseline == frozen)
        #expect(chart.isAlarming)
        chart.rebaseline()
        #expect(!chart.isAlarming)
        for i in 0..<60 { _ = chart.step(i.isMultiple(of: 2) ? 19 : 21) }
        #expect(!chart.isAlarming)
        #expect(abs(chart.baseline.mean - 20) < 0.5)
    }

    @Test func aSlowBaselineFollowsASlowChange() {
        var chart = EWMAChart(baseline: ControlBaseline(adaptation: 0.05))
        var random = Xoshiro256(seed: 3)
        for i in 0..<2000 { _ = chart.step(random.normal(mean: 100 + Double(i) / 100)) }
        #expect(abs(chart.baseline.mean - 120) < 1)
    }

    @Test func whatIsNoNumberTeachesNothing() {
        var chart = EWMAChart(baseline: ControlBaseline(mean: 0, deviation: 1))
        let shown = [Double.nan, .infinity, 0].map { chart.step($0)?.average }
        #expect(shown == [nil, nil, 0])
    }

    // MARK: CUSUM

    @Test func sumsAreThoseOfTheTable() throws {
        let vector = try #require(try VectorFile.object("control_charts")["cusum_tabular"] as? [String: Any])
        var chart = CUSUM(
            allowance: try vector.number("k"), decision: try vector.number("h"),
            baseline: ControlBaseline(mean: try vector.number("mu0"), deviation: try vector.number("sigma")))
        for step in try #require(vector["steps"] as? [[String: Any]]) {
            let index = try step.integer("i") - 1
            let signal = chart.step(try vector.numbers("series")[index])
            #expect(isClose(chart.upper, try step.number("C+")))
            #expect(isClose(chart.lower, try step.number("C-")))
            #expect(signal == (step["signal"] as? Bool))
        }
        // The last five of the series lie above the allowance.
        #expect(chart.upperRun == 5)
    }

    @Test func itLearnsAndForgetsAsTheOtherDoes() {
        var chart = CUSUM(decision: 4)
        let shown = (0..<20).map { chart.step($0.isMultiple(of: 2) ? 9 : 11) }
        #expect(shown.allSatisfy { $0 == nil })
        for _ in 0..<20 { chart.step(8) }
        #expect(chart.isAlarming)
        #expect(chart.baseline.mean == 10)
        chart.rebaseline()
        #expect(!chart.isAlarming)
        let again = chart.step(8)
        #expect(again == nil)
    }

    @Test func aConstantSeriesIsNeverStandardised() {
        var chart = CUSUM()
        for _ in 0..<30 { chart.step(5) }
        let jump = chart.step(6)
        #expect(jump == nil)
    }

    @Test func statesSurviveWriting() throws {
        var chart = EWMAChart()
        var sums = CUSUM()
        for i in 0..<50 {
            _ = chart.step(Double(i % 7))
            sums.step(Double(i % 7))
        }
        let coder = (JSONEncoder(), JSONDecoder())
        #expect(try coder.1.decode(EWMAChart.self, from: coder.0.encode(chart)) == chart)
        #expect(try coder.1.decode(CUSUM.self, from: coder.0.encode(sums)) == sums)
    }
}
