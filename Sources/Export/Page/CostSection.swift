import Metrics
import Query

struct CostSection {
    let figures: PageFigures

    private var tally: Tally { figures.tally }

    var markup: Markup {
        guard tally.totalTokens != nil || tally.costInDollars != nil else {
            return .panel("Tokens & cost", "<p class=\"dim\">No request says what it used or cost.</p>\n")
        }
        let share = NumberFormat.percent(tally.pricedShare, decimals: 0)
        return .panel(
            "Tokens & cost", note: "\(share) of requests priced",
            chart + table + BudgetTables(figures: figures).cost + models)
    }

    private var chart: Markup {
        let bars = figures.bars
        let hours = Double(bars.step) / 3600e6
        if tally.costInDollars != nil {
            let values = bars.values { $0.isEmpty ? nil : $0.costInDollars.map { $0 / hours } }
            return PageChart.lines(
                "Cost an hour", [.init(name: "cost", style: "s1", dashes: "none", values: values)], over: bars,
                deploys: figures.snapshot.deploys, shades: figures.shades
            ) { NumberFormat.dollars($0) }
        }
        let values = bars.values { $0.isEmpty ? nil : $0.totalTokens.map { Double($0) / hours / 60 } }
        return PageChart.lines(
            "Tokens a minute", [.init(name: "tokens", style: "s1", dashes: "none", values: values)], over: bars,
            deploys: figures.snapshot.deploys, shades: figures.shades
        ) { NumberFormat.count($0) }
    }

    private var table: Markup {
        let bars = figures.bars
        let totals = figures.totals
        let isKnown = tally.totalTokens != nil
        func tokens(_ units: Int64) -> Markup { isKnown ? "\(NumberFormat.count(Double(units) / 1024))" : "–" }
        let rows: [[Markup]] = [
            [
                "tokens a minute", "\(NumberFormat.count(totals.tokensPerMinute))",
                PageChart.sparkline(bars.values { $0.totalTokens.map(Double.init) }),
                figures.changeOfRate { $0.totalTokens.map(Double.init) },
            ],
            [
                "cost an hour", "\(NumberFormat.dollars(totals.costPerHour))",
                PageChart.sparkline(bars.values { $0.costInDollars }), figures.changeOfRate { $0.costInDollars },
            ],
            [
                "cost a request", "\(NumberFormat.dollars(tally.costPerRequest))",
                PageChart.sparkline(bars.values { $0.costPerRequest }), figures.change { $0.costPerRequest },
            ],
            [
                "cost a success", "\(NumberFormat.dollars(tally.costPerSuccess))",
                PageChart.sparkline(bars.values { $0.costPerSuccess }), figures.change { $0.costPerSuccess },
            ],
            ["in this window", "\(NumberFormat.dollars(tally.costInDollars))", .none, .none],
            ["input tokens", tokens(tally.inputTokens), .none, .none],
            ["of them cached", tokens(tally.cachedInputTokens), .none, .none],
            ["output tokens", tokens(tally.outputTokens), .none, .none],
        ]
        return .table(["", "#now", "~over time", "#change"], rows)
    }

    private var models: Markup {
        let models = Names.ranked(tally.models, figures.names) { $0.cost }
        guard !models.isEmpty else { return .none }
        let all = Double(max(1, tally.cost))
        let rows = models.prefix(8).map { name, row -> [Markup] in
            [
                "<code>\(name)</code>",
                "\(NumberFormat.dollars(row.costInDollars.map { $0 / figures.totals.seconds * 3600 }))",
                PageChart.meter(tally.cost > 0 ? Double(row.cost) / all : nil),
                "\(NumberFormat.percent(row.errorRate))", "\(PageFigures.count(row.requests.weighted))",
            ]
        }
        let more: Markup = models.count > 8 ? "<p class=\"dim\">\(models.count - 8) more models</p>\n" : ""
        return "<h3>By model</h3>\n" + .table(["", "#$ an hour", "~share of cost", "#failed", "#n"], rows) + more
    }
}
