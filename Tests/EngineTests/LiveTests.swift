import CPosix
import Foundation
import Ingest
import Metrics
import Monitoring
import Telemetry
import TestSupport
import Testing

@testable import Engine

/// Data near the clock: what depends on now.
@Suite struct LiveTests {
    /// Gives each piece when it is asked for, with the clock put to the piece's time before.
    private struct Timed: ChunkProducer {
        let clock: TestClock
        var pieces: [(wait: Int64, text: String)]

        mutating func next() -> [UInt8]? {
            guard !pieces.isEmpty else { return nil }
            let piece = pieces.removeFirst()
            clock.advance(by: piece.wait)
            return Array(piece.text.utf8)
        }
    }

    private static func read(_ pieces: [(Int64, String)], at start: Int64) throws -> Situation {
        let clock = TestClock(start)
        let producer = Timed(clock: clock, pieces: pieces.map { (wait: $0.0, text: $0.1) })
        return try OneReading.situation(Run.options([.program(name: "live", producer)], clock: clock.now))
    }

    /// The files of a service that has been running: reading up to now must not look like silence.
    @Test func catchingUpToNowEndsNoAlert() throws {
        let text =
            Story.seconds(600, from: anyTime) + Story.seconds(600, from: anyTime + 600 * Span.second, failed: true)
        let situation = try Run.read(text, clock: anyTime + 1200 * Span.second)
        #expect(situation.events.filter { $0.rule == "high_error_rate" }.map(\.to) == [.pending, .firing])
        #expect(situation.verdict(window: .minutes15).state == .critical)
    }

    @Test func aRequestOfASparseLiveStreamCountsAtOnce() {
        let names = CountedNames(SymbolTable())
        var pipeline = Pipeline(mode: .automatic, book: RuleBook(rules: []), prices: .builtIn, names: names)
        for i in 0..<6 as Range<Int64> {
            let time = anyTime + i * 10 * Span.minute
            var record = Record()
            record.time = time
            record.hasTime = true
            let bytes: [UInt8] = [0]
            // A view of bytes that are there.
            unsafe pipeline.count(&record, bytes: bytes.span.bytes, clock: time + Span.second)
            let situation = pipeline.situation(
                status: InputStatus(name: "live"), clock: time + Span.second, ended: false)
            #expect(situation.snapshot.source.isLive && situation.snapshot.now == time + Span.second)
            #expect(situation.requests(.minute1) == 1 && situation.requests(.all) == i + 1)
        }
    }

    @Test func liveNumbersDecayWhileNothingComes() throws {
        let pieces =
            [(Int64(0), Story.seconds(60, from: anyTime, failed: true))]
            + (0..<4).map { _ in (2 * Span.minute, "") }
        let situation = try Self.read(pieces, at: anyTime + Span.minute)
        let events = situation.events.filter { $0.rule == "high_error_rate" }
        #expect(events.map(\.to) == [.pending, .firing, .resolved])
        // Twenty requests in the window are needed: the twentieth from the end leaves it 340 s after the start.
        #expect(events.last.map { ($0.time - anyTime.alignedDown(to: Judge.interval)) / Span.second >= 340 } == true)
    }

    @Test func recordedDataTurnsLiveWithARecordFromNow() throws {
        let clock = anyTime + 3 * Span.day
        let text = Story.seconds(60, from: anyTime) + Story.request(clock, "now")
        let situation = try Run.read(text, clock: clock)
        #expect(situation.snapshot.totals(.minutes5, endingAt: clock).tally.requests.raw == 1)
        #expect(situation.requests(.all) == 61)
    }

    @Test func atTheEndOfALivePipeNowStaysAtItsNewestRecord() throws {
        let situation = try Self.read(
            [(0, Story.seconds(60, from: anyTime)), (Span.hour, "")], at: anyTime + Span.minute)
        #expect(situation.snapshot.now == anyTime + 59 * Span.second)
        #expect(!situation.snapshot.source.isLive && situation.snapshot.source.state == .ended)
        #expect(situation.requests(.minute1) == 60)
        #expect(situation.verdict(window: .minutes15).state == .healthy)
    }

    @Test func theClockCanBeForced() throws {
        let situation = try Run.read(Story.seconds(60, from: anyTime, failed: true)) { $0.nowMode = .clock }
        // Judged as the records came, whatever the clock says.
        #expect(situation.events.first?.time == anyTime.alignedDown(to: Judge.interval) + 3 * Judge.interval)
        #expect(situation.requests(.all) == 60)
    }

    // MARK: The reading thread

    /// Waits until the engine has something new and `condition` holds of it.
    private static func wait(_ engine: ReadingThread, until condition: (Situation) -> Bool) -> Situation? {
        for _ in 0..<6000 {
            var entry = pollfd(fd: engine.descriptor, events: Int16(POLLIN), revents: 0)
            _ = unsafe poll(&entry, 1, 100)
            if let situation = engine.take(), condition(situation) { return situation }
        }
        return nil
    }

    @Test func theThreadHandsOverWhatItReadToTheEnd() throws {
        let story = Story(seed: 3, minutes: 10)
        let engine = ReadingThread(
            Run.options([.program(name: "story", Pieces.cut(story.text, largest: 5000, seed: 1))]))
        #expect(engine.take() == nil)
        try engine.start()
        let situation = Self.wait(engine) { $0.snapshot.source.state == .ended }
        engine.stop()
        #expect(situation?.account == (try Run.read(story.text).account))
    }

    @Test func rulesAreTriedWhenSomebodyAsks() throws {
        let story = Story(seed: 3, minutes: 10)
        let engine = ReadingThread(
            Run.options([.program(name: "story", Pieces.cut(story.text, largest: 5000, seed: 1))]))
        try engine.start()
        defer { engine.stop() }
        let ended = try #require(Self.wait(engine) { $0.snapshot.source.state == .ended })
        #expect(ended.trial == nil)
        engine.tryRules()
        let situation = try #require(Self.wait(engine) { $0.trial != nil })
        #expect(situation.trial?.isOutdated(by: situation.rules, of: situation.snapshot) == false)
        // Other rules are tried at once, however long the last trial took.
        engine.adopt(RuleBook(packs: [.standard]))
        #expect(Self.wait(engine) { $0.rules.count == 4 } != nil)
        engine.tryRules()
        #expect(Self.wait(engine) { $0.trial?.isOf($0.rules) == true } != nil)
    }

    @Test func aPipeThatEndsIsReadToItsLastByte() throws {
        var ends: [Int32] = [-1, -1]
        #expect(unsafe pipe(&ends) == 0)
        let path = "/dev/fd/\(ends[0])"
        let engine = ReadingThread(Run.options([.file(path)], clock: { anyTime + Span.minute }))
        try engine.start()
        var text = Story.seconds(50, from: anyTime)
        text.removeLast()
        let bytes = Array(text.utf8)
        // Smaller than a pipe: no write waits.
        for part in [bytes.prefix(1000), bytes.dropFirst(1000)] {
            let part = Array(part)
            #expect(unsafe write(ends[1], part, part.count) == part.count)
        }
        close(ends[1])
        let situation = Self.wait(engine) { $0.snapshot.source.state == .ended }
        engine.stop()
        close(ends[0])
        #expect(situation?.requests(.all) == 50)
        #expect(situation?.snapshot.now == anyTime + 49 * Span.second)
    }
}
