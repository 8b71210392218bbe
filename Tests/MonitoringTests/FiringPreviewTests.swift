import Metrics
import Monitoring
import Query
import Telemetry
import TestSupport
import Testing

@Suite struct FiringPreviewTests {
    private static func rule(_ when: String, _ change: (inout RuleDefinition) -> Void = { _ in }) -> AlertRule {
        var definition = RuleDefinition("r", .p2, when: when)
        definition.minimumRequests = 5
        change(&definition)
        return AlertRule(definition)
    }

    /// A request every 20 s for `hours`, failing where `isBad` (in minutes from the beginning) says so.
    private static func story(hours: Int64, _ isBad: (Int64) -> Bool) -> Snapshot {
        var bench = CountingBench()
        for second in stride(from: Int64(0), to: hours * 3600, by: 20) {
            let task = bench.symbol(second % 40 == 0 ? "refund" : "search", .taskType)
            bench.count(at: midnight + second * Span.second) { record in
                record.values[.taskType] = task
                record.success = !isBad(second / 60)
                record.latency = Span.second
            }
        }
        return bench.snapshot(asOf: midnight + hours * Span.hour)
    }

    @Test func itCountsWhatTheJudgeWouldHaveFired() {
        let bad: (Int64) -> Bool = { (60..<90).contains($0) || (200..<215).contains($0) || (400..<402).contains($0) }
        let snapshot = Self.story(hours: 10, bad)
        let preview = FiringPreview(Self.rule("error_rate > 50%"), over: snapshot)
        // Two minutes of failures are no half of five.
        #expect(preview.inDay == 2 && preview.inWeek == 2 && preview.text == "2\u{d7} in 10h")
        let minutes = preview.times.map { ($0 - midnight) / Span.minute }
        #expect(minutes == [63, 203])
        #expect(preview.start == snapshot.timeline.origin && preview.fineStep == Span.minute)
    }

    @Test func whatMustHoldForLongFiresLessOften() {
        let snapshot = Self.story(hours: 10) { (60..<90).contains($0) || (200..<208).contains($0) }
        #expect(FiringPreview(Self.rule("error_rate > 50%"), over: snapshot).inDay == 2)
        let patient = Self.rule("error_rate > 50%") { $0.forDuration = 15 * Span.minute }
        #expect(FiringPreview(patient, over: snapshot).inDay == 1)
        let keeping = Self.rule("error_rate > 50%") { $0.keepFiringFor = 3 * Span.hour }
        #expect(FiringPreview(keeping, over: snapshot).inDay == 1)
    }

    @Test func theDaysBeforeAreReplayedByTheHour() {
        let snapshot = Self.story(hours: 100) { minute in
            [10, 40].contains(minute / 60) || (80 * 60 + 10..<80 * 60 + 40).contains(minute)
        }
        let preview = FiringPreview(Self.rule("error_rate > 50%"), over: snapshot)
        #expect(preview.inDay == 1 && preview.inWeek == 3)
        #expect(preview.text == "1\u{d7} in 24h, 3\u{d7} in 4d" && preview.coarseStep == Span.hour)
    }

    @Test func slicesAreReplayedEachForItself() {
        let snapshot = Self.story(hours: 2) { (90..<110).contains($0) }
        let sliced = Self.rule("error_rate > 50%") { $0.slice = "task_type" }
        #expect(FiringPreview(sliced, over: snapshot).inDay == 2)
    }

