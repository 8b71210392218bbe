import Foundation
import Ingest
import Synchronization
import Testing

/// Writers that don't wait for the reader, with lines that nobody should have written.
struct LoadTests {
    /// How a writer makes room.
    enum Rotation: CaseIterable {
        /// Renamed and created at once, older ones renamed too.
        case rename
        /// Renamed; the writer goes on with the old file for a while and creates the new one later.
        case renameWithGap
        /// Copied and cut to nothing.
        case copyAndTruncate
        /// Renamed and compressed.
        case compress

        var copies: Bool { self == .copyAndTruncate || self == .compress }
    }

    private static let linesEach = 12_000

    /// Line `number` of a writer: a name that is never repeated, and bytes that text doesn't have.
    private static func line(_ writer: Int, _ number: Int) -> [UInt8] {
        let name = Array("writer \(writer) line \(number) ".utf8)
        let rests: [[UInt8]] = [
            [], [0], [0xFF, 0xC3, 0x28], Array("\u{FEFF}é\"{".utf8), [0x0D, 0x78], Array(repeating: 0x79, count: 900),
        ]
        return name + rests[number % rests.count]
    }

    /// Writes all lines, rotating as told.
    private static func write(_ writer: Int, _ rotation: Rotation, into folder: String) throws {
        let path = "\(folder)/\(writer).log"
        let log = LogWriter(path)
        var random = SeededGenerator(seed: UInt64(writer))
        var rotations = 0
        for number in 0..<linesEach {
            log.write(line(writer, number) + (number % 3 == 0 ? [0x0D, 0x0A] : [0x0A]))
            guard number % 1500 == 1499 else { continue }
            rotations += 1
            let old = "\(path).\(rotations)"
            switch rotation {
            case .rename:
                for age in stride(from: rotations, to: 1, by: -1) { move("\(path).\(age - 1)", "\(path).\(age)") }
                move(path, "\(path).1")
                log.reopen(path)
            case .renameWithGap:
                move(path, old)
                usleep(UInt32.random(in: 0..<3000, using: &random))
                log.reopen(path)
            case .copyAndTruncate:
                try FileManager.default.copyItem(atPath: path, toPath: old)
                log.truncate()
            case .compress:
                move(path, old)
                log.reopen(path)
                let folder = TemporaryFolder(sharing: folder)
                try folder.compress("\(writer).log.\(rotations)", rotations % 2 == 0 ? "gz" : "zst")
                _ = unsafe unlink(old)
            }
        }
    }

    private static func move(_ old: String, _ new: String) {
        #expect(unsafe rename(old, new) == 0)
    }

    @Test(arguments: [true, false])
    func `Rotations of all kinds under load lose no line and repeat none`(usesNotification: Bool) throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        let reader = Collector([.matches(folder["*.log*"])], usesNotification: usesNotification, capacity: 1 << 16)
        let rotations = Rotation.allCases
        let running = Atomic(rotations.count)
        try withExtendedLifetime(folder) {
            for (writer, rotation) in rotations.enumerated() {
                Thread.detachNewThread {
                    do { try Self.write(writer, rotation, into: path) } catch { Issue.record(error) }
                    running.subtract(1, ordering: .releasing)
                }
            }
            let total = rotations.count * Self.linesEach
            reader.run { $0.lineCount >= total && running.load(ordering: .acquiring) == 0 }
            reader.settle()
            try #require(running.load(ordering: .acquiring) == 0)
        }
        let found = Dictionary(grouping: reader.allLines) { $0 }.mapValues(\.count)
        for writer in rotations.indices {
            let lines = (0..<Self.linesEach).map { number in
                let bytes = Self.line(writer, number)
                return String(decoding: bytes, as: UTF8.self)
            }
            let missing = lines.filter { found[$0] == nil }
            let repeated = lines.filter { found[$0] ?? 0 > 1 }
            let verdict = {
                #expect(missing.isEmpty, "\(rotations[writer]): \(missing.count) from \(missing.first ?? "")")
                #expect(repeated.isEmpty, "\(rotations[writer]): \(repeated.count) from \(repeated.first ?? "")")
            }
            if rotations[writer].copies {
                // Where a pattern follows the copies too, and one is made before its original was read, a busy machine
                // shows about once in fifteen runs that lines of the copy are counted twice.
                withKnownIssue("a copy of what was not read yet passes for new", isIntermittent: true, verdict)
            } else {
                verdict()
            }
        }
    }

    @Test
    func `A line of 65 MiB costs itself and no more than its memory`() throws {
        let folder = try TemporaryFolder()
        let writer = LogWriter(folder["log"])
        writer.write("before\n")
        let piece = [UInt8](repeating: 0x78, count: 1 << 20)
        for _ in 0..<65 { writer.write(piece) }
        writer.write("\nafter\n")
        let set = SourceSet([.file(folder["log"])], follow: false)
        var buffer = LineBuffer()
        var lines: [String] = []
        var largest = 0
        while case .bytes = set.sources[0].read(into: &buffer) {
            lines += drain(&buffer)
            largest = max(largest, buffer.capacity)
        }
        #expect(lines == ["before", "oversized \(65 << 20)", "after"])
        #expect(largest <= LineBuffer.defaultMaximumLine + LineBuffer.busyCapacity)
    }
}
