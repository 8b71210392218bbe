import Metrics
import Statistics
import Telemetry
import TestSupport
import Testing

/// Good and bad requests by any condition, counted as they come.
@Suite struct CriterionTests {
    private static func condition(_ good: String, among population: String? = nil) throws -> Criterion {
        Criterion(.condition(try RecordFilter(good)), among: try population.map { try RecordFilter($0) })
    }

    private static func bench(_ criteria: [Criterion], rowBudget: Int = 0) -> CountingBench {
        var bench = CountingBench()
        bench.recorder = Recorder(rowBudget: rowBudget, criteria: criteria)
        return bench
    }

    /// Plain sums over those for which an answer is known.
    private static func tally(
        _ samples: [Sample], asked: (Sample) -> Bool, isGood: (Sample) -> Bool?
    ) -> CriterionTally {
        var tally = CriterionTally()
        for sample in samples where asked(sample) {
            tally.population += sample.weight
            guard let good = isGood(sample) else { continue }
            tally.known += sample.weight
            tally.squaredWeights += sample.weight * sample.weight / 1024
            if !good { tally.bad += sample.weight }
        }
        return tally
    }

    /// Latency and success by Kleene's logic.
    private static func isQuickSuccess(_ sample: Sample) -> Bool? {
        let isQuick = sample.latency.map { $0 <= 30 * Span.second }
        if isQuick == false || sample.success == false { return false }
        return isQuick == nil || sample.success == nil ? nil : true
    }

    private static func samples(_ n: Int64, _ random: inout Xoshiro256) -> [Sample] {
        var time = anyTime
        return (0..<n).map { _ in
            // Some out of order.
            time += Int64(random.below(2000)) * 1000
            return Sample.random(at: time - Int64(random.below(3)) * Span.second, using: &random)
        }
    }

