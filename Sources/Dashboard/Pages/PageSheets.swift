import Canvas

extension Model {
    /// The visible page as a sheet for a frame of this size; nil where the page is none.
    func sheet(_ figures: Figures, in frame: Rect, glyphs: GlyphSet) -> Sheet? {
        let inside = SheetView.inside(frame)
        let context = SheetContext(
            figures: figures, size: Size(width: inside.width, height: inside.height), glyphs: glyphs,
            rollback: rollback)
        return switch page {
        case .zoom(let panel): panel.sheet(context)
        case .requests(let query): RequestsPage(query: query, context: context).sheet
        case .request(let traceID, let time): RequestPage(traceID: traceID, time: time, context: context).sheet
        case .slices(let dimension): SlicesPage(dimension: dimension, context: context).sheet
        case .explain: figures.explanation.map { ExplainPage(explanation: $0, context: context).sheet }
        case .alert(let name, let slice): AlertPage(name: name, slice: slice, context: context).sheet
        case .changes: ChangesPage(context: context).sheet
        case .help: HelpPage(keys: keys).sheet(width: inside.width)
        case .overview: nil
        }
    }
}
