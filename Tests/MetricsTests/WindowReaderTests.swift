import Metrics
import Query
import Telemetry
import TestSupport
import Testing

/// What the names and calls of the window scope come to.
@Suite struct WindowReaderTests {
    private static func reference(_ text: String) throws -> Reference {
        try #require(try Query.Expression.compile("\(text) >= 0", WindowMetric.catalogue).references.first)
    }

    /// The value of a name or a call over 5 minutes.
    private static func value(
        _ text: String, _ bench: CountingBench, at end: Int64, window: Int64 = 5 * Span.minute
    ) throws -> Double? {
        var reader = WindowReader(bench.snapshot(asOf: end), at: end)
        return try reader.value(of: reference(text), lasting: window)?.double
    }

    private static func bench(
        minutes: Range<Int64>, every step: Int64 = 5,
        _ fill: (inout Record, Int64, SymbolTable) -> Void = { _, _, _ in }
    ) -> CountingBench {
        var bench = CountingBench()
        let symbols = bench.symbols
        for second in stride(from: minutes.lowerBound * 60, to: minutes.upperBound * 60, by: Int(step)) {
            bench.count(at: midnight + second * Span.second, cost: 10_000_000) { fill(&$0, second, symbols) }
        }
        return bench
    }

    @Test func everyEntryAnswersUnderItsOwnIndex() {
        for (index, metric) in WindowMetric.allCases.enumerated() {
            #expect(WindowMetric.catalogue.entries[index].name == metric.rawValue)
            #expect(WindowMetric.catalogue.index(of: metric.rawValue) == index)
            #expect(!WindowMetric.catalogue.entries[index].help.isEmpty)
        }
    }

    @Test func errorsAreCountedByTypeAndByClass() throws {
        let bench = Self.bench(minutes: 0..<5) { record, second, symbols in
            record.success = second % 10 != 0
            record.weight = 2048
            let type = second % 20 == 0 ? "openai.RateLimitError" : "Timeout"
            if record.success == false { record.errorType = symbols.intern(type, .errorType) }
        }
        let end = midnight + 5 * Span.minute
        #expect(try Self.value("errors(\"rate_limit\")", bench, at: end) == 30)
        #expect(try Self.value("errors(\"openai.RateLimitError\")", bench, at: end) == 30)
        #expect(try Self.value("errors(\"timeout\")", bench, at: end) == 30)
        #expect(try Self.value("errors(\"refusal\")", bench, at: end) == 0)
        #expect(try Self.value("error_count", bench, at: end) == 60)
    }

    @Test func flagsAreCountedAndAreAShare() throws {
        let bench = Self.bench(minutes: 0..<5) { record, second, _ in
            if second % 20 == 0 { record.flags = [.safety, .circuitBreaker] }
        }
        let end = midnight + 5 * Span.minute
        #expect(try Self.value("flags(\"safety\")", bench, at: end) == 15)
        #expect(try Self.value("flag_rate(\"circuit_breaker\")", bench, at: end) == 0.25)
        #expect(try Self.value("flag_rate(\"data_breach\")", bench, at: end) == 0)
    }

    @Test func aMetricCanBeComparedWithItselfEarlier() throws {
        // 10% errors, from minute 30 on 30%.
        let bench = Self.bench(minutes: 0..<40, every: 3) { record, second, _ in
            let i = second / 3 % 10
            record.success = second < 1800 ? i > 0 : i > 2
        }
        let end = midnight + 40 * Span.minute
        #expect(try Self.value("error_rate", bench, at: end) == 0.3)
        #expect(try Self.value("before(error_rate, 10m)", bench, at: end) == 0.1)
        // Counted, not rounded: three times as much is twice more, exactly.
        let exactly = try Query.Expression.compile("change(error_rate, 10m) = 200%", WindowMetric.catalogue)
        var reader = WindowReader(bench.snapshot(asOf: end), at: end)
        #expect(exactly.evaluate { reader.value(of: $0, lasting: 5 * Span.minute) } == .true)
        #expect(try Self.value("over(error_rate, 20m)", bench, at: end) == 0.2)
        #expect(try Self.value("over(requests, 20m)", bench, at: end) == 400)
        // The data begin 40 minutes ago.
        #expect(try Self.value("before(error_rate, 36m)", bench, at: end) == nil)
        #expect(try Self.value("change(error_rate, 7d)", bench, at: end) == nil)
    }

