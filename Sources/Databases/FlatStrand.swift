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

    /// Longer lines are refused everywhere.
    private static let maximumLine = 1 << 26

    /// Writes the row that a statement stands on as a native record, into `line` from its beginning.
    /// - Returns: how long it is. A line that is too long becomes an empty record.
    func write(_ row: ColumnReader, into line: inout [UInt8]) -> Int {
        while true {
            let length: Int? = unsafe line.withUnsafeMutableBufferPointer { buffer in
                var writer = unsafe RowWriter(buffer)
                write(row, &writer)
                return writer.isFull ? nil : writer.count
            }
            if let length { return length }
            guard line.count < Self.maximumLine else {
                line[0] = UInt8(ascii: "{")
                line[1] = UInt8(ascii: "}")
                return 2
            }
            line = [UInt8](repeating: 0, count: line.count * 4)
        }
    }

    private func write(_ row: ColumnReader, _ writer: inout RowWriter) {
        writer.put(UInt8(ascii: "{"))
        var isFirst = true
        let prefixes = prefixes.span
        for column in columns {
            let kind = row.kind(column.index)
            if kind == .null { continue }
            let start = writer.count
            writer.put(prefixes, column.prefix)
            if !Self.write(row, column, kind, &writer) {
                writer.rewind(to: start)
            } else if isFirst {
                // No comma before the first.
                writer.replace(at: start, by: UInt8(ascii: " "))
                isFirst = false
            }
        }
        writer.put(UInt8(ascii: "}"))
    }

    /// - Returns: false where the value can't be one of this field.
    @inline(__always)
    private static func write(
        _ row: ColumnReader, _ column: Column, _ kind: ColumnReader.Kind, _ writer: inout RowWriter
    ) -> Bool {
        switch kind {
        case .null: return false
        case .integer:
            let value = row.rawInteger(column.index)
            if column.form == .flag {
                writer.put(value != 0 ? "true" : "false")
            } else {
                writer.put(NumberText(value))
            }
            return true
        case .real: return writeReal(row.rawReal(column.index), column.form, &writer)
        case .text:
            return unsafe row.withText(column.index) { text in
                if column.form == .text {
                    unsafe writer.putQuoted(text)
                    return true
                }
                return writeWord(unsafe Array(text.prefix(maximumLine)), column.form, &writer)
            }
        case .blob: return writeHexadecimal(row, column, &writer)
        }
    }

    private static func writeReal(_ value: Double, _ form: FlatForm, _ writer: inout RowWriter) -> Bool {
        guard value.isFinite else { return false }
        switch form {
        case .number:
            guard let text = NumberText(value) else { return false }
            writer.put(text)
        case .flag: writer.put(value != 0 ? "true" : "false")
        case .text, .list:
            let text = Array(value.description.utf8)
            writer.put(text.span, 0..<text.count)
        }
        return true
    }

    /// A text where the field wants something else.
    private static func writeWord(_ text: [UInt8], _ form: FlatForm, _ writer: inout RowWriter) -> Bool {
        switch form {
        case .number:
            guard JSONText.isNumber(text[...]) else { return false }
            writer.put(text.span, 0..<text.count)
            return true
        case .list:
            guard text.first == UInt8(ascii: "[") || text.first == UInt8(ascii: "{") else { return false }
            writer.put(text.span, 0..<text.count)
            return true
        case .flag:
            switch String(decoding: text.prefix(8), as: UTF8.self).lowercased() {
            case "true", "t", "yes", "1": writer.put("true")
            case "false", "f", "no", "0": writer.put("false")
            default: return false
            }
            return true
        case .text: return false
        }
    }

    /// Identifiers are sometimes kept as their 8 or 16 bytes.
    private static func writeHexadecimal(_ row: ColumnReader, _ column: Column, _ writer: inout RowWriter) -> Bool {
        guard column.form == .text else { return false }
        var blob: [UInt8] = []
        _ = row.append(column.index, to: &blob)
        guard (1...64).contains(blob.count) else { return false }
        writer.put(UInt8(ascii: "\""))
        for byte in blob {
            writer.put(JSONText.hexadecimal(byte >> 4))
            writer.put(JSONText.hexadecimal(byte & 15))
        }
        writer.put(UInt8(ascii: "\""))
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
