import Canvas
import Metrics
import Monitoring
import Query
import Telemetry

/// How often it works: the rate, what users say, errors by type; with more room also task types and tools.
struct SuccessPanel {
    private let figures: Figures
    /// Lower panels (inside) have no tables.
    private static let leastHeightOfTables = 9

    private static let tableLength = 6

    init(_ figures: Figures) { self.figures = figures }

    private var tally: Tally { figures.tally }

    /// The objective, and what is counted where there is room for both.
    func trailing(width: Int) -> String {
        let objectives = figures.objectives(ofLatency: false)
        let counts = counts(width: width)
        guard let objective = objectives.first(where: { $0.objective.kind == .success }) ?? objectives.first else {
            return counts
        }
        guard width >= Self.widthOfBoth, !counts.isEmpty else { return objective.title }
        return "\(counts), \(objective.title)"
    }

    /// Room for the longest counts beside an objective.
    private static let widthOfBoth = 84

    /// `7,208 failed, 1,232 outcomes unknown`, in short words where the panel is narrow.
    private func counts(width: Int) -> String {
        guard tally.requests.raw > 0 else { return "" }
        let failed = NumberFormat.grouped(tally.failed.value)
        let unknown = Double(tally.requests.weighted - tally.judged) / 1024
        guard unknown > 0 else { return "\(failed) failed" }
        return width < 48
            ? "\(failed) fail \(NumberFormat.grouped(unknown)) unkn"
            : "\(failed) failed, \(NumberFormat.grouped(unknown)) outcomes unknown"
    }

    /// Wider panels have longer names before they have longer sparklines.
    private func columns(_ canvas: PanelCanvas) -> RowColumns {
        RowColumns(label: min(28, 16 + max(0, canvas.inside.width - 36) / 2), value: 5, tail: 6)
    }

    func draw(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        canvas.draw(headline(within: canvas.inside.width, screen.glyphs), on: &screen)
        let isLow = canvas.inside.height < Self.leastHeightOfTables
        // A low panel always has the same lines, however many kinds of errors there are.
        drawErrors(limit: isLow ? canvas.rowsLeft - 1 : max(4, canvas.rowsLeft / 3), &canvas, on: &screen)
        if isLow {
            // Where few fail there is nothing to be done at once.
            if canvas.rowsLeft > 1, isBad { drawAction(&canvas, on: &screen) }
            while canvas.rowsLeft > 1 { canvas.skip() }
            drawWorstTask(&canvas, on: &screen)
            return
        }
        drawAction(&canvas, on: &screen)
        drawTasks(&canvas, on: &screen)
        drawTools(&canvas, on: &screen)
        guard ChartBlock.fits(canvas) else { return }
        let bars = figures.chartBars(parts: [])
        ChartBlock(
            names: ["failed %"], format: { NumberFormat.plain($0) },
            series: [.init(bars.values { $0.errorRate.map { $0 * 100 } }, role: .critical)], bars: bars
        ).draw(&canvas, on: &screen)
    }

    private func drawErrors(limit: Int, _ canvas: inout PanelCanvas, on screen: inout Screen) {
        let errors = tally.errors.ranked { $0.weighted }
        let shown = min(errors.count, max(0, limit))
        for (i, error) in errors.prefix(shown).enumerated() {
            if i == shown - 1, errors.count > shown {
                drawRest(errors[i...].map { $0 }, &canvas, on: &screen)
            } else {
                drawError(error.name, error.row, &canvas, on: &screen)
            }
        }
        if errors.isEmpty, limit > 0 {
            let text =
                tally.requests.raw == 0
                ? "no requests in this window"
                : tally.judged == 0 ? "no outcome known in this window" : "no failures in this window"
            canvas.draw(StyledText(text, .dim), on: &screen)
        }
    }

    /// `85.0% ok  strong 71.2%  up 88% n=41`; what does not fit is left out whole.
    private func headline(within width: Int, _ glyphs: GlyphSet) -> StyledText {
        let rate = tally.successRate
        let role: Role = (tally.errorRate ?? 0) > 0.5 ? .critical : isBad ? .warning : .good
        let word = rate == nil ? Role.dim : role
        var text =
            StyledText(Self.share(rate), rate == nil ? .dim : .text, bold: true)
            + (figures.unusualSuccess(glyphs).map { $0 + StyledText("ok", word) } ?? StyledText(" ok", word))
        var pieces = [
            StyledText("  strong ", .dim)
                + StyledText(
                    Self.share(tally.strongCompletionRate), isProvisional ? .dim : .text, bold: !isProvisional)
        ]
        if tally.ratings > 0 {
            pieces.append(
                StyledText("  up ", .dim)
                    + StyledText(
                        DisplayWidth.padLeft(NumberFormat.percent(tally.satisfaction, decimals: 0), to: 4), .text))
            pieces.append(StyledText(" n=\(NumberFormat.count(Double(tally.ratings)))", .dim))
        }
        for piece in pieces {
            guard text.width + piece.width <= width else { break }
            text += piece
        }
        return text
    }

    /// A share in five columns.
    private static func share(_ share: Double?) -> String {
        let isNearlyAll = (share ?? 0) >= 0.9995
        return DisplayWidth.padLeft(NumberFormat.percent(share, decimals: isNearlyAll ? 0 : 1), to: 5)
    }

