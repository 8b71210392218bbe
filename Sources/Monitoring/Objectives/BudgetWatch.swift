package import Metrics
package import Query

/// Keeps account of budgets at judgement times, and answers what rules ask of them: `budget_forecast("daily") > 100%`.
package struct BudgetWatch: Sendable {
    package let budget: Budget
    /// In the order hourly, daily, weekly; empty before the first step and while no request has a price.
    package private(set) var reports: [BudgetReport] = []
    private var spentToday: Double?
    private var steppedAt: Int64?

    package init(_ budget: Budget) { self.budget = budget }

    /// Reckons once a minute.
    package mutating func step(_ snapshot: Snapshot, at now: Int64) {
        if let steppedAt, now >= steppedAt, now - steppedAt < Span.minute { return }
        steppedAt = now
        reports = []
        spentToday = nil
        guard let first = snapshot.firstTime else { return }
        let account = SpendAccount(snapshot, now: now, first: first)
        spentToday = account.spent(since: Budget.Period.daily.start(at: now))
        guard let lastHour = account.spent(since: now - Span.hour) else { return }
        for period in Budget.Period.allCases {
            guard let limit = budget.limits[period], let spent = account.spent(since: period.start(at: now)) else {
                continue
            }
            let start = period.start(at: now)
            let (forecast, method, pace) = account.forecast(period, spent: spent, lastHour: lastHour)
            reports.append(
                BudgetReport(
                    period: period, limit: limit, spent: spent, since: max(start, first),
                    isPartial: first > start + Span.minute, forecast: forecast, method: method, pace: pace,
                    burn: lastHour / account.hoursOfLastHour / (limit / Double(period.length / Span.hour))))
        }
    }

    // MARK: Rules

    /// To be appended to the catalogue of a window's metrics.
    package static let entries: [Catalogue.Entry] = {
        let period = Catalogue.Parameter.text(choices: Budget.Period.allCases.map(\.rawValue))
        return [
            Catalogue.Entry("spend_today", .number(.dollars), help: "spent since midnight UTC"),
            Catalogue.Entry(
                "budget_used", .number(.fraction), help: "share of a budget that is spent", parameters: [period]),
            Catalogue.Entry(
                "budget_forecast", .number(.fraction), help: "share of a budget that its period will have cost",
                parameters: [period]),
            Catalogue.Entry(
                "spend_burn", .number(.plain), help: "spend of the last hour over what a budget allows for an hour",
                parameters: [period]),
        ]
    }()

    /// What stands for a reference to one of the entries; nil for any other, and without such a budget.
    package func value(of reference: Reference) -> Value? {
        if reference.name == "spend_today" { return spentToday.map(Value.number) }
        guard case .text(let name)? = reference.arguments.first,
            let report = reports.first(where: { $0.period.rawValue == name })
        else { return nil }
        switch reference.name {
        case "budget_used": return .number(report.used)
        case "budget_forecast": return report.forecastShare.map(Value.number)
        case "spend_burn": return .number(report.burn)
        default: return nil
        }
    }

    /// Rules for the budgets that there are.
    package var rules: [RuleDefinition] {
        Budget.Period.allCases.filter { budget.limits[$0] != nil }.flatMap { period in
            let name = period.rawValue
            let limit = NumberFormat.dollars(budget.limits[period])
            let spent = RuleDefinition(
                name: "budget_\(name)_spent", severity: .p2, when: "budget_used(\"\(name)\") > 100%",
                keepFiringFor: 15 * Span.minute,
                summary: "WARNING: \(name) budget of \(limit) is spent, ${spend_today:.2f} today",
                source: .table("budget"))
            guard period != .hourly else { return [spent] }
            return [
                RuleDefinition(
                    name: "budget_\(name)_forecast", severity: .p2,
                    when: "budget_forecast(\"\(name)\") > 100% and budget_used(\"\(name)\") <= 100%",
                    forDuration: 15 * Span.minute, keepFiringFor: 15 * Span.minute,
                    summary: "WARNING: \(name) budget of \(limit) will not last, ${spend_today:.2f} today",
                    source: .table("budget")),
                spent,
            ]
        }
    }
}

