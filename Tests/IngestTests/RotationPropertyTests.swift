import Foundation
import Ingest
import Testing

/// Writers that rotate as they like; nothing may be lost and nothing come twice.
struct RotationPropertyTests {
    @Test(arguments: 0..<60)
    func `Any sequence of writes and rotations arrives as it was written`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let folder = try TemporaryFolder()
        let writer = LogWriter(folder["log"])
        let reader = Collector(path: folder["log"], usesNotification: seed % 2 == 0, capacity: 128)
        var written = 0
        var isInLine = false
        for step in 0..<80 {
            switch Int.random(in: 0..<9, using: &generator) {
            case 0...3:
                let count = Int.random(in: 1...60, using: &generator)
                writer.write((isInLine ? "\n" : "") + (written..<written + count).map { "\($0)\n" }.joined())
                written += count
                isInLine = false
            case 4 where !isInLine:
                writer.write("\(written)")
                written += 1
                isInLine = true
            case 5 where !isInLine:
                reader.readOnce()
                folder.rename("log", to: "old.\(step)")
                if Bool.random(using: &generator) { reader.readOnce() }
                writer.reopen(folder["log"])
            case 6 where !isInLine:
                reader.readOnce()
                folder.remove("log")
                writer.reopen(folder["log"])
            case 7 where !isInLine:
                // What wasn't read when a file is truncated is lost to any reader.
                reader.readAll()
                writer.truncate()
            default:
                reader.readOnce()
            }
        }
        if isInLine { writer.write("\n") }
        reader.readAll()
        #expect(reader.lines[0] == (0..<written).map(String.init))
    }

    @Test(arguments: [true, false])
    func `A writer on another thread that rotates loses no line`(usesNotification: Bool) throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        let lineCount = 20_000
        let progress = TestPipe()
        let (signal, answer) = (progress.input, TestPipe())
        let go = answer.output
        let reader = Collector(path: folder["log"], usesNotification: usesNotification, capacity: 4096)
        Thread.detachNewThread {
            let writer = LogWriter(path + "/log")
            for number in 0..<lineCount {
                writer.write("\(number)\n")
                guard number % 2000 == 1999, number + 1 < lineCount else { continue }
                // Rotates only once the reader has seen the present file: more can't be asked of a reader of names.
                writeAll([1], to: signal)
                var byte: UInt8 = 0
                guard unsafe read(go, &byte, 1) == 1 else { return }
                _ = unsafe rename(path + "/log", path + "/log.\(number)")
                writer.write("")
                writer.reopen(path + "/log")
            }
        }
        while reader.lines[0].count < lineCount {
            let result = reader.set.wait(milliseconds: 10_000, wake: progress.output)
            try #require(result.isWoken || !result.ready.isEmpty)
            if result.isWoken {
                var byte: UInt8 = 0
                #expect(unsafe read(progress.output, &byte, 1) == 1)
                reader.readOnce()
                writeAll([1], to: answer.input)
            }
            for index in result.ready { reader.readOnce(index) }
        }
        #expect(reader.readAll() == .caughtUp)
        #expect(reader.lines[0] == (0..<lineCount).map(String.init))
        #expect(reader.set.sources[0].status.rotations == 9)
    }
}
