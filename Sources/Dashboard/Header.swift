import Canvas
import Metrics
import Monitoring
import Query

/// The lines that every page keeps: what is watched and how it goes, the verdict, and the keys.
struct Header {
    let model: Model
    let figures: Figures?

    /// `agentdash  prod/traces.jsonl  ● LIVE  25.3 req/min  lag 0.2s    15m  14:32:07Z`
    func draw(y: Int, on screen: inout Screen) {
        let width = screen.size.width
        if let paused = model.frozen { return drawBanner(paused, y: y, on: &screen) }
        let end = StyledText(model.window.rawValue, .accent, bold: true) + StyledText("  " + clock + " ", .text)
        let state = state(screen.glyphs)
        let name = figures?.snapshot.source.name ?? ""
        // The name gives way first: state, window and time must be seen.
        let fixed = 1 + 9 + 2 + 2 + state.width + 2 + end.width
        let shownName = DisplayWidth.truncate(
            name, to: max(0, min(width - fixed, width / 3)), ellipsis: screen.glyphs[.ellipsis])
        var text = StyledText("agentdash", .title, bold: true)
        if !shownName.isEmpty { text += StyledText("  " + shownName, .dim) }
        text += StyledText("  ") + state
        screen.put(text, x: 1, y: y, width: max(0, width - end.width - 2))
        screen.put(rightAligned: end, x: 0, y: y, width: width)
    }

    private func drawBanner(_ paused: Situation, y: Int, on screen: inout Screen) {
        screen.fill(
            Rect(x: 0, y: y, width: screen.size.width, height: 1), style: Style(.notice, bold: true, reverse: true))
        let newer = max(0, (model.latest?.snapshot.read ?? 0) - paused.snapshot.read)
        var text = "PAUSED \(figures?.clock(paused.snapshot.now, seconds: true) ?? "")"
        if let now = model.latest?.snapshot.now, let then = paused.snapshot.now {
            text += " (\(screen.glyphs[.minus])\(NumberFormat.duration(Double(now - then) / 1e6, compact: true)))"
        }
        text += " \(screen.glyphs[.middleDot]) \(NumberFormat.count(Double(newer))) newer"
        screen.put(text, x: 1, y: y, style: Style(.notice, bold: true, reverse: true))
        screen.put(
            rightAligned: "space goes on ", x: 0, y: y, width: screen.size.width, style: Style(.notice, reverse: true))
    }

    private var clock: String { figures?.clock(figures?.snapshot.now, seconds: true) ?? NumberFormat.missing }

    private func state(_ glyphs: GlyphSet) -> StyledText {
        guard let figures else { return StyledText("waiting for the first record", .dim) }
        let source = figures.snapshot.source
        var text = stateWord(source, glyphs)
        let rate = figures.totals.requestsPerSecond
        if figures.tally.requests.raw > 0 {
            let perMinute = rate * 60
            text += StyledText(
                "  "
                    + (perMinute < 10_000
                        ? NumberFormat.rate(perMinute) + " req/min" : NumberFormat.rate(rate) + " req/s"),
                .text)
        }
        if source.isLive, let now = figures.snapshot.now, let newest = figures.snapshot.newestTime {
            text += StyledText(
                "  lag " + NumberFormat.duration(max(0, Double(now - newest) / 1e6), compact: true), .dim)
        }
        if source.rejected > 0 {
            text += StyledText("  \(NumberFormat.count(Double(source.rejected))) rejected", .warning)
        }
        return text
    }

    private func stateWord(_ source: InputStatus, _ glyphs: GlyphSet) -> StyledText {
        // A date is the first thing a narrow screen does without.
        let date = model.size.width < 70 ? "" : figures?.snapshot.now.map { ClockTime($0).date } ?? ""
        switch source.state {
        case .failed(let reason): return StyledText("\(glyphs[.critical]) \(reason)", .critical, bold: true)
        case .waiting(let name): return StyledText("\(glyphs[.stale]) waiting for \(name)", .warning)
        case .ended:
            return StyledText("\(glyphs[.stale]) END OF INPUT", .notice, bold: true) + StyledText(" \(date)", .dim)
        case .replaying(let speed):
            return StyledText("\(glyphs[.right]) REPLAY \(NumberFormat.plain(speed))x", .notice, bold: true)
                + StyledText(" \(date)", .dim)
        case .catchingUp:
            if let total = source.bytesTotal, total > 0, source.bytesRead < total {
                let share = NumberFormat.percent(Double(source.bytesRead) / Double(total), decimals: 0)
                return StyledText("\(glyphs[.stale]) READING \(share)", .notice, bold: true)
            }
            return source.isLive ? live(glyphs) : StyledText("\(glyphs[.stale]) DATA \(date)", .notice, bold: true)
        case .following:
            return source.isLive ? live(glyphs) : StyledText("\(glyphs[.stale]) DATA \(date)", .notice, bold: true)
        }
    }

    private func live(_ glyphs: GlyphSet) -> StyledText {
        StyledText("\(glyphs[.live]) ", .good) + StyledText("LIVE", .good, bold: true)
    }
}

/// The sentence: `▲ DEGRADED since 14:28 · errors 15.0% (>10%) · 71% of failures: tool=refund_api`.
struct VerdictLine {
    let figures: Figures?

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
        if let since = verdict.since, let now = figures.snapshot.now {
            let lasted = NumberFormat.duration(Double(max(0, now - since)) / 1e6, compact: true)
            switch verdict.state {
            case .healthy, .noData: parts.append("for \(lasted)")
            case .degraded, .critical: parts.append("since \(figures.clock(since))")
            }
        }
        return (parts + verdict.clauses).joined(separator: " \(glyphs[.middleDot]) ")
    }
}

/// The keys worth knowing, from the table that binds them.
struct Footer {
    let model: Model

    func draw(y: Int, on screen: inout Screen) {
        if let notice = model.notice {
            screen.put(StyledText(notice, .notice), x: 1, y: y, width: screen.size.width - 2)
            return
        }
        var x = 1
        if !model.pages.isEmpty { x = put("Esc", "back", x, y, &screen) }
        for binding in KeyTable.bindings {
            guard let word = binding.footer else { continue }
            let name = binding.name == "space" ? String(screen.glyphs[.space]) : binding.name
            if x + DisplayWidth.width(of: name) + word.count + 1 > screen.size.width - 1 { break }
            x = put(name, word, x, y, &screen)
        }
    }

    private func put(_ key: String, _ word: String, _ x: Int, _ y: Int, _ screen: inout Screen) -> Int {
        let used = screen.put(key, x: x, y: y, style: Style(.accent, bold: true))
        return x + used + 1 + screen.put(word, x: x + used + 1, y: y, style: Style(.dim)) + 2
    }
}
