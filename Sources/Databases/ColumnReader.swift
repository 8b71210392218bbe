import GRDB
import GRDBSQLite

/// The columns of the row that a statement stands on, without a value object for each.
///
/// The one place where SQLite's own functions are called. What makes it safe: `Rows` makes a reader for as long as it
/// holds the statement and steps it through GRDB's cursor, SQLite answers NULL for a column that isn't there, and bytes
/// are copied before the next step.
@safe
struct ColumnReader {
    /// The storage class of a value, which in SQLite is the value's and not the column's.
    enum Kind { case null, integer, real, text, blob }

    private let statement: SQLiteStatement

    init(_ statement: Statement) { unsafe self.statement = statement.sqliteStatement }

    @inline(__always)
    func kind(_ column: Int) -> Kind {
        switch unsafe sqlite3_column_type(statement, Int32(truncatingIfNeeded: column)) {
        case SQLITE_INTEGER: .integer
        case SQLITE_FLOAT: .real
        case SQLITE_TEXT: .text
        case SQLITE_BLOB: .blob
        default: .null
        }
    }

    /// An integer, or nil for every other kind; a real number is rounded.
    func integer(_ column: Int) -> Int64? {
        switch kind(column) {
        case .integer: rawInteger(column)
        case .real: Int64(exactly: rawReal(column).rounded())
        default: nil
        }
    }

    /// A finite number, or nil.
    func real(_ column: Int) -> Double? {
        switch kind(column) {
        case .integer, .real:
            rawReal(column).isFinite ? rawReal(column) : nil
        default: nil
        }
    }

    @inline(__always)
    func rawInteger(_ column: Int) -> Int64 {
        unsafe sqlite3_column_int64(statement, Int32(truncatingIfNeeded: column))
    }

    @inline(__always)
    func rawReal(_ column: Int) -> Double {
        unsafe sqlite3_column_double(statement, Int32(truncatingIfNeeded: column))
    }

    /// Appends the bytes of a text or blob and returns where they stand; an empty range for every other kind.
    func append(_ column: Int, to output: inout [UInt8]) -> Range<Int> {
        switch kind(column) {
        case .text: return appendText(column, to: &output)
        case .blob:
            let start = output.count
            let column = Int32(truncatingIfNeeded: column)
            if let bytes = unsafe sqlite3_column_blob(statement, column) {
                let count = unsafe Int(sqlite3_column_bytes(statement, column))
                unsafe output.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
            }
            return start..<output.count
        default: return output.count..<output.count
        }
    }

    /// Hands out the bytes of a column that is known to hold a text.
    @inline(__always)
    func withText<Result>(_ column: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let column = Int32(truncatingIfNeeded: column)
        // The order of the calls matters: the first may convert from UTF-16, and the second counts its result.
        let bytes = unsafe sqlite3_column_text(statement, column)
        let count = unsafe bytes == nil ? 0 : Int(sqlite3_column_bytes(statement, column))
        return unsafe body(UnsafeBufferPointer(start: bytes, count: count))
    }

    private func appendText(_ column: Int, to output: inout [UInt8]) -> Range<Int> {
        let start = output.count
        unsafe withText(column) { unsafe output.append(contentsOf: $0) }
        return start..<output.count
    }

    /// A short text, for names and messages off the steady path.
    func text(_ column: Int) -> String? {
        var bytes: [UInt8] = []
        let range = append(column, to: &bytes)
        guard kind(column) == .text else { return nil }
        return String(decoding: bytes[range], as: UTF8.self)
    }

    /// A text, or an integer in digits.
    func word(_ column: Int) -> String? {
        kind(column) == .integer ? String(rawInteger(column)) : text(column)
    }
}
