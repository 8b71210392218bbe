import Foundation
import PtyTesting
import Testing

/// `agentdash check` and `agentdash rules`: what fires at the end of the input, and why.
@Suite struct CheckCommandTests {
    /// The requirements' example (E6): error rate 0.15, p95 4.2 s, 22.50 dollars an hour, answers 18.5% longer.
    private static let example: String = (0..<400).map { number in
        let isLater = number >= 200
        var fields: [String: Any] = [
            "trace_id": "t\(number)", "timestamp": RecordLines.start + Int64(number) * 1500,
            "latency_ms": number % 15 == 0 ? 4200 : 900, "cost_usd": 0.009375, "model": "m",
            "output_length": isLater ? 1185 : 1000, "success": !(isLater && number % 20 < 3),
            "task_type": number % 2 == 0 ? "refund" : "search",
        ]
        if isLater, number % 20 < 3 { fields["error_type"] = "timeout" }
        return RecordLines.line(fields)
    }.joined()

    private func check(_ arguments: [String]) throws -> HeadlessRun {
        let folder = try TemporaryFolder()
        return try Agentdash.run(arguments + [try folder.write(Self.example, to: "a.jsonl")])
    }

    @Test func theExampleOfTheRequirementsGivesExactlyTwoAlerts() throws {
        let run = try check(["check"])
        #expect(run.ending == .code(1))
        let lines = run.text.split(separator: "\n").map(String.init)
        #expect(lines.count == 2, "\(run.text)")
        #expect(lines.first?.hasPrefix("P2 elevated_error_rate firing since 2026-03-09T10:0") == true, "\(run.text)")
        #expect(lines.first?.hasSuffix("WARNING: Error rate 15.0% exceeds 10%") == true, "\(run.text)")
        #expect(lines.last?.hasPrefix("P3 drift_detected firing since ") == true, "\(run.text)")
    }

    @Test func theExitCodeIsOfTheSeverityAskedFor() throws {
        #expect(try check(["check", "--fail-on", "P1"]).ending == .code(0))
        #expect(try check(["check", "--fail-on", "P3"]).ending == .code(1))
        #expect(try check(["check", "--fail-on", "P4"]).ending == .code(2))
        #expect(try Agentdash.run(["check", "/nonexistent/a.jsonl"]).ending == .code(2))
    }

    @Test func jsonHoldsTheSameAlerts() throws {
        let run = try check(["check", "--format", "json"])
        let document = try #require(JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
        let alerts = try #require(document["alerts"] as? [[String: Any]])
        #expect(alerts.compactMap { $0["name"] as? String } == ["elevated_error_rate", "drift_detected"])
        #expect(alerts.compactMap { $0["severity"] as? String } == ["P2", "P3"])
    }

    @Test(arguments: [
        ("error_rate > 14%", 1), ("error_rate > 0.5", 0), ("requests >= 100 and max_latency > 4s", 1),
        ("error_rate > 15", 2), ("eror_rate > 1%", 2),
    ])
    func oneConditionStandsInsteadOfRules(condition: String, code: Int32) throws {
        let run = try check(["check", "--over", "5m", "--when", condition])
        #expect(run.ending == .code(code), "\(run.text) \(run.errors)")
        if code == 2 { #expect(run.errors.contains("^") && run.errors.contains("did you mean"), "\(run.errors)") }
    }

    @Test func rulesOfTheSettingsAreJudgedAndABrokenOneStopsNothing() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            """
            [rules]
            packs = []
            [[rule]]
            name = "refunds"
            severity = "P1"
            when = "error_rate > 10%"
            slice = "task_type"
            runbook = "https://wiki.example/refunds"
            [[rule]]
            name = "broken"
            when = "eror_rate > 10%"
            """, to: "a.toml")
        let run = try check(["check", "--config", path, "--format", "json"])
        #expect(run.ending == .code(1))
        #expect(run.errors.contains("rule broken is broken: when, column 1: unknown name"), "\(run.errors)")
        let document = try #require(JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
        let alerts = try #require(document["alerts"] as? [[String: Any]])
        // Of searches a tenth failed, and that is not more than a tenth.
        #expect(alerts.compactMap { ($0["labels"] as? [String: String])?["task_type"] } == ["refund"])
        #expect(alerts.allSatisfy { $0["runbook"] as? String == "https://wiki.example/refunds" })

