/// Counts by bin as columns side by side, one or more rows high.
package struct Histogram: Sendable, Hashable {
    /// Counts or weights of the bins from left to right; negative ones and such that aren't numbers count as none.
    package var counts: [Double]
    package var colouring: ChartColouring
    /// What a column as high as all rows stands for, so that several histograms compare; nil: the highest column.
    package var top: Double?

    package init(_ counts: [Double], colouring: ChartColouring = .gradient, top: Double? = nil) {
        self.counts = counts
        self.colouring = colouring
        self.top = top
    }

    /// One row of `width` cells.
    package func cells(width: Int, glyphs: GlyphSet) -> [Cell] {
        rows(width: width, height: 1, glyphs: glyphs).first ?? []
    }

    /// `height` rows of `width` cells, the highest column as high as that unless `top` says otherwise; what is above `top` is
    /// cut.
    ///
    /// More bins than columns are added up into columns of nearly equal numbers of bins; fewer stand at the left, one a
    /// column. A bin that holds anything shows at least the lowest glyph; an empty one is blank.
    package func rows(width: Int, height: Int, glyphs: GlyphSet) -> [[Cell]] {
        guard width > 0, height > 0 else { return [] }
        let columns = Self.merged(counts, into: width)
        let most = top ?? columns.max() ?? 0
        var rows = Array(repeating: Array(repeating: Cell.blank, count: width), count: height)
        guard most > 0 else { return rows }
        for (x, count) in columns.enumerated() where count > 0 {
            let fraction = most.isInfinite ? (count.isInfinite ? 1 : 0) : min(1, count / most)
            let eighths = max(1, Int((fraction * Double(height * 8)).rounded()))
            let style = Style(colouring.role(at: fraction))
            for row in 0..<height {
                let filled = min(8, eighths - row * 8)
                if filled > 0 { rows[height - 1 - row][x] = Cell(glyphs.spark[filled - 1], style) }
            }
        }
        return rows
    }

    static func merged(_ counts: [Double], into width: Int) -> [Double] {
        let clean = counts.map { $0 > 0 ? $0 : 0 }
        guard clean.count > width else { return clean }
        return (0..<width).map { column in
            let start = clean.count * column / width
            let end = clean.count * (column + 1) / width
            return clean[start..<end].reduce(0, +)
        }
    }
}
