import Foundation
import Ingest
import Metrics
import Monitoring
import TestSupport
import Testing

@testable import Engine

/// Files that are opened at their newest part, and files that join.
@Suite struct LargeFileTests {
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("engine-\(UUID().uuidString)").path

        init() throws {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ text: String, to name: String) throws -> String {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
            return "\(path)/\(name)"
        }
    }

    private let folder: Folder

    init() throws {
        folder = try Folder()
    }

    /// A request every 30 seconds, each tenth failed.
    private func requests(over span: Int64) -> String {
        (0..<span / (30 * Span.second)).map {
            Story.request(anyTime + $0 * 30 * Span.second, "r\($0)", failed: $0 % 10 == 0)
        }.joined()
    }

    private func reader(_ location: Ingest.SourceLocation) -> Reader {
        var options = Run.options([location])
        options.newestFirst = Span.hour
        options.largeFile = 50_000
        return Reader(options)
    }

    /// Reads until nothing is left for now.
    private func readOn(_ reader: Reader) {
        while true {
            guard case .idle = reader.round(limit: 100) else { continue }
            return
        }
    }

    @Test func theNewestHourIsThereFirstAndTheDayBehindItIsTheSameAsReadFromTheBeginning() throws {
        let text = requests(over: 20 * Span.hour)
        let expected = try Run.read(text)
        let reader = self.reader(.file(try folder.write(text, to: "log")))
        readOn(reader)
        let first = reader.situation()
        #expect(first.requests(.hour1) == expected.requests(.hour1))
        #expect(first.snapshot.now == expected.snapshot.now)
        #expect(first.requests(.all) < expected.requests(.all) / 10)
        reader.wait(atMost: 1, wake: -1)
        readOn(reader)
        let whole = reader.situation()
        #expect(whole.snapshot.now == expected.snapshot.now && whole.snapshot.late == 0)
        #expect(whole.snapshot.read == expected.snapshot.read && whole.snapshot.duplicates == 0)
        for window in Window.allCases {
            let (found, wanted) = (whole.snapshot.totals(window).tally, expected.snapshot.totals(window).tally)
            #expect(found.requests == wanted.requests && found.failed == wanted.failed, "\(window)")
            #expect(found.succeeded == wanted.succeeded, "\(window)")
        }
        #expect(whole.snapshot.source.bytesUnread == 0 && whole.snapshot.source.state == .following)
        #expect(whole.snapshot.source.bytesRead == Int64(text.utf8.count))
        #expect(whole.snapshot.source.bytesTotal == Int64(text.utf8.count))
    }

    @Test func whatIsOlderThanADayIsLeftAndSaid() throws {
        let text = requests(over: 5 * Span.day)
        let expected = try Run.read(text)
        let reader = self.reader(.file(try folder.write(text, to: "log")))
        for _ in 0..<2 {
            readOn(reader)
            reader.wait(atMost: 1, wake: -1)
        }
        let status = reader.situation().snapshot.source
        #expect(status.bytesUnread > Int64(text.utf8.count / 2))
        #expect(status.bytesUnread + status.bytesRead == Int64(text.utf8.count))
        #expect(reader.situation().requests(.hours24) == expected.requests(.hours24))
        // Read once, everything is.
        #expect(
            try OneReading.situation(Run.options([.file("\(folder.path)/log")])).requests(.all)
                == expected.requests(.all))
    }

    @Test func aDamagedLineOfAPartIsNamedByItsPlaceInBytes() throws {
        let text = requests(over: 20 * Span.hour)
        let reader = self.reader(
            .file(try folder.write(text + "damaged\n" + Story.request(anyTime + 20 * Span.hour), to: "log")))
        readOn(reader)
        let rejected = reader.situation().snapshot.source.rejections.first
        #expect(rejected?.line == 0)
        #expect(rejected?.reason.hasPrefix("byte \(text.utf8.count): ") == true)
    }

    @Test func filesThatMatchAPatternJoin() throws {
        let reader = self.reader(.matches("\(folder.path)/*.jsonl"))
        readOn(reader)
        #expect(reader.situation().snapshot.source.state == .waiting("\(folder.path)/*.jsonl"))
        for number in 0..<3 as Range<Int64> {
            _ = try folder.write(Story.seconds(10, from: anyTime + number * Span.minute), to: "\(number).jsonl")
            while reader.situation().requests(.all) < (number + 1) * 10 {
                reader.wait(atMost: 10 * Span.second, wake: -1)
                readOn(reader)
            }
        }
        #expect(reader.situation().requests(.all) == 30)
        #expect(reader.situation().snapshot.source.state == .following)
    }
}
