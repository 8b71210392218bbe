import Canvas
import Metrics
import Monitoring
import Query

/// Budgets in full: how much of each is spent and by when it will be, and how fast it goes.
struct BudgetTable {
    private let context: SheetContext

    init(_ context: SheetContext) { self.context = context }

    private var figures: Figures { context.figures }
    private var glyphs: GlyphSet { context.glyphs }

    func add(to sheet: inout Sheet) {
        let budgets = figures.budgets
        guard !budgets.isEmpty else { return }
        let table = ZoomTable(
            "budget",
            [
                .init("used", 7), .init("spent", 9), .init("limit", 8), .init("forecast", 10), .init("burn", 6),
            ], nameWidth: 16, chart: "of the limit", width: context.width)
        sheet.heading("Budgets", trailing: "days and weeks in UTC")
        table.addHeader(to: &sheet)
        for report in budgets { add(report, table, to: &sheet) }
        sheet.line(.dim("burn: spend of the last hour over what the budget allows for an hour"))
    }

    private func add(_ report: BudgetReport, _ table: ZoomTable, to sheet: inout Sheet) {
        let spend = report.spend
        let atLeast = spend.isPartial ? String(glyphs[.atLeast]) : ""
        let forecast = figures.isStale ? nil : spend.forecast
        let isOver = report.used > 1
        let used = atLeast + NumberFormat.percent(report.used, decimals: 0)
        let foretold = report.period == .hourly ? "" : atLeast + NumberFormat.dollars(forecast)
        let burn = figures.isStale ? nil : report.burn
        table.addRow(
            StyledText(Self.name(report.period), .text),
            [
                isOver ? flagged(used, .critical) : .number(used),
                .number(atLeast + NumberFormat.dollars(spend.dollars)),
                .dim(NumberFormat.dollars(report.limit)),
                (forecast ?? 0) > report.limit && report.period != .hourly
                    ? flagged(foretold, .warning) : .number(foretold),
                (burn ?? 0) > 1
                    ? StyledText(ObjectiveReport.multiple(burn), .warning, bold: true)
                    : .number(ObjectiveReport.multiple(burn)),
            ],
            chart: table.bar(
                min(1, report.used), BudgetLine.role(report, forecast: forecast), glyphs), to: &sheet)
        sheet.note(basis(report), width: context.width)
    }

    private func flagged(_ text: String, _ role: Role) -> StyledText {
        StyledText("\(glyphs[.degraded])\(text)", role, bold: true)
    }

    private static func name(_ period: Budget.Period) -> String {
        switch period {
        case .daily: "today"
        case .weekly: "this week"
        case .hourly: "last 60 minutes"
        }
    }

    /// `goes on with $14.20/h (pace of recent hours), spent in 13h; data since 12:00Z only`.
    private func basis(_ report: BudgetReport) -> String {
        let spend = report.spend
        var parts: [String] = []
        if report.used >= 1 {
            parts.append("spent")
        } else if !figures.isStale, let pace = spend.pace {
            let lasting = report.exhaustion.map { "spent in \(NumberFormat.duration($0)) at that" }
            parts.append("\(NumberFormat.dollars(pace))/h lately" + (lasting.map { ", \($0)" } ?? ""))
        }
        if report.period != .hourly, !figures.isStale, spend.forecast != nil {
            parts.append("forecast by \(spend.method)")
        }
        if spend.isPartial { parts.append("data since \(since(spend.since)) only") }
        return parts.isEmpty ? "nobody knows what passes an hour" : parts.joined(separator: "; ")
    }

    private func since(_ time: Int64) -> String {
        let begin = ClockTime(time)
        let isToday = figures.snapshot.now.map { ClockTime($0).date == begin.date } ?? false
        return (isToday ? "" : begin.date + " ") + figures.clock(time) + "Z"
    }
}
