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
            let evaluation = rule.evaluate(requests: 1000) { values[$0] }.evaluation
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
            let evaluation = elevated.evaluate(requests: 1000) { $0 == .errorRate ? share : nil }.evaluation
            #expect(evaluation.isTrue == expected, "\(failed) of \(total)")
        }
        let half = Value.share(500, of: 1000)
        #expect(RulePack.conservative.rules[0].evaluate(requests: 1000) { _ in half }.evaluation.isTrue == false)
    }

    @Test func fewerRequestsThanTheMinimumSayNothing() {
        let rule = RulePack.conservative.rules[0]
        let all = { (_: WindowMetric) -> Value? in .number(1) }
        #expect(rule.evaluate(requests: 19, all).evaluation.isTrue == false)
        #expect(rule.evaluate(requests: 20, all).evaluation.isTrue == true)
    }

    @Test func aMissingMetricIsUnknownUnlessTheRuleTakesItForZero() throws {
        let strict = try AlertRule(name: "r", severity: .p2, when: "error_rate < 0.5", summary: "")
        #expect(strict.evaluate(requests: 100) { _ in nil }.evaluation.isTrue == nil)
        let zero = try AlertRule(name: "r", severity: .p2, when: "error_rate < 0.5", summary: "", missing: .zero)
        #expect(zero.evaluate(requests: 100) { _ in nil }.evaluation.isTrue == true)
    }

    @Test func theDecidingMetricIsNamed() {
        let (evaluation, decided) = RulePack.conservative.rules[2].evaluate(requests: 100) {
            $0 == .p95Latency ? .number(42) : nil
        }
        #expect(decided?.metric == .p95Latency && decided?.comparison == ">")
        #expect(evaluation.value == 42 && evaluation.threshold == 30)
    }

    @Test func aMistakeInARuleIsPointedAt() {
        #expect(throws: QueryError.self) {
            _ = try AlertRule(name: "r", severity: .p1, when: "eror_rate > 0.5", summary: "")
        }
        #expect(throws: QueryError.self) {
            _ = try AlertRule(name: "r", severity: .p1, when: "error_rate > 0.5", summary: "{nothing}")
        }
    }
}
