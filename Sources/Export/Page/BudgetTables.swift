import Metrics
import Monitoring
import Query

/// What the settings ask for beside rules, as tables of the page's panels; none where they ask for nothing.
struct BudgetTables {
    let figures: PageFigures

    // MARK: Latency

    /// Each latency budget beside the percentiles of its requests.
    var latency: Markup {
        let budgets = figures.situation.watches.latencyBudgets
        guard !budgets.isEmpty else { return .none }
        let reports = budgets.reports(
            in: figures.snapshot, over: figures.window, fallback: LatencyBudget(.chat), latency: figures.tally.latency)
        let rows = reports.map { report -> [Markup] in
            let name: Markup = report.scope == .condition ? "<code>\(report.name)</code>" : "\(report.name)"
            return [name] + report.percentiles.map { percentile(report, $0) }
                + ["\(report.count.map { NumberFormat.grouped($0) } ?? NumberFormat.missing)"]
        }
        return "<h3>Latency budgets</h3>\n" + .table(["requests", "#p50", "#p95", "#p99", "#n"], rows)
    }

    /// `5.34s/5s OVER`; what is within has its number alone.
    private func percentile(_ report: LatencyBudgetReport, _ percentile: LatencyBudgetReport.Percentile) -> Markup {
        let value = NumberFormat.duration(report.value(percentile), compact: true)
        guard percentile.limit.isFinite else { return "\(value)" }
        let limit: Markup = .dim("/\(NumberFormat.plain(percentile.limit))s")
        return switch report.standing(percentile) {
        case .within: .coloured(value, "good") + limit
        case .over: .coloured(value, "critical") + limit + .coloured(" OVER", "critical")
        case .few: .dim(value) + limit + .dim(" few")
        case .unknown, .unlimited: "\(value)" + limit
        }
    }

    // MARK: Cost

    /// How much of each budget is spent, and what its period will have cost.
    var cost: Markup {
        let reports = figures.situation.watches.budgetReports
        guard !reports.isEmpty else { return .none }
        let rows = reports.map { report -> [Markup] in
            let spend = report.spend
            let atLeast = spend.isPartial ? "≥" : ""
            let used = atLeast + NumberFormat.percent(report.used, decimals: 0)
            let forecast: Markup =
                spend.period == .hourly
                ? .none
                : (spend.forecast ?? 0) > report.limit
                    ? .coloured(atLeast + NumberFormat.dollars(spend.forecast), "warning")
                    : "\(atLeast)\(NumberFormat.dollars(spend.forecast))"
            return [
                "\(spend.period.rawValue)", report.used > 1 ? .coloured(used, "critical") : "\(used)",
                PageChart.meter(report.used), "\(atLeast)\(NumberFormat.dollars(spend.dollars))",
                "\(NumberFormat.dollars(report.limit))", forecast, "\(NumberFormat.measured(report.burn))",
                "\(figures.clock(spend.since))",
            ]
        }
        return "<h3>Budgets</h3>\n"
            + .table(["", "#used", "~of the limit", "#spent", "#limit", "#forecast", "#burn", "since"], rows)
    }

    // MARK: Objectives

    /// Error budgets and how fast they burn.
    var objectives: Markup {
        let reports = figures.situation.watches.objectiveReports
        guard !reports.isEmpty else { return .none }
        let rows = reports.map { report -> [Markup] in
            let target = report.objective.target
            let left = NumberFormat.percent(report.remaining, decimals: 0)
            let burns = report.burns.map { burn -> Markup in
                let rate = "\(burn.window.name) \(NumberFormat.measured(burn.long.burn(target: target)))"
                return burn.isFiring ? .coloured(rate, "critical") : "\(rate)"
            }
            return [
                "<code>\(report.objective.name)</code>", "\(NumberFormat.plain(Double(target) / 10_000))%",
                "\(NumberFormat.percent(report.attained, decimals: 2))",
                (report.remaining ?? 1) <= 0 ? .coloured(left, "critical") : "\(left)",
                PageChart.meter(report.remaining),
                "\(PageFigures.count(report.counts.total))",
                Markup(burns.enumerated().map { ($0 > 0 ? " · " : "") + $1 }),
                .coloured(report.policy ?? "", "critical") + "\(report.reach.map { " \($0) held" } ?? "")",
            ]
        }
        return "<h3>Objectives</h3>\n"
            + .table(
                ["objective", "#target", "#reached", "#budget left", "~", "#n", "burn", "what follows"], rows,
                stacks: true)
    }
}
