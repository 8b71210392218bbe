import Engine
import Ingest
import Metrics
import Monitoring
import TestSupport
import Testing

/// What may be wrong with input, and what it costs.
@Suite struct InputTests {
    // MARK: Lines

    @Test func aDamagedLineCostsThatLineAndIsCountedWithItsReason() throws {
        let good = Story.request(anyTime, "a") + Story.request(anyTime + 1, "b")
        let situation = try Run.read(
            Story.request(anyTime, "c") + "{\"latency_ms\":\n" + good + "garbage\n\n   \n"
                + #"{"latency_ms":-5}"# + "\n" + Story.request(anyTime + 2, "d"))
        let status = situation.snapshot.source
        #expect(situation.snapshot.read == 4 && situation.requests(.all) == 4)
        #expect(status.rejected == 3)
        #expect(status.rejections.map(\.line) == [2, 5, 8])
        #expect(status.rejections.allSatisfy { !$0.reason.isEmpty && $0.source == "story" })
        #expect(Set(status.rejections.map(\.reason)).count == 3)
    }

    @Test func allRejectionsAreCountedAndTheNewestKept() throws {
        let situation = try Run.read((0..<100).map { "x\($0)\n" }.joined())
        #expect(situation.snapshot.source.rejected == 100)
        #expect(situation.snapshot.source.rejections.map(\.line) == Array(81...100))
    }

    @Test func theLastLineNeedsNoNewline() throws {
        var text = Story.request(anyTime, "a") + Story.request(anyTime + 1, "b")
        text.removeLast()
        #expect(try Run.read(text).requests(.all) == 2)
        #expect(try Run.read(Story.request(anyTime, "a") + "{\"latency_ms\"").snapshot.source.rejected == 1)
    }

    @Test(arguments: ["", "\n\n\n", "\u{feff}"])
    func emptyInputIsNoData(_ text: String) throws {
        let situation = try Run.read(text)
        #expect(situation.snapshot.read == 0 && situation.snapshot.now == nil && situation.events.isEmpty)
        #expect(situation.verdict(window: .all).state == .noData)
        #expect(situation.judgedUpTo == nil)
    }

    /// The numbers of one of two files must not pass for the numbers of both.
    @Test func aSourceThatCannotBeReadIsAnErrorAlsoAsOneOfTwo() throws {
        let missing = Ingest.SourceLocation.file("/nonexistent/agent.jsonl")
        #expect(throws: EngineError.self) { _ = try OneReading.situation(Run.options([missing])) }
        let other = Ingest.SourceLocation.program(name: "story", Pieces(pieces: [Array(Story.request(anyTime).utf8)]))
        #expect(throws: EngineError.self) { _ = try OneReading.situation(Run.options([other, missing])) }
    }

    // MARK: Times

    @Test func recordsWithoutTimesAreFromNow() throws {
        let situation = try Run.read(String(repeating: "{\"latency_ms\":100,\"success\":false}\n", count: 50))
        #expect(situation.requests(.minute1) == 50)
        #expect(situation.snapshot.now == longAfter)
    }

    @Test func aRecordWithoutTimeAmongOthersIsFromTheirNow() throws {
        let text =
            Story.seconds(30, from: anyTime) + "{\"latency_ms\":7}\n"
            + Story.seconds(30, from: anyTime + 30 * Span.second)
        let situation = try Run.read(text)
        #expect(situation.requests(.minutes5) == 61)
        #expect(situation.snapshot.now == anyTime + 59 * Span.second)
        #expect(!situation.snapshot.source.isLive)
    }

    @Test func oneRecordIsShownAtItsTime() throws {
        let situation = try Run.read(Story.request(anyTime))
        #expect(situation.snapshot.now == anyTime && situation.requests(.minute1) == 1)
    }

    /// Wherever it stands, a skewed record changes no window but by itself, and no judgement.
    @Test(arguments: [0, 1, 2, 300, 899, 900])
    func anOutlierInTimeMovesNothing(_ place: Int) throws {
        let lines =
            Story.seconds(600, from: anyTime).split(separator: "\n")
            + Story.seconds(300, from: anyTime + 600 * Span.second, failed: true).split(separator: "\n")
        let expected = try Run.read(lines.joined(separator: "\n"))
        #expect(expected.events.count > 2)
        for skew in [7 * Span.minute, 3 * Span.hour, 20_000 * Span.day, -20_000 * Span.day] {
            for mode in [EventClock.Mode.automatic, .data] {
                var skewed = lines
                skewed.insert(Substring(Story.request(anyTime + skew, "skewed").dropLast()), at: place)
                let situation = try Run.read(skewed.joined(separator: "\n")) { $0.nowMode = mode }
                let name = "\(skew / Span.minute)m at \(place), \(mode)"
                // Seven minutes ahead is soon near the others: a request like them, so that rates differ a little.
                let isNear = skew == 7 * Span.minute
                if !isNear { #expect(situation.snapshot.now == expected.snapshot.now, "\(name)") }
                #expect(situation.events.map(\.time) == expected.events.map(\.time), "\(name)")
                if !isNear { #expect(situation.events == expected.events, "\(name)") }
                #expect(situation.requests(.all) == 901, "\(name)")
                #expect(!situation.snapshot.source.isLive, "\(name)")
                let window = situation.requests(.minutes5)
                #expect(window - expected.requests(.minutes5) <= 1, "\(name)")
                let bars = situation.snapshot.bars(.minutes15, count: 15).values { Double($0.failed.raw) }
                #expect(
                    bars == expected.snapshot.bars(.minutes15, count: 15).values { Double($0.failed.raw) }, "\(name)")
            }
        }
    }

    @Test func aSkewedRecordIsCountedAsClamped() throws {
        let text =
            Story.seconds(60, from: anyTime) + Story.request(anyTime + Span.day, "skewed")
            + Story.seconds(60, from: anyTime + Span.minute)
        let situation = try Run.read(text)
        #expect(situation.snapshot.source.clamped == 1 && situation.requests(.minutes5) == 121)
    }

    // MARK: Gaps

    /// Three failing stretches with nothing between them: each fires and resolves as if it were alone.
    @Test(arguments: [2 * Span.hour, 3 * Span.day, 40 * Span.day, 4000 * Span.day])
    func gapsAreLeaptAndHideNothing(_ gap: Int64) throws {
        // Nine seconds after a judgement: the next one is due between the first two records after a gap.
        let starts = (0..<3).map { midnight - 12_000 * Span.day + 9 * Span.second + Int64($0) * gap }
        let text = starts.map { start in
            Story.seconds(120, from: start) + Story.seconds(120, from: start + 120 * Span.second, failed: true)
        }
        let situation = try Run.read(text.joined())
        let alone = try Run.read(text[0] + Story.seconds(2, from: starts[0] + 90 * Span.minute))
        let pages = situation.events.filter { $0.rule == "elevated_error_rate" }
        let expected = alone.events.filter { $0.rule == "elevated_error_rate" }
        #expect(expected.map(\.to).contains(.resolved))
        for (i, start) in starts.enumerated().dropLast() {
            let part = pages.filter { $0.time >= start && $0.time < start + 90 * Span.minute }
            #expect(part.map { $0.time - start } == expected.map { $0.time - starts[0] }, "stretch \(i)")
        }
        #expect(situation.judgedUpTo == situation.snapshot.now?.alignedDown(to: Judge.interval))
    }

    /// A burst shorter than three judgements, then nothing for a day: the judgements in between are made all the same.
    @Test func aBurstBeforeAGapIsJudged() throws {
        let text =
            (0..<40).map { Story.request(midnight + Int64($0), "b\($0)", failed: true) }.joined()
            + Story.seconds(30, from: midnight + Span.day)
        let events = try Run.read(text).events.filter { $0.rule == "high_error_rate" }
        #expect(events.map(\.to) == [.pending, .firing, .resolved, nil])
        #expect(events.map { ($0.time - midnight) / Span.second } == [10, 30, 310, 3920])
    }

    @Test func sparseRecordsAreCountedAtTheirTimes() throws {
        let text = (0..<30).map { Story.request(midnight + Int64($0) * 10 * Span.minute, "r\($0)") }.joined()
        let situation = try Run.read(text)
        let bars = situation.snapshot.bars(.hours6, count: 36)
        #expect(bars.tallies.reduce(0) { $0 + $1.requests.raw } >= 28)
        #expect(bars.tallies.allSatisfy { $0.requests.raw <= 2 })
        #expect(situation.requests(.all) == 30)
    }
}
