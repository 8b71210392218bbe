import Metrics
import Monitoring
import Telemetry
import TestSupport
import Testing

/// Latency budgets, of all requests and of some.
@Suite struct LatencyBudgetTests {
    private static let now = midnight + 10 * Span.minute

    /// Ten minutes of chat within 1 to 1.9 s, 150 batches of a minute and 5 searches.
    private static let snapshot: Snapshot = {
        var bench = CountingBench()
        let (chat, batch, search) = (
            bench.symbol("chat", .taskType), bench.symbol("batch", .taskType), bench.symbol("search", .taskType)
        )
        for i in Int64(0)..<600 {
            bench.count(at: midnight + i * Span.second) { record in
                record.success = true
                record.values[.taskType] = chat
                record.latency = Span.second + i % 10 * 100_000
            }
        }
        for i in Int64(0)..<155 {
            bench.count(at: midnight + 3 * i * Span.second) { record in
                record.success = true
                record.values[.taskType] = i < 150 ? batch : search
                record.latency = i < 150 ? Span.minute : 3 * Span.second
            }
        }
        return bench.snapshot(asOf: now)
    }()

    private static func reports(_ budgets: [LatencyBudget], _ window: Window = .minutes15) -> [LatencyBudgetReport] {
        budgets.reports(
            in: snapshot, over: window, fallback: LatencyBudget(.chat), latency: snapshot.totals(window).tally.latency)
    }

    private static func standings(_ report: LatencyBudgetReport) -> [LatencyBudgetReport.Standing] {
        report.percentiles.map(report.standing)
    }

    private static func budget(_ condition: String, _ tier: LatencyTier = .batch) throws -> LatencyBudget {
        LatencyBudget(tier, filter: try RecordFilter(condition))
    }

    @Test func withoutConditionsOneHoldsForAll() throws {
        let reports = Self.reports([])
        #expect(reports.map(\.scope) == [.all])
        #expect(Self.standings(reports[0]) == [.within, .over, .over])
        #expect(
            Self.standings(try #require(Self.reports([LatencyBudget(.batch)]).first)) == [.within, .within, .within])
    }

    @Test(arguments: [Window.minutes15, .hour1, .all])
    func whoHasABudgetIsNotHeldAgainstThatOfTheRest(window: Window) throws {
        let budgets = [try Self.budget(#"task_type = "batch""#), LatencyBudget(.chat)]
        let reports = Self.reports(budgets, window)
        #expect(reports.map(\.scope) == [.condition, .others])
        #expect(reports.map(\.count) == [150, 605])
        #expect(Self.standings(reports[0]) == [.over, .within, .within])
        #expect(Self.standings(reports[1]) == [.within, .within, .within])
        let p95 = try #require(reports[1].value(reports[1].percentiles[1]))
        #expect(abs(p95 / 1.9 - 1) < 0.05)
    }

    @Test func fewRequestsAreNotJudged() throws {
        let reports = Self.reports([try Self.budget(#"task_type = "search""#, .chat)])
        #expect(Self.standings(reports[0]) == [.over, .few, .few])
        #expect(
            Self.reports([LatencyBudget(p50: .infinity, p95: 1, p99: .infinity)]).map(Self.standings) == [
                [.unlimited, .over, .unlimited]
            ])
    }

    @Test(arguments: [
        [#"latency > 5s"#], [#"task_type != "batch""#], [#"task_type = "batch" and success = true"#],
        [#"task_type = "batch""#, #"model = "m""#], [#"task_type = "batch""#, #"task_type = "batch""#],
    ])
    func whatCantBeToldApartLeavesTheRestToAll(conditions: [String]) throws {
        let reports = Self.reports(try conditions.map { try Self.budget($0) })
        #expect(reports.last?.scope == .all && reports.last?.count == 755)
        for (report, condition) in zip(reports, conditions) where condition != #"task_type = "batch""# {
            #expect(report.latency == nil && Set(Self.standings(report)) == [.unknown])
        }
    }

    @Test func aValueThatNobodyHasIsUnknownAndTheRestIsAll() throws {
        let reports = Self.reports([try Self.budget(#"task_type = "nothing""#)])
        #expect(reports[0].count == nil)
        #expect(reports[1].scope == .others && reports[1].count == 755)
    }
}
