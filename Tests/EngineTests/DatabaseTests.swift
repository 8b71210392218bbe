import DatabaseTesting
import GRDB
import Ingest
import Metrics
import Monitoring
import Telemetry
import TestSupport
import Testing

@testable import Engine

/// Databases as sources: read once, followed, beside lines.
@Suite struct DatabaseTests {
    private let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    // MARK: Read once

    /// Whatever a story is told in, lines or rows, it counts and is judged the same.
    @Test func rowsCountAndAreJudgedAsLinesOfTheSameRecords() throws {
        let story = Story(seed: 11, minutes: 120, perMinute: 20)
        let lines = story.lines.map(\.text).filter { $0.contains("latency_ms") }
        let path = folder.path("calls.db")
        try CallTable(path).add(lines)
        let expected = try Run.read(lines.map { $0 + "\n" }.joined())
        let got = try OneReading.situation(CallTable.options(path))
        #expect(expected.events.count > 2 && expected.snapshot.read == lines.count)
        #expect(got.account == expected.account)
    }

    @Test func aDatabaseOfUnknownSchemaIsAnErrorThatListsItsTables() throws {
        let path = folder.path("odd.db")
        try CallTable(path).add([])
        let options = Run.options([.file(path)])
        do {
            _ = try OneReading.situation(options)
            Issue.record("no error")
        } catch {
            #expect(error.description.contains("odd.db") && error.description.contains("calls"))
        }
        #expect(throws: EngineError.self) { _ = try Inspection(options) }
        // Where it is followed, the screen says so.
        let reader = Reader(Run.options([.file(path)]))
        reader.drain()
        if case .failed(let reason) = reader.situation().snapshot.source.state {
            #expect(reason.contains("calls"))
        } else {
            Issue.record("\(reader.situation().snapshot.source.state)")
        }
    }

    @Test func anInspectionTellsTheColumnsBehindTheFields() throws {
        let path = folder.path("phoenix.db")
        let writer = try PhoenixWriter(path)
        try writer.addRequest(input: 17)
        let inspection = try Inspection(Run.options([.file(path)]))
        let source = try #require(inspection.sources.first)
        #expect(source.store?.hasPrefix("Phoenix (tables traces, spans") == true)
        let field = try #require(source.report.fields.first { $0.field == "input_tokens" })
        #expect(field.key == "spans.llm_token_count_prompt" && field.example == "17" && field.count == 1)
        #expect(source.report.missing.contains("user_id") && source.report.missing.contains("ttft_ms"))
        #expect(!source.report.missing.contains("input_tokens") && inspection.read == 1)
    }

    // MARK: Followed

    /// The newest window is there after one round; then what is older fills in, and in the end everything is as if read once.
    @Test func theNewestWindowComesFirstAndHistoryChangesNoJudgement() throws {
        let story = Story(seed: 5, minutes: 600, perMinute: 10)
        let lines = story.lines.map(\.text).filter { $0.contains("latency_ms") }
        let path = folder.path("calls.db")
        try CallTable(path).add(lines)
        let once = try OneReading.situation(CallTable.options(path))
        let reader = Reader(CallTable.options(path))
        while reader.situation().snapshot.now != once.snapshot.now { _ = reader.round(limit: 64) }
        let first = reader.situation()
        #expect(first.requests(.minutes15) == once.requests(.minutes15) && first.requests(.minute1) > 0)
        #expect(first.snapshot.read < lines.count / 10)
        reader.drain()
        let all = reader.situation()
        #expect(all.events == first.events && all.judgedUpTo == first.judgedUpTo)
        #expect(all.snapshot.now == first.snapshot.now && all.snapshot.late == 0)
        for window in Window.allCases {
            let (a, b) = (all.snapshot.totals(window), once.snapshot.totals(window))
            #expect(a.tally.requests == b.tally.requests && a.tally.failed == b.tally.failed, "\(window)")
            #expect(a.tally.inputTokens == b.tally.inputTokens && a.tally.latency == b.tally.latency, "\(window)")
            #expect(a.seconds == b.seconds, "\(window)")
        }
        #expect(all.snapshot.baseline(for: 15 * Span.minute).kind == .firstHour)
    }

