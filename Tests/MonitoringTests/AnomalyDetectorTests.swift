import Foundation
import Metrics
import Monitoring
import Query
import Statistics
import Telemetry
import TestSupport
import Testing

@Suite struct AnomalyDetectorTests {
    private static func watched(seed: UInt64, rate: Double, after history: Int64) -> WatchedTraffic {
        var traffic = SimulatedTraffic(seed: seed)
        traffic.rate = rate
        var watched = WatchedTraffic(traffic, from: midnight + Int64(seed) * 2 * Span.hour)
        watched.run(for: history)
        return watched
    }

    // MARK: Peace

    /// Rate and latency go up and down by half over the day; each minute has 2% of noise beside chance.
    @Test(arguments: [1.0, 4, 60, 2520])
    func aHealthyDayGivesAtMostThreeAlarms(rate: Double) {
        for seed in 1...4 as ClosedRange<UInt64> {
            let alarms = Self.watched(seed: seed, rate: rate, after: Span.day).alarms
            #expect(alarms.count <= 3, "seed \(seed): \(alarms)")
        }
    }

    @Test func healthyWeeksShowNoTrend() {
        for seed in 1...2 as ClosedRange<UInt64> {
            var watched = Self.watched(seed: seed, rate: 2, after: 0)
            // Weekends are a little worse.
            watched.run(for: 42 * Span.day) { traffic, elapsed in
                traffic.incomplete = (elapsed / Span.day) % 7 >= 5 ? 0.04 : 0.03
            }
            #expect(!watched.alarms.contains { $0.kind == .trend }, "seed \(seed)")
            #expect(watched.alarms.count < 42)
        }
    }

    @Test func oneBadMinuteIsNoAlarm() {
        var watched = Self.watched(seed: 5, rate: 60, after: 2 * Span.hour)
        watched.run(for: Span.minute) { traffic, _ in traffic.errorRate = 0.3 }
        watched.run(for: 20 * Span.minute) { traffic, _ in traffic.errorRate = 0.02 }
        #expect(watched.alarms.isEmpty)
    }

    // MARK: Faults

    /// A fault, how it changes traffic, what shows it, and within how many minutes at 60 requests a minute.
    struct Fault: Sendable, CustomTestStringConvertible {
        var name: String
        var metric: AnomalyMetric
        var minutes: Int64
        var change: @Sendable (inout SimulatedTraffic) -> Void

        var testDescription: String { name }
    }

    static let faults = [
        Fault(name: "error burst", metric: .errorRate, minutes: 3) { $0.errorRate = 0.3 },
        Fault(name: "errors 2% to 8%", metric: .errorRate, minutes: 8) { $0.errorRate = 0.08 },
        Fault(name: "completion drops", metric: .completion, minutes: 5) { $0.incomplete = 0.2 },
        Fault(name: "cost spike", metric: .costPerRequest, minutes: 4) { $0.dollars = 0.03 },
        Fault(name: "token loop", metric: .tokensPerRequest, minutes: 4) { $0.tokens = 4800 },
        Fault(name: "latency doubles", metric: .p95Latency, minutes: 6) { $0.latency = 3 },
        Fault(name: "half of the requests", metric: .requestRate, minutes: 10) { $0.rate = 30 },
    ]

    /// Before the hours of the day are known, and after.
    private static let histories = [
        watched(seed: 1, rate: 60, after: 3 * Span.hour), watched(seed: 2, rate: 60, after: 4 * Span.day),
    ]

    @Test(arguments: faults) func faultsAreSeenWithinMinutes(fault: Fault) {
        for history in Self.histories {
            var watched = history
            let delay = watched.delay(until: fault.metric, within: Span.hour) { traffic, _ in fault.change(&traffic) }
            #expect(delay.map { $0 <= fault.minutes * Span.minute } == true, "\(delay.map { $0 / Span.minute } ?? -1)")
        }
    }

    @Test func anAlarmEndsWhenTheFaultDoesAndTellsWhatItWas() throws {
        var watched = Self.watched(seed: 3, rate: 60, after: 3 * Span.hour)
        let before = watched.time
        watched.run(for: 30 * Span.minute) { traffic, _ in traffic.errorRate = 0.3 }
        let alarm = try #require(watched.detector.anomaly(.errorRate))
        #expect(alarm.direction == .up)
        #expect(alarm.since >= before)
        #expect(abs(alarm.value - 0.3) < 0.1)
        #expect(alarm.expected < 0.04)
        #expect(alarm.score > 3.5)
        watched.run(for: 20 * Span.minute) { traffic, _ in traffic.errorRate = 0.02 }
        #expect(watched.detector.anomaly(.errorRate) == nil)
    }

    /// 90% to 80% over two weeks, and 2 points a week, of four requests a minute: seen by the line through days.
    @Test func creepsAreSeenWithinDays() throws {
        var before = Self.watched(seed: 4, rate: 4, after: 0)
        before.traffic.incomplete = 0.08
        before.run(for: 7 * Span.day)
        #expect(!before.alarms.contains { $0.kind == .trend })
        for (perWeek, days) in [(0.05, 8), (0.02, 14)] as [(Double, Int64)] {
            var watched = before
            let delay = watched.delay(until: .completion, .trend, within: 14 * Span.day) { traffic, elapsed in
                traffic.incomplete = 0.08 + perWeek * Double(elapsed) / Double(7 * Span.day)
            }
            #expect(delay.map { $0 <= days * Span.day } == true, "\(delay.map { $0 / Span.day } ?? -1) d")
        }
    }

    // MARK: Baselines

