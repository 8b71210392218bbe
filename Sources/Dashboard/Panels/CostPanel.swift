import Canvas
import Metrics
import Monitoring
import Query

/// How costly: tokens and dollars as rates, per request and success, today's spend, and by model.
struct CostPanel {
    private let figures: Figures
    private static let columns = RowColumns(label: 4, value: 13, tail: 7)

    init(_ figures: Figures) { self.figures = figures }

    /// How much of the budget is spent; without one, spend since midnight UTC.
    var trailing: String {
        if let budget = figures.budgets.first {
            let name =
                switch budget.period {
                case .daily: "today"
                case .weekly: "week"
                case .hourly: "hour"
                }
            return "\(name) \(budget.spend.isPartial ? "≥" : "")\(NumberFormat.percent(budget.used, decimals: 0))"
        }
        guard let today = figures.today else { return "" }
        return "today \(today.isPartial ? "≥" : "")\(NumberFormat.dollars(today.dollars))"
    }

    func draw(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        let flag = screen.glyphs[.degraded]
        canvas.draw(
            PanelRow(
                "burn",
                StyledText(NumberFormat.text(figures.tokensPerMinute, .tokensPerMinute), .text, bold: true),
                mark: figures.unusual(.tokensPerRequest, glyphs: screen.glyphs),
                spark: .rising(figures.bars.values { $0.totalTokens.map(Double.init) }, usual: nil),
                tail: ChangeStyle.rising(figures.changeOfRate { $0.totalTokens.map(Double.init) }, flag: flag)),
            Self.columns, on: &screen)
        canvas.draw(
            PanelRow(
                "cost", StyledText(NumberFormat.text(figures.costPerHour, .dollarsPerHour), .text, bold: true),
                spark: .rising(figures.bars.values(\.costInDollars), usual: nil),
                tail: ChangeStyle.rising(figures.changeOfRate(\.costInDollars), flag: flag)),
            Self.columns, on: &screen)
        canvas.draw(
            StyledText(
                DisplayWidth.padLeft(NumberFormat.dollars(figures.tally.costPerRequest), to: 8), .text, bold: true)
                + StyledText("/request", .dim) + (figures.unusual(.costPerRequest, glyphs: screen.glyphs) ?? .dim(" "))
                + StyledText(
                    DisplayWidth.padLeft(NumberFormat.dollars(figures.tally.costPerSuccess), to: 8), .text, bold: true)
                + StyledText("/success", .dim), on: &screen)
        drawDay(&canvas, on: &screen)
        drawModels(&canvas, on: &screen)
        guard ChartBlock.fits(canvas) else { return }
        let bars = figures.chartBars(parts: [])
        ChartBlock(
            names: ["tokens per minute"], format: { NumberFormat.count($0) },
            series: [
                .init(
                    bars.values { tally in tally.totalTokens.map { Double($0) / Double(bars.step) * 60e6 } },
                    role: .series1)
            ], bars: bars
        ).draw(&canvas, on: &screen)
    }

    /// The budgets where there are any, else where the day will end; and how much of the traffic has a price.
    private func drawDay(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        let glyphs = screen.glyphs
        let dot = StyledText(" \(glyphs[.middleDot]) ", .dim)
        let budgets = figures.budgets
        guard let first = budgets.first else {
            return canvas.draw(
                [priced, cached].compactMap(\.self).reduce(endOfDay(glyphs)) { $0 + dot + $1 }, on: &screen)
        }
        // A low panel has one line for it.
        let isLow = canvas.rowsLeft < Self.leastRowsOfBudgets
        canvas.draw(
            BudgetLine(first, figures, glyphs).text(
                width: canvas.inside.width, note: isLow ? priced.map { dot + $0 } ?? StyledText() : StyledText()),
            on: &screen)
        guard !isLow else { return }
        for budget in budgets.dropFirst() {
            canvas.draw(BudgetLine(budget, figures, glyphs).text(width: canvas.inside.width), on: &screen)
        }
        if let priced { canvas.draw(cached.map { priced + dot + $0 } ?? priced, on: &screen) }
    }

