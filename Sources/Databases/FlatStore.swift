import GRDB
import Telemetry

/// Tables with one request a row: any table through a query whose columns are named as our fields.
///
/// A row becomes a native record as its columns say; unknown columns become attributes. Rows are followed by their
/// cursor; a row that is changed later isn't read again.
final class FlatStore: Store {
    let kind: String
    let understanding: StoreUnderstanding
    private var strands: [FlatStrand]

    /// New rows read in one transaction.
    private static let step = 10_000

    init(kind: String, strands: [FlatStrand], understanding: StoreUnderstanding) {
        self.kind = kind
        self.strands = strands
        self.understanding = understanding
    }

    var strandCount: Int { strands.count }

    func extent(_ strand: Int, _ database: Database) throws -> ClosedRange<Int64>? {
        guard let low = try Rows.integer(database, strands[strand].firstSQL),
            let high = try Rows.integer(database, strands[strand].lastSQL), low <= high
        else { return nil }
        return low...high
    }

    func time(_ strand: Int, from cursor: Int64, _ database: Database) throws -> Int64? {
        guard let sql = strands[strand].timeSQL else { return nil }
        var time: Int64?
        var scratch: [UInt8] = []
        try Rows.each(database, sql, [cursor]) { row in
            if let number = row.integer(0) {
                time = StoreTime.microseconds(number)
            } else {
                let range = row.append(0, to: &scratch)
                time = StoreTime.microseconds(scratch[range])
            }
            return false
        }
        return time
    }

    func read(
        _ strand: Int, _ range: ClosedRange<Int64>, limit: Int, isHistory: Bool, now: Int64, _ database: Database,
        into batch: inout LineBatch
    ) throws -> Int64? {
        var last: Int64?
        var count = 0
        let query = strands[strand]
        try Rows.each(database, query.rowsSQL, [range.lowerBound, range.upperBound, limit]) { row in
            last = row.rawInteger(query.cursorColumn)
            count += 1
            query.write(row, isHistory: isHistory, into: &batch)
            return true
        }
        return count < limit || last == range.upperBound ? nil : last
    }

    func startFollowing(_ database: Database) throws {
        for strand in strands.indices {
            strands[strand].mark = try Rows.integer(database, strands[strand].lastSQL) ?? .min
            strands[strand].anchor = try anchorHash(strand, database)
        }
    }

    func readChanges(
        now: Int64, follows: Bool, undelivered: (_ strand: Int, _ cursor: Int64) -> Bool, _ database: Database,
        into batch: inout LineBatch
    ) throws -> Bool {
        var hasMore = false
        for strand in strands.indices {
            let newest = try Rows.integer(database, strands[strand].lastSQL) ?? .min
            let old = strands[strand].mark
            if newest < old {
                // The newest rows were deleted; what comes now may bear their numbers again.
                strands[strand].mark = newest
            } else if newest > old {
                let range = (old == .min ? .min : old + 1)...newest
                let last = try read(
                    strand, range, limit: Self.step, isHistory: false, now: now, database, into: &batch)
                strands[strand].mark = last ?? newest
                hasMore = hasMore || last != nil
            } else {
                continue
            }
            strands[strand].anchor = try anchorHash(strand, database)
        }
        return hasMore
    }

    func isDue(now: Int64) -> Bool { false }

    func continues(in database: Database) throws -> Bool {
        for strand in strands.indices where strands[strand].mark > .min {
            if try anchorHash(strand, database) != strands[strand].anchor { return false }
        }
        return strands.contains { $0.mark > .min }
    }

    /// A hash of the row at the mark: what tells this table from another one.
    private func anchorHash(_ strand: Int, _ database: Database) throws -> UInt64 {
        let mark = strands[strand].mark
        guard mark > .min else { return 0 }
        var scratch = LineBatch()
        _ = try read(strand, mark...mark, limit: 1, isHistory: false, now: 0, database, into: &scratch)
        scratch.seal()
        guard let entry = scratch.take() else { return 0 }
        return unsafe IdentifierHash.hash(scratch.bytes.span.bytes, entry.line)
    }
}

/// One query, its cursor, and how each of its columns is written.
struct FlatStrand {
    /// A column of the query.
    struct Column {
        var index: Int
        /// `,"latency_ms":` in `prefixes`.
        var prefix: Range<Int>
        var form: FlatForm
    }

    let rowsSQL: String
    let firstSQL: String
    let lastSQL: String
    /// The time of the first row from a cursor on; nil where no column tells it.
    let timeSQL: String?
    let cursorColumn: Int
    let columns: [Column]
    private let prefixes: [UInt8]
    var mark: Int64 = .min
    var anchor: UInt64 = 0

