import Canvas

/// What a page is made from.
struct SheetContext {
    let figures: Figures
    /// Columns and rows inside the frame.
    let size: Size
    let glyphs: GlyphSet
    /// Where the canary's rollback stands.
    var rollback = RollbackStanding.off

    var width: Int { size.width }

    /// Rows for a chart that leaves half of the page to what follows, at most `most`; 0 where there is no room for any.
    func chartHeight(atMost most: Int = 16) -> Int {
        let rows = min(most, size.height / 2)
        return rows >= 6 && width >= 30 ? rows : 0
    }
}