    @Test func whatIsUsualIsFrozenDuringAnAlarmUntilToldOtherwise() throws {
        var watched = Self.watched(seed: 6, rate: 60, after: 3 * Span.hour)
        let usual = try #require(watched.detector.expected(.errorRate))
        watched.run(for: Span.hour) { traffic, _ in traffic.errorRate = 0.2 }
        #expect(abs(try #require(watched.detector.expected(.errorRate)) - usual) < 0.01)
        watched.detector.rebaseline(.errorRate)
        #expect(watched.detector.anomaly(.errorRate) == nil)
        #expect(watched.detector.score(.costPerRequest) != nil)
        watched.run(for: Span.hour)
        #expect(watched.detector.anomaly(.errorRate) == nil)
        #expect(abs(try #require(watched.detector.expected(.errorRate)) - 0.2) < 0.05)
    }

    @Test func theHourOfTheDayIsKnownAfterThreeDays() throws {
        var traffic = SimulatedTraffic(seed: 7)
        traffic.rate = 4
        var watched = WatchedTraffic(traffic, from: midnight)
        watched.run(for: 4 * Span.day + 6 * Span.hour)
        // The busiest hour, and a pause of half a day later the calmest.
        let high = try #require(watched.detector.expected(.requestRate))
        watched.run(for: 12 * Span.hour)
        let low = try #require(watched.detector.expected(.requestRate))
        #expect(abs(high / low - 3) < 0.5)
    }

    @Test func silenceIsNoValue() {
        var traffic = SimulatedTraffic(seed: 8)
        // Hours later it would be another time of the day, which is unknown yet.
        traffic.swing = 0
        var watched = WatchedTraffic(traffic, from: midnight)
        watched.run(for: 3 * Span.hour)
        let rate = traffic.rate
        watched.run(for: 4 * Span.hour) { traffic, _ in traffic.rate = 0 }
        #expect(watched.alarms.isEmpty)
        watched.run(for: Span.hour) { traffic, _ in traffic.rate = rate }
        #expect(watched.alarms.isEmpty)
    }

    @Test func theStateSurvivesWriting() throws {
        var one = Self.watched(seed: 9, rate: 4, after: 2 * Span.day)
        var other = one
        other.detector = try JSONDecoder().decode(
            AnomalyDetector.self, from: JSONEncoder().encode(one.detector))
        for i in [0, 1] {
            let change: (inout SimulatedTraffic, Int64) -> Void = { traffic, _ in traffic.errorRate = 0.3 }
            if i == 0 { one.run(for: 3 * Span.hour, change) } else { other.run(for: 3 * Span.hour, change) }
        }
        #expect(!one.alarms.isEmpty)
        #expect(one.detector.anomalies == other.detector.anomalies)
    }

    // MARK: Snapshots

    @Test func everyClosedMinuteIsLookedAtOnceHoweverOftenItIsStepped() throws {
        var bench = CountingBench()
        var random = Xoshiro256(seed: 10)
        let start = anyTime.alignedDown(to: Span.minute)
        var (often, seldom) = (AnomalyDetector(), AnomalyDetector())
        for second in 0..<Int64(3 * 3600) {
            let time = start + second * Span.second
            let isBad = second > 2 * 3600
            let error = random.chance(isBad ? 0.4 : 0.02)
            bench.count(at: time, cost: 10_000_000) { record in
                record.success = !error
                record.latency = 1_000_000 + Int64(random.below(1_000_000))
                record.inputTokens = 100
            }
            if (second + 1) % 10 == 0 { often.step(bench.snapshot(asOf: time + Span.second), at: time + Span.second) }
            if (second + 1) % 300 == 0 {
                seldom.step(bench.snapshot(asOf: time + Span.second), at: time + Span.second)
            }
        }
        #expect(often == seldom)
        let alarm = try #require(often.anomaly(.errorRate))
        #expect(alarm.since >= start + 2 * Span.hour && alarm.since < start + 2 * Span.hour + 3 * Span.minute)
        #expect(often.anomaly(.completion) != nil)
        #expect(Set(often.anomalies.map(\.metric)) == [.errorRate, .completion])
    }

    // MARK: Rules

    @Test func rulesAskByName() throws {
        let catalogue = WindowMetric.catalogue.appending(AnomalyValues.entries)
        var watched = Self.watched(seed: 11, rate: 60, after: 3 * Span.hour)
        let rule = try Expression.compile(#"anomaly("error_rate") and anomaly_score("error_rate") > 3"#, catalogue)
        let usual = try Expression.compile("expected_error_rate < 5% and expected_p95_latency > 1s", catalogue)
        func outcome(_ expression: Query.Expression) -> Outcome {
            let values = AnomalyValues(watched.detector)
            return expression.evaluate { values.value(of: $0) }
        }
        #expect(outcome(rule) == .false)
        #expect(outcome(usual) == .true)
        watched.run(for: 10 * Span.minute) { traffic, _ in traffic.errorRate = 0.3 }
        #expect(outcome(rule) == .true)
        watched.detector = AnomalyDetector()
        #expect(outcome(rule) == .missing)
        #expect(throws: QueryError.self) { try Expression.compile(#"anomaly("eror_rate")"#, catalogue) }
    }

    @Test func everyRuleOfThePackCompiles() throws {
        let catalogue = WindowMetric.catalogue.appending(AnomalyValues.entries)
        for rule in AnomalyValues.rules {
            _ = try Expression.compile(rule.when, catalogue)
            _ = try Template.compile(rule.summary, catalogue)
        }
        #expect(Set(AnomalyValues.rules.map(\.name)).count == AnomalyValues.rules.count)
    }
}
