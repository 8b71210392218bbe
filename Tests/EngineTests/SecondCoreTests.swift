import Foundation
import Ingest
import Metrics
import Monitoring
import Telemetry
import TestSupport
import Testing

@testable import Engine

/// A second thread that decodes ahead changes nothing but how long it takes.
@Suite struct SecondCoreTests {
    /// Everything that is known at the end, rejected lines and all.
    private static func account(_ sources: [Ingest.SourceLocation], onTwoCores: Bool) throws -> String {
        var options = Run.options(sources)
        options.secondCoreFrom = onTwoCores ? 0 : nil
        let (reader, situation) = try OneReading.read(options)
        let source = situation.snapshot.source
        let lines = reader.understanding.map { "\($0.report.lines.map { "\($0)" }.sorted()) \($0.report.fields)" }
        return ([situation.account, "\(source)"] + lines).joined(separator: "\n")
    }

    private func expectTheSame(
        _ text: String, cuts: [Int] = [7_000, 1_000_000], _ place: Testing.SourceLocation = #_sourceLocation
    ) throws {
        let whole = Ingest.SourceLocation.program(name: "story", Pieces(pieces: [Array(text.utf8)]))
        let expected = try Self.account([whole], onTwoCores: false)
        #expect(try Self.account([whole], onTwoCores: true) == expected, sourceLocation: place)
        for cut in cuts {
            let pieces = Ingest.SourceLocation.program(name: "story", Pieces.cut(text, largest: cut, seed: 3))
            #expect(try Self.account([pieces], onTwoCores: true) == expected, sourceLocation: place)
        }
    }

    private func reader(_ text: String) -> Reader {
        var options = Run.options([.program(name: "story", Pieces.cut(text, largest: 5_000, seed: 1))])
        options.secondCoreFrom = 0
        return Reader(options)
    }

    @Test func aStoryIsTheSame() throws {
        let story = Story(seed: 11, minutes: 30, disorder: 20 * Span.second)
        try expectTheSame(story.text, cuts: [200, 20_000, 400_000])
    }

    @Test func ofSeveralFilesNoneIsReadAhead() throws {
        let texts = Story(seed: 12, minutes: 10).dealt(to: 3, seed: 1)
        let sources = texts.map { Ingest.SourceLocation.program(name: "part", Pieces(pieces: [Array($0.utf8)])) }
        #expect(try Self.account(sources, onTwoCores: true) == Self.account(sources, onTwoCores: false))
    }

    @Test func rejectedLinesAreToldInTheirOrderWithTheirNumbers() throws {
        var text = ""
        for (number, line) in Story(seed: 13, minutes: 20).lines.enumerated() {
            if number % 7 == 3 { text += "{\"latency_ms\":\(number)x}\n" }
            text += line.text + (number % 5 == 0 ? "\r\n\n" : "\n")
        }
        // More noise than one look takes, and an end without a newline.
        text += String(repeating: "noise\n", count: 5_000)
        try expectTheSame(text + Story.request(anyTime + Span.hour) + "{\"latency_ms\":")
        try expectTheSame(String(repeating: "noise\n", count: 9_000), cuts: [300])
    }

    @Test func namesThatComeAsRecordsDoAreTheSame() throws {
        var text = ""
        for number in 0..<9_000 {
            let error = number % 3 == 0 ? ",\"error_type\":\"e\(number)\"" : ""
            text += "{\"timestamp\":\(anyTime + Int64(number) * 50_000),\"latency_ms\":\(number % 977)"
            text += ",\"success\":\(number % 3 != 0),\"model\":\"m\(number / 2)\",\"input_tokens\":5\(error)}\n"
        }
        try expectTheSame(text)
    }

    @Test func longTextsComeWithTheirRecords() throws {
        var text = ""
        for number in 0..<40 {
            let id = String(repeating: "\(number % 10)", count: number % 3 == 0 ? 300_000 : number)
            text += Story.request(anyTime + Int64(number) * Span.second, id, failed: number % 2 == 0)
        }
        try expectTheSame(text)
    }

    @Test func recordsOfADoubtfulTimeAreTheSame() throws {
        var text = Story(seed: 14, minutes: 10).text
        text += Story.request(anyTime + 400 * Span.day, "far", failed: true)
        text += Story(seed: 15, from: anyTime + 11 * Span.minute, minutes: 5).text
        try expectTheSame(text)
    }

    /// What is held is let go by the time of the records that were counted.
    @Test func requestsInPiecesAreLetGoAtTheSameRecords() throws {
        for start in [0, 3, 1_200] {
            var text = Story.seconds(start, from: HeldRequestTests.start - Span.hour)
            for minute in 0..<8 {
                text += HeldRequestTests.prompt(minute * 60) + HeldRequestTests.answer(minute * 60 + 2)
                text += Story.seconds(50, from: HeldRequestTests.start + Int64(minute * 60 + 5) * Span.second)
            }
            try expectTheSame(text)
        }
    }

    @Test func aFollowedFileIsReadAheadToItsEndAndThenFollowed() throws {
        #expect(try Self.followed(onTwoCores: true) == Self.followed(onTwoCores: false))
    }

    /// What is known of a file that grows once its end was reached.
    private static func followed(onTwoCores: Bool) throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ahead-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let texts = (0..<2 as Range<Int64>).map { Story.seconds(3_000, from: anyTime + $0 * Span.hour) }
        try Data(texts[0].utf8).write(to: URL(fileURLWithPath: path))
        var options = Run.options([.file(path)])
        options.secondCoreFrom = onTwoCores ? 0 : nil
        let reader = Reader(options)
        _ = reader.round(limit: 10)
        #expect(reader.isLookingAhead == onTwoCores)
        #expect(reader.situation().snapshot.source.bytesTotal == Int64(texts[0].utf8.count))
        reader.drain()
        #expect(!reader.isLookingAhead && reader.situation().snapshot.source.state == .following)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(texts[1].utf8))
        try handle.close()
        while reader.situation().requests(.all) < 6_000 {
            reader.wait(atMost: 10 * Span.second, wake: -1)
            reader.drain()
        }
        return reader.situation().account
    }

    @Test func aReaderThatIsLetGoEndsItsThread() {
        weak var feeds: Reader?
        do {
            let reader = reader(Story.seconds(20_000, from: anyTime))
            _ = reader.round(limit: 10)
            #expect(reader.isLookingAhead)
            feeds = reader
        }
        #expect(feeds == nil)
    }

    @Test func aSmallFileIsReadOnOneThread() {
        var options = Run.options([.program(name: "story", Pieces(pieces: [Array(Story.request(anyTime).utf8)]))])
        options.secondCoreFrom = 1
        let reader = Reader(options)
        _ = reader.round(limit: 10)
        #expect(!reader.isLookingAhead)
    }
}
