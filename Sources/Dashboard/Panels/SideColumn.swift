import Canvas
import Metrics
import Monitoring
import Query
import Statistics
import Telemetry

/// For whom it is worst, and which requests failed last.
struct SideColumn {
    let figures: Figures

    func draw(in rect: Rect, on screen: inout Screen) {
        let parts = Layout.rows([.fill(weight: 1), .fill(weight: 1)], in: rect)
        drawSlices(in: parts[0], on: &screen)
        drawFailures(in: parts[1], on: &screen)
    }

    private func drawSlices(in rect: Rect, on screen: inout Screen) {
        // Each word ends over its column, of seven.
        screen.box(
            rect, title: "Worst slices\(figures.snapshot.isPast ? " \(figures.sliceWindowName)" : "")",
            trailing: "failed   p95~     n", titleStyle: Style(.title, bold: true))
        var canvas = canvas(rect)
        for slice in figures.worstSlices.prefix(canvas.rowsLeft) {
            let rate = slice.row.counts.errorRate
            let overall = figures.tally.errorRate ?? 0
            canvas.draw(
                StyledText(slice.name, .text),
                trailing: StyledText(
                    DisplayWidth.padLeft(NumberFormat.percent(rate), to: 7),
                    (rate ?? 0) > max(0.1, 2 * overall) ? .warning : .text, bold: true)
                    + StyledText(
                        DisplayWidth.padLeft(
                            NumberFormat.duration(
                                slice.row.latency.quantile(permille: 950).map { $0 / 1e6 }, compact: true), to: 7), .dim
                    )
                    + StyledText(DisplayWidth.padLeft(NumberFormat.count(slice.row.counts.requests.value), to: 7), .dim),
                on: &screen)
        }
    }

    private func drawFailures(in rect: Rect, on screen: inout Screen) {
        screen.box(rect, title: "Latest failures", titleStyle: Style(.title, bold: true))
        var canvas = canvas(rect)
        guard let now = figures.snapshot.now else { return }
        let begin = figures.window.duration.map { now - $0 } ?? Int64.min
        // A list that moves down with every failure can't be read: live, it moves when alerts are judged, every 10 s.
        let judged = figures.snapshot.source.isLive ? figures.situation.judgedUpTo : nil
        let end = max(begin, min(now, judged ?? now))
        let failures = figures.snapshot.exemplars.failures(in: begin...end, limit: canvas.rowsLeft)
        for failure in failures {
            let latency = failure.latency.map { NumberFormat.duration(Double($0) / 1e6, compact: true) } ?? ""
            canvas.draw(
                StyledText(figures.clock(failure.time, seconds: true) + " ", .dim)
                    + StyledText(
                        DisplayWidth.padRight(
                            figures.names.label(failure.errorType), to: 16, ellipsis: screen.glyphs[.ellipsis]) + " ",
                        .warning)
                    + StyledText(failure.traceID, .dim),
                trailing: StyledText(latency, .text), on: &screen)
        }
        if failures.isEmpty { canvas.draw(StyledText("none in this window", .dim), on: &screen) }
    }

    private func canvas(_ rect: Rect) -> PanelCanvas {
        PanelCanvas(inside: Rect(x: rect.x + 2, y: rect.y + 1, width: rect.width - 4, height: rect.height - 2))
    }
}

/// A slice of the window's requests, by how many of them failed.
struct WorstSlice: Sendable {
    let name: String
    let row: SliceRow

    /// Slices with fewer requests say little.
    private static let leastRequests = 10.0
    /// No column has room for more.
    private static let limit = 60

    /// Those of all dimensions, the worst first.
    static func all(in snapshot: Snapshot, over window: Window) -> [WorstSlice] {
        guard let now = snapshot.now else { return [] }
        var slices: [WorstSlice] = []
        for dimension in Dimension.ofRequest {
            let (table, _) = snapshot.slices.sum(
                dimension, from: now - min(window.duration ?? Span.day, Span.day), to: snapshot.limit(now))
            for (name, row) in zip(table.names, table.rows) where row.counts.requests.value >= leastRequests {
                slices.append(WorstSlice(name: "\(dimension.fieldName)=\(snapshot.names.label(name))", row: row))
            }
        }
        return Array(
            slices.sorted { (($0.row.counts.errorRate ?? 0), $1.name) > (($1.row.counts.errorRate ?? 0), $0.name) }
                .prefix(limit))
    }
}
