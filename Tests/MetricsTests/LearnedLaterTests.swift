import Metrics
import Statistics
import Telemetry
import TestSupport
import Testing

/// Outcomes, feedback, repeats: what a second record says about a request.
@Suite struct LearnedLaterTests {
    private static func strong(_ bench: CountingBench) -> Int64 {
        bench.snapshot().totals(.all).tally.completedStrongly
    }

    /// The table of the requirements, told by the request itself and by outcomes that come later.
    @Test(arguments: [false, true])
    func completionFollowsTheTable(_ later: Bool) throws {
        for row in try VectorFile.cases("completion_001", of: "seeds") {
            var bench = CountingBench()
            let corrected = try #require(row["corrected"] as? Bool)
            let escalated = try #require(row["escalated"] as? Bool)
            let rated = row["rated"] as? Bool
            let completed = try #require(row["completed"] as? Bool)
            bench.count(at: anyTime, trace: "t") { record in
                record.completed = completed
                if later { return }
                record.corrected = corrected
                record.escalated = escalated
                record.ratedPositive = rated
            }
            if later {
                bench.count(.outcome, at: anyTime + Span.minute, trace: "t") { record in
                    record.corrected = corrected
                    record.escalated = escalated
                }
                if let rated {
                    bench.count(.feedback, at: anyTime + 2 * Span.minute, trace: "t") { $0.ratedPositive = rated }
                }
            }
            let tally = bench.snapshot().totals(.all).tally
            #expect((tally.completedWeakly > 0) == row["weak"] as? Bool, "\(row)")
            #expect((tally.completedStrongly > 0) == row["strong"] as? Bool, "\(row)")
        }
    }

    @Test func aLateOutcomeAmendsTheRequestsOwnSlotOnce() {
        var bench = CountingBench()
        bench.count(at: anyTime, trace: "t") { record in
            record.success = true
            record.weight = 2048
        }
        bench.count(at: anyTime + 20 * Span.minute, trace: "u") { $0.success = true }
        for minute in [21, 22, 23] {
            bench.count(.outcome, at: anyTime + Int64(minute) * Span.minute, trace: "t") { $0.corrected = true }
        }
        let snapshot = bench.snapshot()
        let then = snapshot.totals(.minute1, endingAt: anyTime + 10 * Span.second).tally
        #expect(then.completedStrongly == 0 && then.completedWeakly == 2048 && then.signalled == 2048)
        let now = snapshot.totals(.minutes5).tally
        #expect(now.completedStrongly == 1024 && now.corrected == 3 * 2048 && now.signalled == 0)
        let all = snapshot.totals(.all).tally
        #expect(all.completedStrongly == 1024 && all.signalled == 2048)
    }

    /// In every ring that still has the request's slot, and in the totals.
    @Test(arguments: [10 * Span.minute, 2 * Span.hour, 30 * Span.hour, 10 * Span.day])
    func anOutcomeAmendsEveryRingThatKeepsTheSlot(_ delay: Int64) {
        var bench = CountingBench()
        bench.count(at: anyTime, trace: "t") { $0.success = true }
        bench.count(at: anyTime + delay) { $0.success = true }
        #expect(Self.strong(bench) == 2048)
        bench.count(.outcome, at: anyTime + delay, trace: "t") { $0.abandoned = true }
        #expect(Self.strong(bench) == 1024)
        let snapshot = bench.snapshot()
        let sum = snapshot.totals(lasting: delay + Span.minute, endingAt: snapshot.now ?? 0).tally
        #expect(sum.completedStrongly == 1024 && sum.completedWeakly == 2048)
    }

    @Test func aPositiveSignalTakesNothingBack() {
        var bench = CountingBench()
        bench.count(at: anyTime, trace: "t") { $0.success = true }
        bench.count(.outcome, at: anyTime + 1, trace: "t") { $0.accepted = true }
        bench.count(.feedback, at: anyTime + 2, trace: "t") { $0.ratedPositive = true }
        let tally = bench.snapshot().totals(.all).tally
        #expect(tally.completedStrongly == 1024 && tally.signalled == 1024 && tally.satisfaction == 1)
    }