    @Test func aWeekAgoIsReadFromTheHoursHeld() throws {
        let bench = Self.bench(minutes: 0..<(8 * 24 * 60), every: 60) { record, second, _ in
            record.success = second % 600 >= (second < 2 * 86_400 ? 60 : 180)
            record.inputTokens = second < 2 * 86_400 ? 100 : 150
        }
        let end = midnight + 8 * Span.day
        #expect(try Self.value("before(error_rate, 7d)", bench, at: end, window: Span.hour) == 0.1)
        #expect(try Self.value("change(tokens_per_request, 7d)", bench, at: end, window: Span.day) == 0.5)
        let rate = try #require(try Self.value("before(request_rate, 7d)", bench, at: end, window: 2 * Span.hour))
        #expect(abs(rate - 1.0 / 60) < 1e-9)
        #expect(abs(try #require(try Self.value("same_hour(request_rate)", bench, at: end)) - 1.0 / 60) < 1e-9)
    }

    @Test func theUsualIsTheBaselineOfTheScreen() throws {
        let bench = Self.bench(minutes: 0..<180) { record, second, _ in
            record.success = second % 100 >= (second < 3600 ? 10 : 20)
        }
        let end = midnight + 3 * Span.hour
        #expect(try Self.value("usual(error_rate)", bench, at: end) == 0.1)
        #expect(abs(try #require(try Self.value("usual(request_rate)", bench, at: end)) - 0.2) < 1e-9)
        // Of the same hour there are no three days.
        #expect(try Self.value("same_hour(request_rate)", bench, at: end) == nil)
    }

    @Test func moneyIsCountedSinceMidnightAndOverATime() throws {
        let bench = Self.bench(minutes: (22 * 60)..<(26 * 60), every: 60)
        let end = midnight + 26 * Span.hour
        #expect(try Self.value("spend_today", bench, at: end) == 1.2)
        #expect(try Self.value("spend(3h)", bench, at: end) == 1.8)
        #expect(try Self.value("spend(24h)", bench, at: end) == 2.4)
        #expect(try Self.value("spend_today", CountingBench(), at: end) == nil)
    }

