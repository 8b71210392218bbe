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
        guard let account = SpendAccount(snapshot, at: now, judging: true) else { return }
        spentToday = account.dollars(since: Budget.Period.daily.start(at: now))
        guard let lastHour = account.paceOfLastHour else { return }
        reports = Budget.Period.allCases.compactMap { period in
            guard let limit = budget.limits[period], let spend = account.spend(period) else { return nil }
            return BudgetReport(
                limit: limit, spend: spend, burn: lastHour / (limit / Double(period.length / Span.hour)))
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
