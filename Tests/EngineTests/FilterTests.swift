import DatabaseTesting
import Foundation
import Glibc
import Ingest
import Metrics
import Monitoring
import Statistics
import TestSupport
import Testing

@testable import Engine

/// The second counting, of what passes a filter.
@Suite struct FilterTests {
    private static let story = Story(seed: 1, minutes: 30, disorder: 20 * Span.second)
    private static let always = "1 < 2"
    private static let europe = "region = eu and latency > 2s"

    private func options(_ text: String, filter: String? = nil) throws -> EngineOptions {
        var options = Run.options([.program(name: "story", Pieces(pieces: [Array(text.utf8)]))])
        options.filter = try filter.map { try RecordFilter($0) }
        return options
    }

    private func read(_ text: String, filter: String) throws -> FilteredSituation {
        try #require(try OneReading.situation(try options(text, filter: filter)).filtered)
    }

    // MARK: What it comes to

    /// Counts, sums, percentiles, arms, slices, alerts, of every window.
    @Test func whatLetsEverythingPassIsTheWhole() throws {
        let situation = try OneReading.situation(try options(Self.story.text, filter: Self.always))
        let filtered = try #require(situation.filtered)
        #expect(filtered.isComplete && filtered.reach == situation.snapshot.firstTime)
        #expect(filtered.situation.account == situation.account)
        #expect(situation.account == (try Run.read(Self.story.text).account) && situation.events.count > 2)
    }