    private var isBad: Bool { (tally.errorRate ?? 0) > 0.1 }

    /// What to do first about the error that is most frequent: as many of its clauses as fit.
    private func drawAction(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        guard canvas.rowsLeft > 0, let top = tally.errors.ranked(by: { $0.weighted }).first,
            let errorClass = ErrorTypes.errorClass(of: top.name, figures.names)
        else { return }
        let mark = StyledText("\(screen.glyphs[.right]) ", .dim)
        let room = canvas.inside.width - mark.width
        var text = errorClass.action
        while DisplayWidth.width(of: text) > room, let end = text.lastIndex(where: { $0 == "," || $0 == ":" }) {
            text = String(text[..<end])
        }
        canvas.draw(mark + StyledText(text, errorClass.severity == .critical ? .text : .dim), on: &screen)
    }

    /// Users had less than ten minutes to object.
    private var isProvisional: Bool { figures.window.duration.map { $0 <= 15 * Span.minute } ?? false }

    private func drawError(_ name: Symbol, _ count: Count, _ canvas: inout PanelCanvas, on screen: inout Screen) {
        let rate = tally.judged > 0 ? Double(count.weighted) / Double(tally.judged) : nil
        let before =
            figures.then.judged > 0
            ? Double(figures.then.errors[name]?.weighted ?? 0) / Double(figures.then.judged) : nil
        let isUp = rate.map { now in before.map { now > 0.01 && now > 2 * $0 } ?? false } ?? false
        let bars = figures.bars.values {
            $0.judged > 0 ? Double($0.errors[name]?.weighted ?? 0) / Double($0.judged) : nil
        }
        canvas.draw(
            PanelRow(
                DisplayWidth.truncate(
                    figures.names.label(name), to: columns(canvas).label, ellipsis: screen.glyphs[.ellipsis]),
                StyledText(Self.share(rate), .text, bold: true),
                spark: .rising(bars, usual: before, floor: sparkFloor),
                tail: StyledText(isUp ? String(screen.glyphs[.degraded]) : " ", .critical, bold: true)
                    + StyledText(DisplayWidth.padLeft(NumberFormat.count(count.value), to: 5), .text)),
            columns(canvas), on: &screen)
    }

    /// One failure in a bar of few requests is no tower: the scale has room for three.
    private var sparkFloor: Double {
        let counts = figures.bars.tallies.map { Double($0.judged) / 1024 }.filter { $0 > 0 }.sorted()
        guard !counts.isEmpty else { return 0.1 }
        return max(0.1, min(1, 3 / counts[counts.count / 2]))
    }

    private func drawRest(
        _ rest: [(name: Symbol, row: Count)], _ canvas: inout PanelCanvas, on screen: inout Screen
    ) {
        let sum = rest.reduce(Int64(0)) { $0 + $1.row.weighted }
        let rate = tally.judged > 0 ? Double(sum) / Double(tally.judged) : nil
        canvas.draw(
            PanelRow(
                "\(rest.count) more", StyledText(Self.share(rate), .dim),
                tail: StyledText(NumberFormat.count(Double(sum) / 1024), .dim)),
            columns(canvas), on: &screen)
    }

    /// For whom it is worst, in one line.
    private func drawWorstTask(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        guard let worst = tally.tasks.ranked(by: { $0.failed.weighted }).first, worst.row.failed.weighted > 0 else {
            return
        }
        canvas.draw(
            StyledText("worst task ", .dim) + StyledText(figures.names.label(worst.name), .text),
            trailing: StyledText(Self.share(worst.row.errorRate), .text, bold: true)
                + StyledText(" of ", .dim)
                + StyledText(NumberFormat.count(worst.row.requests.value), .text),
            on: &screen)
    }

    private func drawTasks(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        let tasks = tally.tasks.ranked { $0.failed.weighted }
        guard !tasks.isEmpty, canvas.rowsLeft >= 2 else { return }
        canvas.draw(StyledText("task type", .dim), trailing: StyledText("failed of requests", .dim), on: &screen)
        for task in tasks.prefix(min(Self.tableLength, max(1, canvas.rowsLeft / 2))) {
            let rate = task.row.errorRate
            canvas.draw(
                StyledText(figures.names.label(task.name), .text),
                trailing: StyledText(NumberFormat.percent(rate), (rate ?? 0) > 0.2 ? .warning : .text)
                    + StyledText(DisplayWidth.padLeft(NumberFormat.count(task.row.requests.value), to: 8), .dim),
                on: &screen)
        }
    }

    private func drawTools(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        let tools = tally.tools.ranked { $0.calls.weighted }
        guard !tools.isEmpty, canvas.rowsLeft >= 2 else { return }
        canvas.draw(StyledText("tool", .dim), trailing: StyledText("failed of calls", .dim), on: &screen)
        for tool in tools.prefix(min(Self.tableLength, canvas.rowsLeft)) {
            let rate =
                tool.row.calls.weighted > 0 ? Double(tool.row.errors.weighted) / Double(tool.row.calls.weighted) : nil
            canvas.draw(
                StyledText(figures.names.label(tool.name), .text),
                trailing: StyledText(NumberFormat.percent(rate), (rate ?? 0) > 0.1 ? .warning : .text)
                    + StyledText(DisplayWidth.padLeft(NumberFormat.count(tool.row.calls.value), to: 8), .dim),
                on: &screen)
        }
    }
}
