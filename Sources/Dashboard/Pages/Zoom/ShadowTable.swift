import Canvas
import Glibc
import Metrics
import Monitoring
import Query
import Statistics

/// Versions that run in the shadow: what they answer reaches nobody, and is compared with what they repeat.
struct ShadowTable {
    private let context: SheetContext

    init(_ context: SheetContext) { self.context = context }

    private var glyphs: GlyphSet { context.glyphs }

    /// - Returns: whether there was anything to add.
    @discardableResult
    func add(to sheet: inout Sheet) -> Bool {
        let reports = context.figures.shadows
        guard !reports.isEmpty else { return false }
        sheet.heading("Shadow traffic", trailing: "pairs of the same input")
        for report in reports { add(report, to: &sheet) }
        return true
    }

    private func add(_ report: ShadowReport, to sheet: inout Sheet) {
        let (mark, role) = look(report.finding)
        sheet.line(
            StyledText("\(glyphs[mark]) \(report.name)", role, bold: true) + StyledText("  \(report.words)", .text),
            trailing: .dim(
                (report.isOver ? "over " : "") + "\(context.figures.clock(report.since))Z, "
                    + NumberFormat.age(Double(report.until - report.since) / 1e6)))
        sheet.line(.dim("  " + report.split))
        let worse = report.interval.map { $0.lower > 0 } ?? false
        var parts: [StyledText] = [
            .dim("fails ")
                + StyledText(
                    NumberFormat.points(report.difference, decimals: 1), worse ? .critical : .text, bold: worse)
                + .dim(" " + Self.text(report.interval, unit: "pp"))
        ]
        for (name, change) in [("latency", report.latencyChange), ("cost", report.costChange)] {
            guard let change else { continue }
            let isMore = change.interval.map { $0.lower > 0 } ?? false
            parts.append(
                .dim("\(name) ") + StyledText(NumberFormat.change(change.mean), isMore ? .warning : .text, bold: isMore)
                    + .dim(" " + Self.text(change.interval, unit: "%")))
        }
        let p95 = report.counts.latency.quantile(permille: 950).map { $0 / 1e6 }
        parts.append(.dim("p95 ") + .number(NumberFormat.duration(p95)))
        var line = StyledText("  ", .text)
        for part in parts {
            let next = line.width > 2 ? line + .dim("  ") + part : line + part
            if next.width > context.width, line.width > 2 {
                sheet.line(line)
                line = StyledText("  ", .text) + part
            } else {
                line = next
            }
        }
        sheet.line(line)
        for warning in report.warnings { sheet.line(StyledText("  \(glyphs[.notice]) \(warning)", .warning)) }
    }

    private func look(_ finding: ShadowReport.Finding) -> (Mark, Role) {
        switch finding {
        case .worse: (.critical, .critical)
        case .better, .asGood: (.good, .good)
        case .undecided: (.unknown, .dim)
        }
    }

    /// `[-1.2,+3.4]pp`.
    private static func text(_ interval: Interval?, unit: String) -> String {
        guard let interval else { return "" }
        let bounds = [interval.lower, interval.upper].map { bound in
            let text = NumberFormat.fixed(bound * 100, decimals: 1)
            return bound > 0 ? "+" + text : text
        }
        return "[\(bounds[0]),\(bounds[1])]\(unit)"
    }
}
