import Query
import Testing

/// The rules and messages of the requirements, as expressions and templates, against their own functions' results.
@Suite struct RequirementTests {
    private struct Rule {
        let name: String
        let severity: String
        let condition: String
        let message: String
    }

    private static let conservative = [
        Rule(
            name: "high_error_rate", severity: "P1", condition: "error_rate > 0.50",
            message: "CRITICAL: Error rate {error_rate:.1%} exceeds 50%"),
        Rule(
            name: "elevated_error_rate", severity: "P2", condition: "error_rate > 0.10 and error_rate <= 0.50",
            message: "WARNING: Error rate {error_rate:.1%} exceeds 10%"),
        Rule(
            name: "high_latency", severity: "P2", condition: "p95_latency_s > 30",
            message: "WARNING: p95 latency {p95_latency_s:.1f}s exceeds 30s"),
        Rule(
            name: "cost_anomaly", severity: "P2", condition: "cost_per_hour > $50/h",
            message: "WARNING: Cost ${cost_per_hour:.2f}/hr exceeds $50/hr"),
        Rule(
            name: "drift_detected", severity: "P3", condition: "abs(output_length_drift_pct) > 15",
            message: "INFO: Output length drifted {output_length_drift_pct:+.1f}%"),
    ]

    @Test func conservativeRulesFireExactlyAsTheirFunctionsDo() throws {
        let rows = try #require(VectorFile.object("alerts")["alerts_000"] as? [[String: Any]])
        #expect(rows.count == 25)
        for row in rows {
            let metrics = try #require(row["metrics"] as? [String: Double])
            var values: [String: Value] = [:]
            for (name, value) in metrics {
                switch name {
                case "p95_latency_s": values["p95_latency"] = .number(value)
                case "output_length_drift_pct": values["output_length_drift"] = .number(value / 100)
                default: values[name] = .number(value)
                }
            }
            var fired: [[String]] = []
            for rule in Self.conservative {
                let lookup = SampleCatalogue.lookup(values)
                guard try Expression.sample(rule.condition).evaluate(missing: .zero, lookup) == .true else { continue }
                let message = try Template.compile(rule.message, SampleCatalogue.window).render(lookup)
                fired.append([rule.name, rule.severity, message])
            }
            let expected = try #require(row["fired"] as? [[String: String]]).map {
                [$0["name"] ?? "", $0["severity"] ?? "", $0["message"] ?? ""]
            }
            #expect(fired == expected, "\(row["note"] ?? "")")
        }
    }

    @Test func standardRulesFireExactlyAsTheirFunctionsDo() throws {
        let rules = [
            ("high_error_rate", "error_rate > 5%"), ("high_latency", "p95_latency > 10s"),
            ("cost_spike", "total_cost > $100"), ("rate_limit_storm", "error_count > 10"),
        ]
        for row in try #require(VectorFile.object("alerts")["alerts_002"] as? [[String: Any]]) {
            let metrics = try #require(row["metrics"] as? [String: Double])
            let names = ["p95_s": "p95_latency", "rate_limit": "error_count"]
            var values: [String: Value] = [:]
            for (name, value) in metrics { values[names[name] ?? name] = .number(value) }
            let fired = try rules.filter { try outcome($0.1, values) == .true }.map(\.0)
            #expect(fired == (try #require(row["fired"] as? [[String]])).compactMap(\.first))
        }
    }

    @Test(arguments: [(1, 10, false), (100_001, 1_000_000, true), (99_999, 1_000_000, false), (5, 10, true)])
    func aThresholdIsExceededOnlyByMoreThanItsDecimal(failed: Int64, of known: Int64, isOver: Bool) throws {
        let rate = try #require(Value.share(failed, of: known))
        #expect(try outcome("error_rate > 0.1", ["error_rate": rate]) == (isOver ? .true : .false))
        #expect(try outcome("error_rate > 10%", ["error_rate": rate]) == (isOver ? .true : .false))
        #expect(try outcome("error_rate <= 0.1", ["error_rate": rate]) == (isOver ? .false : .true))
    }
}
