import Metrics
import Monitoring
import Statistics
import Telemetry
import TestSupport
import Testing

@Suite struct DriftTests {
    private static func tally(_ count: Int, weight: Int64 = 1024, _ fill: (inout Record, Int) -> Void) -> Tally {
        var bench = CountingBench()
        for i in 0..<count {
            bench.count(at: anyTime) { record in
                record.weight = weight
                fill(&record, i)
            }
        }
        return bench.snapshot().timeline.sumOfAll()
    }

    private static func report(now: Tally, then: Tally) -> DriftReport {
        DriftReport(baseline: .firstHour, now: now, then: then)
    }

    /// The arithmetic of the requirements' quality monitor.
    @Test func qualityFallsAsInTheExample() throws {
        let example = try #require(try VectorFile.object("seeds")["quality_monitor_002"] as? [String: Any])
        let vector = try #require(example["vector"] as? [String: Any])
        let baseline = try #require(vector["baseline"] as? [Double])
        let then = try #require(vector["then"] as? [Double])
        let window = try #require(vector["window"] as? Int)
        func quality(_ values: [Double]) -> Tally {
            Self.tally(values.count) { $0.quality = Int64((values[$1] * 1e6).rounded()) }
        }
        let now = quality(Array((baseline + then).suffix(window)))
        #expect(now.quality.mean == (vector["current_avg"] as? Double).map { $0 * 1e6 })
        let metric = try #require(Self.report(now: now, then: quality(baseline))[.quality])
        let drift = try #require(vector["drift"] as? Double)
        #expect(metric.change.map { abs($0 - drift) < 1e-9 } == true)
        #expect(metric.baseline == 0.9 && metric.count == window)
    }

    @Test func lengthDriftsBeyondFifteenPercentEitherWay() throws {
        for (length, expected) in [(1150, false), (1151, true), (850, false), (849, true), (1000, false)] {
            let then = Self.tally(100) { record, _ in record.outputLength = 1000 }
            let now = Self.tally(100) { record, _ in record.outputLength = Int64(length) }
            var metric = try #require(Self.report(now: now, then: then)[.outputLength])
            // One length only: the shape says the same as the mean, so the mean is looked at alone.
            metric.psi = nil
            #expect(metric.hasDrifted == expected, "\(length)")
        }
    }

    @Test func onlyWorseQualityIsDrift() throws {
        for (quality, expected) in [(850_000, false), (849_000, true), (990_000, false)] {
            let then = Self.tally(100) { record, _ in record.quality = 894_736 }
            let now = Self.tally(100) { record, _ in record.quality = Int64(quality) }
            var metric = try #require(Self.report(now: now, then: then)[.quality])
            metric.psi = nil
            #expect(metric.hasDrifted == expected, "\(quality)")
        }
    }

    @Test func sentimentIsADifferenceSinceItCrossesZero() throws {
        let then = Self.tally(100) { record, i in record.sentiment = i % 2 == 0 ? 100_000 : -100_000 }
        for (shift, expected) in [(90_000, false), (110_000, true), (-110_000, true)] {
            let now = Self.tally(100) { record, i in
                record.sentiment = (i % 2 == 0 ? 100_000 : -100_000) + Int64(shift)
            }
            var metric = try #require(Self.report(now: now, then: then)[.sentiment])
            metric.psi = nil
            #expect(metric.change.map { abs($0 - Double(shift) / 1e6) < 1e-12 } == true)
            #expect(metric.hasDrifted == expected, "\(shift)")
        }
    }

    @Test func fewRequestsDoNotDrift() throws {
        let then = Self.tally(100) { record, _ in record.outputLength = 100 }
        for (count, expected) in [(19, false), (20, true)] {
            let now = Self.tally(count) { record, _ in record.outputLength = 900 }
            #expect(try #require(Self.report(now: now, then: then)[.outputLength]).hasDrifted == expected)
        }
    }

    @Test func anotherShapeWithTheSameMeanIsDrift() throws {
        var random = Xoshiro256(seed: 1)
        let lengths = (0..<4000).map { _ in Int64(max(1, random.normal(mean: 1000, deviation: 100))) }
        let then = Self.tally(2000) { $0.outputLength = lengths[$1] }
        let same = Self.tally(2000) { $0.outputLength = lengths[2000 + $1] }
        let wide = Self.tally(2000) { $0.outputLength = $1 % 2 == 0 ? 600 : 1400 }
        let null = try #require(Self.report(now: same, then: then)[.outputLength])
        #expect(!null.hasDrifted && null.psi.map { $0 < 0.05 } == true)
        let reshaped = try #require(Self.report(now: wide, then: then)[.outputLength])
        #expect(reshaped.change.map { abs($0) < 0.05 } == true)
        #expect(reshaped.hasDrifted && reshaped.psi.map { $0 > 1 } == true)
    }

    /// Twenty times the same size from the same distribution: chance alone is rarely called drift.
    @Test func chanceIsNotDrift() {
        var random = Xoshiro256(seed: 2)
        var alarms = 0
        for _ in 0..<100 {
            let draw = (0..<400).map { _ in Int64(random.exponential(mean: 500)) + 300 }
            let then = Self.tally(300) { $0.outputLength = draw[$1] }
            let now = Self.tally(100) { $0.outputLength = draw[300 + $1] }
            let metric = Self.report(now: now, then: then)[.outputLength]
            if let psi = metric?.psi, let threshold = metric?.psiThreshold, psi > threshold { alarms += 1 }
        }
        #expect(alarms <= 5)
    }

    /// Ten records that stand for a hundred requests each are ten.
    @Test func sampledRecordsCountAsManyAsTheyAreWorth() throws {
        let then = Self.tally(100) { record, _ in record.outputLength = 100 }
        let now = Self.tally(10, weight: 102_400) { record, _ in record.outputLength = 900 }
        let metric = try #require(Self.report(now: now, then: then)[.outputLength])
        #expect(metric.count == 10 && !metric.hasDrifted && metric.psi == nil)
    }

    @Test func withoutABaselineThereIsNoChange() throws {
        let now = Self.tally(100) { record, _ in record.outputLength = 100 }
        for metric in Self.report(now: now, then: Tally()).metrics {
            #expect(metric.change == nil && metric.psi == nil && !metric.hasDrifted)
        }
        #expect(DriftMetric.relativeChange(1, from: 0) == nil)
        #expect(DriftReport(CountingBench().snapshot(), window: .hour1).basis == .usual(.none))
    }
}
