import Canvas
import Metrics
import Monitoring
import Query
import Telemetry

/// How often it works, in full: the course of failures, every error type with what to do, what became of the requests, and
/// which tools and tasks fail.
struct SuccessSheet {
    private let context: SheetContext

    /// Fewer failures are chance.
    private static let few: Int64 = 5

    init(_ context: SheetContext) { self.context = context }

    private var figures: Figures { context.figures }
    private var tally: Tally { figures.tally }
    private var then: Tally { figures.then }
    private var flag: Character { context.glyphs[.degraded] }
    private var hasBaseline: Bool { then.judged > 0 }

    func fill(_ sheet: inout Sheet) {
        guard tally.requests.raw > 0 else {
            sheet.line(.dim("no request in the \(context.windowName)"))
            return
        }
        addChart(to: &sheet)
        addErrors(to: &sheet)
        ObjectiveTable(context, ofLatency: false).add(to: &sheet)
        OutcomeTable(context).add(to: &sheet)
        TrajectoryTable(context).add(to: &sheet)
        addFlags(to: &sheet)
        addTools(to: &sheet)
        addTasks(to: &sheet)
        addNames("Stop reasons", "stop reason", QueryText.stopReason, tally.stopReasons, then.stopReasons, to: &sheet)
    }

    // MARK: Failures

    private func addChart(to sheet: inout Sheet) {
        let bars = context.bars(of: 50, parts: [])
        let before = then.errorRate.map {
            [ChartBlock.Limit(name: "baseline \(NumberFormat.percent($0))", value: $0 * 100, role: .dim)]
        }
        sheet.chart(
            ChartBlock(
                "share of requests that fail, \(SheetContext.resolution(bars))",
                names: ["failed %"], format: { NumberFormat.plain($0) },
                series: [.init(bars.values { $0.errorRate.map { $0 * 100 } }, role: .critical)], bars: bars,
                limits: before ?? [], deploys: context.deploys),
            height: context.chartHeight(), orElse: "no outcome is known")
        if context.chartHeight() > 0 { sheet.deploys(within: bars.times, context) }
    }

    private func addErrors(to sheet: inout Sheet) {
        let errors = tally.errors.ranked { $0.weighted }
        let judged = NumberFormat.grouped(Double(tally.judged) / 1024)
        sheet.heading("Errors", trailing: context.basis)
        sheet.anomalies(.errorRate, .requestRate, context: context)
        guard !errors.isEmpty else {
            sheet.line(
                tally.judged > 0
                    ? StyledText("\(context.glyphs[.good]) ", .good) + StyledText("none of \(judged) requests failed")
                    : .dim("no outcome is known"))
            return
        }
        let table = ZoomTable(
            "error type",
            [.init("share", 6), .init("n", 6), .init("change", 9), .init("severity", 8, isText: true)]
                + (hasClassColumn ? [.init("class", 19, isText: true)] : []), nameWidth: 28, chart: context.windowName,
            note: "what to do", width: context.width)
        table.addHeader(to: &sheet, over: figures, context.glyphs)
        for (symbol, count) in errors { add(symbol, count, table, to: &sheet) }
        let unknown = Double(tally.requests.weighted - tally.judged) / 1024
        sheet.line(
            .dim("of \(judged) requests whose outcome is known")
                + (unknown > 0 ? .dim(", \(NumberFormat.grouped(unknown)) more are unknown") : StyledText()))
    }

    /// Where there is none, a class that its error is not named after stands before what to do.
    private var hasClassColumn: Bool { context.width >= 100 }