    private static let leastRowsOfBudgets = 6

    /// `end of day ≈$346`.
    private func endOfDay(_ glyphs: GlyphSet) -> StyledText {
        guard !figures.isStale, let today = figures.today, let forecast = today.forecast else {
            return StyledText("end of day ", .dim) + StyledText(String(glyphs[.missing]), .dim)
        }
        return StyledText("end of day ", .dim)
            + StyledText("\(glyphs[today.isPartial ? .atLeast : .about])\(NumberFormat.dollars(forecast))", .text)
    }

    /// `92% priced`, where it is not all.
    private var priced: StyledText? {
        guard let share = figures.tally.pricedShare, share < 0.9995 else { return nil }
        let text = share > 0 ? "\(NumberFormat.percent(share, decimals: 0)) priced" : "no price known"
        return StyledText(text, share < 0.9 ? .warning : .dim)
    }

    private var cached: StyledText? {
        guard figures.tally.inputTokens > 0, figures.tally.cachedInputTokens > 0 else { return nil }
        let share = Double(figures.tally.cachedInputTokens) / Double(figures.tally.inputTokens)
        return .dim("\(NumberFormat.percent(share, decimals: 0)) cached")
    }

    private func drawModels(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        let models = figures.tally.models.ranked { $0.cost }
        let seconds = figures.totals.seconds
        func rate(_ row: RequestRow) -> String {
            NumberFormat.text(figures.isStale ? nil : row.costInDollars.map { $0 / seconds * 3600 }, .dollarsPerHour)
        }
        guard !models.isEmpty else { return }
        if canvas.rowsLeft == 1 {
            drawPair(models.prefix(2).map { (figures.names.label($0.name), rate($0.row)) }, canvas, on: &screen)
            canvas.skip()
            return
        }
        let shown = min(models.count, max(1, canvas.rowsLeft > 12 ? canvas.rowsLeft - 8 : canvas.rowsLeft))
        for (i, model) in models.prefix(shown).enumerated() {
            let rest = models.count - i
            if i == shown - 1, rest > 1 {
                canvas.draw(StyledText("\(rest) more models", .dim), on: &screen)
            } else {
                let tokens = Double(model.row.inputTokens &+ model.row.outputTokens) / 1024 / seconds * 60
                canvas.draw(
                    StyledText(figures.names.label(model.name), .text),
                    trailing: StyledText(
                        NumberFormat.text(figures.isStale ? nil : tokens, .tokensPerMinute) + " ", .dim)
                        + StyledText(DisplayWidth.padLeft(rate(model.row), to: 10), .text), on: &screen)
            }
        }
    }

    /// Two models side by side, each with half of the line, without the words that their names share at the beginning.
    private func drawPair(_ models: [(name: String, rate: String)], _ canvas: PanelCanvas, on screen: inout Screen) {
        var names = models.map(\.name)
        // The dearer one has the column that is left over.
        let half = canvas.inside.width / 2
        if names.count == 2, names.contains(where: { DisplayWidth.width(of: $0) > half - 10 }) {
            let shared = Self.sharedWords(names[0], names[1])
            names = names.map { String($0.dropFirst(shared)) }
        }
        for (i, model) in models.enumerated() {
            let x = canvas.inside.x + i * (half + 1)
            let half = i == 0 ? half : canvas.inside.width - half - 1
            let room = max(0, half - DisplayWidth.width(of: model.rate) - 1)
            let name = DisplayWidth.truncate(names[i], to: room, ellipsis: screen.glyphs[.ellipsis])
            screen.put(name, x: x, y: canvas.y, style: Style(.dim))
            screen.put(rightAligned: model.rate, x: x, y: canvas.y, width: half)
        }
    }

    /// How many characters of whole words (ended by a mark) both names begin with; something always remains.
    private static func sharedWords(_ a: String, _ b: String) -> Int {
        var shared = 0
        for (i, pair) in zip(a, b).enumerated() {
            guard pair.0 == pair.1, i + 1 < min(a.count, b.count) else { break }
            if "-/.:_".contains(pair.0) { shared = i + 1 }
        }
        return shared
    }
}
