import Metrics
import Monitoring
import Query
import Telemetry
import TestSupport
import Testing

@Suite struct RuleExplanationTests {
    /// A request a second, of which every fifth failed from second 300 on.
    private static func judged(_ rules: [AlertRule], seconds: Int64) -> Situation {
        var bench = CountingBench()
        var judge = Judge(rules: rules)
        for second in 0..<seconds {
            bench.count(at: midnight + second * Span.second) { $0.success = second < 300 || second % 5 > 0 }
            let now = midnight + (second + 1) * Span.second
            if now % Judge.interval == 0 { judge.step(bench.snapshot(asOf: now), at: now) }
        }
        let end = midnight + seconds * Span.second
        return Situation(
            snapshot: bench.snapshot(asOf: end), alerts: judge.alerts, rules: judge.watched, events: judge.events,
            judgedUpTo: end)
    }

    private static func rule(_ when: String, _ change: (inout RuleDefinition) -> Void = { _ in }) -> AlertRule {
        var definition = RuleDefinition("r", .p2, when: when)
        change(&definition)
        return AlertRule(definition)
    }

    @Test func aTrueConditionIsToldWithWhatDecidedIt() throws {
        let situation = Self.judged(RulePack.conservative.rules, seconds: 900)
        let told = try #require(situation.explanation(ofRule: "elevated_error_rate"))
        #expect(
            told.text == """
                rule  elevated_error_rate P2, pack conservative, E4
                when  error_rate > 0.10 and error_rate <= 0.50
                over  5m to 00:15:00Z: 300 requests, at least 20 wanted
                given failures_seen >= 10 or at_least(error_rate) > 7%
                      error_rate = 20.0%
                      failures_seen = 60
                      at_least(error_rate) = 15.2%
                so    true: error_rate 20.0% > 10%
                says  WARNING: Error rate 20.0% exceeds 10%
                next  ends when its condition does
                """)
    }

    /// Three failures of twenty requests are chance: the condition holds, and is not believed.
    @Test func aConditionIsBelievedOnlyWhereItsEvidenceHolds() throws {
        func told(_ evidence: String) throws -> RuleExplanation {
            let rule = Self.rule("error_rate > 5%") { $0.evidence = evidence }
            return try #require(Self.judged([rule], seconds: 400).explanation(ofRule: "r"))
        }
        let doubted = try told("error_count >= 21")
        #expect(doubted.isDoubted && doubted.summary == nil)
        #expect(doubted.text.contains("so    false: it holds, but error_count >= 21 does not"))
        #expect(try !told("error_count >= 20").isDoubted)
        // What is not known speaks against nothing.
        #expect(try !told("quality > 0").isDoubted)
        let situation = Self.judged(
            [Self.rule("error_rate > 5%") { $0.evidence = "error_count >= 21" }], seconds: 400)
        #expect(situation.alerts.isEmpty)
        let broken = AlertRule(
            {
                var rule = RuleDefinition("r", .p2, when: "error_rate > 5%"); rule.evidence = "eror_count >= 5";
                return rule
            }())
        #expect(broken.problem?.part == .evidence && broken.problem?.range == 0..<10)
    }

    @Test func whatIsNotKnownIsNamed() throws {
        let rule = Self.rule("quality < 0.8 and error_rate > 0")
        let told = try #require(Self.judged([rule], seconds: 400).explanation(ofRule: "r"))
        #expect(told.missing == ["quality"] && told.text.contains("so    not known for want of quality"))
        #expect(told.text.contains("next  waits for its condition to hold"))
        let few = try #require(
            Self.judged([Self.rule("error_rate > 0") { $0.minimumRequests = 500 }], seconds: 400)
                .explanation(ofRule: "r"))
        #expect(few.hasTooFew && few.text.contains("so    false: too few requests"))
    }

    @Test func aPendingAlertSaysWhatItWaitsFor() throws {
        let counting = Self.rule("error_rate > 0") { $0.forCount = 5 }
        // First true at 310: at 330 three judgements were.
        #expect(
            Self.judged([counting], seconds: 330).explanation(ofRule: "r")?.waits
                == "fires after 2 more true judgements, in 20s")
        let lasting = Self.rule("error_rate > 0") { ($0.forCount, $0.forDuration) = (1, 45 * Span.second) }
        #expect(
            Self.judged([lasting], seconds: 330).explanation(ofRule: "r")?.waits
                == "fires in 25s if the condition still holds")
    }

    @Test func aBrokenRuleSaysWhy() throws {
        let told = try #require(Self.judged([Self.rule("eror_rate > 0")], seconds: 60).explanation(ofRule: "r"))
        #expect(told.text.contains("broken when, column 1: unknown name \"eror_rate\""))
        #expect(told.waits == "is never judged until it is mended" && told.readings.isEmpty)
    }

    @Test func callsAndSlicesAreRead() throws {
        let call = Self.rule("errors(\"timeout\") > 5 or change(error_rate, 1m) > 500%")
        let told = try #require(Self.judged([call], seconds: 400).explanation(ofRule: "r"))
        #expect(told.readings.map(\.name) == ["errors(\"timeout\")", "change(error_rate, 1m)"])
        #expect(told.readings.first?.value == "0")
        #expect(Self.judged([call], seconds: 400).explanation(ofRule: "nobody") == nil)
    }
}
