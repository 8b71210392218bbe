import Metrics
import Monitoring
import Query
import Telemetry

/// For whom it is worst, and which tools fail.
struct SliceSection {
    let figures: PageFigures

    /// Slices with fewer requests say little.
    private static let leastRequests = 10.0
    private static let mostRows = 10

    private struct Slice {
        var name: String
        var row: SliceRow
        /// Of all failures of the same time: slices begin on whole minutes or hours, and so a little before the window.
        var shareOfFailures: Double?
    }

    var slices: Markup {
        let slices = worst
        guard !slices.isEmpty else {
            return .panel(
                "Worst slices", isWide: true, "<p class=\"dim\">No group of requests stands out by failing.</p>\n")
        }
        let rows = slices.map { slice -> [Markup] in
            let counts = slice.row.counts
            return [
                "<code>\(slice.name)</code>", "\(NumberFormat.percent(counts.errorRate))",
                "\(NumberFormat.percent(slice.shareOfFailures, decimals: 0))",
                PageChart.meter(slice.shareOfFailures),
                "\(PageFigures.seconds(slice.row.latency, 950))", "\(PageFigures.count(counts.requests.weighted))",
            ]
        }
        return .panel(
            "Worst slices", note: "at least \(Int(Self.leastRequests)) requests", isWide: true,
            .table(["", "#failed", "#of failures", "~", "#p95 ~", "#n"], rows))
    }

    private var worst: [Slice] {
        guard let now = figures.snapshot.now else { return [] }
        var slices: [Slice] = []
        let begin = now - min(figures.window.duration ?? Span.day, Span.day)
        for dimension in Dimension.ofRequest {
            let (table, start) = figures.snapshot.slices.sum(dimension, from: begin, to: now + 1)
            // What all requests have in common tells nothing apart.
            guard table.names.count > 1 else { continue }
            let failures = figures.snapshot.timeline.sum(from: start, to: now + 1, parts: []).tally.failed.weighted
            for (name, row) in Names.ranked(table, figures.names, by: { $0.counts.requests.weighted })
            where row.counts.requests.value >= Self.leastRequests && row.counts.failed.raw > 0 {
                let share = failures > 0 ? Double(row.counts.failed.weighted) / Double(failures) : nil
                slices.append(Slice(name: "\(dimension.fieldName)=\(name)", row: row, shareOfFailures: share))
            }
        }
        let sorted = slices.sorted {
            (($0.row.counts.errorRate ?? 0), $1.name) > (($1.row.counts.errorRate ?? 0), $0.name)
        }
        return Array(sorted.prefix(Self.mostRows))
    }

    var tools: Markup {
        let tools = Names.ranked(figures.tally.tools, figures.names) { $0.calls.weighted }
        guard !tools.isEmpty else {
            return .panel("Tools", "<p class=\"dim\">No request names the tools it called.</p>\n")
        }
        let rows = tools.prefix(Self.mostRows).map { name, row -> [Markup] in
            let share = row.calls.weighted > 0 ? Double(row.errors.weighted) / Double(row.calls.weighted) : nil
            return [
                "<code>\(name)</code>", "\(PageFigures.count(row.calls.weighted))",
                "\(PageFigures.count(row.errors.weighted))", "\(NumberFormat.percent(share))",
            ]
        }
        let left = tools.count - rows.count
        return .panel(
            "Tools", note: left > 0 ? "\(left) more" : "",
            .table(["", "#calls", "#failed", "#of calls"], Array(rows)))
    }
}
