import Metrics
import Monitoring
import Statistics
import TestSupport
import Testing

@testable import Engine

/// Recorded data in which some clocks are wrong.
@Suite struct SkewTests {
    private static func request(_ time: Int64, _ id: String, failed: Bool = false, host: String = "") -> String {
        let host = host.isEmpty ? "" : #","host":"\#(host)""#
        return #"{"trace_id":"\#(id)","timestamp":\#(time),"latency_ms":100,"success":\#(!failed)\#(host)}"#
    }

    /// A quarter of an hour, a request a second; the last third fails.
    private static func lines(hosts: [String]) -> [String] {
        (0..<900).map { n in
            request(
                anyTime + Int64(n) * Span.second, "t\(n)", failed: n >= 600,
                host: hosts.isEmpty ? "" : hosts[n % hosts.count])
        }
    }

    private static func read(_ lines: [String]) throws -> Situation {
        try Run.read(lines.joined(separator: "\n")) { $0.nowMode = .data }
    }

    /// As many as come from one machine at once: the others outvote them.
    @Test(arguments: [1, 2, 5, 20], [100, 450, 640, 840])
    func recordsOfOneClockThatIsWrongMoveNothing(_ count: Int, _ place: Int) throws {
        let expected = try Self.read(Self.lines(hosts: []))
        for skew in [Span.hour, 20 * Span.minute, 40 * Span.day] {
            var lines = Self.lines(hosts: [])
            lines.insert(
                contentsOf: (0..<count).map { Self.request(anyTime + skew + Int64($0), "skewed\($0)") }, at: place)
            let situation = try Self.read(lines)
            #expect(situation.snapshot.now == expected.snapshot.now, "\(skew)")
            #expect(situation.events.map(\.rule) == expected.events.map(\.rule), "\(skew)")
            #expect(situation.snapshot.source.clamped == count && situation.requests(.all) == 900 + Int64(count))
            #expect(situation.snapshot.late < 2 * count)
        }
    }

    /// Two at the very beginning, before anybody can disagree.
    @Test func theFirstRecordsMayBeWrong() throws {
        for count in 1...3 {
            let skewed = (0..<count).map { Self.request(anyTime + Span.hour + Int64($0), "skewed\($0)") }
            let situation = try Self.read(skewed + Self.lines(hosts: []))
            #expect(situation.snapshot.now == anyTime + 899 * Span.second)
            #expect(situation.snapshot.source.clamped == count && situation.requests(.all) == 900 + Int64(count))
        }
    }

    /// All the while, up to a third of the traffic.
    @Test(arguments: [3, 10, 60], [Span.hour, -Span.hour])
    func aHostWhoseClockIsWrongAllTheTimeMovesNothing(_ every: Int, _ skew: Int64) throws {
        let lines = Self.lines(hosts: []).enumerated().flatMap { n, line in
            n % every == every - 1
                ? [line, Self.request(anyTime + skew + Int64(n) * Span.second, "skewed\(n)")] : [line]
        }
        let situation = try Self.read(lines)
        #expect(situation.snapshot.now == anyTime + 899 * Span.second)
        #expect(situation.requests(.all) == Int64(lines.count))
        #expect(situation.snapshot.source.clamped == (skew > 0 ? 900 / every : 0))
        #expect(situation.verdict(window: .minutes15).state == .critical)
    }

    /// At the end nobody is left to disagree; names of hosts tell that others had another time.
    @Test(arguments: [2, 20, 60])
    func oneHostAmongSeveralIsNotBelievedAtTheEndEither(_ count: Int) throws {
        let skewed = (0..<count).map { Self.request(anyTime + Span.hour + Int64($0), "skewed\($0)", host: "c") }
        let situation = try Self.read(Self.lines(hosts: ["a", "b", "c"]) + skewed)
        #expect(situation.snapshot.now == anyTime + 899 * Span.second)
        #expect(situation.snapshot.source.clamped == count && situation.requests(.all) == 900 + Int64(count))
        // Where several agree, the data has a gap.
        let agreed = (0..<count).map {
            Self.request(anyTime + Span.hour + Int64($0), "gap\($0)", host: ["a", "b"][$0 % 2])
        }
        let gap = try Self.read(Self.lines(hosts: ["a", "b", "c"]) + agreed)
        #expect(gap.snapshot.now == anyTime + Span.hour + Int64(count - 1) && gap.snapshot.source.clamped == 0)
    }

    /// After a gap of any length the data goes on, also where it is thin.
    @Test(arguments: [Span.second, Span.minute, 10 * Span.minute])
    func aGapIsNoWrongClock(_ step: Int64) throws {
        let lines = (0..<200).map { n in
            Self.request(anyTime + Int64(n) * step + (n >= 100 ? 3 * Span.hour : 0), "t\(n)", host: "a")
        }
        let situation = try Self.read(lines)
        // Of thin data the last record is alone with its time.
        let isThin = step > EventClock.tolerance
        #expect(situation.snapshot.now == anyTime + (isThin ? 198 : 199) * step + 3 * Span.hour)
        #expect(situation.snapshot.source.clamped == (isThin ? 1 : 0))
        #expect(situation.snapshot.late == 0 && situation.requests(.all) == 200)
    }

    /// Whatever the times are, every record is counted once, and what waits is bounded.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func noRecordIsLostWhateverItsTime(_ seed: UInt64) throws {
        var random = Xoshiro256(seed: seed)
        var events = EventClock(mode: .data)
        var waiting: [Int64] = []
        let lines = (0..<600).map { n in
            let skew = random.chance(0.5) ? 0 : Int64(random.below(4)) * Span.hour * (random.chance(0.7) ? 1 : -1)
            return Self.request(anyTime + Int64(n) * Span.second + skew, "t\(n)")
        }
        #expect(try Self.read(lines).requests(.all) == 600)
        for n in 0..<600 as Range<Int64> {
            let time = events.observe(anyTime + n * Span.second + Int64(random.below(9)) * Span.hour, clock: longAfter)
            if events.isDoubtful { waiting.append(time) }
            switch events.verdict(.record) {
            case .wait: break
            case .believe(let limit):
                for time in waiting where time <= limit { events.admit(time) }
                waiting.removeAll { $0 <= limit }
            case .dismiss(let limit):
                for time in waiting where time > limit { events.dismiss(time, isClamped: false) }
                waiting.removeAll { $0 > limit }
            }
            #expect(waiting.count <= EventClock.doubtLimit)
        }
    }
}
