import Metrics
import Query
import Telemetry

/// Requests to open: the newest failures and the slowest one.
struct TraceSection {
    let figures: PageFigures

    private static let mostFailures = 10

    var markup: Markup {
        guard let now = figures.snapshot.now else { return .none }
        let range = min(figures.begin, now)...now
        var rows = figures.snapshot.exemplars.failures(in: range, limit: Self.mostFailures).map { exemplar in
            row(exemplar, "<code>\(figures.names.label(exemplar.errorType))</code>")
        }
        if let slowest = figures.snapshot.exemplars.slowest(in: range) {
            rows.append(row(slowest, "slowest of the last hour"))
        }
        guard !rows.isEmpty else {
            return .panel("Traces", isWide: true, "<p class=\"dim\">No failure in this window.</p>\n")
        }
        return .panel(
            "Traces", note: "the newest failures, and the slowest request", isWide: true,
            .table(["ended", "why", "trace", "session", "model", "prompt", "task", "#latency"], rows, stacks: true))
    }

    private func row(_ exemplar: Exemplar, _ why: Markup) -> [Markup] {
        func code(_ text: String) -> Markup { text.isEmpty ? "–" : "<code>\(text)</code>" }
        return [
            "<span class=\"nowrap\">\(figures.clock(exemplar.time, seconds: true))</span>", why,
            exemplar.traceID.isEmpty ? "–" : .link(exemplar.traceID, to: exemplar.traceURL), code(exemplar.sessionID),
            code(figures.names[exemplar.model]), code(figures.names[exemplar.promptVersion]),
            code(figures.names[exemplar.task]),
            "\(NumberFormat.duration(exemplar.latency.map { Double($0) / 1e6 }, compact: true))",
        ]
    }
}
