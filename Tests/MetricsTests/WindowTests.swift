import Metrics
import Statistics
import Telemetry
import TestSupport
import Testing

/// Windows against plain sums.
///
/// A window of `d` that ends at `now` is the sum of all slots that begin in [now − d rounded down to a slot, now]. Slots last
/// 5 s where the window begins at most an hour back, a minute up to 25 hours, an hour up to 8 days, else a day.
@Suite struct WindowTests {
    private static func slot(of duration: Int64) -> Int64 {
        switch duration {
        case ...Span.hour: 5 * Span.second
        case ...(25 * Span.hour): Span.minute
        case ...(8 * Span.day): Span.hour
        default: Span.day
        }
    }

    private static func expected(_ samples: [Sample], _ duration: Int64, _ now: Int64) -> Figures {
        let from = (now - duration).alignedDown(to: slot(of: duration))
        return Figures(samples.filter { $0.time >= from && $0.time <= now })
    }

    /// Requests over `length` of time, in order but for some that come up to `disorder` late.
    private static func story(
        _ seed: UInt64, count: Int, length: Int64, disorder: Int64
    ) -> [Sample] {
        var random = Xoshiro256(seed: seed)
        var time = anyTime
        let mean = Double(length) / Double(count)
        return (0..<count).map { _ in
            time += Int64(random.exponential(mean: mean))
            let late = random.chance(0.2) ? Int64(random.below(UInt64(disorder))) : 0
            return Sample.random(at: time - late, using: &random)
        }
    }

    /// A stretch of time, and how late its records may come.
    struct Course: Sendable {
        var seed: UInt64
        var minutes: Int64
        /// Seconds.
        var disorder: Int64
    }

    @Test(arguments: [
        Course(seed: 1, minutes: 10, disorder: 20), Course(seed: 2, minutes: 120, disorder: 60),
        Course(seed: 3, minutes: 1800, disorder: 10_800), Course(seed: 4, minutes: 4320, disorder: 86_400),
    ])
    func everyWindowEqualsTheSumOverItsSlots(_ course: Course) {
        let samples = Self.story(
            course.seed, count: 900, length: course.minutes * Span.minute, disorder: course.disorder * Span.second)
        var random = Xoshiro256(seed: course.seed &+ 1000)
        var bench = CountingBench()
        for (i, sample) in samples.enumerated() {
            bench.count(sample)
            guard i % 60 == 59, let newest = bench.recorder.newestTime else { continue }
            let now = newest + Int64(random.below(UInt64(2 * Span.minute)))
            let snapshot = bench.snapshot(asOf: now)
            for window in Window.allCases {
                let totals = snapshot.totals(window)
                let seen = samples[...i]
                let expected =
                    window.duration.map { Self.expected(Array(seen), $0, now) } ?? Figures(seen)
                #expect(Figures(totals.tally, snapshot.names) == expected, "\(window) after \(i)")
            }
        }
    }

    @Test(arguments: [2 * Span.day, 7 * Span.day, 8 * Span.day - Span.hour, 20 * Span.day, 34 * Span.day])
    func longSpansEqualTheSumOverHoursAndDays(_ duration: Int64) {
        let samples = Self.story(7, count: 1500, length: 50 * Span.day, disorder: 2 * Span.day)
        var bench = CountingBench()
        for sample in samples { bench.count(sample) }
        let snapshot = bench.snapshot()
        let now = snapshot.now ?? 0
        let totals = snapshot.totals(lasting: duration, endingAt: now)
        #expect(Figures(totals.tally, snapshot.names) == Self.expected(samples, duration, now))
        #expect(totals.from == (now - duration).alignedDown(to: Self.slot(of: duration)))
    }

    @Test func aWindowInThePastCountsWhatWasThen() {
        let samples = Self.story(8, count: 2000, length: 50 * Span.minute, disorder: 10 * Span.second)
        var bench = CountingBench()
        for sample in samples { bench.count(sample) }
        let snapshot = bench.snapshot()
        var random = Xoshiro256(seed: 9)
        for _ in 0..<50 {
            let end = (snapshot.now ?? 0) - Int64(random.below(UInt64(40 * Span.minute)))
            let totals = snapshot.totals(.minutes5, endingAt: end)
            // The slot that `end` lies in counts whole.
            let whole = end.alignedDown(to: 5 * Span.second) + 5 * Span.second - 1
            let from = (end - 5 * Span.minute).alignedDown(to: 5 * Span.second)
            let expected = Figures(samples.filter { $0.time >= from && $0.time <= whole })
            #expect(Figures(totals.tally, snapshot.names) == expected)
        }
    }

