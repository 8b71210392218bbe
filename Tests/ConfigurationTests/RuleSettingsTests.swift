import Configuration
import Metrics
import Monitoring
import Testing

struct RuleSettingsTests {
    private func settings(_ toml: String) throws -> RuleSettings {
        try RuleSettings(TomlDocument(text: toml, file: "agentdash.toml"))
    }

    @Test func `every key of a rule is read`() throws {
        let rule = try #require(
            settings(
                """
                [[rule]]
                name = "elevated_error_rate"
                severity = "P3"
                when = "error_rate > 0.10"
                window = "10m"
                min_requests = 7
                for = "2m"
                keep_firing_for = "5m"
                missing = "nodata"
                slice = "task_type"
                summary = "WARNING: {error_rate:.1%}"
                runbook = "https://wiki/errors"
                eval_cases = ["billing-041", "billing-042"]
                route = ["tickets"]
                """
            ).rules.first)
        #expect(rule.name == "elevated_error_rate" && rule.severity == .p3 && rule.when == "error_rate > 0.10")
        #expect(rule.window == 10 * Span.minute && rule.minimumRequests == 7)
        #expect(rule.forDuration == 2 * Span.minute && rule.forCount == 1)
        #expect(rule.keepFiringFor == 5 * Span.minute && rule.missing == .nodata && rule.slice == "task_type")
        #expect(rule.summary == "WARNING: {error_rate:.1%}" && rule.runbook == "https://wiki/errors")
        #expect(rule.evalCases == ["billing-041", "billing-042"] && rule.routes == ["tickets"])
        #expect(rule.source == .configuration && AlertRule(rule).problem == nil)
    }

    @Test func `what is not said is as records of the packs have it`() throws {
        let rule = try #require(settings("[[rule]]\nname = 'a'\nwhen = 'requests > 1'\n").rules.first)
        #expect(rule == RuleDefinition("a", .p2, when: "requests > 1"))
        let nothing = try settings("")
        #expect(nothing.packs == nil && nothing.rules.isEmpty && nothing.silence == nil)
    }

    @Test(
        arguments: [
            ("[[rules]]\nname = 'a'\nwhen = 'requests > 1'\n", "1:"),
            ("[rules]\npacks = []\nwhen = 'requests > 1'\n", "3:1"),
        ])
    func `a rule that stands where packs are named is told where it belongs`(text: String, place: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try self.settings(text) }
        #expect(error.description.contains("a rule of your own is a table [[rule]]"), "\(error)")
        #expect(error.description.contains("agentdash.toml:\(place)"), "\(error)")
    }

    @Test func `packs and the silence of a source are switched on`() throws {
        let settings = try settings("[rules]\npacks = ['symptoms', 'anomaly']\n[source]\nsilent_after = '5m'\n")
        #expect(settings.packs == [.symptoms, .anomaly] && settings.silence == 5 * Span.minute)
        let book = RuleBook(packs: settings.packs ?? [], silence: settings.silence)
        #expect(book.rules.contains { $0.name == "agent_unresponsive" && $0.severity == .p1 })
        #expect(book.rules.allSatisfy { $0.problem == nil })
    }

    @Test func `a rule of the same name replaces the pack's, and budgets and objectives bring their own`() throws {
        var own = RuleDefinition("high_latency", .p1, when: "p95_latency > 8s")
        own.source = .configuration
        let objective = try Objective(name: "success", kind: .success, target: 950_000, period: 30 * Span.day)
        let book = RuleBook(own: [own], objectives: [objective], budget: Budget(daily: 400))
        #expect(book.rules.first { $0.name == "high_latency" }?.severity == .p1)
        #expect(book.rules.count { $0.name == "high_latency" } == 1)
        #expect(book.rules.contains { $0.name == "slo_success_burn_1h" && $0.severity == .p1 })
        #expect(book.rules.contains { $0.name == "budget_daily_forecast" })
        #expect(book.rules.allSatisfy { $0.problem == nil }, "\(book.rules.compactMap(\.problem))")
    }

    @Test(arguments: [
        ("[rules]\npacks = ['conservativ']", "2:9: rules.packs: unknown pack"),
        ("[[rule]]\nnmae = 'a'", "2:1: rule.0.nmae: unknown key 'nmae'; did you mean 'name'?"),
        ("[[rule]]\nname = 'a'", "a rule needs a when"),
        ("[[rule]]\nwhen = 'requests > 1'", "a rule needs a name"),
        ("[[rule]]\nname = 'a'\nwhen = 'x'\nseverity = 'P5'", "4:12: rule.0.severity: unknown severity"),
        ("[[rule]]\nname = 'a'\nwhen = 'x'\nwindow = 'soon'", "4:10: rule.0.window: expected a time such as 5m"),
        ("[[rule]]\nname = 'a'\nwhen = 'x'\nfor_count = 0", "expected a whole number from 1 on"),
        ("[[rule]]\nname = 'a'\nwhen = 'x'\n[[rule]]\nname = 'a'\nwhen = 'y'", "another rule is called 'a'"),
    ])
    func `mistakes are pointed at`(toml: String, message: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try settings(toml) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
}
