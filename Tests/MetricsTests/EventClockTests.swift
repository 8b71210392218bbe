import Metrics
import Statistics
import TestSupport
import Testing

@Suite struct EventClockTests {
    private static let clock = anyTime + 900 * Span.day

    private static func observing(
        _ times: [Int64], mode: EventClock.Mode = .automatic, clock: Int64 = clock
    ) -> EventClock {
        var events = EventClock(mode: mode)
        for time in times { _ = events.observe(time, clock: clock) }
        return events
    }

    @Test func withoutRecordsThereIsNoNow() {
        let events = EventClock()
        #expect(events.now(clock: Self.clock) == nil && events.dataTime == nil && events.newest == nil)
    }

    @Test func recordedDataHasItsNewestTime() {
        let events = Self.observing([anyTime, anyTime + 10, anyTime + 5])
        #expect(!events.isLive && events.now(clock: Self.clock) == anyTime + 10)
    }

    @Test func aSingleRecordHasItsOwnTime() {
        let events = Self.observing([anyTime])
        #expect(events.now(clock: Self.clock) == anyTime && events.newest == nil)
    }

    @Test(arguments: [0, 1, 2, 3])
    func oneSkewedRecordDoesNotMoveNow(_ place: Int) {
        for skew in [6 * Span.minute, Span.hour, 300 * Span.day, -20_000 * Span.day] {
            var times = [anyTime, anyTime + Span.second, anyTime + 2 * Span.second]
            times.insert(anyTime + skew, at: place)
            #expect(Self.observing(times).dataTime == anyTime + 2 * Span.second, "\(skew) at \(place)")
        }
    }

    @Test func aSecondRecordWithinFiveMinutesMovesNow() {
        let far = anyTime + Span.day
        #expect(Self.observing([anyTime, far, far + 5 * Span.minute]).dataTime == far + 5 * Span.minute)
        #expect(Self.observing([anyTime, far + 5 * Span.minute, far]).dataTime == far + 5 * Span.minute)
        #expect(Self.observing([anyTime, far, far + 5 * Span.minute + 1]).dataTime == far)
    }

    @Test func dataNearTheClockIsLive() {
        for ago in [0, 5 * Span.minute, -5 * Span.minute] {
            #expect(Self.observing([Self.clock - ago]).isLive)
        }
        #expect(!Self.observing([Self.clock - 5 * Span.minute - 1]).isLive)
    }

    @Test func recordedDataTurnsLiveWhenARecordComesNearTheClock() {
        var events = Self.observing([anyTime, anyTime + 1])
        #expect(events.now(clock: Self.clock) == anyTime + 1)
        _ = events.observe(Self.clock - Span.minute, clock: Self.clock)
        #expect(events.isLive && events.now(clock: Self.clock) == Self.clock)
        // And stays so when records stop.
        #expect(events.now(clock: Self.clock + Span.hour) == Self.clock + Span.hour)
    }

    @Test func aTimeAheadOfTheClockIsClampedAndCounted() {
        var events = Self.observing([Self.clock])
        #expect(events.observe(Self.clock + 5 * Span.minute, clock: Self.clock) == Self.clock + 5 * Span.minute)
        #expect(events.clamped == 0)
        #expect(events.observe(Self.clock + 5 * Span.minute + 1, clock: Self.clock) == Self.clock)
        #expect(events.clamped == 1)
    }

    @Test func aRecordFromTheFutureDoesNotMakeRecordedDataLive() {
        for times in [[Self.clock * 2, anyTime, anyTime], [anyTime, Self.clock * 2, anyTime]] {
            var events = Self.observing(times)
            #expect(!events.isLive && events.clamped == 1)
            #expect(events.dataTime == anyTime)
            // It is counted at the data's time.
            #expect(events.observe(Self.clock + Span.day, clock: Self.clock) == anyTime)
        }
    }

    @Test func aSourceWhoseClockIsAheadIsLiveAllTheSame() {
        let events = Self.observing((0..<5).map { Self.clock + 10 * Span.minute + $0 })
        #expect(events.isLive && events.clamped == 5)
    }

    @Test func theModeForcesWhatNowIs() {
        let near = Self.observing([Self.clock, Self.clock + 1], mode: .data)
        #expect(!near.isLive && near.now(clock: Self.clock) == Self.clock + 1)
        let far = Self.observing([anyTime], mode: .clock)
        #expect(far.isLive && far.now(clock: Self.clock) == Self.clock)
        // Forced data knows no clock to be ahead of.
        let ahead = Self.observing([Self.clock + Span.day, Self.clock + Span.day], mode: .data)
        #expect(ahead.dataTime == Self.clock + Span.day && ahead.clamped == 0)
    }

    @Test(arguments: EventClock.Mode.allCases)
    func noTimeWhateverBreaksIt(_ mode: EventClock.Mode) {
        var random = Xoshiro256(seed: 5)
        var events = EventClock(mode: mode)
        for _ in 0..<2000 {
            let shift = random.below(64)
            let time = Int64(truncatingIfNeeded: random.next() >> shift) * (random.chance(0.5) ? 1 : -1)
            let counted = events.observe(time, clock: Self.clock)
            #expect((0...4_102_444_800 * Span.second).contains(counted))
        }
    }
}