    @Test func aJudgementCountsWhatWasBeforeItsTime() {
        let samples = Self.story(10, count: 800, length: 20 * Span.minute, disorder: 10 * Span.second)
        var bench = CountingBench()
        for sample in samples { bench.count(sample) }
        let end = (anyTime + 15 * Span.minute).alignedDown(to: 10 * Span.second)
        let totals = bench.snapshot().totals(lasting: 5 * Span.minute, endingAt: end, judging: true)
        let expected = Figures(samples.filter { $0.time >= end - 5 * Span.minute && $0.time < end })
        #expect(Figures(totals.tally, bench.symbols.names) == expected)
    }

    @Test func idleWindowsDecayToEmpty() {
        var bench = CountingBench()
        for sample in Self.story(11, count: 50, length: Span.minute, disorder: Span.second) { bench.count(sample) }
        let newest = bench.recorder.newestTime ?? 0
        for window in Window.allCases {
            guard let duration = window.duration else { continue }
            let before = bench.snapshot(asOf: newest + duration - Span.minute / 2).totals(window)
            #expect(!before.tally.isEmpty)
            // A slot more, for the one that the window's start cuts.
            let after = bench.snapshot(asOf: newest + duration + Self.slot(of: duration)).totals(window)
            #expect(after.tally.isEmpty && after.tally.latency.isEmpty && after.tally.models.isEmpty)
        }
        #expect(bench.snapshot(asOf: newest + 400 * Span.day).totals(.all).tally.requests.raw == 50)
    }

    @Test func anEmptySnapshotHasEmptyWindows() {
        let snapshot = CountingBench().snapshot()
        for window in Window.allCases {
            #expect(snapshot.totals(window).tally.isEmpty)
            #expect(snapshot.bars(window, count: 10).tallies.isEmpty)
        }
    }

    // MARK: Rates

    @Test func ratesDivideByTheTimeSinceTheFirstRecordWhileTheWindowFills() {
        var bench = CountingBench()
        for i in 0..<11 {
            bench.count(at: midnight + Int64(i) * 10 * Span.second, cost: 1_000_000_000) { $0.inputTokens = 60 }
        }
        let totals = bench.snapshot().totals(.hour1)
        #expect(totals.seconds == 100)
        #expect(totals.requestsPerSecond == 0.11)
        #expect(totals.tokensPerMinute == 396)
        #expect(totals.costPerHour == 396)
    }

    @Test func ratesDivideByTheWindowOnceItIsFull() {
        var bench = CountingBench()
        for i in 0...60 { bench.count(at: midnight + Int64(i) * 10 * Span.second) }
        let totals = bench.snapshot().totals(.minutes5)
        #expect(totals.seconds == 300)
        #expect(totals.requestsPerSecond == 31.0 / 300)
    }

    @Test func ratesDivideByAtLeastASecond() {
        var bench = CountingBench()
        bench.count(at: anyTime, cost: 1_000_000_000)
        bench.count(at: anyTime + 1000, cost: 1_000_000_000)
        for window in Window.allCases {
            #expect(bench.snapshot().totals(window).seconds == 1)
            #expect(bench.snapshot().totals(window).costPerHour == 7200)
        }
    }

    // MARK: Union

    @Test func talliesOfPartsAddUpToTheTallyOfTheirUnion() {
        var random = Xoshiro256(seed: 12)
        let samples = Self.story(13, count: 600, length: Span.hour, disorder: Span.minute)
        var whole = CountingBench()
        for sample in samples { whole.count(sample) }
        for cut in [0.1, 0.5, 0.9] {
            // Sources share their names, as one program's do.
            var one = CountingBench()
            let (left, right) = samples.reduce(into: ([Sample](), [Sample]())) {
                if random.chance(cut) { $0.0.append($1) } else { $0.1.append($1) }
            }
            for sample in left { one.count(sample) }
            var sum = one.snapshot().timeline.sumOfAll()
            one.recorder = Recorder()
            for sample in right { one.count(sample) }
            let names = one.symbols.names
            sum.add(one.snapshot().timeline.sumOfAll())
            let all = whole.snapshot().timeline.sumOfAll()
            #expect(Figures(sum, names) == Figures(all, whole.symbols.names))
            #expect(sum.latency == all.latency && sum.outputLength == all.outputLength)
            #expect(sum.sentiment == all.sentiment && sum.quality == all.quality)
        }
    }

    @Test func partsLeaveOutWhatIsNotAskedForAndNothingElse() {
        var bench = CountingBench()
        for sample in Self.story(14, count: 200, length: Span.minute, disorder: Span.second) { bench.count(sample) }
        let all = bench.snapshot().totals(.minutes5).tally
        let scalars = bench.snapshot().totals(.minutes5, parts: []).tally
        #expect(scalars.latency.isEmpty && scalars.models.isEmpty && scalars.sentiment.isEmpty)
        #expect(scalars.requests == all.requests && scalars.cost == all.cost && scalars.errorRate == all.errorRate)
        let latency = bench.snapshot().totals(.minutes5, parts: .latency).tally
        #expect(latency.latency == all.latency && latency.outputLength.isEmpty)
    }
}
