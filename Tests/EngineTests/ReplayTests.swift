import Metrics
import TestSupport
import Testing

@testable import Engine

/// When a record of a replay is due.
@Suite struct ReplayTests {
    private static let start = longAfter

    @Test func recordsComeAtAMultipleOfTheirPace() {
        var pacer = Pacer(speed: 60)
        #expect(pacer.delay(of: anyTime, standing: .following, clock: Self.start) == 0)
        #expect(pacer.delay(of: anyTime + Span.minute, standing: .following, clock: Self.start) == Span.second)
        #expect(
            pacer.delay(of: anyTime + Span.minute, standing: .following, clock: Self.start + Span.second) == 0)
        #expect(
            pacer.delay(of: anyTime + Span.second, standing: .following, clock: Self.start + Span.second) < 0)
    }

    @Test func whatComesBeforeTheOpeningPassesAtOnce() {
        var pacer = Pacer(speed: 1, opensAt: anyTime)
        #expect(pacer.delay(of: anyTime - Span.day, standing: .following, clock: Self.start) == 0)
        #expect(pacer.delay(of: anyTime - 1, standing: .following, clock: Self.start + 5) == 0)
        #expect(pacer.delay(of: anyTime + 10, standing: .following, clock: Self.start + 7) == 0)
        #expect(pacer.delay(of: anyTime + 30, standing: .following, clock: Self.start + 7) == 20)
    }

    @Test func aSkewedRecordHoldsTheReplayUpForAMinuteAtMost() {
        for speed in [1e-9, 1, 60, 1e9, .infinity, .nan] {
            var pacer = Pacer(speed: speed)
            _ = pacer.delay(of: anyTime, standing: .following, clock: Self.start)
            let far = anyTime + 20_000 * Span.day
            #expect(pacer.delay(of: far, standing: .alone, clock: Self.start) <= Pacer.patience)
            #expect(pacer.delay(of: far, standing: .alone, clock: Self.start + Pacer.patience) <= 0)
            // The others go on where they were.
            let next = pacer.delay(of: anyTime + Span.second, standing: .following, clock: Self.start)
            #expect(speed == 1 ? next == Span.second : next >= 0)
        }
    }

    @Test func aGapIsCutShortAndThePaceKept() {
        var pacer = Pacer(speed: 1)
        _ = pacer.delay(of: anyTime, standing: .following, clock: Self.start)
        let after = anyTime + 2 * Span.day
        #expect(pacer.delay(of: after, standing: .afterGap, clock: Self.start) == Pacer.patience)
        let clock = Self.start + Pacer.patience
        #expect(pacer.delay(of: after, standing: .afterGap, clock: clock) == 0)
        #expect(pacer.delay(of: after + Span.second, standing: .following, clock: clock) == Span.second)
    }

    @Test func aReplayWithASkewedRecordComesToItsEnd() {
        let text =
            Story.seconds(30, from: anyTime) + Story.request(anyTime + 9000 * Span.day, "skewed")
            + Story.seconds(30, from: anyTime + 30 * Span.second)
        let (situation, took) = Run.replay(text, speed: 10)
        #expect(situation.requests(.minutes5) == 61)
        #expect(took <= Pacer.patience + 6 * Span.second)
    }
}
