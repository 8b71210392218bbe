import DatabaseTesting
import Databases
import Foundation
import GRDB
import Telemetry
import Testing

/// A Phoenix database that is written to while it is read.
@Suite struct FollowingTests {
    private let folder: TemporaryFolder
    private let path: String
    private let writer: PhoenixWriter
    /// An hour after the first trace.
    private let clock = TestClock(PhoenixWriter.epoch + 3_600_000_000)

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("phoenix.db")
        writer = try PhoenixWriter(path)
    }

    private var now: Double { Double(clock.now - PhoenixWriter.epoch) / 1e6 }

    @Test func newRequestsComeOnceAndSettled() throws {
        try writer.addRequest(at: 0)
        let collector = try Collector(path, clock: clock).drain()
        #expect(collector.requests.count == 1)
        #expect(!collector.reader.hasChanged(), "nothing is read while nothing is written")
        try writer.addRequest(at: now - 1)
        #expect(collector.reader.hasChanged())
        collector.drain()
        #expect(collector.requests.count == 1, "costs and children may follow at once")
        clock.advance(seconds: 1.5)
        collector.poll()
        #expect(collector.requests.map(\.trace) == ["trace-1", "trace-2"])
        clock.advance(seconds: 60)
        collector.poll()
        #expect(!collector.reader.hasChanged())
        #expect(collector.requests.count == 2 && collector.corrections.isEmpty)
        #expect(collector.totals.cost == 2_000_000)
    }

    @Test func aTraceWaitsForItsRoot() throws {
        let collector = try Collector(path, clock: clock).drain()
        let trace = try writer.addTrace(at: now)
        try writer.addSpan(trace, "llm", parent: "root", kind: "LLM", from: now, to: now + 1, tokens: (7, 3), cost: 0.5)
        collector.poll()
        clock.advance(seconds: 120)
        collector.poll()
        #expect(collector.requests.isEmpty)
        try writer.addSpan(trace, "root", from: now - 120, to: now)
        clock.advance(seconds: 2)
        collector.poll()
        clock.advance(seconds: 2)
        collector.poll()
        #expect(collector.requests.count == 1)
        #expect(collector.requests.first?.record.latency == 120_000_000)
        #expect(collector.totals.input == 7 && collector.totals.cost == 500_000_000)
    }

    @Test func whereRootsStayWithAnotherSystemNoneIsWaitedForLong() throws {
        for index in 0..<3 {
            let trace = try writer.addTrace(at: Double(index))
            try writer.addSpan(trace, "llm", parent: "elsewhere", kind: "LLM", tokens: (1, 1))
        }
        let collector = try Collector(path, clock: clock).drain()
        #expect(collector.requests.count == 3)
        let trace = try writer.addTrace(at: now)
        try writer.addSpan(trace, "llm", parent: "elsewhere", kind: "LLM", from: now, to: now, tokens: (1, 1))
        collector.poll()
        clock.advance(seconds: 11)
        #expect(collector.poll().requests.count == 4)
    }

    @Test func aChildAfterItsRootIsACorrection() throws {
        let trace = try writer.addTrace()
        try writer.addSpan(trace, "root")
        let collector = try Collector(path, clock: clock).drain()
        #expect(collector.requests.count == 1 && collector.requests[0].record.inputTokens == nil)
        let span = try writer.addSpan(trace, "llm", parent: "root", kind: "LLM", tokens: (100, 20))
        try writer.addSpan(trace, "tool", parent: "root", kind: "TOOL", status: "ERROR")
        collector.poll()
        #expect(collector.requests.count == 1)
        let correction = try #require(collector.corrections.first)
        #expect(correction.trace == "trace-1" && correction.record.inputTokens == 100)
        #expect(correction.record.toolCallCount == 1 && correction.record.tools.map(\.success) == [false])
        #expect(correction.record.latency == nil && correction.record.success == nil && correction.record.cost == nil)
        try writer.addCost(span, trace, 0.25)
        collector.poll()
        #expect(collector.corrections.count == 2)
        #expect(collector.corrections[1].record.cost == 250_000_000)
        #expect(collector.corrections[1].record.inputTokens == nil && collector.corrections[1].record.tools.isEmpty)
        clock.advance(seconds: 100)
        #expect(collector.poll().corrections.count == 2)
    }

    @Test func usageIsCountedWithTheLeavesOnly() throws {
        let trace = try writer.addTrace()
        try writer.addSpan(trace, "inner", parent: "outer", kind: "LLM", tokens: (40, 4), cost: 0.04)
        try writer.addSpan(trace, "other", parent: "root", kind: "LLM", tokens: (60, 6), cost: 0.06)
        try writer.addSpan(trace, "outer", parent: "root", kind: "LLM", tokens: (40, 4), cost: 0.04)
        try writer.addSpan(trace, "root", tokens: (100, 10))
        let totals = try Collector(path, clock: clock).drain().totals
        #expect(totals.input == 100 && totals.output == 10 && totals.cost == 100_000_000)
    }

    @Test func aCostThatIsKnownOnlyInPartIsNotKnown() throws {
        let trace = try writer.addTrace()
        try writer.addSpan(trace, "a", parent: "root", kind: "LLM", tokens: (40, 4), cost: 0.04)
        try writer.addSpan(trace, "b", parent: "root", kind: "LLM", tokens: (60, 6))
        try writer.addSpan(trace, "root")
        let collector = try Collector(path, clock: clock).drain()
        #expect(collector.requests.first?.record.cost == nil)
        #expect(collector.requests.first?.record.inputTokens == 100)
    }

    @Test func aFailedRootNamesItsException() throws {
        let trace = try writer.addTrace()
        let events = #"[{"name":"exception","attributes":{"exception.type":"openai.RateLimitError"}}]"#
        try writer.addSpan(
            trace, "llm", parent: "root", kind: "LLM", status: "ERROR",
            attributes: #"{"http":{"response":{"status_code":429}}}"#, events: events)
        try writer.addSpan(trace, "root", status: "ERROR")
        let collector = try Collector(path, clock: clock).drain()
        let record = try #require(collector.requests.first?.record)
        #expect(record.success == false && record.statusCode == 429)
        #expect(collector.name(record.errorType) == "openai.RateLimitError")
    }

    @Test func anAnnotationIsCountedOnceHoweverOftenItIsWrittenOver() throws {
        let trace = try writer.addRequest()
        let root = try writer.integer("SELECT id FROM spans WHERE trace_rowid = \(trace) AND parent_id IS NULL")
        let collector = try Collector(path, clock: clock).drain()
        try writer.annotate(root, score: 1, at: now)
        collector.poll()
        #expect(collector.totals.ratedUp == 1)
        clock.advance(seconds: 5)
        try writer.annotate(root, score: 1, label: "again", at: now)
        collector.poll()
        clock.advance(seconds: 5)
        try writer.annotate(root, score: 0, label: "thumbs_down", at: now)
        collector.poll()
        clock.advance(seconds: 5)
        collector.poll()
        #expect(collector.totals.ratedUp == 1 && collector.totals.ratedDown == 0)
        #expect(collector.corrections.map(\.record.ratedPositive) == [false])
        #expect(collector.corrections.map(\.trace) == ["trace-1"])
        try writer.annotate(root, score: 0.75, kind: "LLM", name: "quality", at: now)
        collector.poll()
        #expect(collector.totals.evals == 1)
        #expect(collector.items.last?.record.evalScore == 750_000)
        // Neither a scale that isn't known nor a label without meaning is a verdict.
        try writer.annotate(root, score: 17, kind: "CODE", name: "length", at: now)
        try writer.annotate(root, score: nil, label: "teal", name: "colour", at: now)
        collector.poll()
        #expect(collector.items.count == 3)
    }

    @Test func aRatingComesAfterItsRequest() throws {
        let collector = try Collector(path, clock: clock).drain()
        let trace = try writer.addRequest(at: now)
        let root = try writer.integer("SELECT id FROM spans WHERE trace_rowid = \(trace) AND parent_id IS NULL")
        try writer.annotate(root, score: 0, at: now)
        for _ in 0..<5 {
            collector.poll()
            clock.advance(seconds: 1)
        }
        #expect(collector.items.map(\.record.kind) == [.request, .feedback])
    }

    @Test func whatIsHeldBackComesWhenTheReadingEnds() throws {
        let trace = try writer.addTrace(at: now)
        try writer.addSpan(trace, "llm", parent: "root", kind: "LLM", from: now, to: now, tokens: (1, 1))
        #expect(try Collector(path, clock: clock).drain().requests.isEmpty)
        #expect(try Collector(path, clock: clock, follows: false).drain().requests.count == 1)
    }

    @Test func theNewestWindowComesFirstInOrderThenHistoryBehindIt() throws {
        let count = 3_000
        try writer.queue.write { database in
            for index in 1...count {
                try database.execute(
                    sql: "INSERT INTO traces(trace_id, start_time) VALUES (?, ?)",
                    arguments: ["t\(index)", PhoenixWriter.time(Double(index))])
                try database.execute(
                    sql: """
                        INSERT INTO spans(trace_rowid, span_id, name, span_kind, start_time, end_time, attributes, status_code)
                        VALUES (?, ?, 'root', 'AGENT', ?, ?, '{}', 'OK')
                        """,
                    arguments: [
                        index, "s\(index)", PhoenixWriter.time(Double(index)), PhoenixWriter.time(Double(index)),
                    ])
            }
        }
        let collector = try Collector(path, clock: clock).drain()
        let firstHistory = try #require(collector.requests.firstIndex { $0.isHistory })
        let window = collector.requests[..<firstHistory]
        let history = collector.requests[firstHistory...]
        #expect((890...910).contains(window.count), "15 minutes, one request a second")
        #expect(window.map(\.record.time) == window.map(\.record.time).sorted())
        #expect(!history.contains { !$0.isHistory })
        #expect(history.first.map { $0.record.time > history.last!.record.time } == true)
        #expect(Set(collector.requests.map(\.trace)).count == count && collector.requests.count == count)
    }

    @Test func whatComesDuringTheFirstReadingIsNeitherLostNorCountedTwice() throws {
        for index in 0..<2_500 { try writer.addRequest(at: Double(index) - 10_000) }
        let collector = try Collector(path, clock: clock)
        // Traces that are read late in the first reading, and one that was read at its start.
        collector.drain(limit: 10)
        try writer.addSpan(3, "late", parent: "root", kind: "LLM", tokens: (1_000, 100), cost: 0.5)
        try writer.addSpan(2_499, "late", parent: "root", kind: "LLM", tokens: (1_000, 100), cost: 0.5)
        try writer.addRequest(at: now)
        collector.drain(limit: 1_500)
        try writer.addSpan(2, "late", parent: "root", kind: "LLM", tokens: (1_000, 100), cost: 0.5)
        collector.drain()
        clock.advance(seconds: 5)
        collector.poll()
        let totals = collector.totals
        #expect(totals.requests == 2_501)
        #expect(totals.input == (try writer.integer("SELECT sum(llm_token_count_prompt) FROM spans")))
        #expect(totals.cost == 4_001_000_000)
    }

    @Test(arguments: UInt64(1)...6)
    func anyOrderOfWritesAndReadsEndsInTheTotalsOfTheDatabase(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let collector = try Collector(path, clock: clock)
        var traces: [Int64] = []
        var roots: [Int64] = []
        var spans: [(Int64, Int64)] = []
        for step in 0..<400 {
            switch Int.random(in: 0..<12, using: &generator) {
            case 0, 1:
                traces.append(try writer.addTrace(at: now))
            case 2, 3:
                guard let trace = traces.randomElement(using: &generator), !roots.contains(trace) else { break }
                let status = Bool.random(using: &generator) ? "ERROR" : "OK"
                try writer.addSpan(trace, "root", from: now - 1, to: now, status: status)
                roots.append(trace)
            case 4, 5, 6:
                guard let trace = traces.randomElement(using: &generator) else { break }
                let tokens = (Int.random(in: 1...500, using: &generator), Int.random(in: 1...50, using: &generator))
                let span = try writer.addSpan(
                    trace, "llm\(step)", parent: "root", kind: "LLM", from: now - 1, to: now, tokens: tokens)
                spans.append((span, trace))
            case 7:
                guard let trace = traces.randomElement(using: &generator) else { break }
                try writer.addSpan(trace, "tool\(step)", parent: "root", kind: "TOOL", from: now, to: now)
            case 8:
                if let index = spans.indices.randomElement(using: &generator) {
                    let (span, trace) = spans.remove(at: index)
                    try writer.addCost(span, trace, Double(Int.random(in: 1...999, using: &generator)) / 1_000)
                }
            case 9: try writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            case 10: collector.drain(limit: Int.random(in: 1...20, using: &generator))
            default:
                clock.advance(seconds: Double.random(in: 0...3, using: &generator))
                collector.poll()
            }
        }
        for trace in traces where !roots.contains(trace) { try writer.addSpan(trace, "root", from: now - 1, to: now) }
        for (span, trace) in spans { try writer.addCost(span, trace, 0.002) }
        for _ in 0..<4 {
            collector.poll()
            clock.advance(seconds: 700)
        }
        let totals = collector.totals
        #expect(collector.failures.isEmpty && collector.rejections.isEmpty)
        #expect(totals.requests == traces.count)
        #expect(Set(collector.requests.map(\.trace)).count == traces.count)
        #expect(totals.input == (try writer.integer("SELECT sum(llm_token_count_prompt) FROM spans")))
        #expect(totals.output == (try writer.integer("SELECT sum(llm_token_count_completion) FROM spans")))
        #expect(
            totals.cost == (try writer.integer("SELECT CAST(round(sum(total_cost) * 1e9) AS INTEGER) FROM span_costs")))
        #expect(Int64(totals.tools) == (try writer.integer("SELECT count(*) FROM spans WHERE span_kind = 'TOOL'")))
        #expect(
            Int64(totals.failures)
                == (try writer.integer("SELECT count(*) FROM spans WHERE name = 'root' AND status_code = 'ERROR'")))
    }
}
