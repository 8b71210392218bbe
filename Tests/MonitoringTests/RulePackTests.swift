import Metrics
import Monitoring
import Query
import Telemetry
import TestSupport
import Testing

@Suite struct RulePackTests {
    @Test(arguments: RulePack.allCases)
    func everyRuleCompilesAndSaysWhereItComesFrom(_ pack: RulePack) {
        var settings = RulePack.Settings()
        settings.hourlyBudget = 12.5
        for rules in [pack.rules, pack.rules(settings)] {
            #expect(!rules.isEmpty)
            for rule in rules {
                #expect(rule.problem == nil, "\(rule.name): \(rule.problem?.description ?? "")")
                guard case .pack(pack.rawValue, let requirement) = rule.definition.source else {
                    Issue.record("\(rule.name) comes from nowhere")
                    continue
                }
                for line in requirement.split(separator: ",").map({ $0.drop { $0 == " " } }) {
                    #expect("EFJX".contains(line.prefix(1)) && Int(line.dropFirst()) != nil, "\(requirement)")
                }
                #expect(!rule.definition.summary.isEmpty)
            }
            #expect(Set(rules.map(\.name)).count == rules.count)
        }
        #expect(AlertRule(RulePack.unresponsive()).problem == nil)
    }

    @Test func theSymptomsOfTheRequirementsAreAllThere() {
        let names = Set(RulePack.symptoms.rules.map(\.name))
        #expect(
            names == [
                "success_below_objective", "spend_velocity", "circuit_breaker_spike", "tool_errors_doubled",
                "review_queue_backs_up", "completion_drop", "dissatisfaction_spike", "new_error_type",
                "token_increase", "completion_decline", "quality_low", "p99_over_two_minutes", "rate_limit_storm",
                "request_rate_unusual", "data_breach",
            ])
    }

    @Test func theStandardPackFiresAsTheRequirementsSay() throws {
        let severities = ["P1": "critical", "P2": "warning", "P3": "info"]
        for item in try VectorFile.cases("alerts_002", of: "seeds") {
            let metrics = try #require(item["metrics"] as? [String: Double])
            let expected = try #require(item["fired"] as? [[String]])
            let fired = RulePack.standard.rules.compactMap { rule -> [String]? in
                let evaluation = rule.evaluate(requests: 1000) { reference in
                    switch reference.name {
                    // Of ever so many requests.
                    case "at_least" where reference.measuredMetric == .p95Latency: metrics["p95_s"].map(Value.number)
                    case "error_rate", "at_least": metrics["error_rate"].map(Value.number)
                    case "p95_latency": metrics["p95_s"].map(Value.number)
                    case "spend_today": metrics["total_cost"].map(Value.number)
                    case "errors": metrics["rate_limit"].map(Value.number)
                    case "requests": .count(1000)
                    default: nil
                    }
                }.evaluation
                return evaluation.isTrue == true ? [rule.name, severities[rule.severity.rawValue] ?? ""] : nil
            }
            #expect(fired == expected, "\(metrics)")
        }
    }

    /// Their thresholds stay as the requirements write them; what chance makes of few requests is not believed.
    @Test(arguments: [
        (RulePack.conservative, "elevated_error_rate", "failed", 30, 5, false),
        (.conservative, "elevated_error_rate", "failed", 30, 6, true),
        (.conservative, "elevated_error_rate", "failed", 20, 5, true),
        (.conservative, "elevated_error_rate", "failed", 99, 10, true),
        (.standard, "high_error_rate", "failed", 100, 6, false),
        (.standard, "high_error_rate", "failed", 100, 11, true),
        (.standard, "high_latency", "slow", 40, 3, false),
        (.standard, "high_latency", "slow", 40, 8, true),
        (.standard, "high_latency", "slow", 1000, 70, true),
    ])
    func whatChanceMakesOfFewRequestsIsNotBelieved(
        _ pack: RulePack, _ name: String, _ fault: String, _ count: Int, _ bad: Int, _ expected: Bool
    ) throws {
        var bench = CountingBench()
        for i in 0..<count {
            bench.count(at: midnight + Int64(i) * 4 * Span.minute / Int64(count)) { record in
                record.success = fault != "failed" || i >= bad
                record.latency = fault == "slow" && i < bad ? 11 * Span.second : Span.second
            }
        }
        let end = midnight + 5 * Span.minute
        let rule = try #require(pack.rules.first { $0.name == name })
        var reader = WindowReader(bench.snapshot(asOf: end), at: end)
        let evaluation = rule.evaluate(requests: Int64(count)) { reader.value(of: $0, lasting: rule.window) }.evaluation
        #expect(evaluation.isTrue == expected)
    }

    /// What one record in ten stands for is no evidence of ten.
    @Test(arguments: [
        (RulePack.conservative, "elevated_error_rate", 20, 3, 10, false),
        (.conservative, "elevated_error_rate", 30, 5, 10, false),
        (.conservative, "elevated_error_rate", 30, 6, 10, true),
        (.conservative, "elevated_error_rate", 95, 10, 10, true),
        (.conservative, "elevated_error_rate", 95, 10, 1, true),
        (.standard, "high_error_rate", 20, 6, 10, false),
        (.standard, "high_error_rate", 20, 7, 10, true),
    ])
    func evidenceCountsTheFailuresThatWereSeen(
        _ pack: RulePack, _ name: String, _ count: Int, _ failed: Int, _ weight: Int64, _ expected: Bool
    ) throws {
        var bench = CountingBench()
        for i in 0..<count {
            bench.count(at: midnight + Int64(i) * 4 * Span.minute / Int64(count)) { record in
                record.success = i >= failed
                record.weight = weight * 1024
            }
        }
        let end = midnight + 5 * Span.minute
        let rule = try #require(pack.rules.first { $0.name == name })
        var reader = WindowReader(bench.snapshot(asOf: end), at: end)
        let evaluation = rule.evaluate(requests: Int64(count)) { reader.value(of: $0, lasting: rule.window) }.evaluation
        #expect(evaluation.isTrue == expected)
    }

    @Test func aLaterRuleOfTheSameNameTakesTheEarliersPlace() {
        let both = RulePack.merged(RulePack.conservative.definitions() + RulePack.standard.definitions())
        #expect(both.map(\.name).prefix(3) == ["high_error_rate", "elevated_error_rate", "high_latency"])
        #expect(both.first?.when.hasPrefix("error_rate > 5%") == true && both.count == 7)
    }
}
