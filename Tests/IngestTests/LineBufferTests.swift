import Ingest
import Testing

struct LineBufferTests {
    private func lines(_ text: String, maximumLine: Int = 1 << 20) -> [String] {
        lines(Array(text.utf8), cuts: [], capacity: 64, maximumLine: maximumLine)
    }

    /// The lines of `bytes` handed over in pieces that end at `cuts`.
    private func lines(_ bytes: [UInt8], cuts: [Int], capacity: Int, maximumLine: Int) -> [String] {
        var buffer = LineBuffer(capacity: capacity, maximumLine: maximumLine)
        var result: [String] = []
        var start = 0
        for end in cuts + [bytes.count] {
            buffer.append(Array(bytes[start..<end]))
            start = end
            result += drain(&buffer)
        }
        return result + (describe(buffer.takeRemainder(), in: buffer).map { [$0] } ?? [])
    }

    @Test(arguments: [
        ("", []),
        ("a", ["a"]),
        ("a\n", ["a"]),
        ("a\nb", ["a", "b"]),
        ("\n\n", ["", ""]),
        ("a\r\nb\r\n", ["a", "b"]),
        ("\r\n", [""]),
        ("a\rb\n", ["a\rb"]),
        ("a\r\r\n", ["a\r"]),
        ("a\r", ["a"]),
        ("\u{FEFF}a\n\u{FEFF}b\n", ["a", "\u{FEFF}b"]),
        ("\u{FEFF}", []),
        ("x\0y\n\0\n", ["x\0y", "\0"]),
        ("é\u{2028}ü\n", ["é\u{2028}ü"]),
    ])
    func `Lines end at a newline, which they don't contain`(text: String, expected: [String]) {
        #expect(lines(text) == expected)
    }

    @Test
    func `A mark cut short at the end of input is kept`() {
        #expect(lines([0xEF, 0xBB], cuts: [1], capacity: 64, maximumLine: 100) == ["\u{FFFD}"])
        #expect(lines([0xEF, 0x0A], cuts: [1], capacity: 64, maximumLine: 100) == ["\u{FFFD}"])
    }

