import Foundation
package import GRDB

/// Writes what Phoenix writes, as far as it is read: its tables with the columns that matter, in a WAL database.
package final class PhoenixWriter {
    package let queue: DatabaseQueue
    package private(set) var traces = 0

    package static let epoch: Int64 = 1_800_000_000_000_000

    package init(_ path: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.journalMode = .wal
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS projects(id INTEGER PRIMARY KEY, name TEXT);
                    INSERT OR IGNORE INTO projects VALUES (1, 'default');
                    CREATE TABLE IF NOT EXISTS traces(id INTEGER PRIMARY KEY, project_rowid INTEGER, trace_id TEXT UNIQUE,
                      start_time TIMESTAMP, end_time TIMESTAMP);
                    CREATE TABLE IF NOT EXISTS spans(id INTEGER PRIMARY KEY, trace_rowid INTEGER, span_id TEXT UNIQUE,
                      parent_id TEXT, name TEXT, span_kind TEXT, start_time TIMESTAMP, end_time TIMESTAMP, attributes JSONB,
                      events JSONB, status_code TEXT, status_message TEXT, llm_token_count_prompt INTEGER,
                      llm_token_count_completion INTEGER);
                    CREATE INDEX IF NOT EXISTS ix_spans_trace_rowid ON spans(trace_rowid);
                    CREATE TABLE IF NOT EXISTS span_costs(id INTEGER PRIMARY KEY, span_rowid INTEGER, trace_rowid INTEGER,
                      total_cost FLOAT);
                    CREATE INDEX IF NOT EXISTS ix_span_costs_span_rowid ON span_costs(span_rowid);
                    CREATE TABLE IF NOT EXISTS span_annotations(id INTEGER PRIMARY KEY, span_rowid INTEGER, name TEXT,
                      label TEXT, score FLOAT, annotator_kind TEXT, updated_at TIMESTAMP,
                      UNIQUE(name, span_rowid));
                    """)
        }
    }

    /// Adds a trace without spans and returns its rowid.
    package func addTrace(at seconds: Double = 0) throws -> Int64 {
        traces += 1
        let number = traces
        return try queue.write { database in
            try database.execute(
                sql: "INSERT INTO traces(project_rowid, trace_id, start_time, end_time) VALUES (1, ?, ?, ?)",
                arguments: ["trace-\(number)", Self.time(seconds), Self.time(seconds + 1)])
            return database.lastInsertedRowID
        }
    }

    /// Adds a span and returns its rowid.
    @discardableResult
    package func addSpan(
        _ trace: Int64, _ name: String, parent: String? = nil, kind: String = "AGENT", from start: Double = 0,
        to end: Double = 1, status: String = "UNSET", tokens: (Int, Int)? = nil, cost: Double? = nil,
        attributes: String = "{}", events: String = "[]"
    ) throws -> Int64 {
        try queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO spans(trace_rowid, span_id, parent_id, name, span_kind, start_time, end_time, attributes, events,
                      status_code, status_message, llm_token_count_prompt, llm_token_count_completion)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?)
                    """,
                arguments: [
                    trace, "\(trace)-\(name)", parent.map { "\(trace)-\($0)" }, name, kind, Self.time(start),
                    Self.time(end), attributes, events, status, tokens?.0, tokens?.1,
                ])
            let span = database.lastInsertedRowID
            if let cost { try Self.insertCost(database, span, trace, cost) }
            return span
        }
    }

    package func addCost(_ span: Int64, _ trace: Int64, _ cost: Double) throws {
        try queue.write { try Self.insertCost($0, span, trace, cost) }
    }

    private static func insertCost(_ database: Database, _ span: Int64, _ trace: Int64, _ cost: Double) throws {
        try database.execute(
            sql: "INSERT INTO span_costs(span_rowid, trace_rowid, total_cost) VALUES (?, ?, ?)",
            arguments: [span, trace, cost])
    }

    /// Adds an annotation, or writes over the one that is there, as Phoenix does.
    package func annotate(
        _ span: Int64, score: Double?, label: String? = nil, kind: String = "HUMAN", name: String = "rating",
        at seconds: Double
    ) throws {
        try queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO span_annotations(span_rowid, name, label, score, annotator_kind, updated_at)
                    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT(name, span_rowid) DO UPDATE
                    SET label = excluded.label, score = excluded.score, updated_at = excluded.updated_at
                    """,
                arguments: [span, name, label, score, kind, Self.time(seconds)])
        }
    }

    /// Adds a whole request: a root over one model call, children first.
    @discardableResult
    package func addRequest(at seconds: Double = 0, input: Int = 10, output: Int = 5, status: String = "OK") throws
        -> Int64
    {
        let trace = try addTrace(at: seconds)
        try addSpan(
            trace, "llm", parent: "root", kind: "LLM", from: seconds, to: seconds + 0.5, tokens: (input, output),
            cost: 0.001)
        try addSpan(trace, "root", from: seconds, to: seconds + 1, status: status)
        return trace
    }

    package func execute(_ sql: String) throws { try queue.writeWithoutTransaction { try $0.execute(sql: sql) } }

    package func integer(_ sql: String) throws -> Int64 { try queue.read { try Int64.fetchOne($0, sql: sql) ?? 0 } }

    private static let utc: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }()

    /// Phoenix's way of writing times: UTC without a zone, and no fraction where it is zero.
    package static func time(_ seconds: Double) -> String {
        let microseconds = epoch + Int64((seconds * 1e6).rounded())
        let date = Date(timeIntervalSince1970: TimeInterval(microseconds / 1_000_000))
        let parts = utc.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        func digits(_ value: some BinaryInteger, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(count - text.count, 0)) + text
        }
        let day = "\(parts.year ?? 0)-\(digits(parts.month ?? 0, 2))-\(digits(parts.day ?? 0, 2))"
        let time = "\(digits(parts.hour ?? 0, 2)):\(digits(parts.minute ?? 0, 2)):\(digits(parts.second ?? 0, 2))"
        let fraction = microseconds % 1_000_000
        return "\(day) \(time)" + (fraction == 0 ? "" : ".\(digits(fraction, 6))")
    }
}
