import Query
import Testing

@Suite struct LanguageTests {
    private let values: [String: Value] = [
        "requests": .count(379), "error_rate": .ratio(Ratio(57, of: 379)!), "error_count": .count(57),
        "p95_latency": .ratio(Ratio(4_210_000, of: 1_000_000)!), "cost_per_hour": .number(14.2),
        "output_length_drift": .number(-0.185), "tokens_per_minute": .number(41_200), "request_rate": .number(0.42),
        "is_live": .boolean(true), "model": .text("claude-opus-4-6"), "task_type": .text("refund_eu"),
    ]

    @Test(arguments: [
        "error_rate > 15%", "error_rate>0.15", "15% < error_rate", "error_rate ≥ 15%  or requests >= 20",
        "p95_latency > 4.2s and p95_latency < 4211ms", "p95_latency_ms > 4200", "p95_latency_s <= 4.21",
        "p95_latency = 4210ms", "p95_latency < 1m", "cost_per_hour > $14/h", "cost_per_hour < $350/d",
        "cost_per_hour > 14", "abs(output_length_drift) > 18%", "output_length_drift < -0.18",
        "output_length_drift_pct = -18.5", "tokens_per_minute > 41k", "tokens_per_minute < 0.05M",
        "tokens_per_minute > 600/s", "request_rate > 25/min", "rps < 1/s", "requests - error_count = 322",
        "error_count / requests > 15%", "error_count / requests = error_rate", "error_count * 2 > 100",
        "not error_rate > 50%", "NOT (requests < 20 or error_rate <= 10%)", "is_live", "is_live = true",
        "not is_live = false", "is_live != (requests > 1000)", "model = claude-opus-4-6", "model = 'claude-opus-4-6'",
        "model != gpt-4o", "task ~ refund", "task ~ \"FUND_E\"", "task_type in (refund, refund_eu)",
        "task not in (refund, \"order status\")", "requests in (1, 379)", "error_count in (0, 57) and requests > 0",
        "p95_latency in (4210ms, 1s)", "error_rate >= 2 * 5%", "requests > 2 * 100 + 50", "requests > -1",
        "error_rate > 10% and (p95_latency > 30s or requests > 100)", "\"claude-opus-4-6\" = model",
    ])
    func isTrue(source: String) throws {
        #expect(try outcome(source, values) == .true)
    }

    @Test(arguments: [
        "error_rate > 16%", "p95_latency > 4.21s", "cost_per_hour > 14.2", "model = claude-opus", "task ~ order",
        "task_type in (refund)", "not is_live", "requests < 379 or error_count != 57", "output_length_drift > 0%",
        "error_rate > 57/379", "abs(output_length_drift) > 18.5%",
    ])
    func isFalse(source: String) throws {
        #expect(try outcome(source, values) == .false)
    }

    @Test func andBindsCloserThanOrAndNotCloserThanBoth() throws {
        for a in [false, true] {
            for b in [false, true] {
                for c in [false, true] {
                    let values: [String: Value] = [
                        "requests": .count(a ? 1 : 0), "error_count": .count(b ? 1 : 0), "is_live": .boolean(c),
                    ]
                    let result = try outcome("requests > 0 or not error_count > 0 and is_live", values)
                    #expect(result == (a || (!b && c) ? .true : .false))
                }
            }
        }
    }

    @Test(arguments: [
        ("error_rate > 10%", Outcome.missing), ("error_rate > 10% and requests > 1000", .false),
        ("error_rate > 10% or requests > 100", .true), ("error_rate > 10% or requests > 1000", .missing),
        ("not error_rate > 10%", .missing), ("model = gpt-4o", .missing), ("model in (gpt-4o)", .missing),
        ("requests / error_count > 2", .missing), ("abs(error_rate) > 0%", .missing), ("is_live", .missing),
    ])
    func missingValuesMakeUnknownOnlyWhatDependsOnThem(source: String, expected: Outcome) throws {
        #expect(try outcome(source, ["requests": .count(379), "error_count": .count(0)]) == expected)
    }

    @Test func missingCountsAsZeroWhereAsked() throws {
        #expect(try outcome("error_rate <= 10% and model = '' and not is_live", [:], missing: .zero) == .true)
        #expect(try outcome("error_rate > 0%", ["error_rate": .number(.nan)], missing: .zero) == .false)
        #expect(try outcome("error_rate > 0%", ["error_rate": .number(.infinity)]) == .missing)
        #expect(try outcome("error_rate > 0%", ["error_rate": .text("0.5")]) == .missing)
    }

