import Canvas
import Metrics
import Monitoring
import Query
import Statistics

/// How fast: percentiles with their course and change, budgets, the distribution, and where the time goes.
struct LatencyPanel {
    private let figures: Figures
    private static let columns = RowColumns(label: 4, value: 7, tail: 7)
    private static let percentiles: [(name: String, permille: Int, enough: Int64)] = [
        ("p50", 500, 1), ("p95", 950, 20), ("p99", 990, 100),
    ]

    init(_ figures: Figures) { self.figures = figures }

    private var latency: ExponentialHistogram { figures.tally.latency }

    /// The tier whose budgets apply, or that the percentiles are not ours; and the objective, before them where there is no room
    /// for both.
    func trailing(width: Int) -> String {
        let own =
            given.map { "as given \(figures.clock($0.time))" }
            ?? (figures.hasLatencyBudgetsOfParts
                ? "\(figures.latencyBudgets.count) budgets" : figures.latencyBudget.tier?.rawValue ?? "own budget")
        guard let objective = figures.objectives(ofLatency: true).first else { return own }
        return width < 48 ? objective.title : "\(own), \(objective.title)"
    }

    /// Percentiles that a source computed itself, where there are no latencies to compute ours from.
    private var given: GivenPercentiles? {
        guard latency.isEmpty, let given = figures.snapshot.given, given.time >= figures.totals.from else { return nil }
        return given
    }

    /// Seconds, of this window's latencies or as given.
    private func value(_ percentile: (name: String, permille: Int, enough: Int64)) -> Double? {
        Figures.seconds(latency, percentile.permille) ?? given?.latency[percentile.name].map { Double($0) / 1e6 }
    }

    func draw(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        for percentile in Self.percentiles {
            let (name, permille, enough) = percentile
            let value = value(percentile)
            let isFew = latency.count / 1024 < enough
            canvas.draw(
                PanelRow(
                    name, StyledText(NumberFormat.duration(value), isFew ? .dim : .text, bold: !isFew),
                    mark: name == "p95" ? figures.unusual(.p95Latency, glyphs: screen.glyphs) : nil,
                    spark: .rising(
                        figures.bars.values { Figures.seconds($0.latency, permille) },
                        usual: Figures.seconds(figures.then.latency, permille)),
                    tail: ChangeStyle.rising(
                        figures.change { Figures.seconds($0.latency, permille) }, flag: screen.glyphs[.degraded])),
                Self.columns, on: &screen)
        }
        canvas.draw(budgets(screen.glyphs), on: &screen)
        drawDistribution(&canvas, on: &screen)
        drawKinds(&canvas, on: &screen)
        guard ChartBlock.fits(canvas) else { return }
        let bars = figures.chartBars(parts: .latency)
        ChartBlock(
            names: Self.percentiles.map(\.name), format: { NumberFormat.duration($0, compact: true) },
            series: zip(Self.percentiles, [Role.series1, .series2, .series3]).map { percentile, role in
                .init(bars.values { Figures.seconds($0.latency, percentile.permille) }, role: role)
            }, bars: bars
        ).draw(&canvas, on: &screen)
    }

    /// `budget p50 ok  p95 ok  p99 OVER`: strictly under the budget is ok (requirements F1). What nothing limits is left out.
    private func budgets(_ glyphs: GlyphSet) -> StyledText {
        guard !figures.hasLatencyBudgetsOfParts else { return budgetsOfParts(glyphs) }
        let limits = figures.latencyBudget.percentiles.map(\.limit)
        var text = StyledText("budget", .dim)
        for (i, percentile) in Self.percentiles.enumerated() where limits[i].isFinite {
            text += StyledText((text.pieces.count == 1 ? " " : "  ") + percentile.name, .dim)
            guard let value = value(percentile) else {
                text += StyledText(" \(glyphs[.missing])", .dim)
                continue
            }
            text += value < limits[i] ? StyledText(" ok", .good) : StyledText(" OVER", .critical, bold: true)
        }
        return text
    }

    /// `budgets 2 ok  1 OVER task_type = "batch"`, where some requests have one of their own.
    private func budgetsOfParts(_ glyphs: GlyphSet) -> StyledText {
        let reports = figures.latencyBudgets
        let over = reports.filter(\.isOver)
        let unknown = reports.count { $0.latency?.isEmpty ?? true }
        var text = StyledText("budgets", .dim)
        let good = reports.count - over.count - unknown
        if good > 0 { text += StyledText(" \(good) ok", .good) }
        if unknown > 0 { text += .dim("  \(unknown) \(glyphs[.missing])") }
        if let first = over.first {
            text += StyledText("  \(over.count) OVER", .critical, bold: true) + StyledText(" \(first.name)", .text)
        }
        return text
    }

    /// The distribution on a log axis between the fastest and the slowest request, and how many there are.
    private func drawDistribution(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        guard canvas.rowsLeft > 0 else { return }
        func text(_ microseconds: Int64) -> String {
            NumberFormat.duration(latency.isEmpty ? nil : Double(microseconds) / 1e6, compact: true)
        }
        let count = latency.isEmpty ? NumberFormat.missing : NumberFormat.grouped(Double(latency.count) / 1024)
        let end =
            StyledText("max ", .dim) + StyledText(text(latency.maximum), .text, bold: true)
            + StyledText(" n=", .dim)
            + StyledText(DisplayWidth.padRight(count, to: 6), .text)
        // Room for the longest of these numbers, so that the columns stay where they are.
        let start = 7
        let room = canvas.inside.width - start - 20
        if let range = latency.bucketRange, room > 3 {
            let counts = latency.counts(in: range).map(Double.init)
            screen.put(
                rightAligned: text(latency.minimum), x: canvas.inside.x, y: canvas.y, width: start - 1,
                style: Style(.dim))
            screen.put(
                Histogram(counts, colouring: .role(.accent)).cells(width: room, glyphs: screen.glyphs),
                x: canvas.inside.x + start, y: canvas.y, width: room)
        }
        canvas.draw(StyledText(), trailing: end, on: &screen)
    }

    /// Where the time goes: time to the first token, and spans by what they were for.
    private func drawKinds(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        let kinds: [(String, (Tally) -> ExponentialHistogram)] = [
            ("first token", \.timeToFirstToken), ("model spans", \.modelLatency), ("tool spans", \.toolLatency),
            ("retrieval", \.retrievalLatency),
        ]
        for (name, histogram) in kinds {
            let now = histogram(figures.tally)
            guard !now.isEmpty, canvas.rowsLeft > 1 else { continue }
            var text = StyledText(DisplayWidth.padRight(name, to: 12), .text)
            for (label, permille, _) in Self.percentiles {
                text += StyledText(" \(label)", .dim)
                text += StyledText(
                    " "
                        + DisplayWidth.padLeft(
                            NumberFormat.duration(Figures.seconds(now, permille), compact: true), to: 5), .text)
            }
            canvas.draw(text, on: &screen)
        }
    }
}
