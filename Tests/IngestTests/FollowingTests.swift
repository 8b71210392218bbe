import Ingest
import Testing

/// With and without inotify.
@Suite(.serialized)
struct FollowingTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func numbered(_ range: Range<Int>) -> String {
        range.map { "\($0)\n" }.joined()
    }

    private func expected(_ count: Int) -> [String] {
        (0..<count).map(String.init)
    }

    @Test(arguments: [true, false])
    func `Lines written later arrive, each once`(usesNotification: Bool) {
        let writer = LogWriter(folder["log"])
        writer.write(numbered(0..<5))
        let reader = Collector(path: folder["log"], usesNotification: usesNotification)
        reader.run { $0.lines[0].count == 5 }
        #expect(reader.readAll() == .caughtUp)
        #expect(reader.set.sources[0].status.state == .following)
        writer.write(numbered(5..<9))
        reader.run { $0.lines[0].count == 9 }
        #expect(reader.lines[0] == expected(9))
    }

    @Test
    func `Growth, rotation and return are events: no look at the clock is needed`() {
        let writer = LogWriter(folder["log"])
        let reader = Collector(path: folder["log"])
        for step in [{ writer.write("0\n") }, { folder.rename("log", to: "old") }, { writer.reopen(folder["log"]) }] {
            reader.readAll()
            #expect(reader.set.wait(milliseconds: 0).ready.isEmpty)
            step()
            #expect(reader.set.wait(milliseconds: 0).ready == [0])
        }
    }

    @Test
    func `An unfinished line waits for its end`() {
        let writer = LogWriter(folder["log"])
        let reader = Collector(path: folder["log"])
        writer.write("0\n1")
        #expect(reader.readAll() == .caughtUp)
        #expect(reader.lines[0] == ["0"])
        writer.write("23\n")
        reader.run { $0.lines[0].count == 2 }
        #expect(reader.lines[0] == ["0", "123"])
    }

    @Test(arguments: [true, false])
    func `Renamed and created again: the old file's tail first, then the new file from its beginning`(
        usesNotification: Bool
    ) {
        let writer = LogWriter(folder["log"])
        writer.write(numbered(0..<3))
        let reader = Collector(path: folder["log"], usesNotification: usesNotification)
        reader.readAll()
        folder.rename("log", to: "log.1")
        writer.write(numbered(3..<6))
        reader.run { $0.lines[0].count == 6 }
        // The rotator makes the new file while the writer goes on with the old one, in the middle of a line.
        let rotator = LogWriter(folder["log"])
        writer.write("6\n7")
        reader.run { $0.lines[0].count == 7 }
        #expect(reader.readAll() == .caughtUp)
        writer.write("\n8\n")
        rotator.write("9\n")
        writer.reopen(folder["log"])
        writer.write(numbered(10..<12))
        reader.run { $0.lines[0].count == 12 }
        #expect(reader.readAll() == .caughtUp)
        #expect(reader.lines[0] == expected(12))
        #expect(reader.set.sources[0].status.rotations == 1)
    }

    @Test
    func `A line that never got its end is ended by the rotation, not joined to the next file`() {
        let writer = LogWriter(folder["log"])
        writer.write("0\n1")
        let reader = Collector(path: folder["log"])
        reader.readAll()
        folder.rename("log", to: "log.1")
        writer.reopen(folder["log"])
        writer.write("\u{FEFF}2\n3")
        reader.run { $0.lines[0].count == 3 }
        reader.readAll()
        writer.truncate()
        writer.write("4\n")
        reader.run { $0.lines[0].count == 5 }
        #expect(reader.lines[0] == expected(5))
    }

    @Test(arguments: [true, false])
    func `A gap between rename and creation is waited out`(usesNotification: Bool) {
        let writer = LogWriter(folder["log"])
        writer.write(numbered(0..<3))
        let reader = Collector(path: folder["log"], usesNotification: usesNotification)
        reader.readAll()
        folder.rename("log", to: "log.1")
        #expect(reader.readAll() == .caughtUp)
        #expect(reader.set.wait(milliseconds: 300).ready.isEmpty || reader.readAll() == .caughtUp)
        writer.reopen(folder["log"])
        writer.write(numbered(3..<5))
        reader.run { $0.lines[0].count == 5 }
        #expect(reader.lines[0] == expected(5))
    }

    @Test(arguments: [true, false])
    func `A file that was cut to nothing is read from its beginning`(usesNotification: Bool) {
        let writer = LogWriter(folder["log"])
        writer.write(numbered(0..<10))
        let reader = Collector(path: folder["log"], usesNotification: usesNotification)
        reader.readAll()
        writer.truncate()
        writer.write("10\n")
        reader.run { $0.lines[0].count == 11 }
        #expect(reader.lines[0] == expected(11))
        #expect(reader.set.sources[0].status.rotations == 1)
    }

    @Test(arguments: [true, false])
    func `A file that was cut and has outgrown its old size is known by its first bytes`(usesNotification: Bool) {
        let writer = LogWriter(folder["log"])
        writer.write(numbered(0..<10))
        let reader = Collector(path: folder["log"], usesNotification: usesNotification)
        reader.readAll()
        writer.truncate()
        writer.write(numbered(10..<100))
        reader.run { $0.lines[0].count == 100 }
        #expect(reader.lines[0] == expected(100))
    }

    @Test
    func `A cut file of exactly the old size is known by its first bytes`() {
        let writer = LogWriter(folder["log"])
        writer.write("aa\nbb\n")
        let reader = Collector(path: folder["log"], usesNotification: false)
        reader.readAll()
        writer.truncate()
        writer.write("cc\ndd\n")
        reader.run { $0.lines[0].count == 4 }
        #expect(reader.lines[0] == ["aa", "bb", "cc", "dd"])
    }

    @Test(arguments: [true, false])
    func `A removed file is followed again when it is created again`(usesNotification: Bool) {
        let writer = LogWriter(folder["log"])
        writer.write(numbered(0..<3))
        let reader = Collector(path: folder["log"], usesNotification: usesNotification)
        reader.readAll()
        folder.remove("log")
        writer.write(numbered(3..<4))
        writer.reopen(folder["log"])
        writer.write(numbered(4..<6))
        reader.run { $0.lines[0].count == 6 }
        #expect(reader.lines[0] == expected(6))
    }

    @Test(arguments: [true, false])
    func `A link that leads to another file is followed, and back again without reading twice`(
        usesNotification: Bool
    ) throws {
        try folder.write(numbered(0..<3), to: "a")
        try folder.write(numbered(3..<6), to: "b")
        folder.link("log", to: folder["a"])
        let reader = Collector(path: folder["log"], usesNotification: usesNotification)
        reader.readAll()
        folder.link("next", to: "b")
        folder.rename("next", to: "log")
        reader.run { $0.lines[0].count == 6 }
        LogWriter(folder["a"]).write(numbered(6..<8))
        folder.link("next", to: "a")
        folder.rename("next", to: "log")
        reader.run { $0.lines[0].count == 8 }
        #expect(reader.readAll() == .caughtUp)
        #expect(reader.lines[0] == expected(8))
    }

    @Test
    func `A link in the middle of the path that changes is noticed`() throws {
        try folder.makeFolder("day1")
        try folder.makeFolder("day2")
        try folder.write(numbered(0..<3), to: "day1/log")
        try folder.write(numbered(3..<5), to: "day2/log")
        folder.link("today", to: "day1")
        let reader = Collector(path: folder["today/log"])
        reader.readAll()
        #expect(reader.set.wait(milliseconds: 0).ready.isEmpty)
        folder.link("next", to: "day2")
        folder.rename("next", to: "today")
        reader.run { $0.lines[0].count == 5 }
        #expect(reader.lines[0] == expected(5))
    }

    @Test(arguments: [true, false])
    func `A file that does not exist yet is waited for`(usesNotification: Bool) {
        let reader = Collector(path: folder["log"], usesNotification: usesNotification)
        #expect(reader.readAll() == .caughtUp)
        #expect(reader.set.sources[0].status.state == .waiting)
        #expect(reader.set.sources[0].status.lastError == nil)
        LogWriter(folder["log"]).write("0\n")
        reader.run { $0.lines[0].count == 1 }
        #expect(reader.lines[0] == ["0"])
        #expect(reader.set.sources[0].status.state == .reading)
    }

    @Test
    func `A folder that does not exist yet is waited for`() throws {
        let reader = Collector(path: folder["new/log"])
        #expect(reader.readAll() == .caughtUp)
        try folder.makeFolder("new")
        LogWriter(folder["new/log"]).write("0\n")
        reader.run { $0.lines[0].count == 1 }
        #expect(reader.lines[0] == ["0"])
    }

    @Test
    func `Rotations during a long catch-up are all read, in order`() {
        let writer = LogWriter(folder["log"])
        let reader = Collector(path: folder["log"], capacity: 256)
        for round in 0..<8 {
            writer.write(numbered(round * 1000..<(round + 1) * 1000))
            reader.readOnce()
            folder.rename("log", to: "log.\(round)")
            writer.reopen(folder["log"])
        }
        writer.write(numbered(8000..<8001))
        #expect(reader.readAll() == .caughtUp)
        #expect(reader.lines[0] == expected(8001))
    }

    @Test
    func `Files that change names among followed names are read once`() {
        // As with `agentdash app.jsonl*` under a rotation that renames: app.jsonl.1 becomes the old app.jsonl.
        let writer = LogWriter(folder["log"])
        LogWriter(folder["log.1"]).write(numbered(0..<3))
        writer.write(numbered(3..<6))
        let reader = Collector([.file(folder["log"]), .file(folder["log.1"])])
        reader.run { $0.lines[0].count + $0.lines[1].count == 6 }
        for round in 2..<6 {
            folder.rename("log.1", to: "log.\(round)")
            folder.rename("log", to: "log.1")
            writer.reopen(folder["log"])
            writer.write(numbered(round * 3..<(round + 1) * 3))
            reader.run { $0.lines[0].count == (round + 1) * 3 - 3 }
            #expect(reader.readAll(1) == .caughtUp)
        }
        #expect((reader.lines[1] + reader.lines[0]) == expected(18))
    }

    @Test
    func `A path that becomes a directory is told and recovers`() throws {
        LogWriter(folder["log"]).write("0\n")
        let reader = Collector(path: folder["log"])
        reader.readAll()
        folder.remove("log")
        try folder.makeFolder("log")
        reader.run { $0.set.sources[0].status.lastError != nil }
        #expect(reader.set.sources[0].status.lastError?.contains("is a directory") ?? false)
        #expect(reader.set.sources[0].status.state == .waiting)
        folder.rename("log", to: "folder")
        LogWriter(folder["log"]).write("1\n")
        reader.run { $0.lines[0].count == 2 }
        #expect(reader.lines[0] == ["0", "1"])
        #expect(reader.set.sources[0].status.lastError == nil)
    }
}
