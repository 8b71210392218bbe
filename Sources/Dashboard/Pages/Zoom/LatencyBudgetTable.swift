import Canvas
import Monitoring
import Query

/// Latency budgets where some requests have one of their own: each beside the percentiles of its requests.
struct LatencyBudgetTable {
    private let context: SheetContext

    init(_ context: SheetContext) { self.context = context }

    private static let widthOfMedians = 100

    private var figures: Figures { context.figures }

    func add(to sheet: inout Sheet) {
        guard figures.hasLatencyBudgetsOfParts else { return }
        let reports = figures.latencyBudgets
        let percentile: [SheetTable.Column] = [
            .init("budget", 6), .init("", 4, isText: true),
        ]
        // Where there is little room, conditions need it more than medians do.
        let median = context.width < Self.widthOfMedians ? [] : [.init("p50~", 7)] + percentile
        let table = ZoomTable(
            "requests",
            [.init("p95~", 7)] + percentile + [.init("p99~", 7)] + percentile + [.init("n", 6)] + median,
            nameWidth: 40, width: context.width)
        sheet.heading("Latency budgets", trailing: figures.sliceWindowName)
        table.addHeader(to: &sheet)
        for report in reports {
            let cells = report.percentiles.map { self.cells(report, $0) }
            let tier = report.budget.tier.map { " \($0.rawValue)" } ?? ""
            table.addRow(
                StyledText(report.name, .text) + .dim(tier),
                cells[1] + cells[2] + [.dim(NumberFormat.count(report.count))] + cells[0],
                target: report.scope == .condition && report.latency != nil
                    ? .requests("budget \(report.name)", report.name, report.name, order: .slowest) : nil, to: &sheet)
        }
        if reports.contains(where: { $0.latency == nil }) {
            sheet.line(
                .dim(
                    "\(NumberFormat.missing): no such requests, or a condition on more than one value of one dimension")
            )
        }
    }

    /// The percentile, its budget, and how they stand.
    private func cells(_ report: LatencyBudgetReport, _ percentile: LatencyBudgetReport.Percentile) -> [StyledText] {
        let standing = report.standing(percentile)
        return [
            .number(NumberFormat.duration(report.value(percentile), compact: true), isFew: standing == .few),
            .dim(percentile.limit.isFinite ? NumberFormat.plain(percentile.limit) + "s" : ""),
            standing.text(context.glyphs),
        ]
    }
}

extension LatencyBudgetReport.Standing {
    /// `ok`, `OVER`.
    func text(_ glyphs: GlyphSet) -> StyledText {
        switch self {
        case .within: StyledText("ok", .good)
        case .over: StyledText("OVER", .critical, bold: true)
        case .few: .dim("few")
        case .unknown: .dim(String(glyphs[.missing]))
        case .unlimited: StyledText()
        }
    }
}
