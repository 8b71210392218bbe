import Foundation
import Ingest
import Testing

struct SourceTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(arguments: [true, false])
    func `A directory is an error that says what to do`(follow: Bool) throws {
        try folder.makeFolder("logs")
        let reader = Collector(path: folder["logs"], follow: follow)
        #expect(reader.set.wait(milliseconds: 0).ready == [0])
        guard case .failed(let error) = reader.readOnce() else {
            Issue.record("no error")
            return
        }
        #expect(error.reason == .isDirectory)
        #expect(
            error.description
                == "\(folder["logs"]): is a directory; name the files in it, as in \(folder["logs"])/*.jsonl")
        #expect(reader.set.sources[0].status.state == .failed)
        #expect(reader.set.sources[0].status.lastError == error.description)
        #expect(reader.readOnce() == .failed(error))
        #expect(reader.set.isExhausted)
    }

    /// The superuser may read everything.
    @Test(.enabled(if: geteuid() != 0))
    func `A file that may not be read is an error`() throws {
        try folder.write("a\n", to: "log")
        #expect(unsafe chmod(folder["log"], 0) == 0)
        let error = SourceError(source: folder["log"], reason: .permissionDenied)
        #expect(Collector(path: folder["log"]).readOnce() == .failed(error))
    }

    @Test
    func `Read once: a missing file is an error, a present one ends at its end`() throws {
        try folder.write("a\nb", to: "log")
        let reader = Collector([.file(folder["log"]), .file(folder["none"])], follow: false)
        reader.run { $0.set.isExhausted }
        #expect(reader.lines == [["a", "b"], []])
        #expect(reader.outcomes[0] == .ended)
        #expect(reader.outcomes[1] == .failed(SourceError(source: folder["none"], reason: .notFound)))
        #expect(reader.set.sources[0].status.state == .ended)
    }

    @Test(arguments: [true, false])
    func `A file named twice is read once`(follow: Bool) throws {
        try folder.write("a\n", to: "log")
        folder.link("link", to: "log")
        let reader = Collector([.file(folder["log"]), .file(folder["link"])], follow: follow)
        let end: ReadOutcome = follow ? .caughtUp : .ended
        reader.run { $0.outcomes == [end, end] }
        #expect(reader.lines.flatMap { $0 } == ["a"])
    }

    @Test
    func `Standard input that is closed is an error`() {
        let pipe = TestPipe()
        let closed = fcntl(pipe.output, F_DUPFD, 900)
        _ = close(closed)
        let reader = Collector([.standardInput], standardInput: closed)
        #expect(reader.readOnce() == .failed(SourceError(source: "stdin", reason: .noStandardInput)))
    }

    @Test
    func `The state tells how far a file was read`() throws {
        try folder.write(String(repeating: "0123456789abcde\n", count: 1000), to: "log")
        let reader = Collector(path: folder["log"], capacity: 1000)
        reader.readOnce()
        let status = reader.set.sources[0].status
        #expect(status.name == folder["log"])
        #expect(status.state == .reading)
        #expect(status.position == status.bytesRead)
        #expect(status.position ?? 0 > 0 && status.position ?? 0 <= 1000)
        #expect(status.size == 16000)
        reader.readAll()
        #expect(reader.set.sources[0].status.position == 16000)
    }

    @Test
    func `A name is shown without anything that a terminal would obey`() {
        #expect(SourceLocation.file("a\u{1B}[2Jb\n\u{9B}c\u{202E}d\u{7F}é").displayName == "a·[2Jb··c·d·é")
        #expect(SourceLocation.standardInput.displayName == "stdin")
        let error = Collector(path: folder.path + "/\u{1B}]0;x\u{7}", follow: false).readOnce()
        guard case .failed(let error) = error else {
            Issue.record("no error")
            return
        }
        #expect(error.description.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
    }

    @Test(arguments: [
        ([], true, []),
        ([], false, ["stdin"]),
        (["-"], true, ["stdin"]),
        (["a", "-", "b", "-"], true, ["a", "stdin", "b"]),
        (["./-"], false, ["./-"]),
    ])
    func `A dash, or nothing where no terminal is, means standard input`(
        arguments: [String], isTerminal: Bool, expected: [String]
    ) {
        let locations = SourceLocation.named(by: arguments, standardInputIsTerminal: isTerminal)
        #expect(locations.map(\.displayName) == expected)
    }

    @Test
    func `Relative paths and names without a folder are followed`() throws {
        // The working directory is the process's, so the path goes up to the root from it.
        let up = String(repeating: "../", count: FileManager.default.currentDirectoryPath.split(separator: "/").count)
        let path = up + String(folder["log"].dropFirst())
        let reader = Collector(path: path)
        #expect(reader.readAll() == .caughtUp)
        LogWriter(folder["log"]).write("a\n")
        reader.run { $0.lines[0].count == 1 }
        #expect(reader.lines[0] == ["a"])
    }
}
