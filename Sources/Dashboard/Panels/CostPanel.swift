import Canvas
import Metrics
import Query

/// How costly: tokens and dollars as rates, per request and success, today's spend, and by model.
struct CostPanel {
    private let figures: Figures
    private static let columns = RowColumns(label: 4, value: 13, tail: 7)

    init(_ figures: Figures) { self.figures = figures }

    /// Spend since midnight UTC.
    var trailing: String {
        guard let today else { return "" }
        return "today \(today.isPartial ? "≥" : "")\(NumberFormat.dollars(today.dollars))"
    }

    func draw(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        let flag = screen.glyphs[.degraded]
        canvas.draw(
            PanelRow(
                "burn",
                StyledText(NumberFormat.text(figures.totals.tokensPerMinute, .tokensPerMinute), .text, bold: true),
                spark: .rising(figures.bars.values { $0.totalTokens.map(Double.init) }, usual: nil),
                tail: ChangeStyle.rising(figures.changeOfRate { $0.totalTokens.map(Double.init) }, flag: flag)),
            Self.columns, on: &screen)
        canvas.draw(
            PanelRow(
                "cost", StyledText(NumberFormat.text(figures.totals.costPerHour, .dollarsPerHour), .text, bold: true),
                spark: .rising(figures.bars.values(\.costInDollars), usual: nil),
                tail: ChangeStyle.rising(figures.changeOfRate(\.costInDollars), flag: flag)),
            Self.columns, on: &screen)
        canvas.draw(
            StyledText(NumberFormat.dollars(figures.tally.costPerRequest), .text, bold: true)
                + StyledText("/request  ", .dim)
                + StyledText(NumberFormat.dollars(figures.tally.costPerSuccess), .text, bold: true)
                + StyledText("/success", .dim), on: &screen)
        canvas.draw(day(screen.glyphs), on: &screen)
        drawModels(&canvas, on: &screen)
        ChartBlock(
            names: ["tokens per minute"], format: { NumberFormat.count($0) },
            series: [
                .init(
                    figures.bars.values { tally in
                        tally.totalTokens.map { Double($0) / Double(figures.bars.step) * 60e6 }
                    }, role: .series1)
            ], bars: figures.bars
        ).draw(&canvas, on: &screen)
    }

    /// What was spent today and where the day will end at this hour's pace; how much of the traffic has a price.
    private func day(_ glyphs: GlyphSet) -> StyledText {
        var text = StyledText()
        if let today {
            text += StyledText("eod ", .dim) + StyledText(NumberFormat.dollars(today.forecast), .text)
        } else {
            text += StyledText("eod \(glyphs[.missing])", .dim)
        }
        if let share = figures.tally.pricedShare, share < 0.9995 {
            let role: Role = share < 0.9 ? .warning : .dim
            text += StyledText(" \(glyphs[.middleDot]) \(NumberFormat.percent(share, decimals: 0)) priced", role)
        }
        if figures.tally.inputTokens > 0, figures.tally.cachedInputTokens > 0 {
            let share = Double(figures.tally.cachedInputTokens) / Double(figures.tally.inputTokens)
            text += StyledText(" \(glyphs[.middleDot]) \(NumberFormat.percent(share, decimals: 0)) cached", .dim)
        }
        return text
    }

    private func drawModels(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        let models = figures.tally.models.ranked { $0.cost }
        let seconds = figures.totals.seconds
        func rate(_ row: RequestRow) -> String {
            NumberFormat.text(row.costInDollars.map { $0 / seconds * 3600 }, .dollarsPerHour)
        }
        guard !models.isEmpty else { return }
        if canvas.rowsLeft == 1 {
            // Two models side by side, each with half of the line.
            let half = canvas.inside.width / 2
            for (i, model) in models.prefix(2).enumerated() {
                let value = rate(model.row)
                let name = DisplayWidth.truncate(
                    figures.names.label(model.name), to: max(0, half - value.count - 2),
                    ellipsis: screen.glyphs[.ellipsis])
                screen.put(
                    StyledText(name + " ", .dim) + StyledText(value, .text), x: canvas.inside.x + i * half, y: canvas.y,
                    width: half - 1)
            }
            canvas.skip()
            return
        }
        let shown = min(models.count, max(1, canvas.rowsLeft > 12 ? canvas.rowsLeft - 8 : canvas.rowsLeft))
        for (i, model) in models.prefix(shown).enumerated() {
            let rest = models.count - i
            if i == shown - 1, rest > 1 {
                canvas.draw(StyledText("\(rest) more models", .dim), on: &screen)
            } else {
                let tokens = Double(model.row.inputTokens + model.row.outputTokens) / 1024 / seconds * 60
                canvas.draw(
                    StyledText(figures.names.label(model.name), .text),
                    trailing: StyledText(NumberFormat.count(tokens) + " tok/min ", .dim)
                        + StyledText(DisplayWidth.padLeft(rate(model.row), to: 10), .text), on: &screen)
            }
        }
    }

    private struct Today {
        var dollars: Double
        var forecast: Double
        var isPartial: Bool
    }

    private var today: Today? {
        guard let now = figures.snapshot.now, let first = figures.snapshot.firstTime else { return nil }
        let midnight = now.alignedDown(to: Span.day)
        let spent = figures.snapshot.totals(lasting: max(Span.minute, now - midnight), endingAt: now, parts: [])
        guard let dollars = spent.tally.costInDollars else { return nil }
        let hour = figures.snapshot.totals(lasting: Span.hour, endingAt: now, parts: [])
        let left = Double(midnight + Span.day - now) / 3.6e9
        return Today(
            dollars: dollars, forecast: dollars + (hour.costPerHour ?? 0) * left,
            isPartial: first > midnight + Span.minute)
    }
}