/// What was spent when, as of one time.
private struct SpendAccount {
    let snapshot: Snapshot
    let now: Int64
    let first: Int64

    init(_ snapshot: Snapshot, now: Int64, first: Int64) {
        (self.snapshot, self.now, self.first) = (snapshot, now, first)
    }

    /// Dollars from `start` to now; nil while no request has a price.
    func spent(since start: Int64) -> Double? { spent(start, now) }

    private func spent(_ start: Int64, _ end: Int64) -> Double? {
        start < end ? snapshot.timeline.sum(from: start, to: end, parts: []).tally.costInDollars : 0
    }

    /// Hours that the sum of the last hour is of: less while the data are younger.
    var hoursOfLastHour: Double { Double(min(Span.hour, max(Span.minute, now - first))) / Double(Span.hour) }

    func forecast(
        _ period: Budget.Period, spent: Double, lastHour: Double
    ) -> (dollars: Double?, method: String, pace: Double?) {
        let end = period.start(at: now) + period.length
        let pace = pace ?? lastHour / hoursOfLastHour
        let byPace = "pace of recent hours"
        switch period {
        case .hourly: return (spent / hoursOfLastHour, "the last 60 minutes", pace)
        case .daily:
            if let (rest, days) = restOfToday(spent: spent) {
                return (spent + rest, "same hours of the last \(days) days", pace)
            }
            let left = Double(end - now) / Double(Span.hour)
            return (SpendForecast.total(spent: spent, pace: pace, hoursLeft: left), byPace, pace)
        case .weekly:
            let midnight = Budget.Period.daily.start(at: now)
            let today = self.spent(since: midnight) ?? 0
            if let (rest, days) = restOfToday(spent: today),
                let past = snapshot.timeline.hours(hours(0..<24, days, midnight), parts: []).costInDollars
            {
                let daysLeft = Double((end - midnight - Span.day) / Span.day)
                return (spent + rest + past / Double(days) * daysLeft, "same hours of the last \(days) days", pace)
            }
            let left = Double(end - now) / Double(Span.hour)
            return (SpendForecast.total(spent: spent, pace: pace, hoursLeft: left), byPace, pace)
        }
    }

    /// EWMA of the spend of the closed hours of the last day; nil before the first.
    private var pace: Double? {
        let last = now.alignedDown(to: Span.hour)
        // The hour that the data begin in is not whole.
        let begin = max((first + Span.hour - 1).alignedDown(to: Span.hour), last - Span.day)
        let hours = stride(from: begin, to: last, by: Int64.Stride(Span.hour)).map { spent($0, $0 + Span.hour) ?? 0 }
        return SpendForecast.pace(hours)
    }

    /// What the hours left of today cost on the days before, times how today compares with those so far.
    private func restOfToday(spent: Double) -> (dollars: Double, days: Int)? {
        let midnight = now.alignedDown(to: Span.day)
        // Only whole days are an example of a day.
        let days = Int(min(7, (midnight - first) / Span.day))
        guard days >= 3 else { return nil }
        let hour = Int((now - midnight) / Span.hour)
        let share = Double(now - midnight - Int64(hour) * Span.hour) / Double(Span.hour)
        func past(_ range: Range<Int>) -> Double {
            (snapshot.timeline.hours(hours(range, days, midnight), parts: []).costInDollars ?? 0) / Double(days)
        }
        let current = past(hour..<hour + 1)
        let before = past(0..<hour) + current * share
        let after = past(hour + 1..<24) + current * (1 - share)
        // A day that has hardly begun says little of how it compares.
        let scale = before > 0 && hour >= 3 ? min(4, max(0.25, spent / before)) : 1
        return (after * scale, days)
    }

    private func hours(_ range: Range<Int>, _ days: Int, _ midnight: Int64) -> [Int64] {
        (1...days).flatMap { day in range.map { midnight - Int64(day) * Span.day + Int64($0) * Span.hour } }
    }
}
