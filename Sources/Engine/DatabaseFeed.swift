import Databases
import Glibc
import Ingest
import Metrics
import Telemetry

/// One database on its way to records.
///
/// A database tells of changes through a counter that has to be asked for: whoever waits asks about once a second.
final class DatabaseFeed {
    /// Safe to show.
    let name: String
    /// The next record, if `hasHead`.
    private(set) var head = Record()
    private(set) var hasHead = false
    private(set) var standing = Feed.Standing.record
    private(set) var state = State.reading
    private let path: String
    private let query: String?
    private let symbols: SymbolTable
    private let options: DatabaseReader.Options
    /// nil while the database could not be opened.
    private var reader: DatabaseReader?
    /// What the head changes, if it is a correction.
    private var change: RequestChange?
    private var askedAt: Int64?
    /// µs on the clock since when the database can't be read for a reason that may pass.
    private var blockedSince: Int64?
    /// Where fields came from, of the first records.
    private(set) var survey = StoreSurvey()
    /// Called with the reason for every row that is no record.
    private let reject: (_ reason: String) -> Void

    enum State: Equatable {
        /// There may be more at once.
        case reading
        /// Everything there is was read.
        case following
        /// The file does not exist yet.
        case missing
        /// It can't be read at the moment; why.
        case blocked(String)
        /// Nothing more will come.
        case ended
        /// It can't be read; why. Where it is followed it is asked again all the same: its owner may mend it.
        case failed(String)
    }

    /// µs between two looks for changes.
    private static let pollingInterval = Span.second / 4
    /// µs that a lock is waited for where the database is read once.
    private static let patience = 10 * Span.second
    /// Rows looked at by one `fill`.
    private static let mostRows = 1024

    init(
        path: String, options: EngineOptions, symbols: SymbolTable, reject: @escaping (_ reason: String) -> Void
    ) {
        self.path = path
        name = SourceLocation.file(path).displayName
        query = options.query
        self.symbols = symbols
        self.reject = reject
        self.options = Self.readerOptions(options)
    }

    private static func readerOptions(_ options: EngineOptions) -> DatabaseReader.Options {
        var result = DatabaseReader.Options(clock: options.clock)
        result.follows = options.follows
        // Read once, everything is there before anybody looks: in order of time all of it is judged.
        if !options.follows { result.window = .max }
        return result
    }

    /// Whether a path leads to a database, or will: one that its owner has not made yet is known by its name.
    static func isDatabase(path: String) -> Bool {
        if DatabaseReader.isDatabase(path: path) { return true }
        guard [".db", ".sqlite", ".sqlite3"].contains(where: path.hasSuffix) else { return false }
        var information = stat()
        guard unsafe stat(path, &information) == 0 else { return errno == ENOENT }
        return information.st_mode & S_IFMT == S_IFREG && information.st_size == 0
    }

    var isIdle: Bool { state != .reading }

    /// Whether nothing more will ever come.
    var isOver: Bool {
        switch state {
        case .ended: true
        case .failed: !options.follows
        default: false
        }
    }

    /// What the database was taken for, and the tables that are read; empty until it is known.
    var store: String {
        guard let understanding = reader?.understanding else { return "" }
        let tables = understanding.tables.joined(separator: ", ")
        return understanding.kind + (tables.isEmpty ? "" : " (tables \(tables))")
    }

    /// Which columns became which fields.
    var report: FormatReport { reader.map { survey.report($0.understanding) } ?? FormatReport() }

    // MARK: Reading

    /// Fetches the next record unless one is there. Gives up after many rows that are none: then there is no head, and the
    /// feed is not idle either.
    func fill(clock: Int64) {
        guard !hasHead, state == .reading, let reader = opened(clock) else { return }
        for _ in 0..<Self.mostRows {
            switch reader.read(into: &head) {
            case .record(let isHistory): return take(isHistory ? .history : .record)
            case .correction(let change):
                self.change = change
                return take(.correction)
            case .rejected(let reason): reject(reason)
            case .caughtUp:
                blockedSince = nil
                state = options.follows ? .following : .ended
                return
            case .waiting(let error): return wait(for: error, clock)
            case .failed(let error):
                // What can't be read is stepped over as far as possible; beyond, only a change helps.
                guard options.follows, reader.hasChanged() else {
                    state = .failed(error.description)
                    return
                }
                reject(error.description)
            }
        }
    }

    private func take(_ standing: Feed.Standing) {
        blockedSince = nil
        hasHead = true
        self.standing = standing
        if standing != .correction { survey.note(head, symbols) }
    }

    private func opened(_ clock: Int64) -> DatabaseReader? {
        if let reader { return reader }
        do throws(DatabaseError) {
            reader = try DatabaseReader(path: path, symbols: symbols, query: query, options: options)
        } catch {
            if error.reason == .notFound { wait(for: error, clock) } else { state = .failed(error.description) }
        }
        return reader
    }

    /// Somebody else has to do something first.
    private func wait(for error: DatabaseError, _ clock: Int64) {
        let since = blockedSince ?? clock
        blockedSince = since
        // A database that is read once is there, with its tables, or isn't; only locks pass.
        let isTooLong = !options.follows && (error.reason != .locked || clock - since >= Self.patience)
        if isTooLong {
            state = .failed(error.description)
        } else if error.reason == .notFound {
            state = .missing
        } else {
            state = .blocked(error.description)
        }
    }

    /// Looks whether there may be more, at most every quarter of a second.
    func wake(clock: Int64) {
        guard state != .reading, !isOver else { return }
        if let askedAt, clock >= askedAt, clock - askedAt < Self.pollingInterval { return }
        askedAt = clock
        if state == .following, let reader, !reader.hasChanged() { return }
        if case .failed = state, let reader, !reader.hasChanged() { return }
        state = .reading
    }

    // MARK: Counting

    /// Hands the head over.
    func count(into pipeline: inout Pipeline, clock: Int64) {
        hasHead = false
        let texts = reader?.texts ?? []
        // A view of bytes that are there; any bit pattern is a byte.
        let bytes = unsafe texts.span.bytes
        switch standing {
        case .record: pipeline.count(&head, bytes: bytes, clock: clock)
        case .history: pipeline.fillIn(&head, bytes: bytes, clock: clock)
        case .correction: pipeline.amend(head, bytes: bytes, change)
        }
    }
}
