import Foundation
import Ingest
import Testing

struct SourceSetTests {
    /// Milliseconds of processor time that this thread spends in `work`.
    private func processorTime(of work: () -> Void) -> Int64 {
        func now() -> Int64 {
            var time = timespec()
            #expect(unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0)
            return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        }
        let start = now()
        work()
        return now() - start
    }

    @Test
    func `A pipe is read to its end, the unterminated last line included`() {
        let pipe = TestPipe()
        let reader = Collector([.standardInput], standardInput: pipe.output)
        #expect(reader.readOnce() == .caughtUp)
        writeAll(Array("a\nb".utf8), to: pipe.input)
        #expect(reader.readOnce() == .bytes(3))
        #expect(reader.readOnce() == .caughtUp)
        #expect(reader.lines[0] == ["a"])
        pipe.closeInput()
        reader.run { $0.outcomes[0] == .ended }
        #expect(reader.lines[0] == ["a", "b"])
        #expect(reader.set.isExhausted)
        #expect(reader.set.sources[0].status.bytesRead == 3)
    }

    @Test
    func `After the end of every source a wait sleeps`() {
        let pipe = TestPipe()
        let reader = Collector([.standardInput], standardInput: pipe.output)
        pipe.closeInput()
        #expect(reader.readAll() == .ended)
        let start = SuspendingClock.now
        let spent = processorTime {
            for _ in 0..<3 {
                #expect(reader.set.wait(milliseconds: 100) == SourceSet.WaitResult())
            }
        }
        #expect(start.duration(to: .now) >= .milliseconds(300))
        #expect(spent < 100)
    }

