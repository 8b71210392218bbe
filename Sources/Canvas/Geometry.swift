/// A size in cells.
package struct Size: Sendable, Hashable {
    package var width: Int
    package var height: Int

    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}

/// A rectangle in cells; (0, 0) is the top left corner of the screen.
package struct Rect: Sendable, Hashable {
    package var x: Int
    package var y: Int
    package var width: Int
    package var height: Int

    package init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// The whole of a screen of that size.
    package init(_ size: Size) {
        self.init(x: 0, y: 0, width: size.width, height: size.height)
    }

    /// One past the right edge.
    package var maxX: Int { x + width }
    /// One past the bottom edge.
    package var maxY: Int { y + height }
    /// Whether it holds no cell.
    package var isEmpty: Bool { width <= 0 || height <= 0 }

    /// What remains inside a margin, such as a frame; empty, never negative, when the margin eats all.
    package func inset(horizontal: Int = 1, vertical: Int = 1) -> Rect {
        let left = max(0, min(horizontal, width))
        let top = max(0, min(vertical, height))
        return Rect(
            x: x &+ left, y: y &+ top, width: max(0, width - left - left), height: max(0, height - top - top))
    }

    /// Whether the cell at column `x` and row `y` lies inside: what a click hits.
    package func contains(x column: Int, y row: Int) -> Bool {
        columns(within: Int.max).contains(column) && rows(within: Int.max).contains(row)
    }

    /// The columns from 0 up to `limit` that the rectangle covers, whatever numbers it holds.
    func columns(within limit: Int) -> Range<Int> { Self.clip(x, width, limit) }
    /// The rows from 0 up to `limit` that the rectangle covers, whatever numbers it holds.
    func rows(within limit: Int) -> Range<Int> { Self.clip(y, height, limit) }

    private static func clip(_ start: Int, _ length: Int, _ limit: Int) -> Range<Int> {
        let (sum, overflow) = start.addingReportingOverflow(max(0, length))
        let lower = min(max(0, start), limit)
        let upper = min(overflow ? Int.max : sum, limit)
        return lower..<max(lower, upper)
    }
}