    @Test func whatBelongsToNoHeldRequestIsUnmatchedAndCounted() {
        var bench = CountingBench()
        bench.count(.feedback, at: anyTime, trace: "nobody") { $0.ratedPositive = false }
        bench.count(.outcome, at: anyTime) { $0.escalated = true }
        bench.count(.eval, at: anyTime, trace: "nobody") { $0.evalScore = 500_000 }
        let snapshot = bench.snapshot()
        #expect(snapshot.unmatched == 3)
        let tally = snapshot.totals(.all).tally
        #expect(tally.unmatched == 3 && tally.ratings == 1 && tally.ratedDown == 1024 && tally.evalScore.count == 1024)
        #expect(tally.requests.raw == 0)
    }

    @Test func feedbackCountsForTheVariantOfItsRequest() {
        var bench = CountingBench()
        let canary = bench.symbol("canary", .variant)
        bench.count(at: anyTime, trace: "t") { $0.values[.variant] = canary }
        bench.count(.feedback, at: anyTime + Span.second, trace: "t") { $0.ratedPositive = true }
        bench.count(.eval, at: anyTime + Span.second, trace: "t") { $0.evalScore = 900_000 }
        let arm = bench.snapshot().arms.sum(from: anyTime - Span.minute, to: anyTime + Span.minute)[canary]
        #expect(arm?.ratedUp == 1024 && arm?.satisfaction == 1 && arm?.evalScore.mean == 900_000)
    }

    // MARK: Repeats

    @Test func aRepeatedRecordIsDropped() {
        var bench = CountingBench()
        for _ in 0..<3 { bench.count(at: anyTime, trace: "t") { $0.success = false } }
        for _ in 0..<3 { bench.count(.feedback, at: anyTime, trace: "t") { $0.ratedPositive = true } }
        #expect(bench.recorder.read == 6 && bench.recorder.duplicates == 4)
        let tally = bench.snapshot().totals(.all).tally
        #expect(tally.requests.raw == 1 && tally.failed.raw == 1 && tally.ratings == 1)
    }

    @Test func anotherTimeOrSpanOfTheSameTraceCounts() {
        var bench = CountingBench()
        bench.count(at: anyTime, trace: "t")
        bench.count(at: anyTime + 1, trace: "t")
        for span in [1, 2, 2] as [UInt64] {
            bench.count(at: anyTime + 2, trace: "t") { $0.spanHash = span }
        }
        bench.count(.feedback, at: anyTime, trace: "t") { $0.ratedPositive = true }
        bench.count(.feedback, at: anyTime + 1, trace: "t") { $0.ratedPositive = true }
        bench.count(.outcome, at: anyTime, trace: "t") { $0.accepted = true }
        #expect(bench.recorder.duplicates == 1)
        #expect(bench.snapshot().totals(.all).tally.requests.raw == 4)
        #expect(bench.snapshot().totals(.all).tally.ratings == 2)
    }

    @Test func recordsWithoutATraceAreNeverRepeats() {
        var bench = CountingBench()
        for _ in 0..<5 { bench.count(at: anyTime) }
        #expect(bench.recorder.duplicates == 0 && bench.snapshot().totals(.all).tally.requests.raw == 5)
    }

    /// A log that gives all requests one id must not be searched through for each of them.
    @Test func oneTraceIdForEverythingIsSearchedABoundedWayBack() {
        var bench = CountingBench()
        for i in 0..<20_000 { bench.count(at: anyTime + Int64(i), trace: "-") }
        bench.count(at: anyTime + 19_990, trace: "-")
        #expect(bench.recorder.duplicates == 1)
        bench.count(at: anyTime, trace: "-")
        #expect(bench.recorder.duplicates == 1)
    }

    @Test func aRecordOlderThanTheLastJudgementIsLateAndCounted() {
        var bench = CountingBench()
        bench.count(at: anyTime)
        bench.count(at: anyTime - 1, judgedUpTo: anyTime)
        bench.count(at: anyTime, judgedUpTo: anyTime)
        #expect(bench.recorder.late == 1)
        #expect(bench.snapshot().totals(.minutes5).tally.requests.raw == 3)
    }
}
