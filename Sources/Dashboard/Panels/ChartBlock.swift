import Canvas
import Metrics
import Query

/// A chart in what is left of a panel: braille lines, a value axis at the left, times below.
struct ChartBlock {
    /// A value that is marked by a line across the chart: a budget, a threshold.
    struct Limit {
        var name: String
        var value: Double
        var role: Role
    }

    /// At the left of the legend: what is drawn, and in which unit.
    var title: String
    /// One name a series.
    var names: [String]
    var format: (Double) -> String
    var series: [BrailleChart.Series]
    /// What the values are spread over, µs since 1970.
    var times: Range<Int64>
    var limits: [Limit]
    /// Ticked under the chart.
    var deploys: [DeployMark]

    init(
        _ title: String = "", names: [String], format: @escaping (Double) -> String, series: [BrailleChart.Series],
        times: Range<Int64>, limits: [Limit] = [], deploys: [DeployMark] = []
    ) {
        self.title = title
        self.names = names
        self.format = format
        self.series = series
        self.times = times
        self.limits = limits
        self.deploys = deploys
    }

    /// Over the times of these bars.
    init(
        _ title: String = "", names: [String], format: @escaping (Double) -> String, series: [BrailleChart.Series],
        bars: Bars, limits: [Limit] = [], deploys: [DeployMark] = []
    ) {
        self.init(
            title, names: names, format: format, series: series, times: bars.times, limits: limits, deploys: deploys)
    }

    /// Fewer rows than this show nothing a sparkline does not.
    private static let leastRows = 5
    /// Columns of the values at the left; one blank follows them.
    static let axisWidth = 7

    /// Whether there is room for it at all.
    static func fits(_ canvas: PanelCanvas) -> Bool { canvas.rowsLeft > leastRows && canvas.inside.width >= 30 }

    /// Whether there is nothing to draw.
    var isEmpty: Bool { times.isEmpty || !series.contains { $0.values.contains { $0 != nil } } }

    func draw(_ canvas: inout PanelCanvas, on screen: inout Screen) {
        let inside = canvas.inside
        guard Self.fits(canvas), !isEmpty else { return }
        drawLegend(Rect(x: inside.x, y: canvas.y, width: inside.width, height: 1), on: &screen)
        canvas.skip()
        let place = Rect(
            x: inside.x + Self.axisWidth + 1, y: canvas.y, width: inside.width - Self.axisWidth - 1,
            height: canvas.rowsLeft - 1)
        let range = self.range
        screen.put(
            rows: BrailleChart(series, range: range).rows(
                width: place.width, height: place.height, glyphs: screen.glyphs),
            x: place.x, y: place.y)
        let values = Rect(x: inside.x, y: place.y, width: Self.axisWidth, height: place.height)
        drawValues(range, values, on: &screen)
        for limit in limits { draw(limit, range, place, on: &screen) }
        if let axis = TimeAxis(times, over: place.x..<place.maxX) {
            drawTimes(axis, y: place.maxY, on: &screen)
            drawDeploys(axis, y: place.maxY, on: &screen)
            canvas.axis = axis
        }
        while canvas.rowsLeft > 0 { canvas.skip() }
    }

    /// From 0 (or the least value below) to a little above the greatest; a limit is in it where the lines stay readable.
    private var range: ClosedRange<Double> {
        let range = BrailleChart.range(of: series)
        let nearLimits = limits.map(\.value).filter { $0 <= range.upperBound * 2.5 }
        let top = max(range.upperBound, nearLimits.max() ?? range.upperBound)
        return top > range.lowerBound && top > 0 ? range.lowerBound...(top * 1.05) : range
    }

    private func drawLegend(_ rect: Rect, on screen: inout Screen) {
        var legend = StyledText()
        for (name, line) in zip(names, series) { legend += StyledText("  " + name, line.role, bold: true) }
        screen.put(title, x: rect.x, y: rect.y, style: Style(.dim), width: max(0, rect.width - legend.width))
        screen.put(rightAligned: legend, x: rect.x, y: rect.y, width: rect.width)
    }

    private func drawValues(_ range: ClosedRange<Double>, _ rect: Rect, on screen: inout Screen) {
        guard range.upperBound > range.lowerBound else { return }
        for tick in AxisTicks.values(in: range, atMost: max(2, rect.height / 3)) {
            screen.put(
                rightAligned: tick == 0 ? "0" : format(tick), x: rect.x, y: Self.row(of: tick, range, rect),
                width: rect.width, style: Style(.dim))
        }
    }

    private static func row(of value: Double, _ range: ClosedRange<Double>, _ rect: Rect) -> Int {
        let fraction = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        return rect.maxY - 1 - Int((fraction * Double(rect.height - 1)).rounded())
    }

    /// Dashes behind the lines, and the limit's name in the first gap that is wide enough.
    private func draw(_ limit: Limit, _ range: ClosedRange<Double>, _ place: Rect, on screen: inout Screen) {
        guard range.contains(limit.value), range.upperBound > range.lowerBound else { return }
        let y = Self.row(of: limit.value, range, place)
        let name = " \(limit.name) "
        let width = DisplayWidth.width(of: name)
        var gap = 0
        var start: Int?
        for x in place.x..<place.maxX {
            guard screen[x, y] == .blank else {
                gap = 0
                continue
            }
            gap += 1
            if gap == width + 2, start == nil { start = x - width }
            if (x - place.x) % 2 == 0 {
                screen.put(String(screen.glyphs[.horizontal]), x: x, y: y, style: Style(.dim))
            }
        }
        if let start { screen.put(name, x: start, y: y, style: Style(limit.role)) }
    }

    private func drawTimes(_ axis: TimeAxis, y: Int, on screen: inout Screen) {
        let seconds = axis.times.lowerBound / Span.second...axis.times.upperBound / Span.second
        for tick in AxisTicks.times(in: seconds, atMost: max(2, axis.columns.count / 12)) {
            guard let x = axis.column(of: tick * Span.second), x + 5 <= axis.columns.upperBound else { continue }
            screen.put(ClockTime(tick * Span.second).text(seconds: false), x: x, y: y, style: Style(.dim))
        }
    }

    /// A tick under the chart; where a time stands there, in the chart's lowest row, so that it eats no digit.
    private func drawDeploys(_ axis: TimeAxis, y: Int, on screen: inout Screen) {
        for mark in deploys {
            guard let x = axis.column(of: mark.time) else { continue }
            screen.put(
                String(screen.glyphs[.tick]), x: x, y: screen[x, y] == .blank ? y : y - 1,
                style: Style(.accent, bold: true))
        }
    }
}

extension Bars {
    /// From the start of the first bar to the end of the last.
    var times: Range<Int64> { start..<start + Int64(tallies.count) * step }
}

extension TimeAxis {
    /// These times over these columns; nil if there are none of either.
    init?(_ times: Range<Int64>, over columns: Range<Int>) {
        guard !columns.isEmpty, !times.isEmpty else { return nil }
        self.columns = columns
        self.times = times
    }
}