    /// The requirements' quality monitor: 50 scores of 0.90, then 20 of 0.78.
    @Test func qualityIsThatOfTheLastScores() throws {
        let vector = try #require(
            (VectorFile.object("seeds")["quality_monitor_002"] as? [String: Any])?["vector"]
                as? [String: Any])
        let scores = try #require(vector["baseline"] as? [Double]) + (try #require(vector["then"] as? [Double]))
        var bench = CountingBench()
        for (i, score) in scores.enumerated() {
            bench.count(at: midnight + Int64(i) * Span.second) { $0.quality = Int64((score * 1e6).rounded()) }
            bench.count(at: midnight + Int64(i) * Span.second)
        }
        let end = midnight + 10 * Span.minute
        let average = try #require(try Self.value("quality_last(50)", bench, at: end))
        #expect(abs(average - (try #require(vector["current_avg"] as? Double))) < 1e-9)
        #expect(try Self.value("quality_last(71)", bench, at: end) == nil)
        // As of the fiftieth.
        #expect(try Self.value("quality_last(50)", bench, at: midnight + 50 * Span.second) == 0.9)
    }

    @Test func manyScoresLeaveTheLastThousand() throws {
        var bench = CountingBench()
        for i in 0..<2500 as Range<Int64> {
            bench.count(at: midnight + i * Span.second / 10) { $0.quality = i < 2400 ? 0 : 1_000_000 }
        }
        #expect(try Self.value("quality_last(1000)", bench, at: midnight + Span.hour) == 0.1)
        #expect(try Self.value("quality_last(200)", bench, at: midnight + Span.hour) == 0.5)
    }

    @Test func typesAreNewToTheHistoryBeforeTheWindow() throws {
        let bench = Self.bench(minutes: 0..<120) { record, second, symbols in
            record.success = second % 30 != 0
            let type = second < 6900 ? ["timeout", "refusal"][Int(second / 30 % 2)] : "out_of_credit"
            if record.success == false { record.errorType = symbols.intern(type, .errorType) }
        }
        let end = midnight + 2 * Span.hour
        #expect(try Self.value("new_error_types", bench, at: midnight + 110 * Span.minute) == 0)
        #expect(try Self.value("new_error_types", bench, at: end) == 1)
        // To 80 failures a third type may have been too rare.
        #expect(try Self.value("new_error_types", bench, at: midnight + 80 * Span.minute) == 0)
        // Everything is new to a history of half an hour.
        #expect(try Self.value("new_error_types", bench, at: midnight + 35 * Span.minute) == nil)
    }

    /// Of 60 requests a tenth: the lower ends are Wilson's with z = 2.326.
    @Test func whatAShareSurelyIsFollowsFromHowManyThereAre() throws {
        let bench = Self.bench(minutes: 0..<50) { record, second, _ in
            record.success = second % 50 != 0
            if second % 50 == 0 { record.flags = [.circuitBreaker] }
        }
        let end = midnight + 50 * Span.minute
        let few = try #require(try Self.value("at_least(error_rate)", bench, at: midnight + 5 * Span.minute))
        #expect(abs(few - 0.04067) < 0.0001)
        #expect(try Self.value("at_least(flag_rate(\"circuit_breaker\"))", bench, at: end) == few)
        let sampled = Self.bench(minutes: 0..<5) { record, second, _ in
            record.success = second % 50 != 0
            record.weight = second % 100 == 0 ? 10_240 : 1024
        }
        // Unequal weights are worth fewer requests.
        let unsure = try #require(try Self.value("at_least(success_rate)", sampled, at: midnight + 5 * Span.minute))
        let sure = try #require(try Self.value("at_least(success_rate)", bench, at: midnight + 5 * Span.minute))
        #expect(unsure < sure)
    }

    /// Of 60 requests the p95 is the 57th, and surely no less than the 53rd.
    @Test func whatAQuantileSurelyIsLiesAtALowerRank() throws {
        func least(_ metric: String, slow: Int64, count: Int64) throws -> Double {
            let bench = Self.bench(minutes: 0..<5, every: 300 / count) { record, second, _ in
                let i = second / (300 / count)
                record.latency = (i < slow ? 20 : 1) * Span.second
            }
            return try #require(try Self.value("at_least(\(metric))", bench, at: midnight + 5 * Span.minute))
        }
        #expect(abs(try least("p95_latency", slow: 7, count: 60) - 1) < 0.01)
        #expect(abs(try least("p95_latency", slow: 8, count: 60) - 20) < 0.2)
        #expect(abs(try least("p50_latency", slow: 45, count: 60) - 20) < 0.2)
        #expect(try least("p50_latency", slow: 4, count: 4) == 0)
    }

    /// A fifth of few answers is as short as chance makes it, all alike; they say no more of their mean than others would.
    @Test func fewThatHappenToBeAlikeDoNotDrift() throws {
        let bench = Self.bench(minutes: 0..<125, every: 10) { record, second, _ in
            record.outputLength = second < 7200 ? [40, 60, 100, 300][Int(second / 10 % 4)] : 75
        }
        #expect(try Self.value("output_length_drift", bench, at: midnight + 125 * Span.minute) == nil)
    }

    /// Lengths that differ by half their mean: of 60 answers the mean is known to within some 7%.
    @Test func aDriftThatChanceMakesIsNotKnown() throws {
        func drift(_ scale: Int64) throws -> Double? {
            let bench = Self.bench(minutes: 0..<125) { record, second, _ in
                let length: Int64 = second % 10 == 0 ? 50 : 150
                record.outputLength = second < 7200 ? length : length * scale / 100
            }
            return try Self.value("output_length_drift", bench, at: midnight + 125 * Span.minute)
        }
        #expect(try drift(120) == nil)
        #expect(try #require(try drift(200)) == 1)
    }

    @Test func queuesAreReadByNameAndInAll() throws {
        var bench = Self.bench(minutes: 0..<1)
        #expect(try Self.value("queue_depth", bench, at: midnight + Span.minute) == nil)
        for (name, depth) in [("human_review", Int64(40)), ("retry", 2)] {
            let queue = bench.symbol(name, .queue)
            bench.count(.queue, at: midnight) { ($0.queue, $0.queueDepth) = (queue, depth) }
        }
        #expect(try Self.value("queue_depth(\"human_review\")", bench, at: midnight + Span.minute) == 40)
        #expect(try Self.value("queue_depth", bench, at: midnight + Span.minute) == 42)
        #expect(try Self.value("queue_depth(\"nobody\")", bench, at: midnight + Span.minute) == nil)
        // As of a judgement what comes after it is not seen.
        let queue = bench.symbol("retry", .queue)
        bench.count(.queue, at: midnight + Span.minute) { ($0.queue, $0.queueDepth) = (queue, 9) }
        #expect(try Self.value("queue_depth", bench, at: midnight + Span.minute) == 42)
        #expect(try Self.value("queue_depth", bench, at: midnight + Span.minute + 1) == 49)
    }

    @Test func silenceIsOfLiveDataOnly() throws {
        var bench = Self.bench(minutes: 0..<1)
        let end = midnight + 3 * Span.minute
        #expect(try Self.value("silence", bench, at: end) == nil)
        bench.source.isLive = true
        #expect(try Self.value("silence", bench, at: end) == 125)
    }
}