    /// Objectives, budgets and the detector are asked as of every minute of the past.
    @Test func rulesAboutWhatIsWatchedAreReplayedToo() throws {
        let objective = try Objective(name: "success", kind: .success, target: 950_000)
        let book = RuleBook(packs: [.anomaly], objectives: [objective], budget: Budget(daily: 1))
        let snapshot = Self.story(hours: 7) { (300..<360).contains($0) && $0 % 2 == 0 }
        let history = WatchHistory(snapshot, book.watches)
        func preview(_ name: String, _ history: WatchHistory?) throws -> FiringPreview {
            FiringPreview(try #require(book.rules.first { $0.name == name }), over: snapshot, history)
        }
        let burn = try preview("slo_success_spent", history)
        #expect(burn.isKnown && burn.inDay == 1)
        let began = (try #require(burn.times.first) - midnight) / Span.minute
        #expect((300..<360).contains(began), "\(began)")
        let unusual = try preview("unusual_errors", history)
        #expect(unusual.inDay == 1 && unusual.times.allSatisfy { (300..<340).contains(($0 - midnight) / Span.minute) })
        // Nothing had a price.
        #expect(try preview("budget_daily_spent", history).text == "never known")
        #expect(try preview("slo_success_spent", nil).text == "no history of budget_left(\"success\")")
    }

    /// Requests for 30 hours, a queue's depth each 5 s of the last of them: that long is told of, and not a day.
    @Test(arguments: [(3, "1\u{d7} in 3h"), (28, "3\u{d7} in 24h, 3\u{d7} in 28h")] as [(Int64, String)])
    func aRuleOfAQueueIsReplayedAsFarAsTheQueueIsKnown(hours: Int64, expected: String) throws {
        var bench = CountingBench()
        let queue = bench.symbol("human_review", .queue)
        let end = midnight + 30 * Span.hour
        for second in stride(from: Int64(0), to: 30 * 3600, by: 20) {
            bench.count(at: midnight + second * Span.second) { $0.success = true }
        }
        for ago in stride(from: hours * 3600, to: 0, by: -5) {
            // Once each eight hours it is long, for half an hour.
            let isLong = [2, 10, 18].contains { ((Int64($0) * 3600 - 1800)..<(Int64($0) * 3600)).contains(ago) }
            bench.count(.queue, at: end - ago * Span.second) {
                ($0.queue, $0.queueDepth) = (queue, isLong ? 60 : 10)
            }
        }
        let snapshot = bench.snapshot(asOf: end)
        let rule = try #require(RulePack.symptoms.rules.first { $0.name == "review_queue_backs_up" })
        let preview = FiringPreview(rule, over: snapshot)
        #expect(preview.text == expected && preview.start == end - hours * Span.hour)
        let all = Self.rule("queue_depth > 50") { $0.minimumRequests = 0 }
        #expect(FiringPreview(all, over: snapshot).text == expected)
        let other = Self.rule("queue_depth(\"other\") > 50") { $0.minimumRequests = 0 }
        #expect(FiringPreview(other, over: snapshot).text == "never known")
    }

    @Test func whatNoHistoryIsHeldOfIsSaid() {
        let snapshot = Self.story(hours: 2) { _ in true }
        let queue = FiringPreview(Self.rule("queue_depth > 5") { $0.minimumRequests = 0 }, over: snapshot)
        #expect(queue.text == "never known" && queue.times.isEmpty)
        let silence = FiringPreview(Self.rule("silence > 5s") { $0.minimumRequests = 0 }, over: snapshot)
        #expect(silence.text == "no history of silence: it is of live data" && silence.times.isEmpty)
        #expect(FiringPreview(Self.rule("quality < 0.5"), over: snapshot).text == "never known")
        #expect(FiringPreview(Self.rule("eror_rate < 0.5"), over: snapshot).text == "no history yet")
        #expect(FiringPreview(Self.rule("error_rate > 50%"), over: CountingBench().snapshot()).text == "no history yet")
    }

    @Test(arguments: RulePack.allCases)
    func healthyTrafficFiresNothingInAnyPack(_ pack: RulePack) {
        let snapshot = Self.story(hours: 30) { $0 % 50 == 0 }
        for rule in pack.rules { #expect(FiringPreview(rule, over: snapshot).times.isEmpty, "\(rule.name)") }
    }
}