    @Test func theDemoUnderAFilterThatIsAlwaysTrueIsTheDemo() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("demo-data/demo.jsonl")
        var options = Run.options([.file(file.path)])
        options.filter = try RecordFilter("not (2 < 1)")
        let situation = try OneReading.situation(options)
        #expect(situation.filtered?.situation.account == situation.account)
        #expect(situation.requests(.all) == 11_104)
    }

    @Test func whatPassesIsCountedAsIfNothingElseWereThere() throws {
        let filtered = try read(Self.story.text, filter: Self.europe)
        let lines = Self.story.lines.filter { line in
            guard line.text.contains("\"region\"") else { return true }
            guard line.text.contains("\"eu\""), let start = line.text.range(of: "\"latency_ms\":") else { return false }
            return (Int(line.text[start.upperBound...].prefix { $0.isNumber }) ?? 0) > 2000
        }
        let expected = try Run.read(lines.map { $0.text + "\n" }.joined())
        let now = filtered.situation.snapshot.now
        for window in Window.allCases {
            let (found, wanted) = (
                filtered.situation.snapshot.totals(window, endingAt: now),
                expected.snapshot.totals(window, endingAt: now)
            )
            #expect(found.tally.requests == wanted.tally.requests)
            #expect(found.tally.failed == wanted.tally.failed && found.tally.latency == wanted.tally.latency)
        }
        #expect(filtered.situation.requests(.all) > 100)
        // Feedback of requests that did not pass is nobody's: it is not one that lost its request.
        #expect(filtered.situation.snapshot.unmatched == 0 && expected.snapshot.unmatched > 0)
        #expect(filtered.situation.snapshot.read == Self.story.lines.count)
    }

    // MARK: When it is set

    @Test(arguments: [0, 1, 500, 1500, 1_000_000])
    func itDoesNotMatterWhenItIsSet(_ before: Int) throws {
        let expected = try read(Self.story.text, filter: Self.europe)
        let reader = Reader(try options(Self.story.text))
        var random = Xoshiro256(seed: UInt64(before))
        var outcome = Reader.Outcome.busy
        var left = before
        while left > 0, !outcome.isFinal {
            let count = min(left, 1 + Int(random.below(400)))
            outcome = reader.round(limit: count)
            left -= count
        }
        reader.setFilter(try RecordFilter(Self.europe))
        while !outcome.isFinal {
            outcome = reader.round(limit: 1 + Int(random.below(400)))
            // It may fall behind.
            _ = reader.advanceFilter(limit: Int(random.below(300)))
        }
        while reader.advanceFilter(limit: 100) {
            #expect(reader.situation().filtered?.isComplete == false)
        }
        let filtered = try #require(reader.situation().filtered)
        #expect(filtered.isComplete && filtered.situation.account == expected.situation.account)
    }

    @Test func itEndsAndChanges() throws {
        let reader = Reader(try options(Self.story.text, filter: Self.always))
        while !reader.round(limit: 4096).isFinal {}
        reader.setFilter(try RecordFilter("region = us"))
        while reader.advanceFilter(limit: 4096) {}
        let filtered = try #require(reader.situation().filtered)
        #expect(filtered.filter.source == "region = us")
        #expect(filtered.situation.snapshot.totals(.all).tally.failed.raw < 60)
        reader.setFilter(nil)
        #expect(reader.situation().filtered == nil && !reader.advanceFilter(limit: 1))
    }

    /// Where not everything is held, what is counted reaches back as far as everything is.
    @Test func itSaysHowFarItReaches() throws {
        let text = Story(seed: 3, minutes: 120).text
        var options = try options(text)
        options.rowBudget = 400_000
        let reader = Reader(options)
        while !reader.round(limit: 4096).isFinal {}
        reader.setFilter(try RecordFilter(Self.always))
        while reader.advanceFilter(limit: 4096) {}
        let situation = reader.situation()
        let filtered = try #require(situation.filtered)
        let reach = try #require(filtered.reach)
        let first = try #require(situation.snapshot.firstTime)
        #expect(reach > first + 30 * Span.minute && reach == situation.snapshot.rows.reach)
        #expect(filtered.situation.requests(.minutes15) == situation.requests(.minutes15))
        #expect(filtered.situation.requests(.all) < situation.requests(.all) / 2)
    }

    /// From the beginning on everything is seen, however little is held.
    @Test func whatIsCountedFromTheBeginningMissesNothing() throws {
        let text = Story(seed: 3, minutes: 120).text
        let reader = Reader(try options(text, filter: Self.always), rowBudget: 200_000)
        while true {
            let outcome = reader.round(limit: 4096)
            while reader.advanceFilter(limit: 4096) {}
            if outcome.isFinal { break }
        }
        let situation = reader.situation()
        #expect(!situation.snapshot.rows.isWhole)
        #expect(situation.filtered?.situation.account == situation.account)
    }

    /// A large file shows its newest part first, and a day fills in behind.
    @Test func whatFillsInBehindIsCountedAsInTheWhole() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("log")
        try Data(Story(seed: 8, minutes: 10 * 60, perMinute: 3).text.utf8).write(to: URL(fileURLWithPath: path))
        var options = Run.options([.file(path)])
        options.newestFirst = Span.hour
        options.largeFile = 50_000
        options.filter = try RecordFilter(Self.always)
        let reader = Reader(options)
        for _ in 0..<3 {
            while case .busy = reader.round(limit: 100) { _ = reader.advanceFilter(limit: 300) }
            reader.wait(atMost: 1, wake: -1)
        }
        while reader.advanceFilter(limit: 300) {}
        let situation = reader.situation()
        #expect(situation.requests(.all) > 1500)
        #expect(situation.filtered?.situation.account == situation.account)
    }

    /// What a store tells late may decide whether a request passes.
    @Test func whatIsAmendedPassesAsItIsKnownThen() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("phoenix.db")
        let writer = try PhoenixWriter(path)
        let trace = try writer.addTrace()
        try writer.addSpan(trace, "root", from: 0, to: 1)
        let clock = TestClock(PhoenixWriter.epoch + 20 * Span.second)
        var options = Run.options([.file(path)], clock: clock.now)
        options.filter = try RecordFilter("cost > $0.1")
        let reader = Reader(options)
        func filtered() -> FilteredSituation? {
            while reader.advanceFilter(limit: 100) {}
            return reader.situation().filtered
        }
        reader.drain()
        #expect(filtered()?.situation.requests(.all) == 0)
        clock.advance(by: Span.minute)
        try writer.addSpan(trace, "llm", parent: "root", kind: "LLM", from: 0, to: 0.5, tokens: (100, 20), cost: 0.25)
        for _ in 0..<12 {
            reader.look(clock)
            _ = filtered()
        }
        let tally = try #require(filtered()).situation.snapshot.totals(.all).tally
        #expect(tally.requests.raw == 1 && tally.costInDollars == 0.25)
    }

    // MARK: On a thread

    /// Reading has ended long ago, and several are asked for at once.
    @Test func theLastOneIsAnsweredThoughNothingIsRead() throws {
        let engine = ReadingThread(try options(Self.story.text))
        try engine.start()
        defer { engine.stop() }
        func wait(_ condition: (Situation) -> Bool) -> Situation? {
            for _ in 0..<1200 {
                var entry = pollfd(fd: engine.descriptor, events: Int16(POLLIN), revents: 0)
                _ = unsafe poll(&entry, 1, 100)
                if let situation = engine.take(), condition(situation) { return situation }
            }
            return nil
        }
        #expect(wait { $0.snapshot.source.state == .ended }?.filtered == nil)
        let wanted = try RecordFilter(Self.europe)
        engine.setFilter(try RecordFilter("region = us"))
        engine.setFilter(nil)
        engine.setFilter(wanted)
        let filtered = try #require(wait { $0.filtered?.filter == wanted && $0.filtered?.isComplete == true }?.filtered)
        #expect(filtered.situation.account == (try read(Self.story.text, filter: Self.europe).situation.account))
        engine.setFilter(nil)
        #expect(wait { $0.filtered == nil } != nil)
    }
}