    @Test(arguments: [true, false])
    func `A followed file and an open pipe with nothing new let a wait sleep`(usesNotification: Bool) throws {
        let folder = try TemporaryFolder()
        try folder.write("a\n", to: "log")
        let pipe = TestPipe()
        let reader = Collector(
            [.file(folder["log"]), .file(folder["missing"]), .standardInput],
            usesNotification: usesNotification, standardInput: pipe.output)
        for index in 0..<3 { #expect(reader.readAll(index) == .caughtUp) }
        let spent = processorTime {
            #expect(reader.set.wait(milliseconds: 600) == SourceSet.WaitResult())
        }
        #expect(spent < 200)
    }

    @Test
    func `A file that nobody writes to is not woken by its neighbours`() throws {
        let folder = try TemporaryFolder()
        try folder.write("a\n", to: "log")
        let reader = Collector(path: folder["log"])
        reader.readAll()
        for index in 0..<20 { try folder.write("b\n", to: "other\(index)") }
        #expect(reader.set.wait(milliseconds: 50) == SourceSet.WaitResult())
    }

    @Test
    func `The wake descriptor ends a wait and is left to its owner`() {
        let (pipe, wake) = (TestPipe(), TestPipe())
        let reader = Collector([.standardInput], standardInput: pipe.output)
        reader.readAll()
        writeAll([1], to: wake.input)
        for _ in 0..<2 {
            #expect(reader.set.wait(milliseconds: nil, wake: wake.output) == .init(ready: [], isWoken: true))
        }
    }

    @Test
    func `Held sources end no wait, and come back unharmed`() throws {
        let folder = try TemporaryFolder()
        try folder.write("a\n", to: "log")
        let pipe = TestPipe()
        writeAll(Array("b\n".utf8), to: pipe.input)
        let reader = Collector([.file(folder["log"]), .standardInput], standardInput: pipe.output)
        #expect(reader.set.wait(milliseconds: 0, excluding: [0, 1]).ready.isEmpty)
        #expect(reader.set.wait(milliseconds: 0, excluding: [0]).ready == [1])
        #expect(reader.set.wait(milliseconds: 0).ready == [0, 1])
        reader.run { $0.lines == [["a"], ["b"]] }
        #expect(reader.lines == [["a"], ["b"]])
    }

    @Test
    func `Many sources are each read whole`() throws {
        let folder = try TemporaryFolder()
        for index in 0..<40 {
            try folder.write((0..<200).map { "\(index)-\($0)\n" }.joined(), to: "log\(index)")
        }
        let reader = Collector((0..<40).map { .file(folder["log\($0)"]) }, capacity: 256)
        reader.run { $0.outcomes.allSatisfy { $0 == .caughtUp } }
        for index in 0..<40 {
            LogWriter(folder["log\(index)"]).write("\(index)-200\n")
        }
        reader.run { $0.lines.allSatisfy { $0.count == 201 } }
        for index in 0..<40 {
            #expect(reader.lines[index] == (0...200).map { "\(index)-\($0)" })
        }
    }

    @Test
    func `Standard input keeps its flags and its pipe grows`() {
        let pipe = TestPipe()
        let before = fcntl(pipe.output, F_GETFL)
        let reader = Collector([.standardInput], standardInput: pipe.output)
        #expect(reader.readOnce() == .caughtUp)
        #expect(fcntl(pipe.output, F_GETFL) == before)
        // More than the 64 KiB of a fresh pipe, written while nobody reads.
        let bytes = [UInt8](repeating: 0x0A, count: 256 << 10)
        #expect(fcntl(pipe.input, F_SETFL, O_NONBLOCK) == 0)
        let written = unsafe bytes.withUnsafeBytes { unsafe write(pipe.input, $0.baseAddress, $0.count) }
        #expect(written == bytes.count)
    }

    @Test
    func `A file redirected to standard input ends at its end and tells its size`() throws {
        let folder = try TemporaryFolder()
        try folder.write("a\nb\n", to: "log")
        let descriptor = unsafe open(folder["log"], O_RDONLY)
        defer { _ = close(descriptor) }
        let reader = Collector([.standardInput], standardInput: descriptor)
        reader.run { $0.outcomes[0] == .ended }
        #expect(reader.lines[0] == ["a", "b"])
        #expect(reader.set.sources[0].status.size == 4)
        #expect(reader.set.sources[0].status.position == 4)
    }

    @Test
    func `A pipe with a name is waited for and ends with its writer`() throws {
        let folder = try TemporaryFolder()
        #expect(unsafe mkfifo(folder["fifo"], 0o600) == 0)
        let reader = Collector(path: folder["fifo"])
        #expect(reader.readOnce() == .caughtUp)
        let writer = unsafe open(folder["fifo"], O_WRONLY)
        writeAll(Array("a\n".utf8), to: writer)
        reader.run { $0.lines[0].count == 1 }
        _ = close(writer)
        reader.run { $0.outcomes[0] == .ended }
        #expect(reader.outcomes[0] == .ended)
        #expect(reader.lines[0] == ["a"])
    }

    private struct Counting: ChunkProducer {
        var number = 0
        mutating func next() -> [UInt8]? {
            number += 1
            if number > 6 { return nil }
            return number % 2 == 0 ? [] : Array("line \(number)\nla".utf8)
        }
    }

    @Test
    func `A program's chunks are framed, its pauses waited out`() {
        let reader = Collector([.program(name: "demo", Counting())])
        reader.run { $0.outcomes[0] == .ended }
        #expect(reader.lines[0] == ["line 1", "laline 3", "laline 5", "la"])
        #expect(reader.reads == 7)
    }

    @Test
    func `A full buffer that nobody empties loses nothing`() throws {
        let folder = try TemporaryFolder()
        try folder.write((0..<1000).map { "\($0)\n" }.joined(), to: "log")
        let set = SourceSet([.file(folder["log"])], follow: false)
        var buffer = LineBuffer(capacity: 64, maximumLine: 100)
        for _ in 0..<20 { #expect(set.sources[0].read(into: &buffer) != .ended) }
        var lines: [String] = []
        while true {
            lines += drain(&buffer)
            guard case .bytes = set.sources[0].read(into: &buffer) else { break }
        }
        #expect(lines == (0..<1000).map(String.init))
    }
}
