import GRDB

/// Any table, read through a query that the user has configured.
enum QueryStore {
    /// The strand of a query, checked against the database.
    static func make(_ query: String, name: String, _ database: Database) throws -> FlatStore {
        let query = trimmed(query)
        guard !query.isEmpty else { throw error("it is empty", name) }
        var names = try columns(query, name, database)
        var text = query
        var cursor = names.firstIndex { ["rowid", "_rowid_", "oid", "cursor"].contains($0.lowercased()) }
        if cursor == nil, let injected = withRowid(query), let all = try? columns(injected, name, database) {
            (text, names, cursor) = (injected, all, 0)
        }
        if cursor == nil { cursor = names.firstIndex { $0.lowercased() == "id" } }
        guard let cursor else {
            throw error("add the column rowid (or an integer id that grows), by which new rows are found", name)
        }
        try check(names, cursor, name)
        let strand = FlatStrand(query: text, names: names, cursor: cursor)
        // Compiled once here, so that a mistake is told at the start.
        do {
            _ = try database.makeStatement(sql: strand.rowsSQL)
            // Texts sort behind all numbers.
            try Rows.each(database, strand.lastSQL, []) { row in
                guard row.kind(0) == .integer else {
                    throw error("the column \(names[cursor]) is no integer: name rowid or an integer id", name)
                }
                return false
            }
        } catch let failure as GRDB.DatabaseError where failure.resultCode == .SQLITE_ERROR {
            throw error(failure.message ?? "it does not compile", name)
        }
        let fields = names.enumerated().filter { $0.offset != cursor }.map(\.element)
        let understanding = StoreUnderstanding(
            kind: "query", tables: [], sources: fields.map { .init($0, "column \($0)") })
        return FlatStore(kind: "query", strands: [strand], understanding: understanding.listingMissing())
    }

    private static func error(_ why: String, _ name: String) -> DatabaseError {
        DatabaseError(name: name, reason: .badQuery(why))
    }

    private static func columns(_ query: String, _ name: String, _ database: Database) throws -> [String] {
        let statement: Statement
        do {
            // GRDB refuses a second statement behind the first.
            statement = try database.makeStatement(sql: query)
        } catch let failure as GRDB.DatabaseError {
            throw error(failure.message ?? "it does not compile", name)
        }
        guard statement.isReadonly, statement.columnCount > 0 else { throw error("it is no SELECT", name) }
        return statement.columnNames
    }

    private static func check(_ names: [String], _ cursor: Int, _ name: String) throws {
        let repeated = names.first { column in names.count { $0 == column } > 1 }
        if let repeated { throw error("two columns are named \(repeated)", name) }
        let known: Set = [
            "latency_ms", "duration_ms", "input_tokens", "output_tokens", "success", "error_type", "cost_usd",
            "status_code", "completed", "trace_id", "start_time", "timestamp", "end_time", "score", "eval_score",
            "queue_depth", "type",
        ]
        guard names.contains(where: known.contains) else {
            throw error("no column is named as a field (SELECT took_ms AS latency_ms, at AS timestamp, …)", name)
        }
    }

    private static func trimmed(_ query: String) -> String {
        var text = Substring(query)
        while let last = text.last, last.isWhitespace || last == ";" { text.removeLast() }
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        return String(text)
    }

    /// The query with the table's rowid as its first column; nil where a row of the result isn't one of a table.
    static func withRowid(_ query: String) -> String? {
        let words = words(query)
        let breaking: Set = ["distinct", "group", "union", "except", "intersect", "limit", "with", "order", "join"]
        guard words.first == "select", !words.contains(where: breaking.contains) else { return nil }
        return #"SELECT rowid AS "agentdash_rowid", "# + query.dropFirst(6)
    }

    /// The words outside of quotes and parentheses, in lower case.
    private static func words(_ query: String) -> [String] {
        var words: [String] = []
        var word = ""
        var depth = 0
        var quote: Character?
        for character in query + " " {
            if let open = quote {
                if character == open { quote = nil }
                continue
            }
            switch character {
            case "'", "\"", "`": quote = character
            case "(": depth += 1
            case ")": depth -= 1
            default:
                if depth == 0, character.isLetter || character.isNumber || character == "_" {
                    word.append(character)
                    continue
                }
            }
            if !word.isEmpty { words.append(word.lowercased()) }
            word = ""
        }
        return words
    }
}