    /// - Parameter names: the query's columns, in order.
    init(query: String, names: [String], cursor: Int) {
        let quoted = Self.quote(names[cursor])
        rowsSQL = "SELECT * FROM (\(query)) WHERE \(quoted) >= ? AND \(quoted) <= ? ORDER BY \(quoted) LIMIT ?"
        firstSQL = "SELECT \(quoted) FROM (\(query)) ORDER BY \(quoted) LIMIT 1"
        lastSQL = "SELECT \(quoted) FROM (\(query)) ORDER BY \(quoted) DESC LIMIT 1"
        let time = ["end_time", "timestamp", "start_time"].first(where: names.contains)
        timeSQL = time.map {
            "SELECT \(Self.quote($0)) FROM (\(query)) WHERE \(quoted) >= ? ORDER BY \(quoted) LIMIT 1"
        }
        cursorColumn = cursor
        var prefixes: [UInt8] = []
        columns = names.enumerated().compactMap { index, name in
            if index == cursor { return nil }
            let start = prefixes.count
            prefixes.append(contentsOf: #",""#.utf8)
            prefixes.append(contentsOf: name.utf8)
            JSONText.escape(&prefixes, from: start + 2)
            prefixes.append(contentsOf: #"":"#.utf8)
            return Column(index: index, prefix: start..<prefixes.count, form: FlatForm(field: name))
        }
        self.prefixes = prefixes
    }

    private static func quote(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// Writes the row a statement stands on as a native record.
    func write(_ row: ColumnReader, isHistory: Bool, into batch: inout LineBatch) {
        batch.beginLine()
        var isFirst = true
        let prefixes = prefixes.span
        for column in columns {
            let kind = row.kind(column.index)
            if kind == .null { continue }
            let start = batch.bytes.count
            batch.bytes.append(prefixes, column.prefix)
            if Self.write(row, column, kind, into: &batch.bytes) {
                if isFirst {
                    // No comma before the first.
                    batch.bytes[start] = UInt8(ascii: " ")
                    isFirst = false
                }
            } else {
                batch.bytes.removeSubrange(start...)
            }
        }
        batch.endLine(isHistory: isHistory)
    }

    /// - Returns: false where the value can't be one of this field.
    private static func write(
        _ row: ColumnReader, _ column: Column, _ kind: ColumnReader.Kind, into bytes: inout [UInt8]
    ) -> Bool {
        switch kind {
        case .null: return false
        case .integer:
            let value = row.rawInteger(column.index)
            guard column.form == .flag else {
                JSONText.append(value, to: &bytes)
                return true
            }
            bytes.append(contentsOf: (value != 0 ? "true" : "false").utf8)
            return true
        case .real:
            let value = row.rawReal(column.index)
            guard value.isFinite else { return false }
            if column.form == .number { return JSONText.append(value, to: &bytes) }
            if column.form == .flag {
                bytes.append(contentsOf: (value != 0 ? "true" : "false").utf8)
            } else {
                bytes.append(contentsOf: value.description.utf8)
            }
            return true
        case .text: return writeText(row, column, into: &bytes)
        case .blob: return writeHexadecimal(row, column, into: &bytes)
        }
    }

    private static func writeText(_ row: ColumnReader, _ column: Column, into bytes: inout [UInt8]) -> Bool {
        if column.form == .text {
            bytes.append(UInt8(ascii: "\""))
            let range = row.appendText(column.index, to: &bytes)
            JSONText.escape(&bytes, from: range.lowerBound)
            bytes.append(UInt8(ascii: "\""))
            return true
        }
        let range = row.appendText(column.index, to: &bytes)
        switch column.form {
        case .number: return JSONText.isNumber(bytes[range])
        case .list:
            guard let first = bytes[range].first else { return false }
            return first == UInt8(ascii: "[") || first == UInt8(ascii: "{")
        case .flag:
            let word = String(decoding: bytes[range].prefix(8), as: UTF8.self).lowercased()
            let flag: String? =
                ["true", "t", "yes", "1"].contains(word)
                ? "true" : ["false", "f", "no", "0"].contains(word) ? "false" : nil
            bytes.removeSubrange(range)
            if let flag { bytes.append(contentsOf: flag.utf8) }
            return flag != nil
        case .text: return true
        }
    }

    /// Identifiers are sometimes kept as their 8 or 16 bytes.
    private static func writeHexadecimal(_ row: ColumnReader, _ column: Column, into bytes: inout [UInt8]) -> Bool {
        guard column.form == .text else { return false }
        var blob: [UInt8] = []
        let range = row.append(column.index, to: &blob)
        guard (1...64).contains(range.count) else { return false }
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in blob {
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
        bytes.append(UInt8(ascii: "\""))
        return true
    }
}

/// How the values of a field look in a native record; SQLite's columns are less strict.
enum FlatForm {
    case text, number, flag, list

    init(field: String) {
        if Self.numbers.contains(field) {
            self = .number
        } else if Self.flags.contains(field) {
            self = .flag
        } else if Self.lists.contains(field) {
            self = .list
        } else {
            self = .text
        }
    }

    private static let numbers: Set<String> = [
        "latency_ms", "duration_ms", "ttft_ms", "input_tokens", "output_tokens", "cached_input_tokens",
        "cache_write_tokens", "reasoning_tokens", "status_code", "steps", "redundant_tool_calls", "output_length",
        "input_length", "attachments", "session_number", "queue_depth", "cost_usd", "tool_cost_usd",
        "compute_cost_usd", "sentiment", "quality_score", "eval_score", "sample_rate", "score", "rating", "percent",
        "window_s", "requests",
    ]
    private static let flags: Set<String> = [
        "success", "completed", "user_corrected", "escalated_to_human", "user_rated_positive", "corrected",
        "escalated", "abandoned", "rephrased", "copied", "followed_up", "accepted", "helped",
    ]
    private static let lists: Set<String> = [
        "flags", "feature_flags", "tool_calls", "spans", "errors", "tokens", "latency_histogram", "attributes",
    ]
}
