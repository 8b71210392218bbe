import Canvas
import Metrics
import Monitoring
import Query

/// What is watched, how the input does, and as of when: `agentdash  prod/traces.jsonl  ● LIVE  25.3 req/min  lag 0.2s`.
struct Header {
    let model: Model
    let figures: Figures?

    /// Parts of the line in the order in which a narrow screen does without them.
    private enum Part { case lag, unread, program, rate, rejected, date }

    /// A name of which less is left says nothing.
    private static let leastName = 12

    func draw(y: Int, on screen: inout Screen) {
        if let pause = model.pause { return drawBanner(pause, y: y, on: &screen) }
        let width = screen.size.width
        let end = StyledText(model.window.rawValue, .accent, bold: true) + StyledText("  " + clock + " ", .text)
        let room = width - end.width - 3
        let name = name
        let state = state(screen.glyphs)
        var parts = optionalParts(screen.glyphs)
        let wanted = min(Self.leastName, DisplayWidth.width(of: name))
        func taken() -> Int { parts.reduce(state.width) { $0 + $1.text.width + 2 } }
        while !parts.isEmpty, taken() + wanted + 2 > room { parts.removeFirst() }
        let left = room - taken() - 2
        var text = StyledText()
        func append(_ piece: StyledText) {
            if piece.width > 0 { text += (text.width > 0 ? StyledText("  ") : StyledText()) + piece }
        }
        for part in parts where part.part == .program { append(part.text) }
        if left >= wanted, wanted > 0 {
            let ellipsis = screen.glyphs[.ellipsis]
            append(
                complaint.map {
                    StyledText(DisplayWidth.truncate($0.text, to: left, ellipsis: ellipsis), $0.role)
                } ?? StyledText(DisplayWidth.keepEnd(of: name, to: left, ellipsis: ellipsis), .dim))
        }
        append(state)
        for part in parts.reversed() where part.part != .program {
            // The date belongs to the state: `DATA 2023-11-16`.
            if part.part == .date { text += StyledText(" ") + part.text } else { append(part.text) }
        }
        screen.put(text, x: 1, y: y, width: max(0, room))
        screen.put(rightAligned: end, x: 0, y: y, width: width)
    }

    private func drawBanner(_ pause: Pause, y: Int, on screen: inout Screen) {
        let width = screen.size.width
        screen.fill(Rect(x: 0, y: y, width: width, height: 1), style: Style(.notice, bold: true, reverse: true))
        var text = "\(screen.glyphs[.paused]) PAUSED \(figures?.clock(pause.time, seconds: true) ?? "")"
        if let newest = model.current?.snapshot, let now = newest.now {
            text += " (\(screen.glyphs[.minus])\(NumberFormat.elapsed(Double(max(0, now - pause.time)) / 1e6)))"
            text += " \(screen.glyphs[.middleDot]) \(NumberFormat.count(newest.requests(after: pause.time))) newer"
        }
        let used = screen.put(text, x: 1, y: y, style: Style(.notice, bold: true, reverse: true))
        // The longest of the hints that has room.
        let moves = "\(screen.glyphs[.left]) \(screen.glyphs[.right]) move  [ ] alerts  space goes on"
        for hint in [moves, "\(screen.glyphs[.left]) \(screen.glyphs[.right]) move  space goes on", "space goes on"] {
            let end = "\(hint)  \(model.window.rawValue) "
            guard used + DisplayWidth.width(of: end) + 3 <= width else { continue }
            screen.put(rightAligned: end, x: 0, y: y, width: width, style: Style(.notice, reverse: true))
            return
        }
    }

    private var clock: String { figures?.clock(figures?.snapshot.now, seconds: true) ?? NumberFormat.missing }

    /// Why nothing can be read, now or at all.
    private var complaint: (text: String, role: Role)? {
        switch figures?.snapshot.source.state {
        case .failed(let reason): (reason, .critical)
        case .blocked(let reason): (reason, .warning)
        default: figures?.snapshot.source.note.map { ($0, .warning) }
        }
    }

    /// What is read; where that fails, why.
    private var name: String {
        if case .waiting(let name) = figures?.snapshot.source.state { return name }
        return complaint?.text ?? figures?.snapshot.source.name ?? ""
    }

    private func optionalParts(_ glyphs: GlyphSet) -> [(part: Part, text: StyledText)] {
        guard let figures else { return [(.program, StyledText("agentdash", .title, bold: true))] }
        let source = figures.snapshot.source
        var parts: [(Part, StyledText)] = []
        if source.isLive, !figures.isStale, let arrival = source.lastArrival, let newest = figures.snapshot.newestTime {
            let lag = Double(max(0, arrival - newest)) / 1e6
            let text = lag < 9.95 ? NumberFormat.fixed(lag, decimals: 1) + "s" : NumberFormat.elapsed(lag)
            parts.append((.lag, StyledText("lag " + text, lag < 60 ? .dim : .warning)))
        }
        if source.bytesUnread > 0 {
            parts.append(
                (.unread, StyledText("older \(NumberFormat.count(Double(source.bytesUnread)))B not read", .dim)))
        }
        parts.append((.program, StyledText("agentdash", .title, bold: true)))
        if let rate = figures.requestsPerSecond {
            let text =
                rate * 60 < 10_000 ? NumberFormat.rate(rate * 60) + " req/min" : NumberFormat.rate(rate) + " req/s"
            let unusual = figures.unusual(.requestRate, glyphs: glyphs)
            parts.append((.rate, StyledText(text, .text) + (unusual ?? StyledText())))
        }
        if source.rejected > 0 {
            let count = NumberFormat.count(Double(source.rejected))
            parts.append((.rejected, StyledText(count + " rejected", .warning)))
        }
        if !source.isLive, let now = figures.snapshot.now {
            parts.append((.date, StyledText(ClockTime(now).date, .dim)))
        }
        return parts
    }

    /// The input's state as a mark and a word.
    private func state(_ glyphs: GlyphSet) -> StyledText {
        func word(_ mark: Mark, _ word: String, _ role: Role = .notice) -> StyledText {
            StyledText("\(glyphs[mark]) \(word)", role, bold: true)
        }
        guard let source = figures?.snapshot.source else { return StyledText("waiting for the first record", .dim) }
        switch source.state {
        case .failed: return word(.critical, "FAILED", .critical)
        case .waiting, .blocked: return word(.stale, "WAITING", .warning)
        case .ended: return word(.stale, "END OF INPUT")
        case .replaying(let speed): return word(.right, "REPLAY \(NumberFormat.plain(speed))x")
        case .following, .catchingUp: break
        }
        if let progress = source.progress {
            return word(.stale, "READING \(NumberFormat.percent(progress, decimals: 0))")
        }
        if figures?.snapshot.firstTime == nil { return word(.stale, "WAITING") }
        guard source.isLive else { return word(.stale, "DATA") }
        if figures?.isStale == true { return word(.stale, "SILENT", .warning) }
        return StyledText("\(glyphs[.live]) ", .good) + StyledText("LIVE", .good, bold: true)
    }
}
