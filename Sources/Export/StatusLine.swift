package import Canvas
package import Metrics
package import Monitoring
import Query
import Statistics

/// `agentdash snapshot --format line`: the verdict and what matters most, in one line for tmux's status bar or a prompt.
package struct StatusLine {
    private let situation: Situation
    private let window: Window
    private let glyphs: GlyphSet
    private let clock: Int64

    /// - Parameter clock: µs since 1970 now: data that are older than a live source's ever are say from when they are.
    package init(_ situation: Situation, window: Window, glyphs: GlyphSet, clock: Int64) {
        self.situation = situation
        self.window = window
        self.glyphs = glyphs
        self.clock = clock
    }

    private var snapshot: Snapshot { situation.snapshot }

    /// At most `width` columns: clauses that don't fit are left out whole, the most important one is cut. Without `#`, which
    /// tmux would obey.
    package func text(width: Int = 80) -> String {
        let verdict = self.verdict
        var line = word(verdict.state)
        for (place, clause) in clauses(verdict).enumerated() {
            let longer = line + (place == 0 ? " " : " \(glyphs[.middleDot]) ") + clause
            if DisplayWidth.width(of: longer) <= width {
                line = longer
            } else if place == 0 {
                line = DisplayWidth.truncate(longer, to: width, ellipsis: glyphs[.ellipsis])
            }
        }
        // Only a screen makes text safe to print, and ASCII where it must be.
        var screen = Screen(size: Size(width: width, height: 1), glyphs: glyphs)
        screen.put(line, x: 0, y: 0)
        let shown = screen.rows.first ?? ""
        return String(shown.map { $0 == "#" ? "." : $0 })
    }

    /// A reading has an end and then is silent for ever: only where now is the clock by order does that mean anything.
    private var verdict: Verdict {
        let verdict = situation.verdict(window: window)
        guard let now = snapshot.now, let newest = snapshot.newestTime, now - newest > Verdict.staleAfter else {
            return verdict
        }
        return Verdict(
            state: .noData, since: newest,
            clauses: ["for \(NumberFormat.age(Double(now - newest) / 1e6))", "last record \(time(newest))"])
    }

    private func word(_ state: Verdict.State) -> String {
        switch state {
        case .healthy: "\(glyphs[.good]) HEALTHY"
        case .degraded: "\(glyphs[.degraded]) DEGRADED"
        case .critical: "\(glyphs[.critical]) CRITICAL"
        case .noData: "\(glyphs[.unknown]) NO DATA"
        }
    }

    private func clauses(_ verdict: Verdict) -> [String] {
        var clauses: [String] = []
        switch verdict.state {
        case .noData: clauses = verdict.clauses
        case .degraded, .critical:
            clauses = verdict.clauses
            if let since = verdict.since { clauses.insert("since \(time(since))", at: min(1, clauses.count)) }
            clauses += figures
        case .healthy:
            clauses = figures
            if let canary = situation.canary(), canary.verdict == .hold, !canary.isOver {
                clauses.append("canary HOLD")
            }
            clauses += situation.alerts.filter { $0.state.isFiring }.map(\.symptom)
        }
        if verdict.state != .noData, let now = snapshot.now, clock - now > Verdict.staleAfter {
            let age = NumberFormat.age(Double(clock - now) / 1e6)
            clauses.insert("\(age) old", at: min(verdict.state == .healthy ? 1 : 2, clauses.count))
        }
        return clauses
    }

    private var figures: [String] {
        let totals = snapshot.totals(window, parts: [.latency])
        let tally = totals.tally
        guard tally.requests.raw > 0 else { return ["no request in \(window.rawValue)"] }
        var figures = ["\(NumberFormat.rate(totals.requestsPerSecond * 60))/min"]
        if let rate = tally.errorRate { figures.append("err \(NumberFormat.percent(rate))") }
        if let p95 = tally.latency.quantile(permille: 950) {
            figures.append("p95 \(NumberFormat.duration(p95 / 1e6, compact: true))")
        }
        if let cost = totals.costPerHour { figures.append("\(NumberFormat.dollars(cost))/h") }
        return figures
    }

    private func time(_ time: Int64) -> String {
        let clockTime = ClockTime(time)
        let day = snapshot.now.map { ClockTime($0).date } == clockTime.date ? "" : clockTime.date.dropFirst(5) + " "
        return day + clockTime.text(seconds: false) + "Z"
    }
}
