import Canvas
import Metrics
import Monitoring
import Query

/// The sentence: `▲ DEGRADED since 14:28 · errors 15.0% (>10%) · 71% of failures: tool=refund_api`.
struct VerdictLine {
    let figures: Figures?
    /// Told where no banner tells that the screen stands still.
    var isPaused = false

    func draw(y: Int, on screen: inout Screen) {
        screen.fill(Rect(x: 0, y: y, width: screen.size.width, height: 1), style: Style(.banner))
        let (word, role) = word(screen.glyphs)
        let used = screen.put(" \(word) ", x: 0, y: y, style: Style(role, bold: true, reverse: true))
        let rest = DisplayWidth.truncate(
            sentence(screen.glyphs), to: max(0, screen.size.width - used - 1), ellipsis: screen.glyphs[.ellipsis])
        screen.put(" " + rest, x: used, y: y, style: Style(.banner))
    }

    private func word(_ glyphs: GlyphSet) -> (String, Role) {
        switch figures?.verdict.state {
        case .healthy: ("\(glyphs[.good]) HEALTHY", .good)
        case .degraded: ("\(glyphs[.degraded]) DEGRADED", .warning)
        case .critical: ("\(glyphs[.critical]) CRITICAL", .critical)
        case .noData, nil: ("\(glyphs[.unknown]) NO DATA", .notice)
        }
    }

    private func sentence(_ glyphs: GlyphSet) -> String {
        guard let figures else { return "no record yet" }
        let verdict = figures.verdict
        var parts: [String] = []
        if isPaused { parts.append("PAUSED \(figures.clock(figures.snapshot.now, seconds: true))") }
        if let since = verdict.since, let now = figures.snapshot.now {
            let lasted = NumberFormat.elapsed(Double(now - since) / 1e6)
            switch verdict.state {
            case .healthy, .noData: parts.append("for \(lasted)")
            case .degraded, .critical: parts.append("since \(figures.clock(since))")
            }
        }
        return (parts + verdict.clauses).joined(separator: " \(glyphs[.middleDot]) ")
    }
}
