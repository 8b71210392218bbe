import Metrics
import Statistics
import Telemetry
import TestSupport
import Testing

/// What is rolled up, minute by minute, against plain sums: nothing is counted twice and nothing is lost on the way.
@Suite struct RollUpTests {
    /// How records come: mostly in order, some seconds late, some hours, some days; now and then after a pause.
    private static func times(_ seed: UInt64, count: Int) -> [Int64] {
        var random = Xoshiro256(seed: seed)
        var clock = anyTime
        return (0..<count).map { _ in
            if random.chance(0.01) { clock += Int64(random.below(UInt64(5 * Span.hour))) }
            clock += Int64(random.below(UInt64(8 * Span.second)))
            let late = [0, 0, 0, 90 * Span.second, 3 * Span.minute, 2 * Span.hour, 3 * Span.day][Int(random.below(7))]
            return clock - (late > 0 ? Int64(random.below(UInt64(late))) : 0)
        }
    }

    private static func bench(_ times: some Sequence<Int64>) -> CountingBench {
        var bench = CountingBench()
        for time in times {
            bench.count(at: time) { record in
                record.latency = 1000
                record.success = true
            }
        }
        return bench
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func sumsAreThoseOfEverythingCounted(_ seed: UInt64) {
        let times = Self.times(seed, count: 1500)
        var bench = CountingBench()
        for (i, time) in times.enumerated() {
            bench.count(at: time) { $0.latency = 1000 }
            guard i % 37 == 0 else { continue }
            let timeline = bench.snapshot().timeline
            let all = timeline.sumOfAll()
            #expect(all.requests.raw == Int64(i + 1) && all.latency.count == Int64(i + 1) * 1024)
        }
    }

    @Test(arguments: [5, 6, 7] as [UInt64])
    func hoursAndDaysHoldWhatFellIntoThem(_ seed: UInt64) {
        let times = Self.times(seed, count: 1500)
        for end in [400, 900, 1500] {
            let seen = times.prefix(end)
            let timeline = Self.bench(seen).snapshot().timeline
            let newest = (seen.max() ?? 0).alignedDown(to: Span.hour)
            let hours = (0..<80).map { newest - $0 * Span.hour }
            for hour in hours {
                let expected = seen.count { $0.alignedDown(to: Span.hour) == hour }
                let tally = timeline.hours([hour])
                #expect(tally.requests.raw == Int64(expected) && tally.latency.count == Int64(expected) * 1024)
                #expect(timeline.heldHours([hour]) == (expected > 0 ? 1 : 0))
            }
            for length in [2, 7, 20] {
                let from = newest - Int64(length) * Span.day
                let (tally, start) = timeline.sum(from: from, to: newest + Span.hour)
                #expect(tally.requests.raw == Int64(seen.count { $0 >= start }))
            }
        }
    }

    @Test(arguments: [8, 9, 10, 11] as [UInt64])
    func theOpeningHourIsTheFirstSixtyMinutesWhereverTheyBegin(_ seed: UInt64) {
        let times = Self.times(seed, count: 1200)
        for end in stride(from: 60, through: times.count, by: 95) {
            let seen = times.prefix(end)
            let timeline = Self.bench(seen).snapshot().timeline
            guard let origin = timeline.origin else { return #expect(Bool(false)) }
            let expected = seen.count { $0 >= origin && $0 < origin + Span.hour }
            #expect(timeline.openingHour().requests.raw == Int64(expected))
        }
    }

    @Test func activityIsFoundInEverySlotThatHasSome() {
        let times = Self.times(12, count: 800)
        let timeline = Self.bench(times).snapshot().timeline
        let newest = times.max() ?? 0
        for slot in Int64(0)..<600 {
            let start = (newest - slot * 5 * Span.second).alignedDown(to: 5 * Span.second)
            let range = start..<start + 5 * Span.second
            #expect(timeline.hasActivity(in: range) == times.contains { range.contains($0) })
        }
    }

    @Test func aRestartKeepsWhatWasCountedAndBeginsTheDataAnew() {
        let later = anyTime + 100 * Span.day
        var bench = CountingBench()
        for i in 0..<40 { bench.count(at: anyTime + Int64(i) * 7 * Span.second) }
        for i in 0..<40 { bench.count(at: later + Int64(i) * 7 * Span.second) }
        // From before, and from the minute before the beginning: too late to move it.
        for _ in 0..<3 { bench.count(at: anyTime + Span.minute) }
        bench.count(at: later - 30 * Span.second)
        for i in 40..<80 { bench.count(at: later + Int64(i) * 7 * Span.second) }
        let timeline = bench.snapshot().timeline
        #expect(timeline.sumOfAll().requests.raw == 124)
        #expect(timeline.openingHour().requests.raw == 80)
        #expect(timeline.sum(from: later - Span.day, to: later + Span.day).tally.requests.raw == 81)
    }
}
