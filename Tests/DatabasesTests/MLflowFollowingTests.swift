import DatabaseTesting
import Databases
import Foundation
import GRDB
import Telemetry
import Testing

/// MLflow writes over its rows: what was handed out is compared with what stands there now.
@Suite struct MLflowFollowingTests {
    private let folder: TemporaryFolder
    private let path: String
    private let queue: DatabaseQueue
    private let clock = TestClock()

    init() throws {
        folder = try TemporaryFolder()
        path = try folder.copy("mlflow-3.17.2.db")
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        queue = try DatabaseQueue(path: path, configuration: configuration)
    }

    private func execute(_ sql: String) throws { try queue.write { try $0.execute(sql: sql) } }

    private func addTrace(_ name: String, status: String) throws {
        try execute(
            """
            INSERT INTO trace_info(request_id, experiment_id, timestamp_ms, status, trace_name)
            VALUES ('\(name)', 1, \(clock.now / 1_000), '\(status)', 'agent')
            """)
    }

    private func settle(_ collector: Collector) {
        for _ in 0..<3 {
            collector.poll()
            clock.advance(seconds: 2)
        }
    }

    @Test func aTraceInProgressIsARequestWhenItIsOver() throws {
        let collector = try Collector(path, clock: clock).drain()
        #expect(collector.requests.count == 1)
        try addTrace("tr-new", status: "IN_PROGRESS")
        settle(collector)
        clock.advance(seconds: 3_600)
        settle(collector)
        #expect(collector.requests.count == 1, "however long it takes")
        try execute("UPDATE trace_info SET status = 'ERROR', execution_time_ms = 250 WHERE request_id = 'tr-new'")
        settle(collector)
        #expect(collector.requests.map(\.trace).last == "tr-new" && collector.requests.count == 2)
        let record = try #require(collector.requests.last?.record)
        #expect(record.success == false && record.latency == 250_000)
        #expect(try Collector(path, clock: clock, follows: false).drain().requests.count == 2)
    }

    @Test func whatIsWrittenAfterwardsIsACorrection() throws {
        let collector = try Collector(path, clock: clock).drain()
        try addTrace("tr-new", status: "OK")
        settle(collector)
        #expect(collector.requests.count == 2 && collector.corrections.isEmpty)
        try execute(
            "UPDATE trace_info SET input_tokens = 70, output_tokens = 7, total_cost = 0.5 WHERE request_id = 'tr-new'")
        settle(collector)
        try execute(
            """
            INSERT INTO spans(trace_id, experiment_id, span_id, name, type, status, start_time_unix_nano,
              end_time_unix_nano, content)
            VALUES ('tr-new', 1, 's1', 'search', 'TOOL', 'OK', \(clock.now)000, \(clock.now)500, '{"attributes":{}}')
            """)
        settle(collector)
        settle(collector)
        #expect(collector.requests.count == 2)
        #expect(collector.corrections.map(\.record.inputTokens) == [70, nil])
        #expect(collector.corrections.map(\.record.cost) == [500_000_000, nil])
        #expect(collector.corrections.map(\.record.toolCallCount) == [nil, 1])
        #expect(collector.corrections.map(\.trace) == ["tr-new", "tr-new"])
        #expect(collector.totals.input == 170)
    }

    @Test func assessmentsAreCountedOnce() throws {
        let collector = try Collector(path, clock: clock).drain()
        #expect(collector.totals.evals == 1)
        let trace = try #require(collector.requests.first?.trace)
        try execute(
            """
            INSERT INTO assessments(assessment_id, trace_id, name, assessment_type, value, created_timestamp,
              last_updated_timestamp, source_type, valid)
            VALUES ('a-1', '\(trace)', 'thumbs', 'feedback', 'true', 1795215672000, 1795215672000, 'HUMAN', 1),
                   ('a-2', '\(trace)', 'expected', 'expectation', '1', 1795215672000, 1795215672000, 'HUMAN', 1),
                   ('a-3', '\(trace)', 'quality', 'feedback', '0.5', 1795215672000, 1795215672000, 'LLM_JUDGE', 1),
                   ('a-4', '\(trace)', 'broken', 'feedback', '{nonsense', 1795215672000, 1795215672000, 'LLM_JUDGE', 1)
            """)
        settle(collector)
        #expect(collector.totals.ratedUp == 1 && collector.totals.evals == 2)
        try execute(
            "UPDATE assessments SET value = 'false', last_updated_timestamp = 1795215679000 WHERE assessment_id = 'a-1'"
        )
        settle(collector)
        settle(collector)
        #expect(collector.totals.ratedUp == 1 && collector.totals.ratedDown == 0)
        #expect(collector.corrections.map(\.record.ratedPositive) == [false])
        #expect(collector.items.count == 4)
    }
}