    /// However seldom anybody looks, and however little room there is.
    @Test(arguments: [(0, 0), (1, 0), (37, 1 << 20), (500, 64 << 20)])
    func whatIsCountedIsTheSumOverTheRequests(every: Int, rowBudget: Int) throws {
        var random = Xoshiro256(seed: UInt64(every + 1))
        let all = try Self.condition("success and latency <= 30s")
        let some = try Self.condition("success and latency <= 30s", among: "model = claude or tool = sql")
        var bench = Self.bench([all, some], rowBudget: rowBudget)
        let samples = Self.samples(3000, &random)
        for (n, sample) in samples.enumerated() {
            bench.count(sample)
            if every > 0, n.isMultiple(of: every) {
                _ = bench.recorder.snapshot(asOf: sample.time, source: bench.source, names: bench.symbols.names)
            }
        }
        let snapshot = bench.snapshot()
        let isSome: (Sample) -> Bool = { $0.model == "claude" || $0.tools.contains { $0.name == "sql" } }
        for (from, to) in [(Int64.min, Int64.max), (0, 20), (700, 1500)] {
            let slot = 5 * Span.second
            let from = from == .min ? anyTime - Span.minute : anyTime.alignedDown(to: slot) + from * slot
            let to = to == .max ? anyTime + 3 * Span.hour : anyTime.alignedDown(to: slot) + to * slot
            guard from >= (samples.last?.time ?? 0) - Span.hour || to > anyTime + Span.hour else { continue }
            let wanted = samples.filter { $0.time >= from && $0.time < to }
            #expect(
                snapshot.criteria[all]?.sum(from: from, to: to)
                    == Self.tally(wanted, asked: { _ in true }, isGood: Self.isQuickSuccess))
            #expect(
                snapshot.criteria[some]?.sum(from: from, to: to)
                    == Self.tally(wanted, asked: isSome, isGood: Self.isQuickSuccess))
        }
    }

    /// Of a month, hours and days are exact where they begin and end on slots, and the last minutes come from finer ones.
    @Test func longSpansEndWhereTheyAreAskedTo() throws {
        let criterion = try Self.condition("success")
        var bench = Self.bench([criterion])
        let minutes: Int64 = 12 * 24 * 60
        for minute in 0..<minutes {
            bench.count(at: midnight + minute * Span.minute) { $0.success = !minute.isMultiple(of: 10) }
        }
        let end = midnight + minutes * Span.minute - 7 * Span.minute
        for days in [1, 3, 7, 12] as [Int64] {
            let sum = try #require(bench.snapshot().criteria[criterion]).sum(
                from: midnight + (12 - days) * Span.day, to: end)
            #expect(sum.known == (days * 24 * 60 - 7) * 1024, "\(days)")
            #expect(sum.bad == (days * 24 * 6) * 1024, "\(days)")
        }
    }

    // MARK: What is learned later

    private func learn(
        _ bench: inout CountingBench, _ kind: RecordKind, of trace: String, after minutes: Int64,
        _ fill: (inout Record) -> Void
    ) {
        bench.count(kind, at: anyTime + minutes * Span.minute, trace: trace, fill)
    }

    @Test func whatIsLearnedLaterCountsForItsRequestsPart() throws {
        let refunds = try RecordFilter("task_type = refund")
        let strong = Criterion(.completedStrongly, among: refunds)
        let weak = Criterion(.completedWeakly, among: refunds)
        let rated = Criterion(.ratedUp, among: refunds)
        let scored = Criterion(.evalScore(atLeast: 800_000), among: refunds)
        var bench = Self.bench([strong, weak, rated, scored])
        for n in 0..<20 {
            let task = bench.symbol(n < 10 ? "refund" : "chat", .taskType)
            bench.count(at: anyTime + Int64(n), trace: "t\(n)") { record in
                record.success = n != 0
                record.values[.taskType] = task
            }
        }
        // Two of each part are complained about, one of them twice; two are rated, two scored.
        for trace in ["t1", "t2", "t2", "t11", "t12"] {
            learn(&bench, .feedback, of: trace, after: 5) { $0.ratedPositive = false }
        }
        learn(&bench, .feedback, of: "t3", after: 6) { $0.ratedPositive = true }
        for (trace, score) in [("t4", 0.9), ("t5", 0.4), ("t14", 0.1)] {
            learn(&bench, .eval, of: trace, after: 7) { $0.evalScore = Int64(score * 1e6) }
        }
        // Of a request that nobody remembers the record's own fields tell.
        let task = bench.symbol("refund", .taskType)
        learn(&bench, .eval, of: "long ago", after: 8) { record in
            record.evalScore = 1_000_000
            record.values[.taskType] = task
        }
        let criteria = bench.snapshot().criteria
        func sum(_ criterion: Criterion, from: Int64 = -1, to: Int64 = 60) throws -> [Int64] {
            let sum = try #require(criteria[criterion]).sum(
                from: anyTime + from * Span.minute, to: anyTime + to * Span.minute)
            return [sum.population, sum.known, sum.bad].map { $0 / 1024 }
        }
        #expect(try sum(weak) == [10, 10, 1])
        // Taken back where the request was counted, once.
        #expect(try sum(strong) == [10, 10, 3])
        #expect(try sum(strong, to: 1) == [10, 10, 3])
        #expect(try sum(rated, from: 4) == [0, 3, 2])
        #expect(try sum(scored) == [10, 3, 1])
    }

    // MARK: Reading on

    @Test func aCriterionThatIsAddedLaterMakesUpForWhatIsHeld() throws {
        var bench = Self.bench([], rowBudget: 64 << 20)
        for n in 0..<100 { bench.count(at: anyTime + Int64(n) * Span.second) { $0.success = !n.isMultiple(of: 4) } }
        let (first, second) = (try Self.condition("success"), try Self.condition("failed"))
        func bad(_ criterion: Criterion) throws -> Int64 {
            try #require(bench.snapshot().criteria[criterion]).sum(from: anyTime - Span.minute, to: .max).bad / 1024
        }
        bench.recorder.watch([first])
        #expect(try bad(first) == 25)
        bench.count(at: anyTime + 100 * Span.second) { $0.success = false }
        bench.recorder.watch([second, first])
        #expect(try bad(first) == 26)
        #expect(try bad(second) == 75)
        bench.recorder.watch([])
        #expect(bench.snapshot().criteria.isEmpty)
    }

    @Test func whatWasGivenUpBeforeIsSaid() throws {
        var bench = Self.bench([], rowBudget: 1 << 16)
        for n in 0..<2000 { bench.count(at: anyTime + Int64(n) * Span.second, trace: "t\(n)") { $0.success = true } }
        let criterion = try Self.condition("success")
        bench.recorder.watch([criterion])
        let timeline = try #require(bench.snapshot().criteria[criterion])
        let since = try #require(timeline.since)
        #expect(since > anyTime && since < anyTime + 2000 * Span.second)
        // One a second.
        let held = (anyTime + 2000 * Span.second - since) / Span.second
        #expect(timeline.sum(from: anyTime, to: .max).known == held * 1024)
    }
}
