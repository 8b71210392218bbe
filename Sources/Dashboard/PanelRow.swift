import Canvas
import Metrics
import Query

/// One line of a panel in the grammar that all panels share: label, value, sparkline, change, flag.
struct PanelRow {
    var label: StyledText
    var value: StyledText
    /// One column right of the value.
    var mark: StyledText?
    var spark: Sparkline?
    /// Right of the sparkline: a change, a count, an index.
    var tail = StyledText()

    init(
        _ label: String, _ value: StyledText, mark: StyledText? = nil, spark: Sparkline? = nil,
        tail: StyledText = StyledText()
    ) {
        self.mark = mark
        self.label = StyledText(label, .text)
        self.value = value
        self.spark = spark
        self.tail = tail
    }
}

/// Where the columns of a panel's rows are; the sparkline takes what is left.
struct RowColumns {
    var label: Int
    var value: Int
    var tail: Int

    /// Columns of the sparkline in a panel whose inside is `width` wide.
    func spark(in width: Int) -> Range<Int> {
        let start = label + 1 + value + 1
        let end = width - tail - (tail > 0 ? 1 : 0)
        return start..<max(start, end)
    }
}

/// The inside of a panel, filled line by line from the top.
struct PanelCanvas {
    /// Inside the frame, one column in from its sides.
    let inside: Rect
    /// What the sparklines show.
    let bars: Bars?
    private(set) var y: Int
    /// The times under the lowest sparkline or chart, for deploy ticks.
    var axis: TimeAxis?

    init(inside: Rect, bars: Bars? = nil) {
        self.inside = inside
        self.bars = bars
        y = inside.y
    }

    var rowsLeft: Int { inside.maxY - y }

    /// Draws a row of the grammar; false if there is no room.
    mutating func draw(_ row: PanelRow, _ columns: RowColumns, on screen: inout Screen) {
        guard rowsLeft > 0 else { return }
        screen.put(row.label, x: inside.x, y: y, width: columns.label)
        screen.put(rightAligned: row.value, x: inside.x + columns.label + 1, y: y, width: columns.value)
        if let mark = row.mark { screen.put(mark, x: inside.x + columns.label + 1 + columns.value, y: y, width: 1) }
        if let spark = row.spark {
            let place = columns.spark(in: inside.width)
            screen.put(spark.cells(width: place.count, glyphs: screen.glyphs), x: inside.x + place.lowerBound, y: y)
            axis = bars.flatMap { TimeAxis($0, last: place.count, endingBefore: inside.x + place.upperBound) }
        }
        screen.put(rightAligned: row.tail, x: inside.maxX - columns.tail, y: y, width: columns.tail)
        y += 1
    }

    /// Draws free text with something at the right end.
    mutating func draw(_ text: StyledText, trailing: StyledText = StyledText(), on screen: inout Screen) {
        guard rowsLeft > 0 else { return }
        let end = trailing.width > 0 ? min(inside.width, trailing.width) + 1 : 0
        screen.put(text, x: inside.x, y: y, width: max(0, inside.width - end))
        if end > 0 { screen.put(rightAligned: trailing, x: inside.x, y: y, width: inside.width) }
        y += 1
    }

    /// Draws ready cells.
    mutating func draw(_ cells: [Cell], on screen: inout Screen) {
        guard rowsLeft > 0 else { return }
        screen.put(cells, x: inside.x, y: y, width: inside.width)
        y += 1
    }

    mutating func skip() { if rowsLeft > 0 { y += 1 } }
}

/// How changes are judged for colour: what is worse when it is higher.
enum ChangeStyle {
    /// From these relative changes on a rise is worth a look, and worth a worry.
    static let notable = 0.2
    static let alarming = 0.5

    /// `+83%` with a flag where the rise is notable; grey otherwise.
    static func rising(_ change: Double?, flag: Character) -> StyledText {
        let text = NumberFormat.change(change)
        guard let change, change >= notable else { return StyledText("  " + text, .dim) }
        let role: Role = change >= alarming ? .critical : .warning
        // Seven columns hold the flag and the longest change, without a blank between them.
        return StyledText(text.count < 6 ? "\(flag) \(text)" : "\(flag)\(text)", role, bold: true)
    }
}

extension Sparkline {
    /// A sparkline whose scale leaves room above what is usual: a steady series is low and calm, only a rise is tall.
    /// - Parameter floor: the top of the scale is at least this: a single failure is no tower.
    static func rising(_ values: [Double?], usual: Double?, floor: Double = 0) -> Sparkline {
        let known = values.compactMap { $0 }.filter(\.isFinite).sorted()
        let typical = usual ?? (known.isEmpty ? 0 : known[known.count / 2])
        let top = max(typical * 3.2, known.last ?? 0, floor)
        return Sparkline(values, scale: top > 0 ? 0...top : nil, isZeroBased: true, colouring: .gradient)
    }
}