    @Test func functionsCarryTheirArguments() throws {
        let expression = try Expression.sample("burn(\"success\", \"1h\") > 14.4 and burn(success, 6h) > 6")
        #expect(
            expression.references.map(\.arguments) == [
                [.text("success"), .duration(Ratio(3600))], [.text("success"), .duration(Ratio(21_600))],
            ])
        #expect(expression.metricsUsed == ["burn"])
        let result = expression.evaluate { reference in
            reference.arguments.last == .duration(Ratio(3600)) ? .number(15) : .number(6.5)
        }
        #expect(result == .true)
        let change = try Expression.sample("change(error_rate, 7d) > 50%")
        let rate = try #require(try Expression.sample("error_rate > 0").references.first)
        #expect(change.references.first?.arguments == [.metric(rate), .duration(Ratio(604_800))])
    }

    @Test func aCallMayBeLeftOutWhereTheNameAloneSaysSomething() throws {
        let expression = try Expression.sample("queue_depth > 50 or queue_depth('review') > 10")
        #expect(expression.references.map(\.arguments) == [[], [.text("review")]])
        #expect(expression.references.map(\.text) == ["queue_depth", "queue_depth(\"review\")"])
        #expect(try outcome("queue_depth > 3", ["queue_depth": .count(4)]) == .true)
    }

    @Test func aCallIsLikeTheMetricItNames() throws {
        let drop = try Expression.sample("error_rate - before(error_rate, 10m) >= 10pp")
        #expect(drop.references.last?.type == .number(.fraction))
        #expect(drop.references.last?.text == "before(error_rate, 10m)")
        #expect(
            try Expression.sample("error_rate > 2 * before(error_rate, 7d)").evaluate { _ in .number(0.5) } == .false)
        let slow = try Expression.sample("p95_latency > 2 * before(p95_latency, 7d)")
        let seconds: [String: Value] = ["p95_latency": .number(5), "before": .number(2)]
        #expect(slow.evaluate(SampleCatalogue.lookup(seconds)) == .true)
        #expect(try Expression.sample("before(p95_latency, 7d) > 1500ms").evaluate { _ in .number(2) } == .true)
        #expect(refusal("before(error_rate, 7d) > 15")?.message.contains("did you mean 15% (0.15)?") == true)
    }

    @Test func aMetricNamedInACallMayBeACallItself() throws {
        let expression = try Expression.sample("before(flag_rate(\"safety\"), 90s) > 1%")
        #expect(expression.references.map(\.text) == ["before(flag_rate(\"safety\"), 90s)"])
        guard case .metric(let metric)? = expression.references.first?.arguments.first else {
            Issue.record("no metric")
            return
        }
        #expect(metric.name == "flag_rate" && metric.arguments == [.text("safety")])
    }

    @Test(arguments: [
        ("quality_last(100) < 0.8", nil), ("quality_last(0) < 0.8", "a whole number from 1 to 1000 is expected here"),
        ("quality_last(1.5) < 0.8", "a whole number from 1 to 1000 is expected here"),
        ("quality_last < 0.8", "quality_last needs arguments: quality_last(1)"),
        ("before(model, 7d) > 1", "the name of a number is expected here"),
        ("before(before(requests, 7d), 7d) > 1", "the name of a number is expected here"),
        ("before(flag_rate, 7d) > 1%", "flag_rate needs arguments: flag_rate(\"…\")"),
        ("before(requests(1), 7d) > 1", "requests takes no arguments"),
    ])
    func argumentsAreChecked(source: String, message: String?) {
        #expect(refusal(source)?.message == message)
    }

    @Test func anExpressionAsksForEachNameOnce() throws {
        let expression = try Expression.sample("p95_latency > 5s or p95_latency_s > 4 and requests > 20")
        #expect(expression.references.map(\.name) == ["p95_latency", "requests"])
        #expect(expression.metricsUsed == ["p95_latency", "requests"])
    }

    @Test func aLongerCatalogueKeepsItsIndices() throws {
        let more = SampleCatalogue.window.appending([.init("region", .text, help: "region")])
        #expect(more.index(of: "task") == SampleCatalogue.window.index(of: "task_type"))
        #expect(try Expression.compile("region = eu-west-1", more).evaluate { _ in .text("eu-west-1") } == .true)
        #expect(more.names.contains("p95_latency_s"))
    }

    // MARK: What decided

    private func decision(_ source: String) throws -> Decision? {
        try Expression.sample(source).decision(SampleCatalogue.lookup(values))
    }

    @Test func anAlertKnowsValueOperatorAndThreshold() throws {
        let rate = try #require(try decision("error_rate > 10% and error_rate <= 0.50"))
        #expect(rate.reference?.name == "error_rate")
        #expect(rate.comparison == .greater && rate.threshold == 0.1 && rate.unit == .fraction)
        #expect(NumberFormat.text(rate.value, rate.unit) == "15.0%")
        let second = try #require(try decision("error_rate > 50% or p95_latency > 4s"))
        #expect(second.value == 4.21 && second.threshold == 4)
    }

    @Test func aDriftShowsItsSignAlthoughItsSizeWasCompared() throws {
        let drift = try #require(try decision("abs(output_length_drift_pct) > 15"))
        #expect(drift.value == -0.185 && drift.threshold == 0.15)
    }

    @Test func decisionsTurnRoundWhatStandsTurnedRound() throws {
        let mirrored = try #require(try decision("10% < error_rate"))
        #expect(mirrored.comparison == .greater && mirrored.threshold == 0.1)
        let inverted = try #require(try decision("not (error_rate <= 10% or requests < 20)"))
        #expect(inverted.comparison == .greater && inverted.reference?.name == "error_rate")
        let computed = try #require(try decision("error_count / requests > 5%"))
        #expect(computed.reference == nil && computed.threshold == 0.05)
    }

    @Test func whatIsNotTrueHasNoDecision() throws {
        #expect(try decision("error_rate > 50%") == nil)
        #expect(try decision("model = claude-opus-4-6") == nil)
    }
}