    @Test func rowsThatComeAreCountedAtTheNextLook() throws {
        let path = folder.path("calls.db")
        let table = try CallTable(path)
        try table.add([Story.request(anyTime, "a"), Story.request(anyTime + 1, "b")])
        let clock = TestClock(anyTime + Span.second)
        let reader = Reader(CallTable.options(path, clock: clock))
        reader.drain()
        #expect(reader.situation().requests(.all) == 2 && reader.isLive)
        #expect(reader.situation().snapshot.source.state == .following)
        for n in 1...5 as ClosedRange<Int64> {
            try table.add([Story.request(clock.now(), "c\(n)", failed: true)])
            reader.look(clock)
            #expect(reader.situation().requests(.all) == 2 + n)
        }
        #expect(reader.situation().snapshot.totals(.all).tally.failed.raw == 5)
        #expect(reader.situation().snapshot.late == 0)
    }

    @Test func aLockedDatabaseIsWaitedForAndSaid() throws {
        let path = folder.path("calls.db")
        let table = try CallTable(path)
        try table.add([Story.request(anyTime, "a")])
        let clock = TestClock(anyTime)
        let reader = Reader(CallTable.options(path, clock: clock))
        try table.queue.inDatabase { database in
            try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
            reader.drain()
            guard case .blocked(let reason) = reader.situation().snapshot.source.state else {
                Issue.record("\(reader.situation().snapshot.source.state)")
                return
            }
            #expect(reason.contains("calls.db") && reason.contains("locked"))
            // Read once, it is given up after a while.
            #expect(throws: EngineError.self) {
                let late = TestClock(anyTime)
                var options = CallTable.options(path, clock: late)
                options.clock = {
                    late.advance(by: Span.minute)
                    return late.now()
                }
                _ = try OneReading.situation(options)
            }
            try database.execute(sql: "COMMIT; PRAGMA locking_mode = NORMAL; SELECT count(*) FROM calls")
        }
        reader.look(clock)
        #expect(reader.situation().requests(.all) == 1)
        #expect(reader.situation().snapshot.source.state == .following)
    }

    @Test func aDatabaseThatIsYetToBeMadeIsWaitedFor() throws {
        let path = folder.path("phoenix.db")
        let clock = TestClock(PhoenixWriter.epoch + 5 * Span.second)
        let reader = Reader(Run.options([.file(path)], clock: clock.now))
        reader.drain()
        #expect(reader.situation().snapshot.source.state == .waiting(Ingest.SourceLocation.file(path).displayName))
        let writer = try PhoenixWriter(path)
        try writer.addRequest()
        for _ in 0..<3 { reader.look(clock) }
        #expect(reader.situation().requests(.all) == 1)
    }

    /// A child that comes after its root was counted amends the request where it stands.
    @Test func aLateChildAddsToItsRequestAndIsNoRequest() throws {
        let path = folder.path("phoenix.db")
        let writer = try PhoenixWriter(path)
        let trace = try writer.addTrace()
        try writer.addSpan(trace, "root", from: 0, to: 1)
        let clock = TestClock(PhoenixWriter.epoch + 20 * Span.second)
        let reader = Reader(Run.options([.file(path)], clock: clock.now))
        reader.drain()
        #expect(reader.situation().requests(.all) == 1)
        clock.advance(by: 3 * Span.minute)
        try writer.addSpan(
            trace, "llm", parent: "root", kind: "LLM", from: 0, to: 0.5, tokens: (100, 20), cost: 0.25)
        try writer.addSpan(trace, "tool", parent: "root", kind: "TOOL", from: 0, to: 0.5, status: "ERROR")
        reader.look(clock)
        let snapshot = reader.situation().snapshot
        let tally = snapshot.totals(.minute1, endingAt: PhoenixWriter.epoch + 30 * Span.second).tally
        #expect(tally.requests.raw == 1 && tally.totalTokens == 120 && tally.costInDollars == 0.25)
        #expect(tally.tools.rows.map(\.errors.raw) == [1])
        #expect(snapshot.totals(.minute1).tally.isEmpty && snapshot.read == 1)
    }

    /// Tokens are priced by the list until their cost is told: then that replaces the list's.
    @Test func aLateCostReplacesTheListPrice() throws {
        let path = folder.path("phoenix.db")
        let writer = try PhoenixWriter(path)
        let trace = try writer.addTrace()
        let model = #"{"llm":{"model_name":"gpt-4o"}}"#
        let span = try writer.addSpan(
            trace, "root", kind: "LLM", from: 0, to: 1, tokens: (1_000_000, 0), attributes: model)
        let clock = TestClock(PhoenixWriter.epoch + 20 * Span.second)
        let reader = Reader(Run.options([.file(path)], clock: clock.now))
        reader.drain()
        #expect(reader.situation().snapshot.totals(.all).tally.costInDollars == 2.5)
        clock.advance(by: Span.minute)
        try writer.addCost(span, trace, 1.75)
        reader.look(clock)
        let tally = reader.situation().snapshot.totals(.all).tally
        #expect(tally.costInDollars == 1.75 && tally.priced == 1024 && tally.inputTokens == 1_000_000 * 1024)
    }

    /// A long history keeps nobody waiting.
    @Test func whatIsNewOfAnotherSourceComesBeforeHistory() throws {
        let path = folder.path("calls.db")
        let old = (0..<5000).map { Story.request(anyTime - Span.day + Int64($0) * Span.second, "o\($0)") }
        try CallTable(path).add(old + [Story.request(anyTime, "n")])
        var options = CallTable.options(path)
        let lines = Story.seconds(500, from: anyTime)
        options.sources.append(.program(name: "lines", Pieces(pieces: [Array(lines.utf8)])))
        let reader = Reader(options)
        _ = reader.round(limit: 1600)
        #expect(reader.situation().snapshot.totals(.minutes15).tally.requests.raw >= 501)
        reader.drain()
        #expect(reader.situation().requests(.all) == 5501)
    }
}

