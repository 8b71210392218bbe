import Metrics
import Statistics
import Telemetry
import TestSupport
import Testing

/// Bars and baselines.
@Suite struct HistoryTests {
    // MARK: Bars

    private static func requests(_ times: [Int64]) -> CountingBench {
        var bench = CountingBench()
        for time in times { bench.count(at: time) }
        return bench
    }

    private static func times(_ seed: UInt64, count: Int, over length: Int64) -> [Int64] {
        var random = Xoshiro256(seed: seed)
        return (0..<count).map { _ in anyTime + Int64(random.below(UInt64(length))) }.sorted()
    }

    @Test(arguments: [10 * Span.minute, 3 * Span.hour, 40 * Span.hour])
    func barsNeitherOverlapNorLeaveGaps(_ length: Int64) {
        let times = Self.times(1, count: 1200, over: length)
        let snapshot = Self.requests(times).snapshot()
        let now = snapshot.now ?? 0
        for window in Window.allCases {
            for count in [1, 7, 24, 60, 61, 137, 200, 411, 440, 900] {
                for back in [0, 3 * Span.minute, 2 * Span.hour, 20 * Span.hour] {
                    let bars = snapshot.bars(window, count: count, endingAt: now - back)
                    let counts = bars.values { Double($0.requests.raw) }.map { $0 ?? -1 }
                    var expected = [Double](repeating: 0, count: count)
                    for time in times {
                        if let i = bars.index(of: time) { expected[i] += 1 }
                    }
                    #expect(counts == expected, "\(window), \(count) bars, \(back / Span.minute)m ago")
                }
            }
        }
    }

    @Test(arguments: [(Window.minute1, 12), (.minutes15, 60), (.hour1, 60), (.hours6, 72), (.hours24, 137)])
    func barsMoveOnlyWhenOneIsOver(_ window: Window, _ count: Int) {
        let snapshot = Self.requests(Self.times(2, count: 500, over: 30 * Span.hour)).snapshot()
        var last: Bars?
        for second in 0..<600 {
            let end = (snapshot.now ?? 0) + Int64(second) * Span.second
            let bars = snapshot.bars(window, count: count, endingAt: end)
            // All bars are over, and no whole one is missing.
            let edge = bars.start + Int64(count) * bars.step
            #expect(edge <= end && end - edge < bars.step)
            if let last {
                #expect(bars.step == last.step)
                #expect(bars.start == last.start || bars.start == last.start + bars.step)
            }
            last = bars
        }
    }

    @Test func barsSpanTheirWindow() {
        let snapshot = Self.requests(Self.times(3, count: 100, over: 40 * Span.hour)).snapshot()
        for window in Window.allCases where window != .all {
            for count in [12, 60, 100, 137, 200] {
                let bars = snapshot.bars(window, count: count)
                let ratio = Double(bars.step) * Double(count) / Double(window.duration ?? 1)
                // A bar lasts at least a slot; beyond that, rounding to whole slots shows half to twice the window.
                #expect(ratio > 0.5 && ratio < 2 || bars.step == 5 * Span.second, "\(window) \(count): \(ratio)")
            }
        }
    }

    // MARK: Baselines

    /// A request of output length `length` each minute from hour `from` to hour `to` since midnight.
    private static func traffic(_ parts: [(from: Double, to: Double, length: Int64)]) -> CountingBench {
        var bench = CountingBench()
        for part in parts {
            for minute in Int(part.from * 60)..<Int(part.to * 60) {
                bench.count(at: midnight + Int64(minute) * Span.minute) { $0.outputLength = part.length }
            }
        }
        return bench
    }

    @Test func beforeAWindowHasPassedThereIsNothingToCompareWith() {
        let bench = Self.traffic([(0, 0.25, 100)])
        #expect(bench.snapshot().baseline(for: Window.minutes15.duration).kind == .none)
        #expect(bench.snapshot().baseline(for: nil).kind == .none)
        #expect(CountingBench().snapshot().baseline(for: Span.minute).kind == .none)
    }

