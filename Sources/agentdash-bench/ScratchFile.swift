import Glibc
import Scenario

/// A file of generated records, removed with its owner unless it was given a name.
struct ScratchFile: ~Copyable {
    let path: String
    private var descriptor: Int32
    private let isTemporary: Bool
    /// A folder that goes with the file; nil where it lies among others.
    private var folder: String?
    /// Bytes written.
    private(set) var size = 0

    /// A temporary file.
    init() throws(BenchmarkFailure) {
        let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var name = Array("\(folder)/agentdash-bench-XXXXXX".utf8CString)
        descriptor = unsafe mkstemp(&name)
        path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        isTemporary = true
        guard descriptor >= 0 else { throw BenchmarkFailure("\(path): cannot be made (errno \(errno))") }
    }

    /// A temporary file in a folder of its own, where nothing else changes: who follows a file is told of its neighbours too.
    static func alone() throws(BenchmarkFailure) -> ScratchFile {
        let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var name = Array("\(folder)/agentdash-bench-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&name) != nil else { throw BenchmarkFailure("no folder in \(folder) (errno \(errno))") }
        let own = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var file = try ScratchFile(path: own + "/records.jsonl", isTemporary: true)
        file.folder = own
        return file
    }

    /// A file of this name, emptied if it is there.
    init(path: String, isTemporary: Bool = false) throws(BenchmarkFailure) {
        self.path = path
        self.isTemporary = isTemporary
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw BenchmarkFailure("\(path): cannot be made (errno \(errno))") }
    }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
        if isTemporary { _ = unsafe unlink(path) }
        if let folder { _ = unsafe rmdir(folder) }
    }

    /// Writes no more: a program can't be run while somebody may write it.
    mutating func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Appends records of a shape until there are at least so many bytes.
    /// - Returns: how many records that took.
    @discardableResult
    mutating func fill(
        _ shape: BulkTraffic.Shape, bytes: Int, rate: Int, seed: UInt64
    ) throws(BenchmarkFailure) -> Int {
        var traffic = BulkTraffic(shape, ratePerSecond: rate, seed: seed)
        while size < bytes { try append(traffic.next(1_000)) }
        return traffic.told
    }

    /// Appends exactly so many records.
    mutating func fill(_ shape: BulkTraffic.Shape, records: Int, rate: Int, seed: UInt64) throws(BenchmarkFailure) {
        var traffic = BulkTraffic(shape, ratePerSecond: rate, seed: seed)
        while traffic.told < records { try append(traffic.next(min(1_000, records - traffic.told))) }
    }

    /// Appends the first bytes of another file, up to the last line end among them.
    mutating func fill(fromFirst count: Int, of path: String) throws(BenchmarkFailure) {
        let bytes = try PaddedBytes(reading: path)
        let part = bytes.padded[..<min(count, bytes.count)]
        try append(Array(part.prefix(through: part.lastIndex(of: UInt8(ascii: "\n")) ?? part.startIndex)))
    }

    /// Appends bytes.
    mutating func append(_ bytes: [UInt8]) throws(BenchmarkFailure) {
        guard Output.write(bytes, to: descriptor) else {
            throw BenchmarkFailure("\(path): cannot be written (errno \(errno))")
        }
        size += bytes.count
    }
}
