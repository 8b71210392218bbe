import Metrics
import Query
import Statistics

struct LatencySection {
    let figures: PageFigures

    private static let quantiles = [("p50", 500), ("p95", 950), ("p99", 990)]

    var markup: Markup {
        let latency = figures.tally.latency
        guard !latency.isEmpty else {
            return .panel("Latency", "<p class=\"dim\">No request says how long it took.</p>\n")
        }
        return .panel(
            "Latency", note: "n=\(PageFigures.count(latency.count))",
            chart + table + BudgetTables(figures: figures).latency + distribution + parts)
    }

    private var chart: Markup {
        let bars = figures.coarseBars
        let series = zip(Self.quantiles, [("s1", "none"), ("s2", "7 4"), ("s3", "2 4")]).map { quantile, look in
            PageChart.Series(
                name: quantile.0, style: look.0, dashes: look.1,
                values: bars.values { $0.latency.quantile(permille: quantile.1).map { $0 / 1e6 } })
        }
        return PageChart.lines(
            "Percentiles", series, over: bars, deploys: figures.snapshot.deploys, shades: figures.shades
        ) { NumberFormat.duration($0, compact: true) }
    }

    private var table: Markup {
        let rows = Self.quantiles.map { name, permille -> [Markup] in
            let values = figures.bars.values { $0.latency.quantile(permille: permille) }
            return [
                "\(name)", "\(PageFigures.seconds(figures.tally.latency, permille))", PageChart.sparkline(values),
                figures.change { $0.latency.quantile(permille: permille) },
            ]
        }
        let slowest: [Markup] = [
            "max", "\(PageFigures.slowest(figures.tally.latency))",
            PageChart.sparkline(figures.bars.values { $0.latency.isEmpty ? nil : Double($0.latency.maximum) }), .none,
        ]
        return .table(["", "#now", "~over time", "#change"], rows + [slowest])
    }

    private var distribution: Markup {
        let coarse = figures.tally.latency.downscaled(to: 2)
        guard let range = coarse.bucketRange, range.count > 1, range.count <= 80 else { return .none }
        let counts = coarse.counts(in: range).map { Double($0) / 1024 }
        func bound(_ index: Int) -> String {
            NumberFormat.duration(coarse.lowerBound(ofBucket: index) / 1000, compact: true)
        }
        let marks = Self.quantiles.compactMap { name, permille -> (String, Double)? in
            guard let value = figures.tally.latency.quantile(permille: permille), value > 0 else { return nil }
            let place = coarse.bucketIndex(of: Int64(value)) - range.lowerBound
            return (
                "\(name) \(PageFigures.seconds(figures.tally.latency, permille))",
                (Double(place) + 0.5) / Double(range.count)
            )
        }
        return PageChart.distribution(
            "Requests by latency, log scale; lines at p50, p95, p99", counts, marks: marks,
            labels: [
                bound(range.lowerBound), bound((range.lowerBound + range.upperBound) / 2), bound(range.upperBound),
            ])
    }

    private var parts: Markup {
        let tally = figures.tally
        let kinds = [
            ("first token", tally.timeToFirstToken), ("model calls", tally.modelLatency),
            ("tool calls", tally.toolLatency), ("retrieval", tally.retrievalLatency),
        ].filter { !$0.1.isEmpty }
        guard !kinds.isEmpty else { return .none }
        let rows = kinds.map { name, histogram -> [Markup] in
            [
                "\(name)", "\(PageFigures.seconds(histogram, 500))", "\(PageFigures.seconds(histogram, 950))",
                "\(PageFigures.seconds(histogram, 990))", "\(PageFigures.count(histogram.count))",
            ]
        }
        return "<h3>Parts</h3>\n" + .table(["", "#p50", "#p95", "#p99", "#n"], rows)
    }
}
