import GRDB

/// Why a database can't be read: which, why, and what to do about it.
package struct DatabaseError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package enum Reason: Equatable, Sendable {
        case notFound
        case permissionDenied
        /// The file is no SQLite database, or an encrypted one.
        case notDatabase
        /// The file is a database without any table.
        case empty
        /// No schema that is known; the tables found, sorted.
        case unknownSchema(tables: [String])
        /// The configured query is not accepted; why.
        case badQuery(String)
        /// Somebody holds a lock for longer than was waited.
        case locked
        /// Damaged pages, in SQLite's words.
        case corrupt(String)
        /// A crashed writer left a journal that only somebody with write permission can apply.
        case needsRecovery
        /// Anything else, in SQLite's words.
        case failed(String)
    }

    /// The database as it is shown, without control characters.
    package let name: String
    package let reason: Reason

    package init(name: String, reason: Reason) {
        self.name = name
        self.reason = reason
    }

    /// One line for the user: the database, what is wrong, what to do.
    package var description: String {
        switch reason {
        case .notFound: "\(name): no such file; check the path"
        case .permissionDenied: "\(name): permission denied; make it readable for this user"
        case .notDatabase: "\(name): not an SQLite database (or an encrypted one)"
        case .empty: "\(name): a database without tables; waiting for its owner to make them"
        case .unknownSchema(let tables):
            "\(name): no schema that is known (Phoenix, MLflow, llm); give a query whose columns are named as our "
                + "fields. Tables found: \(Self.list(tables))"
        case .badQuery(let why): "\(name): the query is not accepted: \(Printable.text(why))"
        case .locked: "\(name): locked by another program; waiting"
        case .corrupt(let why): "\(name): damaged: \(Printable.text(why)); check it with: sqlite3 FILE .recover"
        case .needsRecovery:
            "\(name): its writer crashed and left a journal; open it once with write permission, or start its owner"
        case .failed(let why): "\(name): \(Printable.text(why))"
        }
    }

    /// Waiting helps.
    var isPassing: Bool { reason == .locked }

    private static func list(_ tables: [String]) -> String {
        if tables.isEmpty { return "none" }
        let shown = tables.prefix(12).map { Printable.text($0, limit: 40) }.joined(separator: ", ")
        return tables.count > 12 ? "\(shown) and \(tables.count - 12) more" : shown
    }
}

extension DatabaseError {
    /// What GRDB, or one of us inside its closures, has thrown.
    init(_ error: any Error, name: String) {
        if let own = error as? DatabaseError {
            self = own
            return
        }
        guard let error = error as? GRDB.DatabaseError else {
            self.init(name: name, reason: .failed("reading was cancelled"))
            return
        }
        let message = error.message ?? "error \(error.extendedResultCode.rawValue)"
        let reason: Reason =
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL, .SQLITE_SCHEMA: .locked
            case .SQLITE_CORRUPT: .corrupt(message)
            case .SQLITE_NOTADB: .notDatabase
            case .SQLITE_READONLY: .needsRecovery
            case .SQLITE_PERM, .SQLITE_AUTH: .permissionDenied
            default: .failed(message)
            }
        self.init(name: name, reason: reason)
    }
}

/// Texts of foreign origin in messages.
enum Printable {
    /// The text without anything that a terminal would obey, cut to `limit` characters.
    static func text(_ text: String, limit: Int = 300) -> String {
        var output = ""
        for scalar in text.unicodeScalars.prefix(limit) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: output.append("·")
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
