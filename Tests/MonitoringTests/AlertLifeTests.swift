import Metrics
import Monitoring
import Query
import Telemetry
import TestSupport
import Testing

/// Rules over records: what is missing, slices, samples, calls that look back.
@Suite struct AlertLifeTests {
    /// Judges every 10 s, after `fill` has counted what came before.
    private static func run(
        _ rules: [AlertRule], seconds: Int64, step: Int64 = 1, _ fill: (inout CountingBench, Int64) -> Void
    ) -> Judge {
        var bench = CountingBench()
        var judge = Judge(rules: rules)
        for second in stride(from: 0, to: seconds, by: Int(step)) {
            fill(&bench, second)
            let now = midnight + (second + step) * Span.second
            if now % Judge.interval == 0 { judge.step(bench.snapshot(asOf: now), at: now) }
        }
        return judge
    }

    private static func rule(
        _ when: String, name: String = "r", _ change: (inout RuleDefinition) -> Void = { _ in }
    ) -> AlertRule {
        var definition = RuleDefinition(name, .p2, when: when)
        change(&definition)
        return AlertRule(definition)
    }

    private static func changes(_ judge: Judge) -> [String] {
        judge.events.map {
            "\(($0.time - midnight) / Span.second) \($0.from?.rawValue ?? "-") \($0.to?.rawValue ?? "-")"
        }
    }

    // MARK: What the requirements' example comes to on records

