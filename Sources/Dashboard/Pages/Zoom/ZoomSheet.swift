import Canvas
import Metrics
import Query

extension Panel {
    /// All there is to tell of the panel's subject, as a page.
    func sheet(_ context: SheetContext) -> Sheet {
        let frame = PanelFrame(panel: self, figures: context.figures, isFocused: true)
        let (title, trailing) = frame.titles(width: context.width + 4)
        var sheet = Sheet(title, trailing: trailing)
        switch self {
        case .latency: LatencySheet(context).fill(&sheet)
        case .cost: CostSheet(context).fill(&sheet)
        case .success: SuccessSheet(context).fill(&sheet)
        case .drift: DriftSheet(context).fill(&sheet)
        case .alerts: AlertsSheet(context).fill(&sheet)
        case .canary: CanarySheet(context).fill(&sheet)
        }
        return sheet
    }
}

extension SheetContext {
    /// `last 15m`: what the numbers are of.
    var windowName: String { figures.window == .all ? "all data" : "last \(figures.window.rawValue)" }

    /// The window and what changes are against, for a heading's end.
    var basis: String { "\(windowName), \(figures.baselineName)" }

    /// Bars for the charts of a page: each of so many requests, that a point of the line is no noise.
    func bars(of requests: Double, parts: Tally.Parts) -> Bars {
        let count = Int(min(60, max(12, figures.tally.requests.value / requests)))
        return figures.snapshot.bars(figures.window, count: count, parts: parts)
    }

    /// `a point is 4m`.
    static func resolution(_ bars: Bars) -> String { "a point is \(NumberFormat.age(Double(bars.step) / 1e6))" }

    /// Whether blocks stand side by side.
    var isWide: Bool { width >= 160 }

    /// Deploys that a chart over the window ticks.
    var deploys: [DeployMark] { figures.deploys }
}

extension Figures {
    /// A share of weighted counts; nil of nothing.
    static func share(_ part: Int64, _ whole: Int64) -> Double? {
        whole > 0 ? Double(part) / Double(whole) : nil
    }
}

extension Sheet {
    /// A chart, or in its place what there is none of. Nothing where there is no room.
    mutating func chart(_ chart: ChartBlock, height: Int, orElse none: String) {
        guard height > 0 else { return }
        if chart.isEmpty { line(.dim(none)) } else { self.chart(chart, height: height) }
    }

    /// What there is to say of the row above, in as many lines as it takes.
    mutating func note(_ text: String, width: Int) {
        for part in DisplayWidth.lines(of: text, within: max(1, width - 2)) { line(.dim("  " + part)) }
    }

    /// Two blocks, side by side where that is wanted, else one below the other.
    mutating func add(_ left: Item, _ right: Item, sideBySide: Bool) {
        guard sideBySide else {
            add(left)
            add(right)
            return
        }
        add(
            Item(height: max(left.height, right.height)) { place, screen in
                let parts = Layout.columns([.fill(weight: 1), .fixed(3), .fill(weight: 1)], in: place)
                left.draw(parts[0], &screen)
                right.draw(parts[2], &screen)
            })
    }

    /// The deploys that a chart of these times ticks, in one line.
    mutating func deploys(within times: Range<Int64>, _ context: SheetContext) {
        let (figures, glyphs) = (context.figures, context.glyphs)
        let shown = context.deploys.filter { times.contains($0.time) }
        guard !shown.isEmpty else { return }
        var text = StyledText()
        for mark in shown.reversed().prefix(6).reversed() {
            text +=
                StyledText("\(glyphs[.tick]) ", .accent, bold: true) + .dim(figures.clock(mark.time) + " ")
                + StyledText(DisplayWidth.truncate(mark.label, to: 24, ellipsis: glyphs[.ellipsis]) + "  ", .text)
        }
        line(text)
    }
}

extension ChartBlock {
    /// As a block of a sheet.
    func item(height: Int) -> Sheet.Item {
        Sheet.Item(height: height) { place, screen in
            var canvas = PanelCanvas(inside: place)
            draw(&canvas, on: &screen)
        }
    }
}