    private func add(_ symbol: Symbol, _ count: Count, _ table: ZoomTable, to sheet: inout Sheet) {
        let errorClass = ErrorTypes.errorClass(of: symbol, figures.names)
        let rate = Figures.share(count.weighted, tally.judged)
        let before = hasBaseline ? Figures.share(then.errors[symbol]?.weighted ?? 0, then.judged) : nil
        let isNew = before == 0 && count.raw >= Self.few
        let change =
            isNew
            ? StyledText("\(flag) new", .warning, bold: true)
            : ChangeStyle.points(
                rate.flatMap { now in before.map { now - $0 } }, worseWhen: true, isFew: count.raw < Self.few,
                flag: flag)
        let name = figures.names.label(symbol)
        let action =
            errorClass.map {
                "\(context.glyphs[.right]) "
                    + (hasClassColumn || $0.rawValue == name ? "" : "\($0.rawValue): ") + $0.action
            } ?? ""
        table.addRow(
            StyledText(name, .text),
            [
                .number(NumberFormat.percent(rate)), .number(NumberFormat.count(count.value)), change,
                Self.severity(errorClass),
            ] + (hasClassColumn ? [.dim(errorClass?.rawValue ?? NumberFormat.missing)] : []),
            chart: table.spark(
                .rising(
                    figures.bars.values { Figures.share($0.errors[symbol]?.weighted ?? 0, $0.judged) }, usual: before,
                    floor: 0.1),
                context.glyphs), note: .dim(action),
            target: QueryText.equals(QueryText.errorType, symbol, figures.names).map {
                .requests("error \(symbol.rawValue)", "failed by \(name)", $0)
            }, to: &sheet)
        if !table.hasNotes, !action.isEmpty { sheet.line(.dim("  " + action)) }
    }

    private static func severity(_ errorClass: ErrorClass?) -> StyledText {
        guard let severity = errorClass?.severity else { return .dim(NumberFormat.missing) }
        return switch severity {
        case .critical: StyledText(severity.name, .critical, bold: true)
        case .warning: StyledText(severity.name, .warning)
        case .medium: StyledText(severity.name, .text)
        }
    }

    // MARK: By name

    /// Safety and the like; those of answers and breakers stand above.
    private func addFlags(to sheet: inout Sheet) {
        let elsewhere: [Flags] = [.emptyResponse, .parseError, .circuitBreaker]
        let flags = Flags.names.enumerated().map { (name: $1, flag: Flags(rawValue: 1 << UInt16($0))) }
            .filter { !elsewhere.contains($0.flag) && tally.flagged($0.flag) > 0 }
            .sorted { tally.flagged($0.flag) > tally.flagged($1.flag) }
        guard !flags.isEmpty else { return }
        let table = shareTable("flag")
        sheet.heading("Safety and other flags", trailing: context.basis)
        table.addHeader(to: &sheet, over: figures, context.glyphs)
        for (name, flag) in flags {
            addShare(
                StyledText(name, .text), tally.flagged(flag), then.flagged(flag), table,
                bars: { $0.flagged(flag) },
                target: .requests("flag \(name)", "flagged \(name)", QueryText.equals(QueryText.flag, name)), to: &sheet
            )
        }
    }

    private func addNames(
        _ title: String, _ kind: String, _ field: String?, _ names: NameTable<Count>, _ before: NameTable<Count>,
        to sheet: inout Sheet
    ) {
        guard !names.isEmpty else { return }
        let table = shareTable(kind)
        sheet.heading(title, trailing: context.basis)
        table.addHeader(to: &sheet)
        for (symbol, count) in names.ranked(by: { $0.weighted }) {
            let name = figures.names.label(symbol)
            addShare(
                StyledText(name, .text), count.weighted, before[symbol]?.weighted ?? 0, table, bars: nil,
                target: field.flatMap { QueryText.equals($0, symbol, figures.names) }.map {
                    .requests("\(kind) \(symbol.rawValue)", "\(kind) \(name)", $0)
                }, to: &sheet)
        }
    }

    private func shareTable(_ title: String) -> ZoomTable {
        ZoomTable(
            title, [.init("share", 6), .init("n", 6), .init("change", 9), .init("baseline", 8)], nameWidth: 28,
            chart: "of requests", width: context.width)
    }

    /// A share of all requests.
    private func addShare(
        _ name: StyledText, _ now: Int64, _ before: Int64, _ table: ZoomTable, bars: ((Tally) -> Int64)?,
        target: Target?, to sheet: inout Sheet
    ) {
        let rate = Figures.share(now, tally.requests.weighted)
        let old = Figures.share(before, then.requests.weighted)
        let chart =
            bars.map { bars in
                table.spark(
                    .rising(
                        figures.bars.values { Figures.share(bars($0), $0.requests.weighted) }, usual: old, floor: 0.1),
                    context.glyphs)
            } ?? table.bar(rate, .accent, context.glyphs)
        table.addRow(
            name,
            [
                .number(NumberFormat.percent(rate)), .number(NumberFormat.count(Double(now) / 1024)),
                .dim(NumberFormat.points(rate.flatMap { now in old.map { now - $0 } }, decimals: 1)),
                .dim(NumberFormat.percent(old)),
            ], chart: chart, target: target, to: &sheet)
    }

