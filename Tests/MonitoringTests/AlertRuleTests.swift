import Metrics
import Monitoring
import Query
import TestSupport
import Testing

@Suite struct AlertRuleTests {
    /// A metric by the name and in the unit that the requirements give it.
    private static func values(_ metrics: [String: Any]) throws -> [WindowMetric: Value] {
        var values: [WindowMetric: Value] = [:]
        for (name, any) in metrics {
            let number = try #require(any as? Double)
            switch name {
            case "error_rate": values[.errorRate] = .number(number)
            case "p95_latency_s": values[.p95Latency] = .number(number)
            case "cost_per_hour": values[.costPerHour] = .number(number)
            case "output_length_drift_pct": values[.outputLengthDrift] = .number(number / 100)
            default: Issue.record("unknown metric \(name)")
            }
        }
        return values
    }

    private static func fired(_ values: [WindowMetric: Value]) -> [[String]] {
        RulePack.conservative.rules.compactMap { rule in
            let evaluation = rule.evaluate(requests: 1000) { WindowMetric($0).flatMap { values[$0] } }.evaluation
            guard evaluation.isTrue == true else { return nil }
            return [rule.name, rule.severity.rawValue, evaluation.summary]
        }
    }

    @Test func theConservativePackHasTheFiveRules() {
        let names = RulePack.conservative.rules.map(\.name)
        #expect(
            names == ["high_error_rate", "elevated_error_rate", "high_latency", "cost_anomaly", "drift_detected"])
        for rule in RulePack.conservative.rules {
            #expect(rule.window == 5 * Span.minute && rule.minimumRequests == 20 && rule.timing.forCount == 3)
            #expect(rule.definition.source == .pack("conservative", requirement: "E4"))
        }
    }

    @Test func theConservativePackFiresAsTheRequirementsSay() throws {
        let cases = try VectorFile.cases("alerts_000", of: "seeds")
        #expect(cases.count > 20)
        for item in cases {
            let metrics = try #require(item["metrics"] as? [String: Any])
            let expected = try #require(item["fired"] as? [[String: String]])
            let fired = Self.fired(try Self.values(metrics))
            #expect(
                fired == expected.map { [$0["name"] ?? "", $0["severity"] ?? "", $0["message"] ?? ""] }, "\(metrics)")
        }
    }

    @Test func exactlyTwoAlertsFireInTheExample() throws {
        let first = try #require(try VectorFile.cases("alerts_000", of: "seeds").first)
        let fired = Self.fired(try Self.values(try #require(first["metrics"] as? [String: Any])))
        #expect(fired.count == 2)
        #expect(fired.map { $0[1] } == ["P2", "P3"])
    }

    /// 0.1 has no exact double: counts decide.
    @Test func rulesCompareCountsExactly() {
        let elevated = RulePack.conservative.rules[1]
        for (failed, total, expected) in [(1, 10, false), (100, 1000, false), (101, 1000, true), (500, 1000, true)] {
            let share = Value.share(Int64(failed), of: Int64(total))
            let evaluation = elevated.evaluate(requests: 1000) { $0.name == "error_rate" ? share : nil }.evaluation
            #expect(evaluation.isTrue == expected, "\(failed) of \(total)")
        }
        let half = Value.share(500, of: 1000)
        #expect(RulePack.conservative.rules[0].evaluate(requests: 1000) { _ in half }.evaluation.isTrue == false)
    }

    @Test func fewerRequestsThanTheMinimumSayNothing() {
        let rule = RulePack.conservative.rules[0]
        let all = { (_: Reference) -> Value? in .number(1) }
        #expect(rule.evaluate(requests: 19, all).evaluation.isTrue == false)
        #expect(rule.evaluate(requests: 20, all).evaluation.isTrue == true)
    }

    /// Requirements' operator is `>`: 0.10 exactly fires only where a rule says `>=`.
    @Test func theBoundaryIsWhereTheOperatorSaysItIs() {
        for (failed, total) in [(1, 10), (10, 100), (7, 70), (123_456, 1_234_560)] {
            let share = Value.share(Int64(failed), of: Int64(total))
            for (sign, expected) in [(">", false), (">=", true), ("<", false), ("<=", true)] {
                let rule = AlertRule(RuleDefinition("r", .p2, when: "error_rate \(sign) 0.10"))
                #expect(rule.evaluate(requests: 100) { _ in share }.evaluation.isTrue == expected, "\(failed) \(sign)")
            }
        }
    }

    private static func rule(_ when: String, _ change: (inout RuleDefinition) -> Void = { _ in }) -> AlertRule {
        var definition = RuleDefinition("r", .p2, when: when)
        change(&definition)
        return AlertRule(definition)
    }

    @Test func aMissingMetricIsUnknownUnlessTheRuleTakesItForZero() {
        #expect(Self.rule("error_rate < 0.5").evaluate(requests: 100) { _ in nil }.evaluation.isTrue == nil)
        let zero = Self.rule("error_rate < 0.5") { $0.missing = .zero }
        #expect(zero.evaluate(requests: 100) { _ in nil }.evaluation.isTrue == true)
    }

    @Test func noRequestAtAllIsMissingDataAndFewAreNot() {
        let rate = Self.rule("error_rate > 0.5")
        #expect(rate.evaluate(requests: 0) { _ in .number(1) }.evaluation.isTrue == nil)
        #expect(rate.evaluate(requests: 1) { _ in .number(1) }.evaluation.isTrue == false)
        let zero = Self.rule("error_rate > 0.5") { $0.missing = .zero }
        #expect(zero.evaluate(requests: 0) { _ in .number(1) }.evaluation.isTrue == false)
    }

    @Test func theDecidingMetricIsNamed() {
        let (evaluation, decided) = RulePack.conservative.rules[2].evaluate(requests: 100) {
            $0.name == "p95_latency" ? .number(42) : nil
        }
        #expect(decided?.metric == .p95Latency && decided?.comparison == ">" && decided?.subject == nil)
        #expect(evaluation.value == 42 && evaluation.threshold == 30)
    }

    @Test(arguments: [
        ("errors(\"rate_limit\") > 10", WindowMetric.errors, "rate_limit errors", Query.Unit.count),
        ("change(error_rate, 7d) >= 100%", .errorRate, "errors against 7d ago", .fraction),
        ("over(p95_latency, 30m) > 5s", .p95Latency, "p95 over 30m", .seconds),
        ("before(error_rate, 10m) - error_rate > 1%", .errorRate, "r", .fraction),
        ("change(flag_rate(\"safety\"), 1h) > 1%", .flagRate, "safety rate against 1h ago", .fraction),
    ])
    func whatACallMeasuresIsSaidInWords(when: String, metric: WindowMetric, subject: String, unit: Query.Unit) {
        let (_, decided) = Self.rule(when).evaluate(requests: 100) {
            $0.name == "error_rate" ? .number(0) : .number(99)
        }
        #expect(decided?.metric == metric && decided?.subject == subject && decided?.unit == unit)
    }

    @Test(arguments: [
        ("eror_rate > 0.5", "when, column 1: unknown name \"eror_rate\"; did you mean error_rate?"),
        ("error_rate > 15", "when, column 14: error_rate is a fraction between 0 and 1; did you mean 15% (0.15)?"),
        ("usual(error_rate) > 15", "when, column 21: usual is a fraction between 0 and 1; did you mean 15% (0.15)?"),
        (
            "before(error_rate, 40d) > 1%",
            "when, column 1: before(error_rate, 40d) looks back further than the 35d that are kept"
        ),
        ("over(silence, 1h) > 1m", "when, column 6: silence is known as of now only"),
    ])
    func aMistakeInARuleIsPointedAt(when: String, message: String) {
        let rule = Self.rule(when)
        #expect(rule.problem?.description == message)
        #expect(rule.condition == nil && rule.evaluate(requests: 100) { _ in .number(1) }.evaluation.isTrue == nil)
    }

    @Test func everyPartOfARuleIsChecked() {
        #expect(Self.rule("error_rate > 0.5") { $0.summary = "{nothing}" }.problem?.part == .summary)
        #expect(Self.rule("error_rate > 0.5") { $0.window = 0 }.problem?.part == .window)
        #expect(Self.rule("error_rate > 0.5") { $0.slice = "tasktype" }.problem?.part == .slice)
        let unsliced = Self.rule("errors(\"timeout\") > 5") { $0.slice = "task_type" }
        #expect(unsliced.problem?.range == 0..<6 && unsliced.problem?.message.contains("not counted by slice") == true)
        #expect(Self.rule("error_rate > 0.5") { $0.slice = "task_type" }.problem == nil)
    }

    @Test func entriesOfOthersCanBeAppended() {
        let catalogue = WindowMetric.catalogue.appending([
            .init("burn", .number(.plain), help: "", parameters: [.text(choices: ["success"]), .duration])
        ])
        let rule = AlertRule(RuleDefinition("b", .p1, when: "burn(\"success\", 1h) > 14.4"), catalogue)
        let (evaluation, decided) = rule.evaluate(requests: 100) { $0.name == "burn" ? .number(20) : nil }
        #expect(evaluation.isTrue == true && decided?.metric == nil && decided?.subject == "success burn 1h")
        #expect(AlertRule(rule.definition).problem?.message.contains("unknown name") == true)
    }
}
