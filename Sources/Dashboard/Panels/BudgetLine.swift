import Canvas
import Monitoring
import Query

/// One budget in one line: `budget $212/$400  ▓▓▓▓▓░░░░ eod $346`. What it will come to is at the right, the bar takes what is left.
struct BudgetLine {
    let report: BudgetReport
    /// Dollars at the end of the period; nil while nobody knows.
    let forecast: Double?
    let glyphs: GlyphSet

    /// Columns that the longest usual numbers take.
    private static let (spentWidth, endWidth, leastBar) = (12, 11, 3)

    init(_ report: BudgetReport, forecast: Double?, glyphs: GlyphSet) {
        (self.report, self.forecast, self.glyphs) = (report, forecast, glyphs)
    }

    init(_ report: BudgetReport, _ figures: Figures, _ glyphs: GlyphSet) {
        self.init(report, forecast: figures.isStale ? nil : report.spend.forecast, glyphs: glyphs)
    }

    /// - Parameter note: what must be said beside it; it takes the place of the bar.
    func text(width: Int, note: StyledText = StyledText()) -> StyledText {
        let isOver = report.used > 1
        let amount =
            (report.spend.isPartial ? String(glyphs[.atLeast]) : "") + NumberFormat.dollars(report.spend.dollars)
        let limit = "/" + Self.limit(report)
        let pad = String(repeating: " ", count: max(0, Self.spentWidth - DisplayWidth.width(of: amount + limit)))
        let head =
            StyledText(DisplayWidth.padRight(label, to: 6) + " ", .dim)
            + StyledText(amount, isOver ? .critical : .text, bold: true) + StyledText(limit + pad, .dim)
        let room = width - head.width - Self.endWidth - 2
        if note.width > 0 {
            let both = head + note
            return both.width + 1 + Self.endWidth <= width
                ? both + StyledText(String(repeating: " ", count: width - both.width - Self.endWidth)) + end : both
        }
        guard room >= Self.leastBar else {
            return head.width + 1 + Self.endWidth <= width ? head + StyledText(" ") + end : head
        }
        let bar = Bar.cells(report.used, width: room, role: role, glyphs: glyphs)
        return head + StyledText(" ") + StyledText(bar) + StyledText(" ") + end
    }

    /// Whole dollars as they were stated.
    private static func limit(_ report: BudgetReport) -> String {
        report.limit < 1000 && report.limit == report.limit.rounded()
            ? "$" + NumberFormat.plain(report.limit) : NumberFormat.dollars(report.limit)
    }

    private var label: String {
        switch report.period {
        case .daily: "budget"
        case .weekly: "week"
        case .hourly: "hour"
        }
    }

    /// `▲eod $446`; of the last 60 minutes nothing is foretold.
    private var end: StyledText {
        guard report.period != .hourly else { return StyledText(String(repeating: " ", count: Self.endWidth)) }
        let isOver = forecast.map { $0 > report.limit } ?? false
        let words = (report.period == .daily ? "eod " : "eow ") + NumberFormat.dollars(forecast)
        let text = DisplayWidth.padLeft((isOver ? String(glyphs[.degraded]) : "") + words, to: Self.endWidth)
        return StyledText(text, isOver ? .warning : forecast == nil ? .dim : .text, bold: isOver)
    }

    private var role: Role { Self.role(report, forecast: forecast) }

    /// Of a bar: spent, going to be, or neither.
    static func role(_ report: BudgetReport, forecast: Double?) -> Role {
        report.used > 1 ? .critical : (forecast ?? 0) > report.limit ? .warning : .good
    }
}

extension Figures {
    /// The budgets, that of the day first.
    var budgets: [BudgetReport] {
        let reports = situation.watches.budgetReports
        return [Budget.Period.daily, .weekly, .hourly].compactMap { period in reports.first { $0.period == period } }
    }
}