    @Test(arguments: 0..<200)
    func `How bytes are cut into chunks never shows`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let alphabet: [UInt8] = [0x0A, 0x0A, 0x0D, 0x61, 0x62, 0x22, 0x00, 0xEF, 0xBB, 0xBF, 0xFF]
        var bytes: [UInt8] = Bool.random(using: &generator) ? [0xEF, 0xBB, 0xBF] : []
        for _ in 0..<Int.random(in: 0..<400, using: &generator) {
            let isLong = Int.random(in: 0..<40, using: &generator) == 0
            bytes += isLong ? [UInt8](repeating: 0x78, count: 90) : [alphabet.randomElement(using: &generator) ?? 0]
        }
        let maximum = 64
        let whole = lines(bytes, cuts: [], capacity: 4096, maximumLine: maximum)
        let byByte = lines(bytes, cuts: Array(0..<bytes.count), capacity: 16, maximumLine: maximum)
        let cuts = (0..<20).map { _ in Int.random(in: 0...bytes.count, using: &generator) }.sorted()
        #expect(byByte == whole)
        #expect(lines(bytes, cuts: cuts, capacity: 32, maximumLine: maximum) == whole)
        #expect(whole == referenceLines(bytes, maximum: maximum))
    }

    /// Framing in the plainest way.
    private func referenceLines(_ bytes: [UInt8], maximum: Int) -> [String] {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var pieces = (bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...]).split(
            separator: 0x0A, omittingEmptySubsequences: false)
        if pieces.last?.isEmpty ?? false { pieces.removeLast() }
        return pieces.map { piece in
            if piece.count > maximum { return "oversized \(piece.count)" }
            return String(decoding: piece.last == 0x0D ? piece.dropLast() : piece, as: UTF8.self)
        }
    }

    @Test
    func `A line of the longest length is kept and one byte more is skipped, once`() {
        let longest = String(repeating: "x", count: 100)
        #expect(lines("\(longest)\na\n\(longest)y\nb\n", maximumLine: 100) == [longest, "a", "oversized 101", "b"])
        #expect(lines("a\n\(longest)yz", maximumLine: 100) == ["a", "oversized 102"])
    }

    @Test
    func `An endless line takes bounded memory and is reported once`() {
        var buffer = LineBuffer(capacity: 1024, maximumLine: 8192)
        let chunk = [UInt8](repeating: 0x78, count: 1000)
        for _ in 0..<1000 {
            buffer.append(chunk)
            #expect(buffer.nextLine() == .none)
        }
        #expect(buffer.capacity <= 2 * (8192 + 1000))
        buffer.append([0x0A, 0x61, 0x0A])
        #expect(drain(&buffer) == ["oversized 1000000", "a"])
    }

    @Test
    func `Memory taken for a long line is given back`() {
        var buffer = LineBuffer(capacity: 1024)
        buffer.append([UInt8](repeating: 0x78, count: 100_000) + [0x0A])
        #expect(drain(&buffer).count == 1)
        for index in 0..<40 {
            buffer.append(Array("line \(index)\npart".utf8))
            #expect(drain(&buffer).last == (index == 0 ? "line 0" : "partline \(index)"))
        }
        #expect(buffer.capacity == 1024)
    }

    @Test
    func `Quotes stand behind the valid bytes after every fill`() {
        var buffer = LineBuffer(capacity: 64)
        for chunk in ["{\"a\":\"b", "c\"}\n", String(repeating: "y", count: 300) + "\nrest", "\n", "z"] {
            buffer.append(Array(chunk.utf8))
            var lastEnd = 0
            while case .line(let range) = buffer.nextLine() { lastEnd = range.upperBound + 1 }
            let end = lastEnd + buffer.pendingCount
            #expect(buffer.padded[end..<end + LineBuffer.padding].allSatisfy { $0 == UInt8(ascii: "\"") })
        }
    }

    @Test
    func `A new file ends the open line, numbers from one and may have a mark of its own`() {
        var buffer = LineBuffer(capacity: 64)
        buffer.append(Array("\u{FEFF}a\nb\nopen".utf8))
        #expect(drain(&buffer) == ["a", "b"])
        #expect(buffer.lineNumber == 2)
        buffer.beginFile()
        buffer.append(Array("\u{FEFF}c\n".utf8))
        #expect(describe(buffer.nextLine(), in: buffer) == "open")
        #expect(buffer.lineNumber == 3)
        #expect(describe(buffer.nextLine(), in: buffer) == "c")
        #expect(buffer.lineNumber == 1)
        buffer.beginFile()
        #expect(buffer.nextLine() == .none)
    }

    @Test
    func `A new file ends an oversized line too`() {
        var buffer = LineBuffer(capacity: 64, maximumLine: 20)
        buffer.append([UInt8](repeating: 0x78, count: 30))
        #expect(buffer.nextLine() == .none)
        buffer.beginFile()
        buffer.append(Array("a\n".utf8))
        #expect(drain(&buffer) == ["oversized 30", "a"])
    }

    @Test(arguments: 0..<50)
    func `A line's place in its file is told, however it came`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var buffer = LineBuffer(capacity: 32, maximumLine: 40)
        var expected: [Int64] = []
        var found: [Int64] = []
        func take() {
            while buffer.nextLine() != .none { found.append(buffer.lineOffset) }
        }
        for file in 0..<4 {
            var bytes: [UInt8] = Bool.random(using: &generator) && file % 2 == 0 ? [0xEF, 0xBB, 0xBF] : []
            let origin = file % 2 == 0 ? Int64(0) : Int64(1_000_000)
            for _ in 0..<20 {
                expected.append(origin + Int64(bytes.count))
                let length = Int.random(in: 0..<60, using: &generator)
                bytes += [UInt8](repeating: 0x78, count: length) + [0x0A]
            }
            // The last line of a file may lack its end: a new file gives it one.
            if bytes.suffix(2) != [0x0A, 0x0A] { bytes.removeLast() }
            buffer.beginFile(at: origin)
            #expect(file == 0 || found.count >= expected.count - 21)
            while !bytes.isEmpty {
                let count = min(bytes.count, Int.random(in: 1..<30, using: &generator))
                buffer.append(Array(bytes[..<count]))
                bytes.removeFirst(count)
                if Bool.random(using: &generator) { take() }
            }
            take()
        }
        if buffer.takeRemainder() != .none { found.append(buffer.lineOffset) }
        #expect(found == expected)
    }

    @Test
    func `A buffer grows where reads fill it and shrinks where little comes`() throws {
        let folder = try TemporaryFolder()
        let line = String(repeating: "x", count: 99) + "\n"
        try folder.write(String(repeating: line, count: 30_000), to: "log")
        let set = SourceSet([.file(folder["log"])], follow: true)
        var buffer = LineBuffer()
        #expect(buffer.capacity == LineBuffer.initialCapacity)
        var lines = 0
        while case .bytes = set.sources[0].read(into: &buffer) { lines += drain(&buffer).count }
        #expect(lines == 30_000)
        #expect(buffer.capacity == LineBuffer.busyCapacity)
        let writer = LogWriter(folder["log"])
        for _ in 0..<40 {
            writer.write(line)
            _ = set.sources[0].read(into: &buffer)
            #expect(drain(&buffer).count == 1)
        }
        #expect(buffer.capacity == LineBuffer.initialCapacity)
    }
}
