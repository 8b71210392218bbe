import Metrics
import Query
import Telemetry

struct SuccessSection {
    let figures: PageFigures

    private static let mostTypes = 12

    private var tally: Tally { figures.tally }

    var markup: Markup {
        let unknown = tally.requests.weighted - tally.judged
        let note =
            "failed / (failed + succeeded), n=\(PageFigures.count(tally.judged))"
            + (unknown > 0 ? ", \(PageFigures.count(unknown)) unknown" : "")
        return .panel(
            "Success", note: note, isWide: true, chart + rates + BudgetTables(figures: figures).objectives + types)
    }

    private var chart: Markup {
        let values = figures.bars.values { $0.errorRate }
        return PageChart.lines(
            "Failed requests", [.init(name: "failed", style: "s2", dashes: "none", values: values)],
            over: figures.bars, deploys: figures.snapshot.deploys, shades: figures.shades
        ) { NumberFormat.percent($0, decimals: $0 > 0 && $0 < 0.1 ? 1 : 0) }
    }

    private var rates: Markup {
        func row(_ name: String, _ rate: Double?, _ count: Int64, _ change: (Tally) -> Double?) -> [Markup] {
            [
                "\(name)", "\(NumberFormat.percent(rate))", PageChart.sparkline(figures.bars.values(change)),
                figures.change(change), "\(PageFigures.count(count))",
            ]
        }
        return .table(
            ["", "#now", "~over time", "#change", "#n"],
            [
                row("failed", tally.errorRate, tally.judged) { $0.errorRate },
                row("completed strongly", tally.strongCompletionRate, tally.completionKnown) {
                    $0.strongCompletionRate
                },
                row("thumbs up", tally.satisfaction, tally.ratings * 1024) { $0.satisfaction },
                row("escalated", tally.escalationRate, tally.requests.weighted) { $0.escalationRate },
            ])
    }

    private var types: Markup {
        guard !figures.errors.types.isEmpty else { return "<p class=\"dim\">Nothing failed in this window.</p>\n" }
        let rows = figures.errors.types.prefix(Self.mostTypes).map { type -> [Markup] in
            [
                "<code>\(type.name)</code>", "\(NumberFormat.grouped(type.count.value))",
                "\(NumberFormat.percent(tally.judged > 0 ? Double(type.count.weighted) / Double(tally.judged) : nil))",
                PageChart.sparkline(
                    figures.bars.values { bar in
                        ErrorTypes(bar.errors, figures.names).types.first { $0.name == type.name }?.count.value
                    }),
                severity(type.errorClass), "\(type.errorClass?.action ?? "names beyond the limit")",
            ]
        }
        let left = figures.errors.types.count - rows.count
        let more: Markup = left > 0 ? "<p class=\"dim\">\(left) more types</p>\n" : ""
        return "<h3>Failures by type</h3>\n"
            + .table(["type", "#failures", "#of requests", "~over time", "class", "first action"], rows, stacks: true)
            + more
    }

    private func severity(_ errorClass: ErrorClass?) -> Markup {
        guard let errorClass else { return "–" }
        let role =
            switch errorClass.severity {
            case .critical: "critical"
            case .warning: "warning"
            case .medium: "dim"
            }
        return "\(errorClass.rawValue) " + .coloured(errorClass.severity.name, role)
    }
}
