import Foundation
import Ingest
import Testing

/// Quoted patterns of file names, with and without inotify.
struct PatternTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func numbered(_ range: Range<Int>) -> String {
        range.map { "record number \($0)\n" }.joined()
    }

    private func expected(_ range: Range<Int>) -> [String] {
        range.map { "record number \($0)" }
    }

    private func collector(
        _ pattern: String, follow: Bool = true, usesNotification: Bool = true,
        patience: SourceSet.Patience = .init()
    ) -> Collector {
        Collector(
            [.matches(folder[pattern])], follow: follow, usesNotification: usesNotification, patience: patience,
            capacity: 256)
    }

    @Test
    func `A pattern is one only where no file bears its name`() throws {
        try folder.write("a\n", to: "log[1].jsonl")
        func isPattern(_ name: String) -> Bool {
            let location = SourceLocation.named(by: [folder[name]], standardInputIsTerminal: true).first
            if case .matches = location { return true }
            return false
        }
        #expect(!isPattern("log[1].jsonl"))
        #expect(isPattern("log[2].jsonl"))
        #expect(isPattern("*.jsonl"))
        #expect(isPattern("log?"))
        #expect(!isPattern("log"))
    }

    @Test
    func `Read once: every match is read to its end, folders and other names not`() throws {
        try folder.write(numbered(0..<3), to: "a.jsonl")
        try folder.write(numbered(3..<6), to: "b.jsonl")
        try folder.write("other\n", to: "c.txt")
        try folder.write("hidden\n", to: ".d.jsonl")
        try folder.makeFolder("e.jsonl")
        let reader = collector("*.jsonl", follow: false)
        reader.run { $0.set.isExhausted }
        #expect(reader.allLines == expected(0..<6))
        #expect(reader.set.sources.map(\.status.state) == [.ended, .ended, .ended])
    }

    @Test
    func `Wildcards may stand for folders too`() throws {
        for (number, name) in ["p1/log", "p2/log", "p2/deep/log"].enumerated() {
            try folder.makeFolder(String(name.dropLast(4)))
            try folder.write(numbered(number..<number + 1), to: name)
        }
        let reader = collector("p*/log", follow: false)
        reader.run { $0.set.isExhausted }
        #expect(reader.allLines == expected(0..<2))
    }

    @Test
    func `Read once, nothing that matches is an error`() {
        let reader = collector("*.jsonl", follow: false)
        reader.run { $0.set.isExhausted }
        #expect(
            reader.outcomes[0] == .failed(SourceError(source: folder["*.jsonl"], reason: .noMatch)))
    }

    @Test(arguments: [true, false])
    func `A match that comes later joins, also where there was none`(usesNotification: Bool) {
        let reader = collector("*.jsonl", usesNotification: usesNotification)
        #expect(reader.readAll() == .caughtUp)
        #expect(reader.set.sources[0].status.state == .waiting)
        let first = LogWriter(folder["a.jsonl"])
        first.write(numbered(0..<3))
        reader.run { $0.allLines.count == 3 }
        #expect(reader.set.sources[0].status.state == .following)
        LogWriter(folder["b.jsonl"]).write(numbered(3..<6))
        LogWriter(folder["c.txt"]).write("other\n")
        first.write(numbered(6..<7))
        reader.run { $0.allLines.count == 7 }
        #expect(reader.allLines.sorted() == expected(0..<7))
    }

    @Test
    func `A match in a folder that joins is found`() throws {
        let reader = collector("p*/log")
        try folder.makeFolder("p1")
        LogWriter(folder["p1/log"]).write(numbered(0..<3))
        reader.run { $0.allLines.count == 3 }
        #expect(reader.allLines == expected(0..<3))
    }

    @Test(arguments: [true, false])
    func `Rotated files that still match are read once`(usesNotification: Bool) throws {
        let writer = LogWriter(folder["x.jsonl"])
        writer.write(numbered(0..<20))
        let reader = collector("x.jsonl*", usesNotification: usesNotification)
        reader.run { $0.allLines.count == 20 }
        for round in 1..<5 {
            for number in stride(from: round, to: 1, by: -1) {
                folder.rename("x.jsonl.\(number - 1)", to: "x.jsonl.\(number)")
            }
            folder.rename("x.jsonl", to: "x.jsonl.1")
            writer.reopen(folder["x.jsonl"])
            writer.write(numbered(round * 20..<round * 20 + 20))
            reader.run { $0.allLines.count >= round * 20 + 20 }
        }
        // Long enough for every name to have joined.
        reader.run { $0.set.sources.count == 6 }
        reader.settle()
        #expect(reader.allLines.sorted() == expected(0..<100).sorted())
    }

    @Test
    func `Copies that a rotation makes are not read again, and save what was cut before it was read`() throws {
        let writer = LogWriter(folder["x.jsonl"])
        writer.write(numbered(0..<500))
        let reader = collector("x.jsonl*")
        reader.run { $0.allLines.count == 500 }
        writer.write(numbered(500..<1000))
        try folder.copy("x.jsonl", to: "x.jsonl.1")
        writer.truncate()
        writer.write(numbered(1000..<1500))
        reader.run { $0.allLines.count == 1500 }
        reader.settle()
        #expect(reader.allLines.sorted() == expected(0..<1500).sorted())
    }

    @Test(arguments: ["gz", "zst"])
    func `A read file that is compressed is not read again`(suffix: String) throws {
        let writer = LogWriter(folder["x.jsonl"])
        writer.write(numbered(0..<5000))
        let reader = collector("x.jsonl*")
        reader.run { $0.allLines.count == 5000 }
        folder.rename("x.jsonl", to: "x.jsonl.1")
        writer.reopen(folder["x.jsonl"])
        writer.write(numbered(5000..<5100))
        reader.run { $0.allLines.count == 5100 }
        try folder.compress("x.jsonl.1", suffix)
        folder.remove("x.jsonl.1")
        reader.run { $0.set.sources.contains { $0.status.name.hasSuffix(suffix) && $0.status.state == .following } }
        reader.settle()
        #expect(reader.allLines.sorted() == expected(0..<5100).sorted())
    }

    @Test
    func `A file that begins like another but goes on otherwise is read`() throws {
        let banner = String(repeating: "the same first line in every file\n", count: 100)
        let reader = collector("*.jsonl")
        LogWriter(folder["a.jsonl"]).write(banner + numbered(0..<100))
        reader.run { $0.allLines.count == 200 }
        let writer = LogWriter(folder["b.jsonl"])
        writer.write(banner)
        reader.settle()
        // So far it may be a copy that is being made.
        #expect(reader.allLines.count == 200)
        writer.write(numbered(100..<200))
        reader.run { $0.allLines.count == 400 }
        #expect(reader.allLines.filter { $0.hasPrefix("record") }.sorted() == expected(0..<200).sorted())
    }

    @Test(arguments: [true, false])
    func `A removed file ends, and its place is used again`(usesNotification: Bool) throws {
        var patience = SourceSet.Patience()
        patience.removed = .zero
        let reader = collector("*.jsonl", usesNotification: usesNotification, patience: patience)
        for round in 0..<4 {
            try folder.write(numbered(round * 10..<round * 10 + 10), to: "pod\(round).jsonl")
            reader.run { $0.allLines.count == round * 10 + 10 }
            folder.remove("pod\(round).jsonl")
            reader.run { $0.set.sources[1].status.state == .ended }
        }
        #expect(reader.set.sources.count == 2)
        #expect(reader.allLines == expected(0..<40))
        #expect(!reader.set.isExhausted)
    }

    @Test
    func `More files than can be followed are said, the newest are followed`() throws {
        for index in 0..<300 {
            try folder.write("line \(index)\n", to: "\(index).jsonl")
            // The lower half was written to long ago.
            if index < 150 { folder.age("\(index).jsonl") }
        }
        let reader = collector("*.jsonl")
        #expect(reader.set.sources.count == 257)
        reader.run { $0.allLines.count == 256 }
        #expect(Set((150..<300).map { "line \($0)" }).isSubset(of: reader.allLines))
        #expect(
            reader.set.sources[0].status.lastError
                == "\(folder["*.jsonl"]): 300 files match, 256 are followed: name fewer")
    }
}
