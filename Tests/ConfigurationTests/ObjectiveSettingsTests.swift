import Configuration
import Metrics
import Monitoring
import Query
import Testing

struct ObjectiveSettingsTests {
    private func document(_ toml: String) throws -> TomlDocument {
        try TomlDocument(text: toml, file: "agentdash.toml")
    }

    @Test func `objectives are read in the order of the file`() throws {
        let settings = try ObjectiveSettings.parse(
            document(
                """
                [slo.success]
                objective = 0.95
                window = "28d"
                [slo.quick]
                good = "latency <= 8s"
                objective = 0.9995
                burn = [{ long = "2h", short = "10m", factor = 7.5, severity = "P1" }]
                [slo.grounded]
                good = "eval_score >= 0.8"
                objective = 0.9
                """))
        #expect(settings.objectives.map(\.name) == ["success", "quick", "grounded"])
        #expect(settings.objectives.map(\.target) == [950_000, 999_500, 900_000])
        #expect(
            settings.objectives.map(\.kind)
                == [.success, .latency(under: 8 * Span.second), .evalScore(atLeast: 800_000)])
        #expect(settings.objectives.map(\.period) == [28 * Span.day, 30 * Span.day, 30 * Span.day])
        let windows = settings.objectives[1].windows
        #expect(windows.map(\.name) == ["2h/10m"])
        #expect(windows.first?.factor(period: Span.day) == Ratio(15, of: 2))
    }

    @Test func `what is good is any condition, of any part of the requests`() throws {
        let settings = try ObjectiveSettings.parse(
            document(
                """
                [slo.success]
                objective = "99.5%"
                where = "task_type = refund"
                [slo.lean]
                good = "success and tool_calls <= 12"
                objective = 0.9
                [slo.grounded]
                good = "eval_score >= 0.8"
                where = "model = claude"
                objective = 0.9
                """))
        let refunds = try RecordFilter("task_type = refund")
        #expect(settings.objectives.map(\.target) == [995_000, 900_000, 900_000])
        #expect(
            settings.objectives.map(\.kind) == [
                .criterion(Criterion(.condition(try RecordFilter("success")), among: refunds)),
                .criterion(Criterion(.condition(try RecordFilter("success and tool_calls <= 12")))),
                .criterion(Criterion(.evalScore(atLeast: 800_000), among: try RecordFilter("model = claude"))),
            ])
    }

    @Test func `latency budgets are tiers or numbers`() throws {
        let settings = try ObjectiveSettings.parse(
            document(
                """
                [[latency]]
                tier = "document"
                [[latency]]
                where = 'task_type = "batch"'
                p95 = "2m"
                """))
        #expect(settings.latency.map(\.tier) == [.document, nil])
        #expect(settings.latency.map(\.p95) == [30, 120])
        #expect(settings.latency[1].p99 == .infinity)
        #expect(settings.latency[1].filter?.source == #"task_type = "batch""#)
    }

    @Test func `budgets are dollars`() throws {
        let toml = "[budget]\ndaily_usd = 400\nhourly_usd = 49.5\ntimezone = 'UTC'"
        let budget = try BudgetSettings.parse(document(toml))
        #expect(budget == Budget(hourly: 49.5, daily: 400))
    }

    @Test func `without the tables there is nothing`() throws {
        let nothing = try document("[theme]\nname = 'okabe'")
        #expect(try ObjectiveSettings.parse(nothing) == ObjectiveSettings())
        #expect(try BudgetSettings.parse(nothing).isEmpty)
    }

    @Test(arguments: [
        ("[slo.success]\nobjective = 95", "2:13: slo.success.objective: an objective lies between 0 and 1, both"),
        ("[slo.success]\nobjective = 1", "2:13: slo.success.objective: an objective lies between 0 and 1, both"),
        ("[slo.success]\nobjective = '95'", "2:13: slo.success.objective: expected a share such as 0.95 or \"95%\""),
        ("[slo.success]\nobjective = '0.95%'", "2:13: slo.success.objective: 0.95% is less than one in a hundred"),
        ("[slo.success]\nobjective = '105%'", "2:13: slo.success.objective: an objective lies between 0 and 1, both"),
        ("[slo.success]\nobjective = 0.99999995", "2:13: slo.success.objective: expected a share with at most six"),
        ("[slo.success]\nobjectiv = 0.9", "2:1: slo.success.objectiv: unknown key 'objectiv'; did you mean"),
        ("[slo.success]\nwindow = '30d'", "1:6: slo.success: an objective is missing"),
        ("[slo.quick]\nobjective = 0.9", "1:6: slo.quick: says nothing of what a good request is"),
        (
            "[slo.quick]\nobjective = 0.9\ngood = 'latncy < 8s'",
            "3:8: slo.quick.good: column 1: unknown name \"latncy\"; did you mean latency?"
        ),
        (
            "[slo.good]\nobjective = 0.9\ngood = 'eval_score < 0.5'",
            "3:8: slo.good.good: column 1: of ratings and evals expected strong_completion"
        ),
        (
            "[slo.success]\nobjective = 0.9\nwhere = 'modle = x'",
            "3:9: slo.success.where: column 1: unknown name \"modle\"; did you mean model?"
        ),
        ("[slo.success]\nobjective = 0.9\nwindow = '90d'", "3:10: slo.success.window: a period lies between 1h"),
        ("[slo.success]\nobjective = 0.9\nwindow = 'x'", "3:10: slo.success.window: expected a time such as 5m"),
        (
            "[slo.success]\nobjective = 0.9\nburn = [{ long = '1h', factor = 14.4 }]",
            "3:8: slo.success.burn: burn 14.4 over 1h can never fire: when everything fails the burn is 10;"
        ),
        (
            "[slo.success]\nobjective = 0.9\nburn = [{ long = '1h', factor = 4, severity = 'P9' }]",
            "3:47: slo.success.burn.0.severity: unknown severity 'P9'; did you mean 'P1'?"
        ),
        ("slo = 3", "1:7: slo: expected a table, found an integer"),
        ("[[latency]]\ntier = 'caht'", "2:8: latency.0.tier: unknown tier 'caht'; did you mean 'chat'?"),
        ("[[latency]]\nwhere = 'modl = x'", "2:9: latency.0.where: column 1: unknown name"),
        ("[[latency]]\np95 = 30", "2:7: latency.0.p95: expected a string, found an integer"),
    ])
    func `a mistake is named with its place`(toml: String, message: String) {
        #expect {
            _ = try ObjectiveSettings.parse(document(toml))
        } throws: { error in
            "\(error)".hasPrefix("agentdash.toml:" + message)
        }
    }

    @Test(arguments: [
        ("[budget]\ndaily = 400", "2:1: budget.daily: unknown key 'daily'"),
        ("[budget]\ndaily_usd = '400'", "2:13: budget.daily_usd: expected dollars as a number, found a string"),
        ("[budget]\ndaily_usd = 0", "2:13: budget.daily_usd: expected dollars above 0"),
        ("[budget]\ntimezone = 'Europe/Berlin'", "2:12: budget.timezone: days are UTC"),
    ])
    func `a mistaken budget is named with its place`(toml: String, message: String) {
        #expect {
            _ = try BudgetSettings.parse(document(toml))
        } throws: { error in
            "\(error)".hasPrefix("agentdash.toml:" + message)
        }
    }
}