    /// 15% errors, p95 4.2 s, $22.50 an hour, outputs 18.5% longer than in the first hour.
    @Test func theExampleFiresExactlyTwoAlerts() {
        let judge = Self.run(RulePack.conservative.rules, seconds: 3 * 3600, step: 5) { bench, second in
            let isLater = second >= 2 * 3600
            let i = second / 5
            bench.count(at: midnight + second * Span.second, cost: 22_500_000_000 / 720) { record in
                record.success = !(isLater && i % 20 < 3)
                record.latency = i % 10 == 0 ? 4_200_000 : 1_000_000
                record.outputLength = isLater ? 237 : 200
            }
        }
        let firing = judge.alerts.filter(\.state.isFiring)
        #expect(firing.map(\.name) == ["elevated_error_rate", "drift_detected"])
        #expect(firing.map(\.severity) == [.p2, .p3])
        #expect(
            firing.map(\.state.summary) == [
                "WARNING: Error rate 15.0% exceeds 10%", "INFO: Output length drifted +18.5%",
            ])
    }

    // MARK: Missing data

    /// Requests whose latency is told until second 600 and from 1800 on.
    private static func untold(_ missing: MissingData, again slow: Bool, keepFiringFor: Int64 = 0) -> [String] {
        let slowRule = rule("max_latency > 10s") {
            ($0.window, $0.minimumRequests, $0.forCount) = (Span.minute, 1, 1)
            ($0.missing, $0.keepFiringFor) = (missing, keepFiringFor)
        }
        return changes(
            run([slowRule], seconds: 2400, step: 10) { bench, second in
                bench.count(at: midnight + second * Span.second) { record in
                    if second < 600 { record.latency = 20 * Span.second }
                    if second >= 1800 { record.latency = slow ? 20 * Span.second : Span.second }
                }
            })
    }

    @Test func anAlertOutlivesItsDataAndThenSaysThatNothingIsKnown() {
        // The last told latency leaves the window at 660; five minutes later patience ends.
        #expect(
            Self.untold(.keep, again: true) == [
                "10 - firing", "960 firing nodata", "1810 nodata firing",
            ])
        #expect(Self.untold(.keep, again: false).suffix(2) == ["960 firing nodata", "1810 nodata resolved"])
        #expect(
            Self.untold(.keep, again: false, keepFiringFor: Span.minute).suffix(2) == [
                "1810 nodata recovering", "1870 recovering resolved",
            ])
        #expect(Self.untold(.nodata, again: true).suffix(2) == ["660 firing nodata", "1810 nodata firing"])
        #expect(Self.untold(.zero, again: true).suffix(2) == ["660 firing resolved", "1810 resolved firing"])
    }

    @Test func aRuleThatWantsItSaysFromTheBeginningThatNothingIsKnown() {
        for (missing, expected) in [(MissingData.nodata, ["20 - nodata"]), (.keep, [])] {
            let rule = Self.rule("quality < 0.8") { ($0.minimumRequests, $0.missing) = (1, missing) }
            let judge = Self.run([rule], seconds: 1200, step: 20) { bench, second in
                bench.count(at: midnight + second * Span.second)
            }
            #expect(Self.changes(judge) == expected)
        }
    }

    @Test func anOutageWhoseDataWentMissingHasNotEnded() {
        let rule = Self.rule("max_latency > 10s") { ($0.window, $0.minimumRequests, $0.forCount) = (Span.minute, 1, 1) }
        let judge = Self.run([rule], seconds: 3000, step: 10) { bench, second in
            bench.count(at: midnight + second * Span.second) { if second < 600 { $0.latency = 20 * Span.second } }
        }
        #expect(judge.alerts.first?.state.phase == .nodata && judge.alerts.first?.state.isOpen == true)
        #expect(judge.troubleSince == midnight + 10 * Span.second && judge.recoveredAt == nil)
        #expect(judge.isQuiet)
    }

    /// Slow from the beginning; from the tenth minute on a fifth fails, from the twentieth most: the ticket hands over to the page.
    @Test func sinceWhenIsOfWhatIsNamedAndOfWhatHandedOverToIt() throws {
        let judge = Self.run(RulePack.conservative.rules, seconds: 1800) { bench, second in
            bench.count(at: midnight + second * Span.second) { record in
                record.success = second % 10 >= (second < 600 ? 0 : second < 1200 ? 2 : 8)
                record.latency = 60 * Span.second
            }
        }
        let alerts = Dictionary(judge.alerts.map { ($0.name, $0) }) { first, _ in first }
        let (page, ticket) = (try #require(alerts["high_error_rate"]), try #require(alerts["elevated_error_rate"]))
        let slow = try #require(alerts["high_latency"])
        #expect(page.state.isFiring && ticket.state.phase == .resolved && slow.state.isFiring)
        #expect(page.troubleSince == ticket.state.since && ticket.state.since > midnight + 600 * Span.second)
        #expect(slow.troubleSince == slow.state.since && judge.troubleSince == slow.state.since)
        var bench = CountingBench()
        bench.count(at: midnight + 1800 * Span.second)
        let verdict = Verdict(
            bench.snapshot(), alerts: judge.alerts, canary: nil, troubleSince: judge.troubleSince, recoveredAt: nil,
            window: .minutes15)
        #expect(verdict.since == ticket.state.since)
        #expect(verdict.clauses.contains { $0.hasPrefix("+1 more since 00:00") })
    }

    // MARK: Slices

    private static let sliced = rule("error_rate > 50%", name: "slice_errors") { $0.slice = "task_type" }

    @Test func everyValueOfASliceHasItsOwnAlert() {
        let judge = Self.run([Self.sliced], seconds: 1500) { bench, second in
            let task = bench.symbol(["refund", "billing", "search"][Int(second % 3)], .taskType)
            bench.count(at: midnight + second * Span.second) { record in
                record.values[.taskType] = task
                record.success = !(second % 3 == 0 && second >= 300 && second < 900)
            }
        }
        #expect(judge.events.map(\.to) == [.pending, .firing, .resolved])
        #expect(Set(judge.events.map(\.key)) == ["slice_errors-task_type=refund"])
        let fired = judge.events[1].alert
        #expect(fired?.labels == ["task_type": "refund"])
        #expect(fired?.symptom.hasPrefix("errors in task_type=refund 6") == true)
    }

    @Test func slicesComeAndGoWithinBounds() throws {
        // Each second another value, all failing, a hundred of them, and ever new ones.
        var rule = Self.sliced.definition
        (rule.minimumRequests, rule.forCount, rule.window) = (1, 1, Span.minute)
        let judge = Self.run([AlertRule(rule)], seconds: 1200) { bench, second in
            let task = bench.symbol("task \(second / 300 * 100 + second % 100)", .taskType)
            bench.count(at: midnight + second * Span.second) { record in
                record.values[.taskType] = task
                record.success = false
            }
        }
        let open = judge.alerts.filter { $0.state.phase != .resolved }
        #expect(!open.isEmpty && judge.alerts.count <= 3 * AlertRule.sliceLimit)
        let watched = try #require(judge.watched.first)
        #expect(watched.unwatched > 0 && watched.note?.hasSuffix("of task_type not looked at") == true)
    }

    // MARK: Samples

    /// Of the successes one in ten is kept, which stands for ten.
    @Test func samplesCountAsWhatTheyStandFor() throws {
        let rows = try VectorFile.cases("rows", of: "sampling")
        for item in rows {
            let rate = try #require(item["true_error_rate"] as? Double)
            let expected = try #require(item["weighted(failure w=1, success w=10)"] as? Double)
            var bench = CountingBench()
            // Of 10,000 requests.
            let failures = Int((rate * 10_000).rounded())
            for i in 0..<(failures + (10_000 - failures) / 10) {
                bench.count(at: midnight + Int64(i % 200) * Span.second) { record in
                    record.success = i >= failures
                    record.weight = i >= failures ? 10_240 : 1024
                }
            }
            let now = midnight + 4 * Span.minute
            var reader = WindowReader(bench.snapshot(asOf: now), at: now)
            let reference = try #require(Self.rule("error_rate > 0").condition?.references.first)
            let seen = try #require(reader.value(of: reference, lasting: 5 * Span.minute)?.double)
            #expect(abs(seen - expected) < 1e-4)
        }
    }

    @Test func fewSamplesAreFewHoweverMuchTheyStandFor() throws {
        let example = try #require(
            (VectorFile.object("sampling")["weights"] as? [String: Any])?["example"] as? [String: Any])
        let effective = try #require(example["n_eff"] as? Double)
        var bench = CountingBench()
        for i in 0..<145 {
            bench.count(at: midnight + Int64(i) * Span.second) { record in
                record.success = i >= 50
                record.weight = i >= 50 ? 10_240 : 1024
            }
        }
        let now = midnight + 3 * Span.minute
        var reader = WindowReader(bench.snapshot(asOf: now), at: now)
        #expect(reader.effectiveRequests(lasting: 5 * Span.minute) == Int64(effective))
        for (minimum, expected) in [(104, 1), (105, 0)] {
            var judge = Judge(
                rules: [Self.rule("error_rate >= 5%") { ($0.minimumRequests, $0.forCount) = (minimum, 1) }])
            judge.step(bench.snapshot(asOf: now), at: now)
            #expect(judge.alerts.count == expected)
        }
    }

    // MARK: Broken rules

    @Test func aBrokenRuleIsShownAndStopsNothing() {
        let broken = Self.rule("eror_rate > 0.5", name: "broken")
        let judge = Self.run([broken] + RulePack.conservative.rules, seconds: 900) { bench, second in
            bench.count(at: midnight + second * Span.second) { $0.success = second < 300 }
        }
        #expect(judge.alerts.first?.name == "high_error_rate" && judge.alerts.first?.state.isFiring == true)
        let shown = judge.alerts.first { $0.name == "broken" }
        #expect(shown?.state.phase == .error && shown?.state.summary.contains("did you mean error_rate?") == true)
        #expect(judge.watched.first?.note == shown?.state.summary && !judge.events.contains { $0.rule == "broken" })
    }

    // MARK: Entries of others

    @Test func whatOthersAppendIsAskedOfThem() {
        let catalogue = WindowMetric.catalogue.appending([
            .init("burn", .number(.plain), help: "", parameters: [.text(choices: ["success"]), .duration])
        ])
        var definition = RuleDefinition("burning", .p1, when: "burn(\"success\", 1h) > 14.4 and requests > 0")
        (definition.minimumRequests, definition.forCount) = (1, 1)
        var bench = CountingBench()
        bench.count(at: midnight)
        var judge = Judge(rules: [AlertRule(definition, catalogue)])
        let now = midnight + Judge.interval
        var asked: [String] = []
        judge.step(bench.snapshot(asOf: now), at: now) { reference in
            asked.append(reference.text)
            return .number(20)
        }
        #expect(asked.allSatisfy { $0 == "burn(\"success\", 1h)" } && !asked.isEmpty)
        #expect(judge.alerts.first?.symptom == "success burn 1h 20 (>14.4)")
    }
}
