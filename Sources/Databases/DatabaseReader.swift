package import Telemetry

/// What `DatabaseReader.read` brought.
package enum RowOutcome: Equatable, Sendable {
    /// A record. `history`: it lies before the window that is shown first, and fills in behind.
    case record(history: Bool)
    /// A change of a request or rating that was handed out before, and that the record names: not one more. Tokens, cost
    /// and tool calls are differences (negative where less is counted than was said); `success` is the new
    /// outcome where that has changed; `tools` and `spans` are only the new ones. Feedback and evals carry the new value,
    /// and have no change to tell.
    case correction(RequestChange?)
    /// A row that is no record; why.
    case rejected(String)
    /// All there is was read.
    case caughtUp
    /// Somebody holds a lock, or the file or its tables are not there at the moment: ask again later.
    case waiting(DatabaseError)
    /// Reading failed. Asked again, the reader goes on with what it can still read.
    case failed(DatabaseError)
}

/// Reads the requests of somebody else's SQLite database, newest window first, then history behind it, then what comes.
///
/// One thread owns a reader. A call of `read` takes one short read transaction at most; between calls no lock is held.
package final class DatabaseReader {
    /// How much is read, and how.
    package struct Options: Sendable {
        /// µs before the newest record that are read first.
        package var window: Int64 = 15 * 60 * 1_000_000
        /// µs before the newest record that are read at all.
        package var history: Int64 = .max
        /// Traces that may still grow are held back for a moment. Without it everything is handed out as it stands.
        package var follows = true
        /// µs since 1970.
        package var clock: @Sendable () -> Int64

        package init(clock: @escaping @Sendable () -> Int64) { self.clock = clock }
    }

    /// The file's name, safe to show.
    package let name: String
    private let path: String
    private let query: String?
    private let options: Options
    /// nil while the file is locked since before it was opened.
    private var connection: StoreConnection?
    private var store: (any Store)?
    private var backfill = Backfill()
    private var feed: RecordFeed
    private var seesChange = true
    private var hasMoreChanges = false
    /// The last reading failed: nothing more is tried until something has changed.
    private var isStuck = false
    private var isReadingBlock = false
    /// Rows that were no records.
    package var rejectedCount: Int { feed.rejectedCount }
    /// Times that another file took the name.
    package private(set) var replacedCount = 0

    /// Requests a transaction.
    private static let chunk = 1_024

    /// Opens the database and recognises its schema. One without any table is waited for.
    /// - Parameter query: read this instead of a known schema; its columns are named as our fields.
    package init(
        path: String, symbols: SymbolTable, query: String? = nil, options: Options
    ) throws(DatabaseError) {
        self.path = path
        self.query = query
        self.options = options
        name = Printable.text(path.split(separator: "/").last.map(String.init) ?? path)
        feed = RecordFeed(symbols: symbols)
        do {
            let connection = try StoreConnection(path: path, name: name)
            self.connection = connection
            store = try recognise(connection)
        } catch {
            // A lock, or tables that are yet to be made, is waited for.
            if error.reason != .locked, error.reason != .empty { throw error }
        }
    }

    /// Whether the file begins as an SQLite database does.
    package static func isDatabase(path: String) -> Bool { SQLiteFile.isDatabase(path) }

    /// The schema, such as "Phoenix"; empty until it is known.
    package var kind: String { store?.kind ?? "" }

    /// What the tables and columns are taken for.
    package var understanding: StoreUnderstanding { store?.understanding ?? StoreUnderstanding(kind: "") }

    /// The bytes that the text ranges of the record point into which was read last.
    package var texts: [UInt8] { feed.batch.bytes }

    // MARK: Changes

    /// Whether `read` may bring something. Looks at a counter and the file's identity, never at a table.
    package func hasChanged() -> Bool {
        if isStuck {
            isStuck = !probe()
            return !isStuck
        }
        if !feed.batch.isEmpty || !backfill.isDone || seesChange || hasMoreChanges { return true }
        if store?.isDue(now: options.clock()) ?? false { return true }
        seesChange = probe()
        return seesChange
    }

    private func probe() -> Bool {
        guard let connection else { return true }
        guard let isSame = connection.isSameFile else { return !isStuck }
        return !isSame || ((try? connection.hasCommits()) ?? true)
    }

    // MARK: Reading

    /// Brings the next record.
    package func read(into record: inout Record) -> RowOutcome {
        while true {
            if let outcome = feed.next(into: &record) { return outcome }
            feed.batch.removeAll()
            do {
                guard try fill() else { return .caughtUp }
                isStuck = false
                feed.batch.seal()
            } catch {
                feed.batch.removeAll()
                return outcome(of: error)
            }
        }
    }

    private func outcome(of error: DatabaseError) -> RowOutcome {
        let wasBlock = isReadingBlock
        isReadingBlock = false
        if error.isPassing { return .waiting(error) }
        if wasBlock, case .corrupt = error.reason {
            // What can't be read is stepped over; the rest is still wanted.
            backfill.stepOver()
            return .failed(error)
        }
        isStuck = true
        hasMoreChanges = false
        if wasBlock { backfill.abandon() }
        return error.reason == .notFound || error.reason == .empty ? .waiting(error) : .failed(error)
    }

    /// Reads one transaction's worth.
    /// - Returns: false if there is nothing left to read at the moment.
    private func fill() throws(DatabaseError) -> Bool {
        let connection = try openedConnection()
        let store: any Store
        if let known = self.store { store = known } else { store = try recognise(connection) }
        self.store = store
        let now = options.clock()
        if !backfill.isPlanned {
            try connection.noteVersion()
            backfill = try connection.read { database in
                try store.startFollowing(database)
                return try Backfill(store, database, window: options.window, history: options.history)
            }
        }
        // What is new goes before what is old.
        if !seesChange, !hasMoreChanges, !store.isDue(now: now) { seesChange = try connection.hasCommits() }
        if seesChange || hasMoreChanges || store.isDue(now: now) {
            try connection.noteVersion()
            seesChange = false
            feed.historyEnd = .min
            hasMoreChanges = try readChanges(store, connection, now)
            if !feed.batch.isEmpty || hasMoreChanges { return true }
        }
        guard !backfill.isDone else { return false }
        feed.historyEnd = backfill.windowStart
        isReadingBlock = true
        try readBlock(store, connection, now)
        isReadingBlock = false
        // What was held back during the first reading is looked at once more.
        if backfill.isDone { seesChange = true }
        return true
    }

    private func readChanges(
        _ store: any Store, _ connection: StoreConnection, _ now: Int64
    ) throws(DatabaseError) -> Bool {
        let backfill = backfill
        let follows = options.follows || !backfill.isDone
        var lines = LineBatch()
        swap(&lines, &feed.batch)
        defer { swap(&lines, &feed.batch) }
        return try connection.read { database in
            try store.readChanges(
                now: now, follows: follows, undelivered: backfill.isUndelivered, database, into: &lines)
        }
    }

    private func readBlock(
        _ store: any Store, _ connection: StoreConnection, _ now: Int64
    ) throws(DatabaseError) {
        guard let block = backfill.next() else { return }
        var lines = LineBatch()
        swap(&lines, &feed.batch)
        defer { swap(&lines, &feed.batch) }
        let last = try connection.read { database in
            try store.read(
                block.strand, block.range, limit: min(Self.chunk, block.limit), isHistory: block.isHistory, now: now,
                database, into: &lines)
        }
        backfill.advance(to: last, count: lines.count)
    }

    // MARK: The file

    private func recognise(_ connection: StoreConnection) throws(DatabaseError) -> any Store {
        let (name, query) = (name, query)
        try connection.noteVersion()
        return try connection.read { database in
            let schema = try StoreSchema(database)
            if schema.tables.isEmpty { throw DatabaseError(name: name, reason: .empty) }
            if let query { return try QueryStore.make(query, name: name, database) }
            if let store = PhoenixStore(schema) { return store }
            if let store = MLflowStore(schema) { return store }
            if let store = LLMStore.make(schema) { return store }
            throw DatabaseError(name: name, reason: .unknownSchema(tables: schema.tables))
        }
    }

    /// Another file may have taken the name: a restored copy goes on where the old one was left, a new one is read from
    /// its newest window on.
    private func openedConnection() throws(DatabaseError) -> StoreConnection {
        if let connection {
            guard let isSame = connection.isSameFile else { throw DatabaseError(name: name, reason: .notFound) }
            if isSame { return connection }
        }
        let isFirst = connection == nil
        let opened = try StoreConnection(path: path, name: name)
        connection = opened
        if isFirst { return opened }
        replacedCount += 1
        seesChange = true
        if let store, try opened.read({ try store.continues(in: $0) }) { return opened }
        store = nil
        backfill = Backfill()
        return opened
    }
}

/// Lines on their way to records. One value, so that a record is one access to the object that owns it.
private struct RecordFeed {
    var batch = LineBatch()
    var decoder: NativeDecoder
    /// µs: what is older in the batch at hand is history.
    var historyEnd = Int64.min
    var rejectedCount = 0

    init(symbols: SymbolTable) { decoder = NativeDecoder(symbols: symbols) }

    /// The next record of the batch; nil if it is empty.
    mutating func next(into record: inout Record) -> RowOutcome? {
        guard let entry = batch.take() else { return nil }
        let bytes = batch.bytes
        // A view of the batch's bytes; any bit pattern is a byte.
        switch unsafe decoder.decode(bytes.span.bytes, line: entry.line, into: &record) {
        case .record:
            entry.correction?.apply(to: &record)
            if entry.isCorrection { return .correction(entry.correction?.change) }
            return .record(history: entry.isHistory || record.time < historyEnd)
        case .blank: return rejected("an empty row")
        case .rejected(let rejection): return rejected(rejection.description)
        }
    }

    private mutating func rejected(_ reason: String) -> RowOutcome {
        rejectedCount += 1
        return .rejected(reason)
    }
}
