import DatabaseTesting
import Databases
import Foundation
import GRDB
import Telemetry
import Testing

/// Files that are locked, replaced, damaged, empty or something else.
@Suite struct FileTests {
    private let folder: TemporaryFolder
    private let path: String
    private let clock = TestClock(PhoenixWriter.epoch + 3_600_000_000)
    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("store.db")
    }

    private func refusal(of path: String, query: String? = nil) -> Databases.DatabaseError? {
        do {
            _ = try Collector(path, query: query)
            return nil
        } catch {
            return error as? Databases.DatabaseError
        }
    }

    @Test func aLockIsWaitedFor() throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { database in
            try database.execute(
                sql:
                    "CREATE TABLE calls(timestamp TEXT, latency_ms REAL); INSERT INTO calls VALUES ('2026-01-01T00:00:00', 5)"
            )
        }
        let collector = try Collector(path, query: "SELECT * FROM calls")
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN EXCLUSIVE; INSERT INTO calls VALUES ('2026-01-01T00:00:01', 6)")
            collector.drain()
            #expect(collector.waits.map(\.reason) == [.locked])
            #expect(collector.items.isEmpty && collector.reader.hasChanged())
            try database.execute(sql: "COMMIT")
        }
        collector.poll()
        #expect(collector.requests.map(\.record.latency) == [5_000, 6_000])
    }

    @Test func aDatabaseThatIsLockedWhenItIsOpenedIsReadLater() throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "CREATE TABLE calls(timestamp TEXT, latency_ms REAL)")
            try database.execute(sql: "INSERT INTO calls VALUES ('2026-01-01T00:00:00', 5)")
        }
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN EXCLUSIVE")
            let collector = try Collector(path, query: "SELECT * FROM calls").drain()
            #expect(collector.waits.map(\.reason) == [.locked] && collector.reader.kind == "")
            try database.execute(sql: "COMMIT")
            #expect(collector.poll().items.count == 1)
        }
    }

    @Test func aCheckpointDoesNotDisturb() throws {
        let writer = try PhoenixWriter(path)
        try writer.addRequest()
        let collector = try Collector(path, clock: clock).drain()
        for _ in 0..<5 {
            try writer.addRequest(at: 100)
            try writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            collector.poll()
            clock.advance(seconds: 2)
            collector.poll()
        }
        #expect(collector.totals.requests == 6 && collector.failures.isEmpty)
    }

    @Test func aWriterThatLeavesTakesItsLogWithItAndNothingIsLost() throws {
        do {
            let writer = try PhoenixWriter(path)
            try writer.addRequest()
            try writer.queue.close()
        }
        #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
        let collector = try Collector(path, clock: clock).drain()
        #expect(collector.totals.requests == 1)
        do {
            let writer = try PhoenixWriter(path)
            try writer.execute("INSERT INTO traces(id, trace_id, start_time) VALUES (2, 'x', '2027-01-15 09:00:00')")
            try writer.addSpan(2, "root", from: 3_000, to: 3_001)
            try writer.queue.close()
        }
        collector.poll()
        clock.advance(seconds: 3)
        collector.poll()
        #expect(collector.totals.requests == 2)
    }

    @Test(.enabled(if: geteuid() != 0, "nothing is forbidden to the superuser"))
    func aFolderThatCannotBeWrittenIsReadNevertheless() throws {
        let writer = try PhoenixWriter(path)
        try writer.addRequest()
        try writer.queue.close()
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.url.path)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url.path) }
        #expect(try Collector(path, clock: clock).drain().totals.requests == 1)
    }

    @Test func aFileThatVanishesIsWaitedFor() throws {
        let writer = try PhoenixWriter(path)
        try writer.addRequest()
        let collector = try Collector(path, clock: clock).drain()
        try writer.queue.close()
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        collector.poll()
        #expect(collector.failures.isEmpty && collector.waits.allSatisfy { $0.reason == .notFound })
        #expect(!collector.reader.hasChanged())
        let second = try PhoenixWriter(path)
        try second.execute("INSERT INTO traces(trace_id, start_time) VALUES ('new', '2027-01-15 08:00:00')")
        try second.addSpan(1, "root")
        collector.poll()
        #expect(collector.requests.map(\.trace) == ["trace-1", "new"])
        #expect(collector.reader.replacedCount == 1)
    }

    @Test func aRestoredCopyGoesOnWhereTheOldFileWasLeft() throws {
        let writer = try PhoenixWriter(path)
        try writer.addRequest()
        try writer.addRequest(at: 1)
        let collector = try Collector(path, clock: clock).drain()
        let copy = folder.path("copy.db")
        try writer.execute("VACUUM INTO '\(copy)'")
        try writer.queue.close()
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        unsafe #expect(rename(copy, path) == 0)
        let second = try PhoenixWriter(path)
        try second.execute("INSERT INTO traces(trace_id, start_time) VALUES ('third', '2027-01-15 08:00:02')")
        try second.addSpan(3, "root")
        collector.poll()
        clock.advance(seconds: 2)
        collector.poll()
        #expect(collector.requests.map(\.trace) == ["trace-1", "trace-2", "third"])
    }

    @Test func damagedPagesCostTheirRowsAndNoMore() throws {
        let rows = 4_000
        let queue = try DatabaseQueue(path: path)
        try queue.write { database in
            try database.execute(
                sql: "CREATE TABLE calls(id INTEGER PRIMARY KEY, timestamp INTEGER, latency_ms REAL, note TEXT)")
            for index in 1...rows {
                try database.execute(
                    sql: "INSERT INTO calls VALUES (?, ?, 5, ?)",
                    arguments: [index, 1_800_000_000 + index, String(repeating: "x", count: 60)])
            }
        }
        try queue.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        for page in [20, 21, 50] {
            try file.seek(toOffset: UInt64(page * 4_096))
            file.write(Data(repeating: 0xEE, count: 4_096))
        }
        try file.close()
        let collector = try Collector(path, query: "SELECT id, timestamp, latency_ms FROM calls").drain()
        let times = collector.requests.map(\.record.time)
        #expect(Set(times).count == times.count, "nothing twice")
        #expect(times.count > rows - 700 && times.count < rows)
        #expect(times.contains(1_800_000_001_000_000) && times.contains(1_800_004_000_000_000))
        #expect(collector.failures.contains { if case .corrupt = $0.reason { true } else { false } })
    }

    @Test func anEmptyDatabaseIsWaitedFor() throws {
        try Data().write(to: URL(fileURLWithPath: path))
        let collector = try Collector(path, clock: clock).drain()
        #expect(collector.waits.map(\.reason) == [.empty])
        #expect(collector.reader.kind == "")
        let writer = try PhoenixWriter(path)
        collector.poll()
        try writer.addRequest()
        clock.advance(seconds: 5)
        collector.poll()
        clock.advance(seconds: 5)
        collector.poll()
        #expect(collector.reader.kind == "Phoenix" && collector.totals.requests == 1)
    }

    @Test func anUnknownSchemaIsToldWithItsTables() throws {
        try DatabaseQueue(path: path).write { database in
            try database.execute(sql: "CREATE TABLE orders(id INTEGER); CREATE TABLE \"evil\u{1B}[2J\"(x)")
        }
        let error = try #require(refusal(of: path))
        #expect(error.reason == .unknownSchema(tables: ["evil\u{1B}[2J", "orders"]))
        #expect(error.description.contains("orders") && !error.description.contains("\u{1B}"))
    }

    @Test func somethingElseIsNoDatabase() throws {
        try Data("{\"latency_ms\":5}\n".utf8).write(to: URL(fileURLWithPath: path))
        #expect(!DatabaseReader.isDatabase(path: path))
        #expect(refusal(of: path)?.reason == .notDatabase)
        #expect(refusal(of: folder.path("nowhere.db"))?.reason == .notFound)
        #expect(refusal(of: folder.url.path)?.reason == .notDatabase)
        #expect(!DatabaseReader.isDatabase(path: folder.path("nowhere.db")))
        let fixture = try folder.copy("llm-0.36-logs.db")
        #expect(DatabaseReader.isDatabase(path: fixture))
    }

    @Test func aPathWithEveryKindOfCharacterIsOpened() throws {
        let odd = folder.path("a b?mode=rwc#x%20ü'.db")
        try DatabaseQueue(path: path).write {
            try $0.execute(sql: "CREATE TABLE t(latency_ms); INSERT INTO t VALUES (1)")
        }
        try FileManager.default.moveItem(atPath: path, toPath: odd)
        #expect(try Collector(odd, query: "SELECT latency_ms FROM t").drain().requests.count == 1)
    }
}
