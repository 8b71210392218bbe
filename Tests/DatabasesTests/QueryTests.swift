import DatabaseTesting
import Databases
import Foundation
import GRDB
import Telemetry
import Testing

/// Tables read through a configured query.
@Suite struct ConfiguredQueryTests {
    private let folder: TemporaryFolder
    private let path: String
    private let queue: DatabaseQueue
    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("calls.db")
        queue = try DatabaseQueue(path: path)
    }

    private func execute(_ sql: String) throws { try queue.write { try $0.execute(sql: sql) } }

    private func refusal(_ query: String) -> String {
        do {
            _ = try Collector(path, query: query)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func totalsEqualSQL() throws {
        try execute(
            "CREATE TABLE calls(at TEXT, took REAL, tin INTEGER, tout INTEGER, usd REAL, ok INTEGER, err TEXT, m TEXT)")
        var generator = SeededGenerator(seed: 9)
        try queue.write { database in
            for index in 0..<5_000 {
                let ok = Int.random(in: 0..<10, using: &generator) > 0
                try database.execute(
                    sql: "INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    arguments: [
                        PhoenixWriter.time(Double(index)), Double.random(in: 0...90_000, using: &generator),
                        Int.random(in: 0...9_999, using: &generator), Int.random(in: 0...999, using: &generator),
                        Double.random(in: 0...1, using: &generator), ok ? 1 : 0, ok ? nil : "timeout",
                        ["a", "b"].randomElement(using: &generator),
                    ])
            }
        }
        let collector = try Collector(
            path,
            query: """
                SELECT at AS timestamp, took AS latency_ms, tin AS input_tokens, tout AS output_tokens, usd AS cost_usd,
                  ok AS success, err AS error_type, m AS model FROM calls;
                """
        ).drain()
        let totals = collector.totals
        func integer(_ sql: String) throws -> Int64 { try queue.read { try Int64.fetchOne($0, sql: sql) ?? 0 } }
        #expect(totals.requests == 5_000 && collector.rejections.isEmpty)
        #expect(totals.input == (try integer("SELECT sum(tin) FROM calls")))
        #expect(totals.output == (try integer("SELECT sum(tout) FROM calls")))
        #expect(totals.cost == (try integer("SELECT CAST(sum(round(usd * 1e9)) AS INTEGER) FROM calls")))
        #expect(Int64(totals.failures) == (try integer("SELECT count(*) FROM calls WHERE ok = 0")))
        let latency = collector.requests.reduce(0) { $0 + ($1.record.latency ?? 0) }
        #expect(latency == (try integer("SELECT CAST(sum(round(took * 1000)) AS INTEGER) FROM calls")))
        let a = collector.requests.count { collector.name($0.record.values[.model]) == "a" }
        #expect(Int64(a) == (try integer("SELECT count(*) FROM calls WHERE m = 'a'")))
    }

    @Test func valuesOfEveryStorageClassBecomeWhatTheirFieldNeeds() throws {
        try execute("CREATE TABLE calls(latency_ms, success, model, trace_id, cost_usd, tool_calls, tenant, timestamp)")
        try execute(
            """
            INSERT INTO calls VALUES
              (1.5, 1, 'a', 'plain', '0.25', '["x","y"]', 'T "1"', 1800000000),
              ('2.5', 'true', 4, x'00ff', NULL, NULL, NULL, '1800000001'),
              (9e999, 0, '', 'q"\\\u{07}', 1e300, 'no list', NULL, 1800000002000)
            """)
        let collector = try Collector(path, query: "SELECT * FROM calls").drain()
        let records = collector.requests.map(\.record)
        #expect(records.map(\.latency) == [1_500, 2_500, nil])
        #expect(records.map(\.success) == [true, true, false])
        #expect(records.map { collector.name($0.values[.model]) } == ["a", "4", ""])
        #expect(collector.requests.map(\.trace) == ["plain", "00ff", "q\"\\·"])
        #expect(records.map(\.cost) == [250_000_000, nil, nil])
        #expect(records.map(\.toolCallCount) == [2, nil, nil])
        #expect(records.map(\.time) == [1_800_000_000_000_000, 1_800_000_001_000_000, 1_800_000_002_000_000])
        #expect(records[0].attributes.map { collector.name($0.value) } == ["T \"1\""])
    }

    @Test func aRowThatIsNoRecordCostsItself() throws {
        try execute("CREATE TABLE calls(latency_ms, timestamp)")
        try execute("INSERT INTO calls VALUES (1, 1800000000), (-5, 1800000001), (2, 'noon'), (3, 1800000003)")
        let collector = try Collector(path, query: "SELECT latency_ms, timestamp FROM calls").drain()
        #expect(collector.requests.map(\.record.latency) == [1_000, 3_000])
        #expect(collector.rejections.count == 2 && collector.reader.rejectedCount == 2)
        #expect(collector.rejections[0].contains("latency_ms is negative"))
    }

    @Test func newRowsAreFollowed() throws {
        try execute("CREATE TABLE calls(latency_ms, timestamp)")
        let collector = try Collector(path, query: "SELECT latency_ms, timestamp FROM calls WHERE latency_ms > 0")
            .drain()
        #expect(collector.items.isEmpty && !collector.reader.hasChanged())
        for index in 1...50 {
            try execute("INSERT INTO calls VALUES (\(index % 2 == 0 ? index : -1), \(1_800_000_000 + index))")
            if index % 7 == 0 { collector.poll() }
        }
        collector.poll()
        #expect(
            collector.requests.map(\.record.latency) == stride(from: 2, through: 50, by: 2).map { Int64($0) * 1_000 })
        try execute("DELETE FROM calls WHERE rowid > 40")
        collector.poll()
        try execute("INSERT INTO calls VALUES (99, 1800000099)")
        collector.poll()
        #expect(collector.requests.last?.record.latency == 99_000)
    }

    @Test func sparseAndNegativeRowidsAreAllRead() throws {
        try execute("CREATE TABLE calls(id INTEGER PRIMARY KEY, latency_ms, timestamp)")
        let ids: [Int64] = [.min, -9_000_000_000, -1, 0, 1, 2, 1 << 40, (1 << 40) + 1, 1 << 62, .max]
        for (index, id) in ids.enumerated() {
            try queue.write { database in
                try database.execute(
                    sql: "INSERT INTO calls VALUES (?, ?, ?)", arguments: [id, index, 1_800_000_000 + index * 3_600])
            }
        }
        let collector = try Collector(path, query: "SELECT id, latency_ms, timestamp FROM calls").drain()
        #expect(collector.requests.count == ids.count)
        #expect(Set(collector.requests.map(\.record.latency)).count == ids.count)
    }

    @Test func queriesThatCannotBeFollowedAreRefusedWithAReason() throws {
        try execute("CREATE TABLE calls(latency_ms, timestamp, id TEXT); INSERT INTO calls VALUES (1, 2, 'x')")
        #expect(refusal("SELECT nonsense FROM calls").contains("no such column"))
        #expect(refusal("SELECT max(latency_ms) AS latency_ms FROM calls GROUP BY id").contains("rowid"))
        #expect(refusal("SELECT DISTINCT id, latency_ms FROM calls").contains("no integer"))
        #expect(refusal("DELETE FROM calls").contains("not accepted"))
        #expect(refusal("SELECT 1; DROP TABLE calls").contains("not accepted"))
        #expect(refusal("SELECT rowid, id FROM calls").contains("no column is named as a field"))
        #expect(refusal("SELECT rowid, latency_ms, timestamp AS latency_ms FROM calls").contains("two columns"))
        #expect(refusal("  ;").contains("empty"))
        #expect(refusal("SELECT rowid, latency_ms FROM calls ORDER BY latency_ms LIMIT 3") == "")
        #expect(refusal("SELECT 'a;b ) union' AS note, latency_ms FROM calls") == "")
    }
}
