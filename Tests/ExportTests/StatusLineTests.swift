import Canvas
import Export
import Metrics
import Monitoring
import Telemetry
import TestSupport
import Testing

/// `--format line`.
@Suite struct StatusLineTests {
    private static func line(
        _ situation: Situation, _ glyphs: GlyphSet = .unicode, width: Int = 80, later: Int64 = 0
    ) -> String {
        StatusLine(situation, window: .minutes15, glyphs: glyphs, clock: (situation.snapshot.now ?? 0) + later)
            .text(width: width)
    }

    /// A request a second for so many seconds, every 50th of which fails.
    private static func healthy(_ seconds: Int64) -> CountingBench {
        var bench = CountingBench()
        for n in 0..<seconds {
            bench.count(at: midnight + n * Span.second, trace: "t\(n)", cost: 10_000_000) { record in
                record.success = n % 50 != 0
                record.latency = 1_000_000
            }
        }
        return bench
    }

    private static func situation(_ snapshot: Snapshot) -> Situation {
        Situation(snapshot: snapshot, alerts: [], rules: [], events: [], judgedUpTo: nil)
    }

    @Test func allIsWell() {
        let situation = Self.situation(Self.healthy(900).snapshot())
        #expect(Self.line(situation) == "✓ HEALTHY 60.1/min · err 2.0% · p95 1.00s · $36.04/h")
        #expect(Self.line(situation, .ascii) == "+ HEALTHY 60.1/min . err 2.0% . p95 1.00s . $36.04/h")
    }

    @Test func whatIsWrongComesFirst() {
        let line = Self.line(HostileSituation.whole, width: 200)
        #expect(line.hasPrefix("▲ DEGRADED errors ") || line.hasPrefix("✗ CRITICAL errors "), "\(line)")
        #expect(line.contains("since 02:3"), "\(line)")
    }

    @Test func itFitsAndCommandsNobody() {
        for width in 1...120 {
            for glyphs in [GlyphSet.unicode, .ascii] {
                for situation in [HostileSituation.whole, HostileSituation.nothing] {
                    let line = Self.line(situation, glyphs, width: width)
                    #expect(DisplayWidth.width(of: line) <= width)
                    #expect(!line.contains("#") && !line.contains("\n") && line.printable == line)
                    #expect(!glyphs.isASCII || line.unicodeScalars.allSatisfy(\.isASCII))
                }
            }
        }
    }

    @Test func oldDataSayTheirAge() {
        let situation = Self.situation(Self.healthy(900).snapshot())
        #expect(!Self.line(situation, later: 2 * Span.minute).contains("old"))
        #expect(Self.line(situation, later: 3 * Span.hour).contains(" · 3h old"))
    }

    @Test func silenceUpToTheClockIsNoData() {
        let bench = Self.healthy(60)
        let situation = Self.situation(bench.snapshot(asOf: midnight + 59 * Span.second + 4 * Span.minute))
        #expect(Self.line(situation) == "? NO DATA for 4m · last record 00:00Z")
        #expect(Self.line(HostileSituation.nothing) == "? NO DATA no record yet")
    }
}
