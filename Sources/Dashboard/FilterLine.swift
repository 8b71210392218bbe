import Canvas
import Metrics
import Monitoring
import Query

/// The filter that every number stands under, how many requests it leaves, and how far back they are held.
struct FilterLine {
    let model: Model

    func draw(y: Int, on screen: inout Screen) {
        guard let filter = model.filter else { return }
        let width = screen.size.width
        let end = extent(screen.glyphs)
        let sign = StyledText("/ ", .accent, bold: true)
        let room = max(0, width - sign.width - 2 - (end.width + 2 < width / 2 ? end.width + 2 : 0))
        let text = DisplayWidth.truncate(filter.source, to: room, ellipsis: screen.glyphs[.ellipsis])
        screen.put(sign + StyledText(text, .notice, bold: true), x: 1, y: y, width: width - 2)
        if end.width + 2 < width / 2 { screen.put(rightAligned: end, x: 0, y: y, width: width - 1) }
    }

    /// `312 of 11.1k · last 52m of 24h`.
    private func extent(_ glyphs: GlyphSet) -> StyledText {
        guard let latest = model.latest, !model.isFiltering, let filtered = latest.filtered else {
            return StyledText("recounting\(glyphs[.ellipsis])", .dim)
        }
        let window = model.window
        let time = model.pause?.time
        func count(_ situation: Situation) -> Double {
            let shown = time.map { situation.asOf($0) } ?? situation
            return shown.snapshot.totals(window, parts: []).tally.requests.value
        }
        var text =
            StyledText(NumberFormat.count(count(filtered.situation)), .text, bold: true)
            + StyledText(" of \(NumberFormat.count(count(latest)))", .dim)
        let rows = latest.snapshot.rows
        if !rows.isWhole, let reach = filtered.reach, let now = latest.snapshot.now,
            reach > window.duration.map({ now - $0 }) ?? .min
        {
            let held = NumberFormat.age(Double(now - reach) / 1e6)
            let asked = window.duration.map { NumberFormat.age(Double($0) / 1e6) } ?? "all"
            text += StyledText(" \(glyphs[.middleDot]) last \(held) of \(asked)", .warning)
        }
        return text
    }
}
