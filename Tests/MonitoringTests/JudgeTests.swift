import Metrics
import Monitoring
import Query
import Telemetry
import TestSupport
import Testing

/// Rules over records, at the times at which they are judged.
@Suite struct JudgeTests {
    /// Judges every 10 s from midnight on, after `fill` has counted what came before.
    private static func run(
        _ rules: [AlertRule], seconds: Int64, _ fill: (inout CountingBench, Int64) -> Void
    ) -> (judge: Judge, bench: CountingBench) {
        var bench = CountingBench()
        var judge = Judge(rules: rules)
        for second in 0..<seconds {
            fill(&bench, second)
            let now = midnight + (second + 1) * Span.second
            if now % Judge.interval == 0 { judge.step(bench.snapshot(asOf: now), at: now) }
        }
        return (judge, bench)
    }

    private static func request(_ bench: inout CountingBench, _ second: Int64, failed: Bool) {
        bench.count(at: midnight + second * Span.second) { record in
            record.success = !failed
            record.latency = failed ? 40 * Span.second : Span.second
        }
    }

    @Test func anOutageFiresAfterThreeJudgementsAndResolvesWhenItsWindowIsOver() {
        // Ten minutes fine, five of nothing but failures, ten fine.
        let (judge, _) = Self.run(RulePack.conservative.rules, seconds: 1500) { bench, second in
            Self.request(&bench, second, failed: second >= 600 && second < 900)
        }
        let page = judge.events.filter { $0.rule == "high_error_rate" }
        #expect(page.map(\.to) == [.pending, .firing, .resolved])
        // Over 50% of 300 s: more than 150 failures, seen at the next judgement.
        #expect(page.first?.time == midnight + 760 * Span.second)
        #expect(page.dropFirst().first?.time == midnight + 780 * Span.second)
        // 150 failures are not over 50% any more.
        #expect(page.last?.time == midnight + 1050 * Span.second)
        let ticket = judge.events.filter { $0.rule == "elevated_error_rate" }
        #expect(ticket.first?.time == midnight + 640 * Span.second)
        #expect(judge.events.map(\.time) == judge.events.map(\.time).sorted())
    }

    @Test func theRulesOfThePackExcludeEachOther() {
        let (judge, _) = Self.run(RulePack.conservative.rules, seconds: 1200) { bench, second in
            Self.request(&bench, second, failed: second >= 300)
        }
        let firing = judge.alerts.filter { $0.state.phase == .firing }.map(\.name)
        #expect(firing.contains("high_error_rate") && !firing.contains("elevated_error_rate"))
        #expect(firing.contains("high_latency"))
    }

    @Test func firingAlertsComeFirstByUrgency() {
        let (judge, _) = Self.run(RulePack.conservative.rules, seconds: 900) { bench, second in
            Self.request(&bench, second, failed: second >= 300)
        }
        let ranks = judge.alerts.map { ($0.state.isFiring ? 0 : 1, $0.severity) }
        #expect(zip(ranks, ranks.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(judge.alerts.first?.name == "high_error_rate")
        #expect(judge.alerts.first?.symptom == "errors 100.0% (>50%)")
    }

    @Test func tooFewRequestsFireNothing() {
        let (judge, _) = Self.run(RulePack.conservative.rules, seconds: 600) { bench, second in
            if second % 20 == 0 { Self.request(&bench, second, failed: true) }
        }
        #expect(judge.events.isEmpty && judge.isQuiet)
    }

    @Test func aSilentWindowEndsWhatFired() {
        let (judge, _) = Self.run(RulePack.conservative.rules, seconds: 1200) { bench, second in
            if second < 100 { Self.request(&bench, second, failed: true) }
        }
        #expect(judge.events.filter { $0.rule == "high_error_rate" }.last?.to == .resolved)
        #expect(judge.alerts.allSatisfy { $0.state.phase == .resolved })
    }

    @Test func driftIsMeasuredAgainstTheFirstHour() {
        let (judge, _) = Self.run(RulePack.conservative.rules, seconds: 3 * 3600) { bench, second in
            guard second % 5 == 0 else { return }
            bench.count(at: midnight + second * Span.second) { record in
                record.success = true
                record.outputLength = second < 9000 ? 100 : 130
            }
        }
        let events = judge.events.filter { $0.rule == "drift_detected" }
        #expect(events.map(\.to) == [.pending, .firing])
        #expect(
            judge.alerts.first { $0.name == "drift_detected" }?.state.summary == "INFO: Output length drifted +30.0%")
        // Half of the window at +30% is just 15%: a little later it is more.
        #expect(events.first.map { $0.time > midnight + 9150 * Span.second } == true)
        #expect(events.first.map { $0.time < midnight + 9180 * Span.second } == true)
    }

    @Test func anAlertKeepsItsIdForItsLife() {
        var ids: Set<String> = []
        var bench = CountingBench()
        var judge = Judge(rules: RulePack.conservative.rules)
        for second in 0..<400 as Range<Int64> {
            Self.request(&bench, second, failed: true)
            let now = midnight + (second + 1) * Span.second
            guard now % Judge.interval == 0 else { continue }
            judge.step(bench.snapshot(asOf: now), at: now)
            for alert in judge.alerts where alert.name == "high_error_rate" { ids.insert(alert.id) }
        }
        #expect(ids.count == 1)
    }

    @Test func theListOfEventsIsBounded() {
        var definition = RuleDefinition("flapping", .p3, when: "error_rate > 0.5")
        (definition.window, definition.minimumRequests, definition.forCount) = (10 * Span.second, 1, 1)
        let rule = AlertRule(definition)
        let (judge, _) = Self.run([rule], seconds: 15_000) { bench, second in
            if second % 5 == 0 { Self.request(&bench, second, failed: second / 10 % 2 == 0) }
        }
        #expect(judge.events.count == 1000)
        #expect(judge.events.last?.time == midnight + 15_000 * Span.second)
    }
}
