import GRDB
import Glibc

/// A read-only connection to somebody else's database file, found by its path.
///
/// Opened `mode=ro`, so that the journal of a running writer is seen. Where that is impossible because the directory
/// can't be written and no writer runs (SQLite wants to create the `-shm` file of a WAL database), the file is read as
/// it stands and opened anew once it changes.
final class StoreConnection {
    let path: String
    let name: String
    private var queue: DatabaseQueue
    /// The file that was opened.
    private let file: FileStamp
    /// Nobody writes: the file is read without locks.
    let isStill: Bool
    private var dataVersion: Int64 = 0

    /// How long a call waits for somebody else's lock before it says so.
    static let patience = 0.25

    init(path: String, name: String) throws(DatabaseError) {
        self.path = path
        self.name = name
        guard let stamp = FileStamp(path) else { throw DatabaseError(name: name, reason: .notFound) }
        guard stamp.isFile else { throw DatabaseError(name: name, reason: .notDatabase) }
        guard unsafe access(path, R_OK) == 0 else { throw DatabaseError(name: name, reason: .permissionDenied) }
        file = stamp
        do {
            queue = try Self.open(Self.uri(path, "mode=ro"))
            isStill = false
        } catch {
            let code = (error as? GRDB.DatabaseError)?.resultCode
            let isBlocked = code == .SQLITE_CANTOPEN || code == .SQLITE_READONLY
            guard isBlocked, stamp.walSize == 0 else { throw DatabaseError(error, name: name) }
            do {
                queue = try Self.open(Self.uri(path, "mode=ro&immutable=1"))
                isStill = true
            } catch {
                throw DatabaseError(error, name: name)
            }
        }
    }

    /// Runs `body` in one read transaction: everything it sees is of one moment.
    func read<Result>(_ body: (Database) throws -> Result) throws(DatabaseError) -> Result {
        do {
            return try queue.read(body)
        } catch {
            throw DatabaseError(error, name: name)
        }
    }

    /// Whether anybody has committed since `noteVersion`. Reads a counter, no table.
    func hasCommits() throws(DatabaseError) -> Bool {
        if isStill { return FileStamp(path) != file }
        return try version() != dataVersion
    }

    /// What is committed from now on is news. Called before the reading that sees everything until now.
    func noteVersion() throws(DatabaseError) {
        if !isStill { dataVersion = try version() }
    }

    /// Whether the path still leads to the file that was opened; nil where it leads nowhere.
    var isSameFile: Bool? {
        guard let now = FileStamp(path) else { return nil }
        return isStill ? now == file : now.isSameFile(as: file)
    }

    private func version() throws(DatabaseError) -> Int64 {
        do {
            return try queue.unsafeRead { try Int64.fetchOne($0, sql: "PRAGMA data_version") } ?? 0
        } catch {
            throw DatabaseError(error, name: name)
        }
    }

    private static func open(_ uri: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.foreignKeysEnabled = false
        // Older owners write "TEXT" literals into their views.
        configuration.acceptsDoubleQuotedStringLiterals = true
        configuration.busyMode = .timeout(patience)
        configuration.label = "agentdash.database"
        return try DatabaseQueue(path: uri, configuration: configuration)
    }

    /// A `file:` name, in which `?`, `#` and `%` of the path mean themselves.
    private static func uri(_ path: String, _ options: String) -> String {
        var text = "file:"
        // Two slashes at the front would begin a host name.
        if path.hasPrefix("//") { text += "//" }
        for character in path {
            switch character {
            case "?": text += "%3f"
            case "#": text += "%23"
            case "%": text += "%25"
            default: text.append(character)
            }
        }
        return text + "?" + options
    }
}

/// What tells one file from another, and a changed one from an unchanged one.
struct FileStamp: Equatable {
    private var device: UInt64 = 0
    private var inode: UInt64 = 0
    private var size: Int64 = 0
    private var seconds = 0
    private var nanoseconds = 0
    private(set) var isFile = false
    /// Bytes of the write-ahead log beside it; 0 if there is none.
    private(set) var walSize: Int64 = 0

    /// nil if the path leads nowhere.
    init?(_ path: String) {
        var information = stat()
        guard unsafe stat(path, &information) == 0 else { return nil }
        device = UInt64(information.st_dev)
        inode = UInt64(information.st_ino)
        size = Int64(information.st_size)
        seconds = information.st_mtim.tv_sec
        nanoseconds = information.st_mtim.tv_nsec
        isFile = information.st_mode & S_IFMT == S_IFREG
        var log = stat()
        if unsafe stat(path + "-wal", &log) == 0 { walSize = Int64(log.st_size) }
    }

    func isSameFile(as other: FileStamp) -> Bool { device == other.device && inode == other.inode }
}
