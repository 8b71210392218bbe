import Canvas
import Metrics
import Monitoring
import Query
import Statistics

/// One or two lines a panel: what a small pane still tells.
struct SmallPage {
    let figures: Figures
    let focus: Panel

    /// A narrow screen has no room for more than a change at the end of a line.
    private static func columns(width: Int) -> RowColumns {
        width < 56
            ? RowColumns(label: 9, value: 13, tail: width < 44 ? 0 : 7) : RowColumns(label: 9, value: 15, tail: 15)
    }

    func draw(in rect: Rect, on screen: inout Screen) {
        let inside = Rect(x: rect.x + 1, y: rect.y, width: rect.width - 2, height: rect.height)
        let columns = Self.columns(width: inside.width)
        var canvas = PanelCanvas(inside: inside, bars: figures.bars)
        for (panel, row) in rows(screen.glyphs) {
            var row = row
            if panel == focus { row.label = StyledText(row.label.pieces.first?.text ?? "", .focus, bold: true) }
            // A number must not pass for a shorter one.
            if row.tail.width > columns.tail { row.tail = StyledText() }
            canvas.draw(row, columns, on: &screen)
        }
        let panel = AlertsPanel(figures)
        for alert in figures.situation.alerts.filter({ $0.state.isFiring }).prefix(canvas.rowsLeft) {
            let name = panel.name(alert, screen.glyphs)
            let values = [alert.symptom, alert.valueText].map { StyledText($0, .text) }
            canvas.draw(
                name, trailing: values.first { name.width + 1 + $0.width <= inside.width } ?? StyledText(), on: &screen)
        }
        for error in figures.tally.errors.ranked(by: { $0.weighted }).prefix(canvas.rowsLeft) {
            let judged = figures.tally.judged
            let rate = judged > 0 ? Double(error.row.weighted) / Double(judged) : nil
            canvas.draw(
                StyledText("  " + figures.names.label(error.name), .dim),
                trailing: StyledText(NumberFormat.percent(rate), .text)
                    + StyledText(DisplayWidth.padLeft("n=" + NumberFormat.count(error.row.value), to: 9), .dim),
                on: &screen)
        }
    }

    private func rows(_ glyphs: GlyphSet) -> [(Panel, PanelRow)] {
        let flag = glyphs[.degraded]
        let tally = figures.tally
        let length = figures.drift[.outputLength]
        let p95: (Tally) -> Double? = { Figures.seconds($0.latency, 950) }
        return [
            (
                .latency,
                PanelRow(
                    "1 p95", StyledText(NumberFormat.duration(p95(tally)), .text, bold: true),
                    mark: figures.unusual(.p95Latency, glyphs: glyphs),
                    spark: .rising(figures.bars.values(p95), usual: p95(figures.then)),
                    tail: ChangeStyle.rising(figures.change(p95), flag: flag))
            ),
            (
                .cost,
                PanelRow(
                    "2 cost",
                    StyledText(NumberFormat.text(figures.costPerHour, .dollarsPerHour), .text, bold: true),
                    mark: figures.unusual(.costPerRequest, .tokensPerRequest, glyphs: glyphs),
                    spark: .rising(figures.bars.values(\.costInDollars), usual: nil),
                    tail: StyledText(NumberFormat.text(figures.tokensPerMinute, .tokensPerMinute), .dim))
            ),
            (
                .success,
                PanelRow(
                    "3 success", StyledText(NumberFormat.percent(tally.successRate), .text, bold: true),
                    mark: figures.unusualSuccess(glyphs),
                    spark: .rising(figures.bars.values(\.errorRate), usual: figures.then.errorRate, floor: 0.1),
                    tail: StyledText("n=\(NumberFormat.count(tally.requests.value))", .dim))
            ),
            (
                .drift,
                PanelRow(
                    "4 length",
                    StyledText(
                        NumberFormat.change(length?.change, decimals: 1), length?.hasDrifted == true ? .warning : .text),
                    spark: Sparkline(
                        figures.bars.values { $0.outputLength.mean }, isZeroBased: true, colouring: .role(.barLow)),
                    tail: StyledText(figures.drift.basis.title(figures.window), .dim))
            ),
            (.alerts, PanelRow("5 alerts", StyledText(AlertsPanel(figures).trailing, .text))),
            (
                .canary,
                PanelRow(
                    "6 canary", StyledText(figures.canary?.verdict.rawValue.uppercased() ?? "none", .text),
                    tail: StyledText(figures.canary.map { _ in CanaryPanel(figures).trailing } ?? "", .dim))
            ),
        ]
    }
}
