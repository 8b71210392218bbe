import GRDB

/// One known kind of database: where its requests stand and how they are followed.
///
/// Requests are found by an integer that grows as they arrive (a rowid), called the cursor. `DatabaseReader` walks
/// cursors; a store turns a stretch of them into native lines.
protocol Store: AnyObject {
    var kind: String { get }
    var understanding: StoreUnderstanding { get }
    /// Tables that requests stand in, each with cursors of its own.
    var strandCount: Int { get }

    /// First and last cursor; nil where there is none.
    func extent(_ strand: Int, _ database: Database) throws -> ClosedRange<Int64>?
    /// µs since 1970 of the first request at or after a cursor.
    func time(_ strand: Int, from cursor: Int64, _ database: Database) throws -> Int64?
    /// Appends up to `limit` requests from the cursors of `range`, ascending, as the database stood when changes were
    /// last read. What isn't finished is kept back and comes with the changes.
    /// - Returns: the last cursor looked at; nil if the range holds no more.
    func read(
        _ strand: Int, _ range: ClosedRange<Int64>, limit: Int, isHistory: Bool, now: Int64, _ database: Database,
        into batch: inout LineBatch
    ) throws -> Int64?

    /// Everything before this moment is read by `read`, everything after it by `readChanges`.
    func startFollowing(_ database: Database) throws
    /// Appends what has come or changed since the last call.
    /// - Parameter undelivered: whether a cursor is still to be read by `read`, and so is no change.
    /// - Returns: whether more is waiting.
    func readChanges(
        now: Int64, follows: Bool, undelivered: (_ strand: Int, _ cursor: Int64) -> Bool, _ database: Database,
        into batch: inout LineBatch
    ) throws -> Bool
    /// Whether something kept back is due without any change.
    func isDue(now: Int64) -> Bool
    /// Whether a database that has taken the old one's place goes on where the old one was left.
    func continues(in database: Database) throws -> Bool
}

/// What a store was understood as, for `inspect`.
package struct StoreUnderstanding: Equatable, Sendable {
    /// Where one field of a record comes from.
    package struct Source: Equatable, Sendable {
        /// The field's name in a native record.
        package var field: String
        /// Table and column, or attribute.
        package var origin: String
        /// How the store writes it: "µs as text, UTC", "ns", "USD".
        package var unit: String

        package init(_ field: String, _ origin: String, _ unit: String = "") {
            self.field = field
            self.origin = origin
            self.unit = unit
        }
    }

    /// Such as "Phoenix".
    package var kind: String
    /// Tables that are read, present ones only.
    package var tables: [String]
    package var sources: [Source]
    /// Fields of a request that this store doesn't have, and so are not known.
    package var missing: [String]

    package init(kind: String, tables: [String] = [], sources: [Source] = [], missing: [String] = []) {
        self.kind = kind
        self.tables = tables
        self.sources = sources
        self.missing = missing
    }

    /// Fills `missing` with what no source names.
    func listingMissing() -> StoreUnderstanding {
        let expected = [
            "latency_ms", "ttft_ms", "input_tokens", "output_tokens", "cached_input_tokens", "cost_usd", "success",
            "error_type", "tool_calls", "model", "session_id", "user_id", "variant", "prompt_version", "feedback",
        ]
        var copy = self
        copy.missing = expected.filter { field in !sources.contains { $0.field == field } }
        return copy
    }
}

/// The tables and columns that are really there.
struct StoreSchema {
    private var columns: [String: Set<String>] = [:]

    /// Names of tables and views, sorted.
    var tables: [String] { columns.keys.sorted() }

    init(_ database: Database) throws {
        let names = try String.fetchAll(
            database,
            sql:
                "SELECT name FROM sqlite_master WHERE type IN ('table','view') AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
        )
        for name in names {
            // A virtual table whose module is missing has no columns to tell, and is none of ours.
            let found = try? String.fetchSet(
                database, sql: "SELECT name FROM pragma_table_xinfo(?)", arguments: [name])
            columns[name] = found ?? []
        }
    }

    func has(_ table: String) -> Bool { columns[table] != nil }

    func has(_ table: String, _ column: String) -> Bool { columns[table]?.contains(column) ?? false }

    /// Whether the table has all of the columns.
    func has(_ table: String, all names: [String]) -> Bool { names.allSatisfy { has(table, $0) } }

    /// `alias.column`, or `NULL` where the table lacks it.
    func column(_ table: String, _ column: String, as alias: String) -> String {
        has(table, column) ? "\(alias).\"\(column)\"" : "NULL"
    }
}

/// Steps through a statement's rows.
enum Rows {
    /// Calls `body` for every row until it returns false.
    static func each(
        _ database: Database, _ sql: String, _ arguments: StatementArguments, _ body: (ColumnReader) throws -> Bool
    ) throws {
        let statement = try database.cachedStatement(sql: sql)
        let cursor = try Row.fetchCursor(statement, arguments: arguments)
        let reader = ColumnReader(statement)
        while try cursor.next() != nil {
            if try !body(reader) { return }
        }
    }

    /// The first column of the first row.
    static func integer(_ database: Database, _ sql: String, _ arguments: StatementArguments = []) throws -> Int64? {
        var value: Int64?
        try each(database, sql, arguments) { row in
            value = row.integer(0)
            return false
        }
        return value
    }
}