    private func addTools(to sheet: inout Sheet) {
        let tools = tally.tools.ranked { $0.calls.weighted }
            .sorted { $0.row.errors.weighted > $1.row.errors.weighted }
        guard !tools.isEmpty else { return }
        let table = ZoomTable(
            "tool",
            [
                .init("failed", 7), .init("errors", 7), .init("change", 9), .init("calls", 7), .init("of calls", 8),
            ], nameWidth: 28, chart: "failed", width: context.width)
        sheet.heading("Tools", trailing: context.basis)
        table.addHeader(to: &sheet, over: figures, context.glyphs)
        let all = tally.toolCalls
        for (symbol, row) in tools {
            func rate(_ row: ToolRow?) -> Double? {
                row.flatMap { Figures.share($0.errors.weighted, $0.calls.weighted) }
            }
            let name = figures.names.label(symbol)
            let now = rate(row)
            let change = now.flatMap { now in rate(then.tools[symbol]).map { now - $0 } }
            table.addRow(
                StyledText(name, .text),
                [
                    StyledText(NumberFormat.percent(now), (now ?? 0) > 0.1 ? .warning : .text, bold: true),
                    .number(NumberFormat.count(row.errors.value)),
                    ChangeStyle.points(change, worseWhen: true, isFew: row.errors.raw < Self.few, flag: flag),
                    .dim(NumberFormat.count(row.calls.value)),
                    .dim(NumberFormat.percent(Figures.share(row.calls.weighted, all), decimals: 0)),
                ],
                chart: table.spark(
                    .rising(figures.bars.values { rate($0.tools[symbol]) }, usual: nil, floor: 0.1), context.glyphs),
                target: target(tool: symbol, name, hasFailed: row.errors.raw > 0), to: &sheet)
        }
    }

    /// The requests in which a tool failed; where it never did, all that called it.
    private func target(tool: Symbol, _ name: String, hasFailed: Bool) -> Target? {
        QueryText.equals(hasFailed ? QueryText.failedTool : QueryText.tool, tool, figures.names).map {
            .requests("tool \(tool.rawValue)", "\(name) \(hasFailed ? "failed" : "was called")", $0)
        }
    }

    private func addTasks(to sheet: inout Sheet) {
        let tasks = tally.tasks.ranked { $0.failed.weighted }
        guard !tasks.isEmpty else { return }
        let table = ZoomTable(
            "task type",
            [.init("failed", 7), .init("errors", 7), .init("change", 9), .init("n", 7), .init("of failed", 9)],
            nameWidth: 28, chart: "failed", width: context.width)
        sheet.heading("Task types", trailing: context.basis)
        table.addHeader(to: &sheet, over: figures, context.glyphs)
        for (symbol, row) in tasks {
            let name = figures.names.label(symbol)
            let change = row.errorRate.flatMap { now in then.tasks[symbol]?.errorRate.map { now - $0 } }
            table.addRow(
                StyledText(name, .text),
                [
                    StyledText(
                        NumberFormat.percent(row.errorRate), (row.errorRate ?? 0) > 0.2 ? .warning : .text, bold: true),
                    .number(NumberFormat.count(row.failed.value)),
                    ChangeStyle.points(change, worseWhen: true, isFew: row.failed.raw < Self.few, flag: flag),
                    .dim(NumberFormat.count(row.requests.value)),
                    .dim(NumberFormat.percent(Figures.share(row.failed.weighted, tally.failed.weighted), decimals: 0)),
                ],
                chart: table.spark(
                    .rising(figures.bars.values { $0.tasks[symbol]?.errorRate }, usual: nil, floor: 0.1), context.glyphs
                ),
                target: QueryText.equals(QueryText.taskType, symbol, figures.names).map {
                    .requests("task \(symbol.rawValue)", "failed of \(name)", QueryText.all($0, QueryText.failed))
                }, to: &sheet)
        }
    }
}
