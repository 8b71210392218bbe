import Foundation
import Testing

/// A folder of its own for each test, removed with it, and the file operations that log writers and rotators use.
final class TemporaryFolder {
    let path: String
    private let isOwned: Bool

    /// The folder of another, who removes it.
    init(sharing path: String) {
        self.path = path
        isOwned = false
    }

    init() throws {
        isOwned = true
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ingest-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit {
        if isOwned { try? FileManager.default.removeItem(atPath: path) }
    }

    subscript(name: String) -> String { path + "/" + name }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: self[name]))
    }

    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: self[name], withIntermediateDirectories: true)
    }

    func rename(_ old: String, to new: String) {
        #expect(unsafe Foundation.rename(self[old], self[new]) == 0)
    }

    func copy(_ name: String, to copy: String) throws {
        try FileManager.default.copyItem(atPath: self[name], toPath: self[copy])
    }

    /// Makes NAME.gz or NAME.zst beside it.
    func compress(_ name: String, _ suffix: String, to result: String? = nil) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: suffix == "gz" ? "/usr/bin/gzip" : "/usr/bin/zstd")
        process.arguments = ["-c", self[name]]
        process.standardError = FileHandle.nullDevice
        let target = self[result ?? "\(name).\(suffix)"]
        _ = FileManager.default.createFile(atPath: target, contents: nil)
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: target))
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    /// Was written to long ago.
    func age(_ name: String) {
        var times = [timeval](repeating: timeval(tv_sec: 1_000_000_000, tv_usec: 0), count: 2)
        #expect(unsafe utimes(self[name], &times) == 0)
    }

    func remove(_ name: String) {
        #expect(unsafe unlink(self[name]) == 0)
    }

    func link(_ name: String, to target: String) {
        #expect(unsafe symlink(target, self[name]) == 0)
    }
}

/// A program that writes a log: it holds the file open until it is told to open it again.
final class LogWriter {
    private var descriptor: Int32 = -1

    init(_ path: String) {
        reopen(path)
    }

    deinit {
        _ = close(descriptor)
    }

    func reopen(_ path: String) {
        if descriptor >= 0 { _ = close(descriptor) }
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        #expect(descriptor >= 0)
    }

    func write(_ text: String) {
        write(Array(text.utf8))
    }

    func write(_ bytes: [UInt8]) {
        writeAll(bytes, to: descriptor)
    }

    func truncate() {
        #expect(ftruncate(descriptor, 0) == 0)
    }
}

/// Writes everything, however often the system takes a part only.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}

/// A pipe: what is written to `input` is read from `output`.
final class TestPipe {
    let output: Int32
    private(set) var input: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        #expect(unsafe pipe(&ends) == 0)
        output = ends[0]
        input = ends[1]
    }

    func closeInput() {
        if input >= 0 { _ = close(input) }
        input = -1
    }

    deinit {
        closeInput()
        _ = close(output)
    }
}
