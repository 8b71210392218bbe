import Canvas
import Metrics
import Monitoring
import Query
import Statistics
import Telemetry

/// How the agent gets to its answers: calls in vain, calls that are wrong, answers that are cut, fallbacks and their worth, and the
/// requests that show it worst.
struct TrajectoryTable {
    private let context: SheetContext
    private let report: TrajectoryReport

    init(_ context: SheetContext) {
        self.context = context
        let figures = context.figures
        report =
            figures.trajectories
            ?? TrajectoryReport(
                figures.snapshot, now: figures.tally, then: figures.then, in: figures.times, where: figures.filter)
    }

    private var figures: Figures { context.figures }
    private var flag: Character { context.glyphs[.degraded] }

    func add(to sheet: inout Sheet) {
        addMeasures(to: &sheet)
        addWorst(to: &sheet)
        addFallbacks(to: &sheet)
    }

    // MARK: Numbers

    private func addMeasures(to sheet: inout Sheet) {
        guard !report.measures.isEmpty else { return }
        let table = ZoomTable(
            "trajectory",
            [.init("share", 6), .init("n", 6), .init("change", 9), .init("baseline", 8), .init("of", 6)],
            nameWidth: 28, chart: context.windowName, width: context.width)
        sheet.heading("Trajectory", trailing: context.basis)
        table.addHeader(to: &sheet, over: figures, context.glyphs)
        for measure in report.measures { add(measure, table, to: &sheet) }
    }

    private func add(_ measure: TrajectoryMeasure, _ table: ZoomTable, to sheet: inout Sheet) {
        let isFew = measure.whole < 20 * 1024
        func text(_ value: Double?) -> String {
            measure.isShare ? NumberFormat.percent(value) : NumberFormat.fixed(value, decimals: 2)
        }
        let names = figures.names
        let values = figures.bars.values { TrajectoryMeasure.value(measure.kind, $0, names) }
        let spark =
            measure.kind.isBetterHigher
            ? Sparkline(values, scale: 0.5...1, isZeroBased: false, colouring: .role(.barLow))
            : Sparkline.rising(values, usual: measure.before, floor: measure.isShare ? 0.1 : 0)
        table.addRow(
            StyledText(name(measure), .text),
            [
                .number(text(measure.value), isFew: isFew), .number(count(measure.part), isFew: isFew),
                change(measure, isFew: isFew), .dim(text(measure.before)), .dim(count(measure.whole)),
            ], chart: measure.kind == .longTrajectories ? StyledText() : table.spark(spark, context.glyphs),
            target: condition(measure).map {
                .requests("trajectory \(measure.kind.rawValue)", title(measure), $0)
            }, to: &sheet)
    }

    private func change(_ measure: TrajectoryMeasure, isFew: Bool) -> StyledText {
        guard measure.isShare else {
            let change = measure.before.flatMap { $0 > 0 ? measure.value / $0 - 1 : nil }
            return isFew ? .dim(NumberFormat.change(change)) : ChangeStyle.rising(change, flag: flag)
        }
        return ChangeStyle.points(
            measure.before.map { measure.value - $0 }, worseWhen: !measure.kind.isBetterHigher, isFew: isFew, flag: flag
        )
    }

    private func name(_ measure: TrajectoryMeasure) -> String {
        guard measure.kind == .longTrajectories, let usual = report.usualSteps else { return measure.kind.words }
        return "more than \(usual) steps (p95)"
    }

    private func count(_ weighted: Int64) -> String { NumberFormat.count(Double(weighted) / 1024) }

    // MARK: Requests behind them

    private func title(_ measure: TrajectoryMeasure) -> String {
        switch measure.kind {
        case .validArguments: "invalid tool arguments"
        case .repeatedToolErrors: "a tool failed"
        default: name(measure)
        }
    }

    private func condition(_ measure: TrajectoryMeasure) -> String? {
        switch measure.kind {
        case .toolCallsPerSuccess, .stepsPerRequest: return nil
        case .longTrajectories: return report.usualSteps.map { "steps > \($0)" }
        case .redundantCalls: return "redundant_tool_calls > 0"
        case .validArguments: return "tool_invalid ~ \"\""
        case .repeatedToolErrors: return "\(QueryText.failedTool) ~ \"\""
        case .cutAnswers:
            let names = figures.tally.stopReasons.names.map { figures.names[$0] }.filter(StopReasons.isLength).sorted()
            guard !names.isEmpty else { return nil }
            return "\(QueryText.stopReason) in (\(names.map(QueryText.quoted).joined(separator: ", ")))"
        case .breakerTrips: return QueryText.equals(QueryText.flag, "circuit_breaker")
        }
    }

    // MARK: The worst

    private func addWorst(to sheet: inout Sheet) {
        guard !report.worst.isEmpty else { return }
        sheet.heading("In circles", trailing: "the worst first")
        for trajectory in report.worst {
            let request = trajectory.request
            let (mark, role) = RequestsPage.look(request.record, context.glyphs)
            sheet.line(
                .dim(figures.clock(request.record.time, seconds: true) + " ") + StyledText("\(mark) ", role, bold: true)
                    + StyledText(words(trajectory), .text),
                trailing: .dim(
                    DisplayWidth.keepEnd(of: request.traceID, to: 16, ellipsis: context.glyphs[.ellipsis])),
                target: RequestsPage.target(request))
        }
    }

    /// `12 redundant calls, search 12 times in a row, 3 failed in a row, 21 steps`.
    private func words(_ trajectory: Trajectory) -> String {
        var parts: [String] = []
        if trajectory.redundantCalls > 0 { parts.append("\(trajectory.redundantCalls) redundant calls") }
        if trajectory.sameToolInARow >= 4 {
            parts.append("\(figures.names.label(trajectory.tool)) \(trajectory.sameToolInARow) times in a row")
        }
        if trajectory.failuresInARow >= 2 { parts.append("\(trajectory.failuresInARow) failed in a row") }
        if trajectory.unusualSteps > 0 { parts.append("\(trajectory.unusualSteps) steps") }
        return parts.joined(separator: ", ")
    }

    // MARK: Fallbacks

    /// Told of by records of their own: no request has them.
    private func addFallbacks(to sheet: inout Sheet) {
        guard !report.fallbacks.isEmpty else { return }
        let table = ZoomTable(
            "action", [.init("helped", 7), .init("of", 6), .init("95% interval", 14), .init("n", 6)], nameWidth: 28,
            chart: "of fallbacks", width: context.width)
        sheet.heading("Fallbacks, and whether they helped", trailing: context.windowName)
        table.addHeader(to: &sheet)
        let all = report.fallbacks.reduce(0) { $0 + $1.decisions }
        for fallback in report.fallbacks {
            let known = fallback.helped + fallback.failed
            let interval = fallback.interval.map {
                "[\(NumberFormat.percent($0.lower, decimals: 0)),\(NumberFormat.percent($0.upper, decimals: 0))]"
            }
            table.addRow(
                StyledText(fallback.name, .text),
                [
                    .number(NumberFormat.percent(fallback.share, decimals: 0), isFew: known < 20),
                    .dim(NumberFormat.count(Double(known))), .dim(interval ?? ""),
                    .number(NumberFormat.count(Double(fallback.decisions))),
                ],
                chart: table.bar(all > 0 ? Double(fallback.decisions) / Double(all) : nil, .accent, context.glyphs),
                to: &sheet)
        }
    }
}
