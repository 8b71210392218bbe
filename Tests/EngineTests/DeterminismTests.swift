import Engine
import Ingest
import Metrics
import Monitoring
import TestSupport
import Testing

/// The same records give the same history, numbers and verdict, however they arrive.
@Suite struct DeterminismTests {
    private static let story = Story(seed: 1, minutes: 30, disorder: 20 * Span.second)

    private static let reference = Result { try Run.read(story.text) }

    @Test func theStoryIsWorthTelling() throws {
        let situation = try Self.reference.get()
        let rules = Set(situation.events.map(\.rule))
        #expect(rules.isSuperset(of: ["high_error_rate", "elevated_error_rate"]))
        #expect(situation.events.contains { $0.to == .resolved })
        #expect(situation.canary() != nil && situation.snapshot.late > 0)
        #expect(situation.snapshot.read == Self.story.lines.count && situation.snapshot.source.state == .ended)
    }

    @Test(arguments: [200, 1000, 20_000, 400_000])
    func chunksDoNotMatter(_ largest: Int) throws {
        let expected = try Self.reference.get().account
        for seed in 1...2 as ClosedRange<UInt64> {
            let pieces = Pieces.cut(Self.story.text, largest: largest, seed: seed)
            let situation = try OneReading.situation(Run.options([.program(name: "story", pieces)]))
            #expect(situation.account == expected)
        }
    }

    @Test(arguments: [1, 2, 9])
    func chunksOfSingleBytesDoNotMatter(_ largest: Int) throws {
        let text = Story(seed: 5, minutes: 4, disorder: Span.second).text
        let pieces = Pieces.cut(text, largest: largest, seed: 1)
        let situation = try OneReading.situation(Run.options([.program(name: "story", pieces)]))
        #expect(situation.account == (try Run.read(text).account))
    }

    @Test func waitingForMoreDoesNotMatter() throws {
        var pieces = Pieces.cut(Self.story.text, largest: 60_000, seed: 9)
        for place in [0, 1, 4, pieces.pieces.count] { pieces.pieces.insert([], at: place) }
        let situation = try OneReading.situation(Run.options([.program(name: "story", pieces)]))
        #expect(situation.account == (try Self.reference.get().account))
    }

    @Test(arguments: [1, 60, 1_000_000, .infinity] as [Double])
    func replaySpeedDoesNotMatter(_ speed: Double) throws {
        let (situation, took) = Run.replay(Self.story.text, speed: speed)
        #expect(situation.account == (try Self.reference.get().account))
        let length = Double(Self.story.lines.map(\.time).max() ?? 0) - Double(Self.story.lines[0].time)
        #expect(abs(Double(took) - length / speed) < 2000)
    }

    @Test func anOpeningThatPassesAtOnceDoesNotMatter() throws {
        let (situation, took) = Run.replay(Self.story.text, speed: 60, opensAt: anyTime + 20 * Span.minute)
        #expect(situation.account == (try Self.reference.get().account))
        #expect(abs(took - 10 * Span.second) < 2 * Span.second)
    }

    @Test(arguments: [2, 3, 7])
    func severalFilesAreOneInOrderOfTime(_ count: Int) throws {
        // In order: out of it, the merged order is another one.
        let story = Story(seed: 2, minutes: 20)
        let expected = try Run.read(story.text).account
        for seed in 1...2 as ClosedRange<UInt64> {
            #expect(try Run.read(story.dealt(to: count, seed: seed)).account == expected)
        }
    }

    @Test func theModeDoesNotMatterToRecordedData() throws {
        let expected = try Self.reference.get().account
        #expect(try Run.read(Self.story.text) { $0.nowMode = .data }.account == expected)
    }

    @Test func judgementsDoNotDependOnTheClockThatDataIsReadAt() throws {
        let end = Self.story.lines.map(\.time).max() ?? 0
        // Live at its end: what was judged on the way is the same.
        let live = try Run.read(Self.story.text, clock: end + Span.second)
        #expect(live.events == (try Self.reference.get().events))
    }
}
