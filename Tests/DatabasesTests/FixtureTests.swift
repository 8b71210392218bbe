import DatabaseTesting
import Databases
import Foundation
import GRDB
import Telemetry
import Testing

/// Databases that the real programs wrote: totals against SQL that shares nothing with the readers.
@Suite struct FixtureTests {
    private let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func integer(_ path: String, _ sql: String) throws -> Int64 {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        return try queue.read { try Int64.fetchOne($0, sql: sql) ?? 0 }
    }

    @Test(arguments: ["phoenix-20.26.1.db", "phoenix-20.26.1-late-child.db"])
    func phoenixTotalsEqualSQL(_ fixture: String) throws {
        let path = try folder.copy(fixture)
        let collector = try Collector(path).drain()
        let totals = collector.totals
        #expect(collector.reader.kind == "Phoenix")
        #expect(collector.rejections.isEmpty && collector.failures.isEmpty)
        #expect(totals.requests == Int(try integer(path, "SELECT count(*) FROM traces")))
        #expect(totals.input == (try integer(path, "SELECT sum(llm_token_count_prompt) FROM spans")))
        #expect(totals.output == (try integer(path, "SELECT sum(llm_token_count_completion) FROM spans")))
        #expect(
            totals.cost == (try integer(path, "SELECT CAST(round(sum(total_cost) * 1e9) AS INTEGER) FROM span_costs")))
        #expect(totals.tools == (try integer(path, "SELECT count(*) FROM spans WHERE span_kind = 'TOOL'")))
        #expect(
            Int64(totals.failures)
                == (try integer(
                    path, "SELECT count(*) FROM spans WHERE parent_id IS NULL AND status_code = 'ERROR'")))
        let ratings = "SELECT count(*) FROM span_annotations WHERE annotator_kind = 'HUMAN'"
        #expect(Int64(totals.ratedDown + totals.ratedUp) == (try integer(path, ratings)))
    }

    @Test func aPhoenixTraceBecomesOneRequestWithAllItsFields() throws {
        let collector = try Collector(try folder.copy("phoenix-20.26.1.db")).drain()
        let request = try #require(collector.requests.first { $0.trace == "f312c1c2a44b4a6cd789eef42b5a1d7a" })
        let record = request.record
        #expect(record.latency == 67_174)
        #expect(record.startTime == 1_795_215_442_090_222)
        #expect(record.time == 1_795_215_442_157_396)
        #expect(record.inputTokens == 100 && record.outputTokens == 20 && record.cachedInputTokens == 50)
        #expect(record.cost == 387_500)
        #expect(record.success == true, "a tool's error that the agent has handled is the tool's")
        #expect(collector.name(record.values[.model]) == "gpt-4o-2024-08-06")
        #expect(collector.name(record.values[.provider]) == "openai")
        #expect(collector.name(record.values[.variant]) == "canary")
        #expect(collector.name(record.values[.taskType]) == "agent run")
        #expect(request.session == "sess-1")
        #expect(record.userHash == IdentifierHash.hash("u-1"))
        #expect(record.toolCallCount == 1 && record.tools.count == 1)
        #expect(record.tools.first?.success == false && record.tools.first?.latency == 156)
        #expect(collector.name(record.tools[0].name) == "lookup")
        #expect(record.spans.count == 3)
        let rating = try #require(collector.items.first { $0.record.kind == .feedback })
        #expect(rating.record.ratedPositive == false && rating.trace == request.trace)
        #expect(rating.record.time == 1_795_215_486_358_771)
        #expect(collector.name(rating.record.feedbackCategory) == "thumbs_down")
        let chat = try #require(collector.requests.first { $0.trace != request.trace })
        #expect(collector.name(chat.record.stopReason) == "stop")
        #expect(chat.record.conversationHash == IdentifierHash.hash("c1"))
    }

    @Test func mlflowTotalsEqualSQL() throws {
        let path = try folder.copy("mlflow-3.17.2.db")
        let collector = try Collector(path).drain()
        let totals = collector.totals
        #expect(collector.reader.kind == "MLflow")
        #expect(
            totals.requests == Int(try integer(path, "SELECT count(*) FROM trace_info WHERE status <> 'IN_PROGRESS'")))
        #expect(totals.input == (try integer(path, "SELECT sum(input_tokens) FROM trace_info")))
        #expect(totals.output == (try integer(path, "SELECT sum(output_tokens) FROM trace_info")))
        #expect(totals.cached == (try integer(path, "SELECT sum(cache_read_input_tokens) FROM trace_info")))
        #expect(totals.cost == (try integer(path, "SELECT CAST(round(sum(total_cost) * 1e9) AS INTEGER) FROM spans")))
        #expect(totals.tools == (try integer(path, "SELECT count(*) FROM spans WHERE type = 'TOOL'")))
        #expect(totals.failures == 0, "a child's error does not make the trace's")
        #expect(
            Int64(totals.evals) == (try integer(path, "SELECT count(*) FROM assessments WHERE source_type = 'CODE'")))
    }

    @Test func anMLflowTraceBecomesOneRequestWithAllItsFields() throws {
        let collector = try Collector(try folder.copy("mlflow-3.17.2.db")).drain()
        let request = try #require(collector.requests.first)
        let record = request.record
        #expect(request.trace == "tr-99dd495ef43f61696c957cdff6e9d0a5")
        #expect(record.latency == 48_939, "the root's span has ns, the trace's row only ms")
        #expect(record.time == 1_795_215_668_014_753)
        #expect(record.success == true)
        #expect(collector.name(record.values[.model]) == "gpt-4o")
        #expect(collector.name(record.values[.variant]) == "canary")
        #expect(collector.name(record.values[.taskType]) == "agent")
        #expect(request.session == "sess-1")
        #expect(record.userHash == IdentifierHash.hash("u1"))
        #expect(record.tools.map(\.success) == [false] && record.tools.map(\.latency) == [1_234])
        #expect(collector.name(record.tools[0].name) == "lookup")
        let eval = try #require(collector.items.first { $0.record.kind == .eval }).record
        #expect(eval.evalScore == 0 && collector.name(eval.evalName) == "correct")
        #expect(eval.time == 1_795_215_671_387_000)
    }

    @Test func llmTotalsEqualSQL() throws {
        let path = try folder.copy("llm-0.36-logs.db")
        let collector = try Collector(path).drain()
        let totals = collector.totals
        #expect(collector.reader.kind == "llm")
        #expect(totals.requests == Int(try integer(path, "SELECT count(*) FROM turns")))
        #expect(totals.input == (try integer(path, "SELECT sum(input_tokens) FROM turns")))
        #expect(totals.output == (try integer(path, "SELECT sum(output_tokens) FROM turns")))
        #expect(totals.cached == 6)
        let first = try #require(collector.requests.first)
        #expect(first.record.time == 1_795_215_489_913_033)
        #expect(first.session == "01m7xjwyvrp0k3m45kksm7w7ma")
        #expect(first.record.outputLength == 5 && first.record.toolCallCount == 0)
        #expect(collector.name(first.record.values[.model]) == "mock-model")
    }

    @Test func theOlderGenerationOfLLMIsReadToo() throws {
        let path = try folder.copy("llm-0.36-logs.db")
        let queue = try DatabaseQueue(path: path)
        try queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO responses(id, model, resolved_model, response, duration_ms, datetime_utc, input_tokens,
                      output_tokens, token_details, conversation_id)
                    VALUES ('r1', 'gpt', 'gpt-4o-2024', 'hello', 1500, '2026-11-20T10:00:00.5+00:00', 7, 3,
                            '{broken', NULL);
                    INSERT INTO tool_calls(response_id, name) VALUES ('r1', 'search'), ('r1', 'search'), ('r1', NULL);
                    INSERT INTO responses(id, model, datetime_utc, duration_ms)
                    VALUES ('01m7xjwyvs49pycp9wma50x9n3', 'carried over', '2026-11-20T10:00:01', 1);
                    """)
        }
        let collector = try Collector(path).drain()
        #expect(collector.requests.count == 3, "a call that is in both tables is one request")
        let old = try #require(collector.requests.first { $0.trace == "r1" }).record
        #expect(old.time == 1_795_168_802_000_000 && old.latency == 1_500_000)
        #expect(old.toolCallCount == 3 && old.cachedInputTokens == nil)
        #expect(collector.name(old.values[.model]) == "gpt-4o-2024")
        #expect(old.outputLength == 5 && old.hasFinalOutput == true)
    }

    @Test(arguments: [
        "phoenix-20.26.1.db", "phoenix-20.26.1-late-child.db", "mlflow-3.17.2.db", "llm-0.36-logs.db",
    ])
    func aDatabaseThatIsReadOnceBringsTheSame(_ fixture: String) throws {
        let path = try folder.copy(fixture)
        let following = try Collector(path).drain()
        let once = try Collector(path, follows: false).drain()
        #expect(once.totals == following.totals)
        #expect(once.totals.requests > 0)
        #expect(!once.poll().reader.hasChanged())
    }

    @Test func inspectIsToldWhereFieldsComeFrom() throws {
        let reader = try Collector(try folder.copy("phoenix-20.26.1.db")).reader
        #expect(reader.understanding.tables.contains("span_costs"))
        #expect(
            reader.understanding.sources.contains { $0.field == "cost_usd" && $0.origin == "span_costs.total_cost" })
        #expect(reader.understanding.missing == [])
        let llm = try Collector(try folder.copy("llm-0.36-logs.db")).reader
        #expect(llm.understanding.missing.contains("cost_usd") && llm.understanding.missing.contains("error_type"))
    }
}
