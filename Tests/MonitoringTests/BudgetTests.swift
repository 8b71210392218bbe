import Metrics
import Monitoring
import Query
import Telemetry
import TestSupport
import Testing

@Suite struct BudgetTests {
    @Test func forecastsAreThoseOfTheTable() throws {
        let vector = try #require(try VectorFile.object("objectives")["budget_forecast"] as? [String: Any])
        for row in try #require(vector["rows"] as? [[String: Any]]) {
            func number(_ key: String) throws -> Double {
                try #require((row[key] as? Double) ?? (row[key] as? Int).map(Double.init))
            }
            let total = SpendForecast.total(
                spent: try number("spent"), pace: try number("rate_per_h"), hoursLeft: 24 - (try number("hour")))
            #expect(total == (try number("eod")))
            let spend = PeriodSpend(
                period: .daily, dollars: try number("spent"), since: 0, isPartial: false, forecast: total, method: "",
                pace: try number("rate_per_h"), hoursLeft: 24 - (try number("hour")))
            let report = BudgetReport(limit: try number("budget"), spend: spend, burn: 1)
            #expect(abs(try #require(report.exhaustion) / 3600 - (try number("exhaust_in_h"))) < 1e-9)
            #expect((try #require(report.forecastShare) > 1) == (row["over"] as? Bool))
        }
        let hourly = try #require(vector["ewma_hourly"] as? [String: Any])
        let series = try #require(hourly["series"] as? [Int]).map(Double.init)
        let values = try #require(hourly["values"] as? [Double])
        for n in 1...series.count {
            #expect(abs(try #require(SpendForecast.pace(Array(series.prefix(n)))) - values[n - 1]) < 1e-12)
        }
        #expect(SpendForecast.pace([]) == nil)
    }

    @Test func periodsBeginWhereTheCalendarSays() {
        // 2026-11-20 is a Friday.
        #expect(Budget.Period.daily.start(at: anyTime) == midnight)
        #expect(Budget.Period.weekly.start(at: anyTime) == midnight - 4 * Span.day)
        #expect(Budget.Period.weekly.start(at: midnight - 4 * Span.day) == midnight - 4 * Span.day)
        #expect(Budget.Period.hourly.start(at: anyTime) == anyTime - Span.hour)
    }

    /// A dollar a minute from `start`, twice as much during the hours of the afternoon.
    private static func bench(from start: Int64, to end: Int64) -> CountingBench {
        var bench = CountingBench()
        for time in stride(from: start, to: end, by: Int64.Stride(Span.minute)) {
            let hour = (time - time.alignedDown(to: Span.day)) / Span.hour
            bench.count(at: time, cost: hour >= 12 ? 2_000_000_000 : 1_000_000_000) { $0.success = true }
        }
        return bench
    }

    private static func reports(_ bench: CountingBench, _ budget: Budget, at now: Int64) -> [BudgetReport] {
        var watch = BudgetWatch(budget)
        watch.step(bench.snapshot(asOf: now), at: now)
        return watch.reports
    }

    @Test func theDayIsForetoldByThePaceAndLaterByTheDaysBefore() throws {
        let budget = Budget(hourly: 50, daily: 2000, weekly: 20_000)
        let noon = midnight + 12 * Span.hour
        let young = Self.reports(Self.bench(from: midnight, to: noon), budget, at: noon)
        #expect(young.map(\.period) == [.hourly, .daily, .weekly])
        #expect(young[0].spend.dollars == 60)
        #expect(young[0].used == 1.2)
        #expect(young[1].spend.dollars == 720)
        #expect(!young[1].spend.isPartial)
        #expect(young[1].spend.method == "pace of recent hours")
        #expect(try #require(young[1].spend.forecast) == 1440)
        #expect(young[1].burn == 60 / (2000.0 / 24))
        #expect(young[2].spend.isPartial)

        let old = Self.reports(Self.bench(from: midnight - 4 * Span.day, to: noon), budget, at: noon)
        #expect(old[1].spend.method == "same hours of the last 4 days")
        // It knows of the afternoon.
        #expect(abs(try #require(old[1].spend.forecast) - 2160) < 1)
        #expect(old[2].spend.dollars == 4 * 2160 + 720)
        #expect(abs(try #require(old[2].spend.forecast) - 7 * 2160) < 5)
    }

    @Test func rulesAskForThem() throws {
        let budget = Budget(hourly: 50, daily: 1000)
        var watch = BudgetWatch(budget)
        let noon = midnight + 12 * Span.hour
        watch.step(Self.bench(from: midnight, to: noon).snapshot(asOf: noon), at: noon)
        let catalogue = WindowMetric.catalogue.appending(BudgetWatch.entries)
        let outcomes = try watch.rules.map { rule in
            _ = try Template.compile(rule.summary, catalogue)
            return try Query.Expression.compile(rule.when, catalogue).evaluate { watch.value(of: $0) }
        }
        #expect(watch.rules.map(\.name) == ["budget_hourly_spent", "budget_daily_forecast", "budget_daily_spent"])
        #expect(outcomes == [.true, .true, .false])
        #expect(
            try Query.Expression.compile(#"spend_today > $700 and budget_used("weekly") > 0"#, catalogue)
                .evaluate { watch.value(of: $0) } == .missing)
    }

    @Test func withoutPricesNothingIsKnown() {
        var bench = CountingBench()
        bench.count(at: anyTime) { $0.success = true }
        #expect(Self.reports(bench, Budget(daily: 10), at: anyTime + Span.minute).isEmpty)
    }
}