    @Test func atFirstTheBaselineIsTheWindowBefore() {
        let bench = Self.traffic([(0, 0.5, 100), (0.5, 1, 200), (1, 1.5, 300)])
        let (kind, tally) = bench.snapshot(asOf: midnight + 90 * Span.minute).baseline(for: 30 * Span.minute)
        #expect(kind == .previousWindow)
        #expect(tally.outputLength.mean == 200 && tally.requests.raw == 30)
    }

    @Test func thenItIsTheFirstHourOnceAnHourFollows() {
        let bench = Self.traffic([(0, 1, 100), (1, 6, 300)])
        let justBefore = bench.snapshot(asOf: midnight + 2 * Span.hour - 1).baseline(for: 5 * Span.minute)
        #expect(justBefore.kind == .previousWindow)
        for hours in [2, 3, 6] as [Int64] {
            let (kind, tally) = bench.snapshot(asOf: midnight + hours * Span.hour).baseline(for: 5 * Span.minute)
            #expect(kind == .firstHour)
            #expect(tally.outputLength.mean == 100 && tally.requests.raw == 60)
        }
    }

    @Test func theFirstHourIsEventTimeNotClockHours() {
        var bench = CountingBench()
        let start = midnight + 37 * Span.minute
        for minute in 0..<180 {
            bench.count(at: start + Int64(minute) * Span.minute) { $0.outputLength = minute < 60 ? 100 : 500 }
        }
        let (kind, tally) = bench.snapshot().baseline(for: Span.minute)
        #expect(kind == .firstHour && tally.requests.raw == 60 && tally.outputLength.mean == 100)
    }

    /// The first hour is kept for ever, also while there is nothing else.
    @Test func theFirstHourOutlivesItsSlots() {
        let bench = Self.traffic([(0, 1, 100), (60, 61, 300)])
        let (kind, tally) = bench.snapshot().baseline(for: 5 * Span.minute)
        #expect(kind == .firstHour && tally.requests.raw == 60)
    }

    @Test func firstRecordsInAnyOrderBelongToTheFirstHour() {
        for order in [[0, 1, 2], [1, 0, 2], [2, 1, 0]] {
            var bench = CountingBench()
            for i in order { bench.count(at: midnight + Int64(i) * 10 * Span.second) }
            for minute in 1..<150 { bench.count(at: midnight + Int64(minute) * Span.minute) }
            let (kind, tally) = bench.snapshot().baseline(for: Span.minute)
            #expect(kind == .firstHour)
            #expect(tally.requests.raw == 62, "\(order)")
        }
    }

    @Test func withThreeDaysItIsTheSameHoursOfTheDaysBefore() {
        // A day's length tells its hour and day: 1000 × day + hour.
        var bench = CountingBench()
        for hour in 0..<(10 * 24) {
            for minute in 0..<6 {
                bench.count(at: midnight + Int64(hour) * Span.hour + Int64(minute) * 10 * Span.minute) {
                    $0.outputLength = Int64(hour / 24 * 1000 + hour % 24)
                }
            }
            let now = midnight + Int64(hour) * Span.hour + 55 * Span.minute
            let days = (now - midnight) / Span.day
            let (kind, tally) = bench.snapshot(asOf: now).baseline(for: 15 * Span.minute)
            guard days >= 3 else {
                #expect(kind != .sameHours(days: Int(days)))
                continue
            }
            let held = min(7, days)
            #expect(kind == .sameHours(days: Int(held)))
            let expected = (1...held).map { Double((Int64(hour / 24) - $0) * 1000 + Int64(hour % 24)) }
            #expect(tally.requests.raw == 6 * held)
            #expect(tally.outputLength.mean == expected.reduce(0, +) / Double(held))
        }
    }

    @Test func aDaysWindowComparesWithAsManyDaysAsItSays() {
        let bench = Self.traffic([(0, 240, 100)])
        let (kind, tally) = bench.snapshot().baseline(for: Span.day)
        #expect(kind == .sameHours(days: 7))
        #expect(tally.requests.raw == 7 * 24 * 60)
    }
}
