import Metrics
import Monitoring
import Telemetry
import TestSupport
import Testing

@testable import Engine

/// Through a silence that can change nothing, judgement leaps; what it says must not depend on it.
@Suite struct QuietTests {
    private static func rules() -> [AlertRule] {
        func rule(_ name: String, _ when: String, _ change: (inout RuleDefinition) -> Void) -> AlertRule {
            var definition = RuleDefinition(name, .p2, when: when)
            (definition.window, definition.minimumRequests) = (Span.minute, 1)
            change(&definition)
            return AlertRule(definition)
        }
        return RulePack.conservative.rules + [
            rule("lasting", "error_rate > 10%") { $0.keepFiringFor = 10 * Span.minute },
            rule("untold", "error_rate > 10%") { $0.missing = .nodata },
            rule("earlier", "change(error_rate, 30m) > 50%") { $0.missing = .keep },
            rule("spend", "spend(90m) > $1") { $0.minimumRequests = 0 },
            rule("sliced", "error_rate > 10%") { $0.slice = "task_type" },
        ]
    }

    /// Half an hour of traffic of which a third fails in the end, silence, and the same again.
    private static func times(gap: Int64) -> [(time: Int64, failed: Bool)] {
        [0, 1800 + gap].flatMap { start in
            (0..<360).map { n in (midnight + (start + n * 5) * Span.second, n > 240 && n % 3 == 0) }
        }
    }

    private static func count(_ item: (time: Int64, failed: Bool), in recorder: inout Recorder, _ symbols: SymbolTable)
    {
        var record = Record()
        (record.time, record.hasTime) = (item.time, true)
        record.success = !item.failed
        record.values[.taskType] = symbols.intern(item.failed ? "refund" : "search", .taskType)
        let bytes = [UInt8](repeating: 0, count: NativeDecoder.padding)
        // A view of bytes that are there.
        unsafe recorder.record(
            record, bytes: bytes.span.bytes, cost: 5_000_000, names: { symbols.names }, judgedUpTo: .min)
    }

    @Test(arguments: [60, 600, 6 * 3600] as [Int64])
    func aLeapThroughSilenceSkipsNothing(_ gap: Int64) {
        let symbols = SymbolTable()
        var leaping = JudgedCounts(RuleBook(rules: Self.rules()))
        var recorder = Recorder()
        var stepping = Judge(rules: Self.rules())
        var next = midnight + Judge.interval
        for item in Self.times(gap: gap) {
            leaping.judge(upTo: item.time, names: symbols.names, clock: 0)
            while next <= item.time {
                stepping.step(
                    recorder.snapshot(asOf: next, source: InputStatus(name: ""), names: symbols.names), at: next)
                next += Judge.interval
            }
            Self.count(item, in: &leaping.recorder, symbols)
            Self.count(item, in: &recorder, symbols)
        }
        let end = leaping.recorder.snapshot(asOf: next, source: InputStatus(name: ""), names: symbols.names)
        let events = leaping.situation(end).events
        #expect(events == stepping.events)
        #expect(
            Set(events.map(\.rule)).isSuperset(of: ["elevated_error_rate", "lasting", "untold", "spend", "sliced"]))
    }

    @Test func aLiveSilenceIsAnAlertWhereThatIsAskedFor() {
        let symbols = SymbolTable()
        for (isLive, expected) in [(true, [AlertPhase.firing, .resolved]), (false, [])] {
            var counts = JudgedCounts(RuleBook(rules: [AlertRule(RulePack.unresponsive())]))
            for item in Self.times(gap: 0).prefix(100) {
                counts.judge(upTo: item.time, names: symbols.names, isLive: isLive, clock: 0)
                Self.count(item, in: &counts.recorder, symbols)
            }
            let silent = midnight + 500 * Span.second
            counts.judge(upTo: silent + 10 * Span.minute, names: symbols.names, isLive: isLive, clock: 0)
            Self.count((silent + 10 * Span.minute, false), in: &counts.recorder, symbols)
            counts.judge(upTo: silent + 11 * Span.minute, names: symbols.names, isLive: isLive, clock: 0)
            let snapshot = counts.recorder.snapshot(asOf: nil, source: InputStatus(name: ""), names: symbols.names)
            #expect(counts.situation(snapshot).events.map(\.to) == expected.map(Optional.some))
        }
    }
}
