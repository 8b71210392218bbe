import Foundation
import Ingest
import Testing

/// What comes out of `gzip` and `zstd`, which must be installed here.
struct CompressedTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let suffixes = ["gz", "zst"]

    private func numbered(_ range: Range<Int>) -> String {
        range.map { "record number \($0)\n" }.joined()
    }

    private func expected(_ range: Range<Int>) -> [String] {
        range.map { "record number \($0)" }
    }

    @Test(arguments: suffixes, [true, false])
    func `A compressed file gives the lines that it holds`(suffix: String, follow: Bool) throws {
        try folder.write(numbered(0..<50_000) + "last", to: "log")
        try folder.compress("log", suffix)
        let reader = Collector(path: folder["log.\(suffix)"], follow: follow)
        reader.run { $0.outcomes[0] == .ended || $0.set.sources[0].status.state == .following }
        #expect(reader.lines[0].count == (follow ? 50_000 : 50_001))
        #expect(reader.lines[0].prefix(50_000).elementsEqual(expected(0..<50_000)))
        #expect(reader.set.sources[0].status.lastError == nil)
    }

    @Test(arguments: suffixes)
    func `It is known by its first bytes, whatever its name`(suffix: String) throws {
        try folder.write(numbered(0..<10), to: "log")
        try folder.compress("log", suffix, to: "-rf; $(x) 'log'\n.txt")
        let reader = Collector(path: folder["-rf; $(x) 'log'\n.txt"], follow: false)
        reader.run { $0.set.isExhausted }
        #expect(reader.lines[0] == expected(0..<10))
        try folder.write(numbered(0..<10), to: "plain.gz")
        let plain = Collector(path: folder["plain.gz"], follow: false)
        plain.run { $0.set.isExhausted }
        #expect(plain.lines[0] == expected(0..<10))
    }

    @Test
    func `Files that were put together are read whole`() throws {
        try folder.write(numbered(0..<10), to: "a")
        try folder.write(numbered(10..<20), to: "b")
        try folder.compress("a", "gz")
        try folder.compress("b", "gz")
        let bytes = try ["a.gz", "b.gz"].map { try Data(contentsOf: URL(fileURLWithPath: folder[$0])) }
        // Zeros behind the data, as tapes leave them: the tool passes over them.
        try (bytes[0] + bytes[1] + Data(count: 512)).write(to: URL(fileURLWithPath: folder["log"]))
        let reader = Collector(path: folder["log"], follow: false)
        reader.run { $0.set.isExhausted }
        #expect(reader.lines[0] == expected(0..<20) && reader.outcomes[0] == .ended)
    }

    @Test(arguments: suffixes)
    func `A file that is cut short gives what can be read, and its error`(suffix: String) throws {
        var generator = SeededGenerator(seed: 1)
        // Digits that don't compress well: the part that is there holds many lines.
        try folder.write((0..<50_000).map { _ in "\(generator.next())\n" }.joined(), to: "log")
        try folder.compress("log", suffix)
        let whole = try Data(contentsOf: URL(fileURLWithPath: folder["log.\(suffix)"]))
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: folder["log.\(suffix)"]))
        let reader = Collector(path: folder["log.\(suffix)"], follow: false)
        reader.run { $0.set.isExhausted }
        guard case .failed(let error) = reader.outcomes[0], case .damaged(let message) = error.reason else {
            Issue.record("no error")
            return
        }
        #expect(message.hasPrefix(suffix == "gz" ? "gzip: unexpected end of file" : "zstd: "))
        #expect(!message.contains("stdin") && error.description.contains("log.\(suffix)"))
        #expect(reader.lines[0].count > 1000)
    }

    @Test(arguments: suffixes)
    func `A followed file that isn't whole yet goes on when it is`(suffix: String) throws {
        var generator = SeededGenerator(seed: 2)
        let text = (0..<50_000).map { _ in "\(generator.next())\n" }.joined()
        try folder.write(text, to: "log")
        try folder.compress("log", suffix)
        let path = folder["log.\(suffix)"]
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
        let reader = Collector(path: path)
        reader.run { $0.set.sources[0].status.lastError != nil }
        #expect(reader.set.sources[0].status.state == .waiting)
        let writer = LogWriter(path)
        writer.write(Array(whole.dropFirst(whole.count / 2)))
        reader.run { $0.lines[0].count == 50_000 && $0.set.sources[0].status.state == .following }
        #expect(reader.lines[0].joined(separator: "\n") + "\n" == text)
        #expect(reader.set.sources[0].status.lastError == nil)
    }

    @Test(arguments: suffixes)
    func `A file that is followed from its first byte on is known for compressed`(suffix: String) throws {
        try folder.write(numbered(0..<1000), to: "log")
        try folder.compress("log", suffix)
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder["log.\(suffix)"])))
        let writer = LogWriter(folder["new"])
        let reader = Collector(path: folder["new"])
        for byte in bytes.prefix(5) {
            #expect(reader.readAll() == .caughtUp)
            writer.write([byte])
        }
        writer.write(Array(bytes.dropFirst(5)))
        reader.run { $0.lines[0].count == 1000 }
        #expect(reader.lines[0] == expected(0..<1000))
    }

    @Test(arguments: suffixes)
    func `Where the tool is missing the error says what to install`(suffix: String) throws {
        try folder.write("a\n", to: "log")
        try folder.compress("log", suffix)
        let reader = Collector([.file(folder["log.\(suffix)"])], follow: false, toolFolders: [folder.path])
        reader.run { $0.set.isExhausted }
        let tool = suffix == "gz" ? "gzip" : "zstd"
        #expect(
            reader.set.sources[0].status.lastError
                == "\(folder["log.\(suffix)"]): is compressed, and \(tool) is not installed; "
                + "install it (apt-get install \(tool)) or unpack the file")
    }

    @Test(arguments: [1, 2, 4096])
    func `Compressed bytes from a pipe are an error that says how to pipe them`(piece: Int) throws {
        try folder.write(numbered(0..<10), to: "log")
        try folder.compress("log", "gz")
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder["log.gz"])))
        let pipe = TestPipe()
        let reader = Collector([.standardInput], standardInput: pipe.output)
        writeAll(Array(bytes.prefix(piece)), to: pipe.input)
        reader.readAll()
        writeAll(Array(bytes.dropFirst(piece)), to: pipe.input)
        reader.readAll()
        #expect(
            reader.outcomes[0] == .failed(SourceError(source: "stdin", reason: .compressedStream(.gzip))))
        #expect(reader.lines[0].isEmpty)
    }

    /// Processes whose standard input is the file.
    private func readers(of path: String) -> [String] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.filter {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/fd/0")) == path
        }
    }

    @Test
    func `A file that is let go before its end leaves no process behind`() throws {
        try folder.write(String(repeating: "x\n", count: 5_000_000), to: "log")
        try folder.compress("log", "gz")
        var reader: Collector? = Collector(path: folder["log.gz"], follow: false)
        reader?.run { !$0.lines[0].isEmpty }
        #expect(readers(of: folder["log.gz"]).count == 1)
        reader = nil
        #expect(readers(of: folder["log.gz"]).isEmpty)
    }
}
