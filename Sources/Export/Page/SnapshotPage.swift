package import Canvas
package import Metrics
package import Monitoring
import Query
import Statistics

/// `agentdash snapshot --format html`: one page that needs nothing but itself, to be kept with an incident.
///
/// No script, nothing that is loaded; a policy in its head forbids both, whatever might have come through.
package struct SnapshotPage {
    private let figures: PageFigures
    private let palette: Palette

    package init(_ situation: Situation, window: Window, palette: Palette) {
        figures = PageFigures(situation, window: window)
        self.palette = palette
    }

    /// With the newline of its last line.
    package var text: String {
        let canary = CanarySection(figures: figures).markup
        let slices = SliceSection(figures: figures)
        let hasCanary = figures.canary != nil
        let panels: [Markup] = [
            LatencySection(figures: figures).markup, CostSection(figures: figures).markup,
            SuccessSection(figures: figures).markup, AlertSection(figures: figures).markup,
            hasCanary ? canary : .none, DriftSection(figures: figures).markup, slices.tools, slices.slices,
            hasCanary ? .none : canary, TraceSection(figures: figures).markup,
        ]
        // Ours from beginning to end: roles' names and colours as numbers.
        let style = Markup(stringLiteral: PageStyle(palette: palette).css)
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="agentdash">
            <title>\(title)</title>
            <style>
            \(style)</style>
            </head>
            <body>
            <main>
            \(head)\(tiles)<div class="panels">
            \(panels)</div>
            \(foot)</main>
            </body>
            </html>

            """
        return page.text
    }

    // MARK: Head

    private var word: String {
        switch figures.verdict.state {
        case .healthy: "✓ HEALTHY"
        case .degraded: "▲ DEGRADED"
        case .critical: "✗ CRITICAL"
        case .noData: "? NO DATA"
        }
    }

    private var since: String {
        guard let since = figures.verdict.since, let now = figures.snapshot.now else { return "" }
        return "since \(figures.clock(since)) (\(PageFigures.span(since, now)))"
    }

    private var title: String {
        let since = figures.verdict.since.map { " since \(figures.clock($0))" } ?? ""
        return "\(word)\(since) · \(figures.verdict.clauses.first ?? "") · \(figures.snapshot.source.name)"
    }

    private var head: Markup {
        let state: Markup =
            switch figures.verdict.state {
            case .healthy: "healthy"
            case .degraded: "degraded"
            case .critical: "critical-state"
            case .noData: "no-data"
            }
        let snapshot = figures.snapshot
        let now = snapshot.now.map { ClockTime($0) }
        let asOf = now.map { "\($0.date) \($0.text(seconds: true))Z" } ?? NumberFormat.missing
        let range =
            snapshot.now == nil
            ? ""
            : " (from \(figures.clock(figures.begin, seconds: true)), \(PageFigures.count(figures.tally.requests.weighted)) requests)"
        return """
            <header class="verdict \(state)"><h1>\(word)<small>\(since)</small></h1>
            <p>\(figures.verdict.clauses.joined(separator: " · "))</p>
            <p class="meta">\(snapshot.source.name) · as of \(asOf) · window \(figures.window.rawValue)\(range)</p></header>

            """
    }

    private var tiles: Markup {
        let (totals, tally) = (figures.totals, figures.tally)
        let firing = figures.situation.alerts.count { $0.state.isFiring }
        let perMinute = tally.requests.raw > 0 ? totals.requestsPerSecond * 60 : nil
        let values: [(String, String)] = [
            ("requests a minute", NumberFormat.rate(perMinute)),
            ("success, n=\(PageFigures.count(tally.judged))", NumberFormat.percent(tally.successRate)),
            ("p95, n=\(PageFigures.count(tally.latency.count))", PageFigures.seconds(tally.latency, 950)),
            ("cost an hour", NumberFormat.dollars(totals.costPerHour)),
            ("tokens a minute", NumberFormat.count(totals.tokensPerMinute)),
            ("alerts firing", String(firing)),
        ]
        let tiles = values.map { label, value -> Markup in
            "<div class=\"tile\"><b>\(value)</b><span>\(label)</span></div>\n"
        }
        return "<div class=\"tiles\">\(tiles)</div>\n"
    }

    // MARK: Foot

    private var foot: Markup {
        let snapshot = figures.snapshot
        let rejected = snapshot.source.rejections.suffix(3).map { rejection -> Markup in
            "<br>rejected: <code>\(rejection.source):\(rejection.line)</code> \(rejection.reason)"
        }
        return """
            <footer>\(NumberFormat.grouped(Double(snapshot.read))) records read, \(snapshot.source.rejected) rejected, \
            \(snapshot.duplicates) duplicate, \(snapshot.late) late. Times are UTC. – is not known. Percentiles are at most 0.54% off; \
            those marked ~ at most 4.4%. Changes are against \(figures.baselineName).\(rejected)<br>Written by agentdash.</footer>

            """
    }
}
