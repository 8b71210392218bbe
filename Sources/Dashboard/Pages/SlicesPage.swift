import Canvas
import Metrics
import Monitoring
import Query
import Statistics
import Telemetry

/// Every value of a dimension beside the others, the worst first: for whom is it broken.
struct SlicesPage {
    let dimension: SliceDimension
    let context: SheetContext

    /// Fewer judged requests than this say little.
    private static let enough = 20.0

    private var figures: Figures { context.figures }

    var sheet: Sheet {
        let lines = SliceLine.all(of: dimension, figures)
        var sheet = Sheet("Slices by \(dimension.label)", trailing: "worst first")
        sheet.line(
            StyledText("success over \(figures.window == .all ? "all" : "the last \(figures.window.rawValue)")", .dim)
                + extent,
            trailing: StyledText("d Tab: next dimension", .dim))
        guard !lines.isEmpty else {
            sheet.gap()
            sheet.line(StyledText("no request says its \(dimension.label)", .dim))
            return sheet
        }
        let table = SheetTable(
            dimension.name,
            [
                .init("success", 8), .init("n", 7), .init("failed", 7), .init("strong", 7), .init("p95", 7),
                .init("$/request", 9), .init("share", 6),
            ], width: context.width)
        table.addHeader(to: &sheet)
        let all = lines.reduce(0) { $0 + $1.requests }
        for line in lines { add(line, share: all > 0 ? line.requests / all : nil, table, to: &sheet) }
        return sheet
    }

    /// What is not looked at, where that is anything.
    private var extent: StyledText {
        if figures.tally.requests.raw > RequestRows.mostGrouped {
            return StyledText(", the newest \(NumberFormat.count(Double(RequestRows.mostGrouped)))", .notice)
        }
        let rows = figures.snapshot.rows
        guard !rows.isWhole, let reach = rows.reach, reach > figures.times.lowerBound else { return StyledText() }
        return StyledText(", held since \(figures.clock(reach))", .notice)
    }

    private func add(_ line: SliceLine, share: Double?, _ table: SheetTable, to sheet: inout Sheet) {
        let isFew = line.judged < Self.enough
        let usual = figures.tally.errorRate ?? 0
        let rate = line.judged > 0 ? line.failed / line.judged : nil
        let isBad = !isFew && (rate ?? 0) > max(0.1, 2 * usual)
        let role: Role = isFew ? .dim : isBad ? .critical : .text
        let mark = StyledText(isBad ? "\(context.glyphs[.degraded]) " : "  ", .critical, bold: true)
        table.addRow(
            mark + StyledText(line.name, isFew ? .dim : .text),
            [
                StyledText(NumberFormat.percent(rate.map { 1 - $0 }), role, bold: isBad),
                StyledText((isFew ? "n=" : "") + NumberFormat.count(line.requests), isFew ? .dim : .text),
                StyledText(NumberFormat.count(line.failed), isFew ? .dim : .text),
                StyledText(NumberFormat.percent(line.strong), isFew ? .dim : .text),
                StyledText(
                    NumberFormat.duration(line.p95, compact: true), line.requests < Self.enough ? .dim : .text),
                StyledText(NumberFormat.dollars(line.costPerRequest), .text),
                StyledText(NumberFormat.percent(share, decimals: 0), .dim),
            ],
            target: Target(
                id: line.name,
                requests: RequestsQuery("\(dimension.name)=\(line.name)", line.condition), copies: line.name),
            to: &sheet)
    }

    /// The dimension of what failing requests share; nil where nothing stands out.
    static func worstDimension(_ figures: Figures) -> SliceDimension? {
        guard let now = figures.snapshot.now else { return nil }
        let slice = Explanation.ofFailures(
            in: figures.snapshot, lasting: figures.window.duration ?? Span.day, endingAt: now, where: figures.filter
        ).headline?.slices.first
        return SliceDimension.all.first { $0.name == slice?.field.name }
    }
}

/// One value's numbers over the window.
struct SliceLine {
    var name: String
    /// What its requests have in common, in the expression language.
    var condition: String
    /// Requests, weighted.
    var requests = 0.0
    var judged = 0.0
    var failed = 0.0
    /// Share that completed without any sign of regret; nil where nothing is known.
    var strong: Double?
    /// Seconds.
    var p95: Double?
    /// Dollars.
    var costPerRequest: Double?

    /// The highest failure share first among those with enough requests, then the others.
    static func all(of dimension: SliceDimension, _ figures: Figures) -> [SliceLine] {
        figures.snapshot.rows.groups(of: dimension.name, in: figures.times, where: figures.filter).map { group in
            SliceLine(
                name: group.value, condition: RecordFilter.quoted(field: dimension.name, value: group.value),
                requests: group.requests, judged: group.judged, failed: group.failed,
                strong: group.strongCompletion, p95: Figures.seconds(group.latency, 950),
                costPerRequest: group.costPerRequest)
        }
        .sorted { ($0.rank, $0.name) < ($1.rank, $1.name) }
    }

    private var rank: Double {
        let rate = judged > 0 ? failed / judged : 0
        return judged >= 20 ? -1 - rate : -rate / 1000
    }
}
