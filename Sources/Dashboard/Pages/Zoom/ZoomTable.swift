import Canvas
import Metrics
import Query

/// A table of a zoomed panel: a name, numbers whose columns keep their places, and at the end a sparkline or a bar and a note
/// where there is room. However wide the page, the numbers stay near their names.
struct ZoomTable {
    private let table: SheetTable
    /// Of the columns; the chart's is the one after those that are shown.
    private let titles: [String]
    /// How many of the columns there is room for.
    private let shown: Int
    /// Columns of the sparkline or the bar; 0: none.
    let chartWidth: Int
    /// Whether notes are in the table; else whoever has one may give it a line of its own.
    let hasNotes: Bool

    private static let leastChart = 10
    private static let mostChart = 60
    private static let leastNote = 40

    /// - Parameters:
    ///   - columns: the most important first: what does not fit is left out from the end.
    ///   - nameWidth: columns of names where there is room for them.
    ///   - leastName: columns of names that numbers make room for.
    ///   - chart: title of the column of sparklines or bars; nil: there is none.
    ///   - note: title of the column of notes.
    ///   - width: of the sheet.
    init(
        _ title: String, _ columns: [SheetTable.Column], nameWidth: Int = 32, leastName: Int = 14,
        chart: String? = nil, note: String? = nil, width: Int
    ) {
        var columns = columns
        while !columns.isEmpty, columns.reduce(leastName, { $0 + $1.width + 1 }) > width { columns.removeLast() }
        shown = columns.count
        let fixed = columns.reduce(0) { $0 + $1.width + 1 }
        let spare = width - fixed
        var chartWidth = chart == nil ? 0 : min(Self.mostChart, spare - nameWidth - 1)
        // Short names give way to a short sparkline.
        let least = max(12, nameWidth * 2 / 3)
        if chart != nil, chartWidth < Self.leastChart { chartWidth = min(Self.leastChart, spare - least - 1) }
        if chartWidth < Self.leastChart { chartWidth = 0 }
        var all = columns
        var used = fixed
        if let chart, chartWidth > 0 {
            all.append(SheetTable.Column(chart, chartWidth, isText: true))
            used += chartWidth + 1
        }
        let noteWidth = width - used - nameWidth - 1
        hasNotes = note != nil && noteWidth >= Self.leastNote
        if let note, hasNotes {
            all.append(SheetTable.Column(note, noteWidth, isText: true))
            used += noteWidth + 1
        }
        self.chartWidth = chartWidth
        titles = all.map(\.title)
        table = SheetTable(title, all, width: min(width, used + nameWidth))
    }

    /// A bar for the chart's column: what is not filled is blank.
    func bar(_ fraction: Double?, _ role: Role, _ glyphs: GlyphSet) -> StyledText {
        guard let fraction, fraction > 0 else { return StyledText() }
        let cells = Bar.cells(fraction, width: min(40, chartWidth), role: role, glyphs: glyphs)
        return StyledText(cells.filter { $0.style.role == role })
    }

    /// A sparkline for the chart's column.
    func spark(_ spark: Sparkline, _ glyphs: GlyphSet) -> StyledText {
        StyledText(spark.cells(width: chartWidth, glyphs: glyphs))
    }

    /// The titles, to be drawn over the rows.
    func addHeader(to sheet: inout Sheet) { table.addHeader(to: &sheet) }

    /// The titles over rows with sparklines of the figures' bars: deploys are ticks over all of them.
    func addHeader(to sheet: inout Sheet, over figures: Figures, _ glyphs: GlyphSet) {
        let axis = TimeAxis(figures.bars, last: chartWidth, endingBefore: chartWidth)
        let ticks = Set(figures.deploys.compactMap { axis?.column(of: $0.time) })
        guard !ticks.isEmpty, chartWidth > 0 else { return addHeader(to: &sheet) }
        var cells = titles.map { StyledText.dim($0) }
        // A tick eats no letter.
        let title = titles[shown].count < (ticks.min() ?? 0) ? Array(titles[shown]) : []
        cells[shown] = (0..<chartWidth).reduce(into: StyledText()) { text, column in
            text +=
                ticks.contains(column)
                ? StyledText(String(glyphs[.tick]), .accent, bold: true)
                : .dim(column < title.count ? String(title[column]) : " ")
        }
        table.addRow(.dim(table.title), cells, to: &sheet)
    }

    /// One row; cells in the order of the columns.
    func addRow(
        _ name: StyledText, _ cells: [StyledText], chart: StyledText = StyledText(), note: StyledText = StyledText(),
        target: Target? = nil, to sheet: inout Sheet
    ) {
        let ends = (chartWidth > 0 ? [chart] : []) + (hasNotes ? [note] : [])
        table.addRow(name, cells.prefix(shown) + ends, target: target, to: &sheet)
    }
}

extension StyledText {
    /// Ready cells as text.
    init(_ cells: [Cell]) {
        self.init()
        var text = ""
        var style: Style?
        for cell in cells {
            guard let glyph = cell.glyph else { continue }
            if let style, style != cell.style {
                self += StyledText(text, style)
                text = ""
            }
            style = cell.style
            text.append(glyph)
        }
        if let style { self += StyledText(text, style) }
    }

    /// A number that few requests stand behind is dim.
    static func number(_ text: String, isFew: Bool = false) -> StyledText {
        StyledText(text, isFew || text == NumberFormat.missing ? .dim : .text, bold: !isFew)
    }

    static func dim(_ text: String) -> StyledText { StyledText(text, .dim) }
}

extension ChangeStyle {
    /// A difference of shares in points, with a flag where it is for the worse and notable: 2 points, 5 points.
    /// - Parameter isFew: so little stands behind it that nothing is flagged.
    static func points(
        _ difference: Double?, worseWhen isHigher: Bool, isFew: Bool = false, flag: Character
    ) -> StyledText {
        let text = NumberFormat.points(difference, decimals: 1)
        guard let difference, !isFew else { return .dim(text) }
        let worse = isHigher ? difference : -difference
        guard worse >= 0.02 else { return .dim("  " + text) }
        let role: Role = worse >= 0.05 ? .critical : .warning
        return StyledText("\(flag) \(text)", role, bold: true)
    }
}
