import Foundation
import Ingest
import Testing

/// Files that are too large to be read from their beginning.
struct BacklogTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let second: Int64 = 1_000_000
    private static let hour = 3600 * second
    private static let day = 24 * hour

    /// Lines are `TIME text`.
    private func policy(threshold: Int64 = 100_000) -> BacklogPolicy {
        BacklogPolicy(threshold: threshold, shown: Self.hour, kept: Self.day) { bytes, line in
            Self.time(line.prefix(20).map { unsafe bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) })
        }
    }

    private static func time(_ line: some Collection<UInt8>) -> Int64? {
        Int64(String(decoding: line.prefix { $0 >= 0x30 && $0 <= 0x39 }, as: UTF8.self))
    }

    /// Lines over `span`, each up to `disorder` later in the file than its time says.
    private func story(
        seed: UInt64, over span: Int64, lines: Int, disorder: Int64 = 0, longest: Int = 80, untimed: Double = 0
    ) -> [String] {
        var generator = SeededGenerator(seed: seed)
        let start = 1_700_000_000 * Self.second
        return (0..<lines).map { index in
            let time = start + span / Int64(lines) * Int64(index)
            let late = disorder > 0 ? Int64.random(in: 0..<disorder, using: &generator) : 0
            let text = String(repeating: "x", count: Int.random(in: 0..<longest, using: &generator))
            let isTimed = Double.random(in: 0..<1, using: &generator) >= untimed
            return isTimed ? "\(time - late) \(index) \(text)" : "untimed \(index) \(text)"
        }
    }

    /// What a reader made of a file: the newest part and what came behind it.
    private func read(_ lines: [String], _ policy: BacklogPolicy, capacity: Int = 4096) throws -> Collector {
        try folder.write(lines.map { $0 + "\n" }.joined(), to: "log")
        let reader = Collector([.file(folder["log"])], backlog: policy, capacity: capacity)
        reader.run {
            $0.outcomes.allSatisfy { $0 == .caughtUp || $0 == .ended } && $0.set.sources[0].status.position != nil
        }
        // The history joins with the wait that follows on the first read.
        _ = reader.set.wait(milliseconds: 0)
        reader.run { $0.outcomes.allSatisfy { $0 == .caughtUp || $0 == .ended } }
        return reader
    }

    @Test(arguments: 0..<20)
    func `The newest part and the history are the file's end, each line once`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let span = Int64.random(in: Self.hour..<5 * Self.day, using: &generator)
        let lines = story(
            seed: seed, over: span, lines: 6000,
            disorder: Int64.random(in: 0...1, using: &generator) * 300 * Self.second,
            longest: [20, 80, 500].randomElement(using: &generator) ?? 20,
            untimed: [0, 0.3].randomElement(using: &generator) ?? 0)
        let reader = try read(
            lines, policy(), capacity: Int.random(in: 64..<10_000, using: &generator))
        let newest = reader.lines[0]
        let history = reader.lines.dropFirst().flatMap { $0 }
        let tail = history + newest
        #expect(tail.elementsEqual(lines.suffix(tail.count)))
        let status = reader.set.sources[0].status
        let skipped = lines.dropLast(tail.count).reduce(0) { $0 + $1.utf8.count + 1 }
        #expect(status.unread == skipped)
        #expect(status.start == skipped + history.reduce(0) { $0 + $1.utf8.count + 1 })
        // Nothing that should be shown or kept is missing, however late it was written.
        let end = lines.compactMap { Self.time($0.utf8) }.max() ?? 0
        let times = { (lines: ArraySlice<String>) in lines.compactMap { Self.time($0.utf8) } }
        #expect(!times(lines.dropLast(tail.count)).contains { $0 >= end - Self.day })
        #expect(!times(lines.dropLast(newest.count)).contains { $0 >= end - Self.hour })
        if span > 2 * Self.day {
            #expect(skipped > 0 && newest.count < lines.count / 10)
        }
        #expect(reader.set.sources.dropFirst().allSatisfy { $0.isHistory && $0.status.state == .ended })
    }

    @Test
    func `What lies within a day is read whole, in two parts`() throws {
        let lines = story(seed: 1, over: 20 * Self.hour, lines: 20_000)
        let reader = try read(lines, policy())
        #expect(reader.set.sources.count == 2)
        #expect(reader.lines[1] + reader.lines[0] == lines)
        #expect(reader.set.sources[0].status.unread == 0)
    }

    @Test
    func `A small file, one without times and one in no order are read from their beginning`() throws {
        var generator = SeededGenerator(seed: 3)
        let ordered = story(seed: 2, over: 5 * Self.day, lines: 6000)
        for (lines, threshold) in [
            (ordered, Int64(10_000_000)), (ordered.shuffled(using: &generator), 100_000),
            (story(seed: 4, over: 5 * Self.day, lines: 6000, untimed: 1), 100_000),
            (Array(ordered.reversed()), 100_000),
        ] {
            let reader = try read(lines, policy(threshold: threshold))
            #expect(reader.lines == [lines])
            #expect(reader.set.sources[0].status.start == 0)
        }
    }

    @Test
    func `A few records with wrong times move nothing`() throws {
        var lines = story(seed: 5, over: 5 * Self.day, lines: 20_000)
        let expected = try read(lines, policy()).set.sources[0].status
        for index in [0, 5000, 10_000, 15_000, lines.count - 3, lines.count - 1] {
            lines[index] = "9" + lines[index].dropFirst()
        }
        let status = try read(lines, policy()).set.sources[0].status
        // A look at the very place of one may come out a few lines further on.
        #expect(abs(status.start - expected.start) < 2000 && abs(status.unread - expected.unread) < 2000)
        #expect(status.unread > 0)
    }

    @Test
    func `Lines of megabytes are found their way around`() throws {
        var lines = story(seed: 6, over: 5 * Self.day, lines: 3000)
        for index in stride(from: 100, to: 3000, by: 500) { lines[index] += String(repeating: "y", count: 5_000_000) }
        let reader = try read(lines, policy(), capacity: 1 << 16)
        let tail = (reader.lines.dropFirst().flatMap { $0 } + reader.lines[0]).map(\.count)
        #expect(tail == lines.suffix(tail.count).map(\.count))
        #expect(reader.set.sources[0].status.start > 0)
    }

    @Test(arguments: [true, false])
    func `The file is followed through growth and rotation while its history is read`(usesNotification: Bool) throws {
        let lines = story(seed: 7, over: 5 * Self.day, lines: 20_000)
        try folder.write(lines.map { $0 + "\n" }.joined(), to: "log")
        let writer = LogWriter(folder["log"])
        let reader = Collector(
            [.file(folder["log"])], backlog: policy(), usesNotification: usesNotification, capacity: 256)
        reader.readAll()
        let newest = reader.lines[0].count
        writer.write("grown\n")
        reader.run { $0.lines[0].count == newest + 1 }
        folder.rename("log", to: "log.1")
        writer.write("last\n")
        writer.reopen(folder["log"])
        writer.write("new\n")
        reader.run { $0.lines[0].count == newest + 3 && $0.outcomes.last == .ended }
        #expect(reader.lines[0].suffix(3) == ["grown", "last", "new"])
        let tail = reader.lines[1] + reader.lines[0].dropLast(3)
        #expect(tail.elementsEqual(lines.suffix(tail.count)) && !reader.lines[1].isEmpty)
    }

    @Test
    func `A file that is cut while its history is read says so`() throws {
        let lines = story(seed: 8, over: 5 * Self.day, lines: 20_000)
        try folder.write(lines.map { $0 + "\n" }.joined(), to: "log")
        let reader = Collector([.file(folder["log"])], backlog: policy(), capacity: 256)
        reader.readAll()
        reader.run { $0.lines.count == 2 && !$0.lines[1].isEmpty }
        let writer = LogWriter(folder["log"])
        writer.truncate()
        writer.write("new\n")
        reader.run { $0.lines[0].last == "new" && $0.outcomes[1] == .ended }
        #expect(reader.set.sources[1].status.lastError?.contains("was cut short while its history was read") == true)
    }

    @Test
    func `Lines of a part know their place in bytes, not their number`() throws {
        let lines = story(seed: 9, over: 5 * Self.day, lines: 20_000)
        let text = lines.map { $0 + "\n" }.joined()
        try folder.write(text, to: "log")
        let bytes = Array(text.utf8)
        let set = SourceSet([.file(folder["log"])], follow: true, backlog: policy())
        var buffer = LineBuffer(capacity: 1000)
        var seen = 0
        while case .bytes = set.sources[0].read(into: &buffer) {
            while case .line(let range) = buffer.nextLine() {
                seen += 1
                let offset = Int(buffer.lineOffset)
                let knows = buffer.knowsLineNumbers
                #expect(!knows)
                guard bytes[offset..<offset + range.count].elementsEqual(buffer.padded[range]) else {
                    Issue.record("line \(seen) is not at \(offset)")
                    return
                }
            }
        }
        #expect(seen > 100)
    }
}
