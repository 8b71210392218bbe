import Canvas
import Metrics
import Monitoring
import Query

/// What users may rely on and how far that is kept: error budgets, how fast they burn, and what is to follow.
struct ObjectiveTable {
    private let context: SheetContext
    private let reports: [ObjectiveReport]

    private static let nameWidth = 24

    /// Of the page of latencies, or of that of success.
    init(_ context: SheetContext, ofLatency isOfLatency: Bool) {
        self.context = context
        reports = context.figures.objectives(ofLatency: isOfLatency)
    }

    private var glyphs: GlyphSet { context.glyphs }

    func add(to sheet: inout Sheet) {
        guard !reports.isEmpty else { return }
        let table = ZoomTable(
            "objective",
            [
                .init("target", 7), .init("reached", 8), .init("left", 7), .init("spent in", 8), .init("n", 6),
            ], nameWidth: Self.nameWidth, chart: "of budget", width: context.width)
        sheet.heading("Objectives", trailing: "of their own periods")
        table.addHeader(to: &sheet)
        for report in reports { add(report, table, to: &sheet) }
        addBurns(to: &sheet)
    }

    private func add(_ report: ObjectiveReport, _ table: ZoomTable, to sheet: inout Sheet) {
        let left = report.remaining
        let isSpent = (left ?? 1) <= 0
        let role: Role = isSpent ? .critical : (left ?? 1) < 0.25 || report.isBurningFast ? .warning : .good
        let isMissed = report.attained.map { $0 < Double(report.objective.target) / 1e6 } ?? false
        let name = report.objective.name
        // What does not fit beside the name gets lines of its own.
        let isShort = name.count + 1 + report.good.count <= Self.nameWidth
        table.addRow(
            StyledText(name, .text) + .dim(name == report.good || !isShort ? "" : " \(report.good)"),
            [
                .dim(report.targetText),
                isMissed
                    ? StyledText(NumberFormat.percent(report.attained, decimals: 2), .critical, bold: true)
                    : .number(NumberFormat.percent(report.attained, decimals: 2)),
                left == nil || role == .good
                    ? .number(NumberFormat.percent(left, decimals: 0))
                    : StyledText(NumberFormat.percent(left, decimals: 0), role, bold: true),
                left == nil
                    ? .dim(NumberFormat.missing)
                    : isSpent ? StyledText("spent", .critical, bold: true) : .number(exhaustion(report)),
                .dim(NumberFormat.count(report.counts.total > 0 ? Double(report.counts.total) / 1024 : nil)),
            ],
            chart: table.bar(left.map { max(0, $0) }, role, glyphs),
            target: report.bad.map { .requests("objective \(name)", "against the objective \(name)", $0) }, to: &sheet)
        if let policy = report.policy {
            sheet.line(StyledText("  \(glyphs[.degraded]) \(policy)", .critical, bold: true))
        }
        if !isShort { sheet.note("good: \(report.good)", width: context.width) }
        let notes = [report.reach.map { "\($0) held, what came before is not known" }, sample(report)]
        for note in notes.compactMap(\.self) { sheet.note(note, width: context.width) }
    }

    /// Scores and ratings are of some requests only.
    private func sample(_ report: ObjectiveReport) -> String? {
        guard let coverage = report.coverage, coverage < 0.995 else { return nil }
        return
            "a sample: \(NumberFormat.percent(coverage, decimals: 0)) of \(NumberFormat.count(Double(report.requests) / 1024)) "
            + "requests say whether they are good"
    }

    /// Until the budget is spent: never while nothing burns.
    private func exhaustion(_ report: ObjectiveReport) -> String {
        guard let seconds = report.exhaustion else {
            return report.burn == nil ? NumberFormat.missing : "never"
        }
        // Nobody looks further ahead than some periods.
        return seconds > 99 * 86_400 ? ">99d" : NumberFormat.duration(seconds)
    }

    // MARK: Burn rates

    private func addBurns(to sheet: inout Sheet) {
        let table = ZoomTable(
            "burn rate",
            [
                .init("long", 6), .init("short", 6), .init("over", 6), .init("", 2, isText: true),
                .init("state", 12, isText: true),
            ], nameWidth: Self.nameWidth, chart: "of what fires", width: context.width)
        guard reports.contains(where: { !$0.burns.isEmpty }) else { return }
        sheet.gap()
        table.addHeader(to: &sheet)
        for report in reports {
            for burn in report.burns { add(burn, of: report, table, to: &sheet) }
            for omitted in report.objective.omitted {
                sheet.note("not watched: \(report.objective.name) \(omitted)", width: context.width)
            }
        }
    }

    private func add(
        _ burn: ObjectiveReport.Burn, of report: ObjectiveReport, _ table: ZoomTable, to sheet: inout Sheet
    ) {
        let target = report.objective.target
        let rates = [burn.long, burn.short].map { $0.burn(target: target) }
        let factor = burn.factor.nearestDouble
        func text(_ rate: Double?) -> StyledText {
            let text = ObjectiveReport.multiple(rate)
            return (rate ?? 0) > factor ? StyledText(text, .warning, bold: true) : .number(text)
        }
        let state: StyledText =
            burn.isFiring
            ? StyledText("\(glyphs[.degraded]) BURNS", .critical, bold: true)
            : burn.isDoubtful
                ? StyledText("few requests", .warning)
                : rates.contains { $0 == nil } ? .dim(NumberFormat.missing) : StyledText("ok", .good)
        table.addRow(
            StyledText("\(report.objective.name) \(burn.window.name)", .text),
            [
                text(rates[0]), text(rates[1]), .dim(BurnWindow.text(burn.factor) + "x"),
                .dim(burn.window.severity.rawValue), state,
            ],
            chart: table.bar(
                rates[0].flatMap { factor > 0 ? min(1, $0 / factor) : nil }, burn.isFiring ? .critical : .accent, glyphs
            ),
            to: &sheet)
    }
}
