import Canvas
import Metrics

/// Which columns of the screen stand for which time.
struct TimeAxis {
    let columns: Range<Int>
    /// µs.
    let times: Range<Int64>

    /// All bars over these columns; nil if there are none of either.
    init?(_ bars: Bars, over columns: Range<Int>) {
        let end = bars.start + Int64(bars.tallies.count) * bars.step
        guard !columns.isEmpty, bars.start < end else { return nil }
        self.columns = columns
        times = bars.start..<end
    }

    /// The newest bars, one a column.
    init?(_ bars: Bars, last room: Int, endingBefore end: Int) {
        let shown = min(room, bars.tallies.count)
        guard shown > 0, bars.step > 0 else { return nil }
        columns = end - shown..<end
        let newest = bars.start + Int64(bars.tallies.count) * bars.step
        times = newest - Int64(shown) * bars.step..<newest
    }

    /// The column of a time; nil outside.
    func column(of time: Int64) -> Int? {
        guard times.contains(time) else { return nil }
        let share = Double(time - times.lowerBound) / Double(times.upperBound - times.lowerBound)
        return min(columns.upperBound - 1, columns.lowerBound + Int(share * Double(columns.count)))
    }

    /// A tick for everything deployed within these times.
    func drawDeploys(_ marks: [DeployMark], y: Int, on screen: inout Screen) {
        for mark in marks {
            guard let x = column(of: mark.time) else { continue }
            screen.put(String(screen.glyphs[.tick]), x: x, y: y, style: Style(.accent, bold: true))
        }
    }
}