/// A table of calls, as somebody may have made one, and the query that reads it.
struct CallTable {
    let queue: DatabaseQueue

    private static let columns = [
        "trace_id", "timestamp", "latency_ms", "input_tokens", "output_tokens", "success", "model", "variant", "region",
        "error_type", "sample_rate",
    ]
    static let query = "SELECT rowid, " + columns.joined(separator: ", ") + " FROM calls"

    init(_ path: String) throws {
        queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: "CREATE TABLE calls(\(Self.columns.joined(separator: ", ")))") }
    }

    /// Adds native lines as rows.
    func add(_ lines: [String]) throws {
        let values = Self.columns.map { "? ->> '$.\($0)'" }.joined(separator: ", ")
        try queue.write { database in
            for line in lines {
                let arguments = StatementArguments(Self.columns.map { _ in line })
                try database.execute(sql: "INSERT INTO calls VALUES (\(values))", arguments: arguments)
            }
        }
    }

    static func options(_ path: String, clock: TestClock = TestClock(longAfter)) -> EngineOptions {
        var options = Run.options([.file(path)], clock: clock.now)
        options.query = query
        return options
    }
}

extension Reader {
    /// Reads what there is, without waiting for more.
    func drain() {
        while case .busy = round(limit: 4096) {}
    }

    /// A second passes, and there may be more.
    func look(_ clock: TestClock) {
        for _ in 0..<2 {
            clock.advance(by: Span.second)
            wait(atMost: 1000, wake: -1)
            drain()
        }
    }
}