        // What can't be judged is not known to be well.
        let only = try folder.write(
            "[rules]\npacks = []\n[[rule]]\nname = \"broken\"\nwhen = \"eror_rate > 10%\"", to: "b.toml")
        #expect(try check(["check", "--config", only]).ending == .code(2))

        let test = try check(["rules", "test", "--config", path])
        #expect(test.ending == .code(1))
        #expect(test.text.contains("broken: when, column 1"), "\(test.text)")
        let explained = try check(["rules", "explain", "broken", "--config", path])
        #expect(explained.ending == .code(0))
        #expect(explained.text.contains("never judged until it is mended"), "\(explained.text)")
    }

    @Test func aRuleIsExplainedByWhatItAskedFor() throws {
        let run = try check(["rules", "explain", "elevated_error_rate"])
        #expect(run.ending == .code(0))
        #expect(run.text.contains("error_rate = 15.0%"), "\(run.text)")
        #expect(run.text.contains("true: error_rate 15.0% > 10%"), "\(run.text)")
    }

    @Test(arguments: [
        ("elevated_eror_rate", "did you mean 'elevated_error_rate'?"), ("nothing", "expected one of high_error_rate, "),
        ("spend_velocity", "is of pack symptoms, which is off: --rules symptoms"),
    ])
    func aRuleThatIsNotJudgedIsToldFromOneMeant(name: String, told: String) throws {
        let run = try check(["rules", "explain", name])
        #expect(run.ending == .code(2) && run.text.isEmpty)
        #expect(run.errors.contains(told), "\(run.errors)")
    }

    /// For a person who wonders; what a program reads stays as it is.
    @Test func whereNothingFiresItIsSaidWhatWasLookedAt() throws {
        func peaceful(_ arguments: [String]) throws -> HeadlessRun {
            let folder = try TemporaryFolder()
            let lines = (0..<240).map { number in
                RecordLines.line([
                    "trace_id": "t\(number)", "timestamp": RecordLines.start + Int64(number) * 2500, "success": true,
                ])
            }
            return try Agentdash.run(["check"] + arguments + [try folder.write(lines.joined(), to: "a.jsonl")])
        }
        let run = try peaceful([])
        #expect(run.ending == .code(0) && run.text.isEmpty)
        #expect(
            run.errors == "nothing fires: 240 requests in 9m57s to 2026-03-09T10:09:57.500Z, 5 rules judged\n",
            "\(run.errors)")
        let condition = try peaceful(["--when", "error_rate > 10%", "--over", "5m"])
        #expect(condition.ending == .code(0) && condition.text.isEmpty)
        #expect(condition.errors.hasPrefix("does not hold: 240 requests in "), "\(condition.errors)")
        #expect(condition.errors.hasSuffix(", error_rate = 0.0%\n"), "\(condition.errors)")
        let quiet = try peaceful(["--quiet"])
        #expect(quiet.ending == .code(0) && quiet.text.isEmpty && quiet.errors.isEmpty)
        let json = try peaceful(["--format", "json"])
        #expect(json.ending == .code(0) && json.errors.isEmpty && json.text.contains("\"alerts\""))
    }

    @Test func objectivesAndBudgetsOfTheSettingsAreInTheSnapshot() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "[slo.success]\nobjective = 0.95\n[budget]\ndaily_usd = 3\n", to: "a.toml")
        let run = try check(["snapshot", "--format", "json", "--window", "all", "--config", path])
        let document = try #require(JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
        let success = try #require((document["slo"] as? [String: [String: Any]])?["success"])
        #expect(success["objective"] as? Double == 0.95)
        // 27 or more of 400 failed where 20 may have.
        #expect(try #require(success["budget_remaining"] as? Double) < 0)
        let daily = try #require((document["budget"] as? [String: [String: Any]])?["daily"])
        #expect(try #require(daily["spent"] as? Double) > 3)
        #expect(try #require(daily["used"] as? Double) > 1)
    }
}
