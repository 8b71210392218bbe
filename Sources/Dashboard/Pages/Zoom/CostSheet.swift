import Canvas
import Metrics
import Monitoring
import Query
import Telemetry

/// How costly, in full: the course of tokens and dollars, what kinds of tokens they are, today and its end, and who spends.
struct CostSheet {
    private let context: SheetContext
    private static let mostSlices = 8

    init(_ context: SheetContext) { self.context = context }

    private var figures: Figures { context.figures }
    private var tally: Tally { figures.tally }
    private var flag: Character { context.glyphs[.degraded] }

    func fill(_ sheet: inout Sheet) {
        addCharts(to: &sheet)
        addRates(to: &sheet)
        if !figures.budgets.contains(where: { $0.period == .daily }) { addDay(to: &sheet) }
        BudgetTable(context).add(to: &sheet)
        addModels(to: &sheet)
        addTokens(to: &sheet)
        for (dimension, title) in [
            (Dimension.taskType, "By task"), (.userSegment, "By user segment"), (.customerTier, "By customer tier"),
            (.agent, "By agent"),
        ] {
            addSlices(dimension, title, to: &sheet)
        }
    }

    // MARK: Charts

    private func addCharts(to sheet: inout Sheet) {
        let room = context.chartHeight()
        guard room > 0 else { return }
        let bars = context.bars(of: 20, parts: [])
        let resolution = SheetContext.resolution(bars)
        let perHour = 3600e6 / Double(bars.step)
        let tokens = ChartBlock(
            "tokens per minute, \(resolution)", names: ["tok/min"], format: { NumberFormat.count($0) },
            series: [.init(bars.values { $0.totalTokens.map { Double($0) * perHour / 60 } }, role: .series1)],
            bars: bars, deploys: context.deploys)
        let dollars = ChartBlock(
            "dollars per hour, \(resolution)", names: ["$/h"], format: { NumberFormat.dollars($0) },
            series: [.init(bars.values { $0.costInDollars.map { $0 * perHour } }, role: .series2)], bars: bars,
            deploys: context.deploys)
        // Both together take what a single chart takes, or the lowest that a chart can be.
        let height = context.isWide ? room : max(6, room / 2)
        let shown = [dollars, tokens].filter { !$0.isEmpty }.map { $0.item(height: height) }
        if shown.count == 2 {
            sheet.add(shown[0], shown[1], sideBySide: context.isWide)
        } else if let only = shown.first {
            sheet.add(only)
        } else {
            sheet.line(.dim("no request says how many tokens it took"))
        }
        sheet.deploys(within: bars.times, context)
    }

    // MARK: Rates

    private func addRates(to sheet: inout Sheet) {
        let table = ZoomTable(
            "measure", [.init("now", 10), .init("change", 7), .init("baseline", 10)], nameWidth: 18,
            chart: context.windowName, width: context.width)
        sheet.heading("Spend", trailing: context.basis)
        table.addHeader(to: &sheet, over: figures, context.glyphs)
        func add(
            _ name: String, _ value: Double?, _ text: (Double?) -> String, change: Double?,
            _ bar: (Tally) -> Double?, target: Target?
        ) {
            // The baseline is what the change is from.
            let before = value.flatMap { value in change.map { value / (1 + $0) } }
            table.addRow(
                StyledText(name, .text),
                [
                    .number(text(value)), ChangeStyle.rising(change, flag: flag),
                    .dim(before.map { $0.isFinite ? text($0) : NumberFormat.missing } ?? NumberFormat.missing),
                ], chart: table.spark(.rising(figures.bars.values(bar), usual: nil), context.glyphs), target: target,
                to: &sheet)
        }
        add(
            "per hour", figures.costPerHour, { NumberFormat.text($0, .dollarsPerHour) },
            change: figures.changeOfRate(\.costInDollars), \.costInDollars,
            target: .requests("cost", "all requests, the costliest first", nil, order: .costliest))
        add(
            "tokens per minute", figures.tokensPerMinute, { NumberFormat.count($0) },
            change: figures.changeOfRate { $0.totalTokens.map(Double.init) }, { $0.totalTokens.map(Double.init) },
            target: nil)
        add(
            "per request", tally.costPerRequest, NumberFormat.dollars, change: figures.change(\.costPerRequest),
            \.costPerRequest, target: nil)
        sheet.anomalies(.costPerRequest, context: context)
        add(
            "per success", tally.costPerSuccess, NumberFormat.dollars, change: figures.change(\.costPerSuccess),
            \.costPerSuccess, target: nil)
        add(
            "tokens per request", Self.tokensPerRequest(tally), { NumberFormat.count($0) },
            change: figures.change(Self.tokensPerRequest), Self.tokensPerRequest, target: nil)
        sheet.anomalies(.tokensPerRequest, context: context)
        sheet.line(
            .dim("spent in the \(context.windowName) ") + .number(NumberFormat.dollars(tally.costInDollars))
                + .dim(" on \(NumberFormat.grouped(tally.requests.value)) requests, \(priced)"))
    }

    /// `92% priced`: for how many of the requests the dollars stand.
    private var priced: String {
        guard let share = tally.pricedShare, share > 0 else { return "none of known price" }
        return share < 0.9995 ? "\(NumberFormat.percent(share, decimals: 0)) of known price" : "all of known price"
    }

    private static func tokensPerRequest(_ tally: Tally) -> Double? {
        tally.withTokens > 0 ? tally.totalTokens.map { Double($0) * 1024 / Double(tally.withTokens) } : nil
    }

    // MARK: Today

    /// What was spent today and where the day will end, with what that rests on.
    private func addDay(to sheet: inout Sheet) {
        guard let day = figures.today else { return }
        let glyphs = context.glyphs
        var today = StyledText("today ", .text)
        today += .number((day.isPartial ? String(glyphs[.atLeast]) : "") + NumberFormat.dollars(day.dollars))
        today += .dim(" since \(figures.clock(day.since))Z" + (day.isPartial ? ", where the data begin" : ""))
        sheet.line(today)
        guard !figures.isStale, let forecast = day.forecast, let pace = day.pace else {
            sheet.line(.dim("end of day \(glyphs[.missing]) while nobody knows what passes an hour"))
            return
        }
        let sign = String(glyphs[day.isPartial ? .atLeast : .about])
        let left = "\(NumberFormat.fixed(day.hoursLeft, decimals: 1)) h left"
        sheet.line(
            StyledText("end of day ", .text) + .number(sign + NumberFormat.dollars(forecast))
                + .dim(
                    day.isByPace
                        ? " = today + \(NumberFormat.dollars(pace))/h, pace of recent hours, \(glyphs[.times]) \(left)"
                        : ", \(left), by the \(day.method)"))
    }

    // MARK: Models

    private func addModels(to sheet: inout Sheet) {
        let models = tally.models.ranked { $0.cost }
        guard !models.isEmpty else { return }
        sheet.heading("Models", trailing: context.windowName)
        let table = spendTable("model")
        table.addHeader(to: &sheet)
        for (symbol, row) in models {
            addSpend(
                figures.names.label(symbol), row, table,
                target: QueryText.equals(QueryText.model, symbol, figures.names).map {
                    .requests(
                        "model \(symbol.rawValue)", "model \(figures.names.label(symbol))", $0, order: .costliest)
                }, to: &sheet)
        }
        for (symbol, row) in models where row.priced < row.requests.weighted {
            let unpriced = Double(row.requests.weighted - row.priced)
            let share = tally.requests.weighted > 0 ? unpriced / Double(tally.requests.weighted) : nil
            sheet.line(
                StyledText("\(flag) no price: ", .warning, bold: true)
                    + StyledText(figures.names.label(symbol), .text)
                    + .dim(
                        ", \(NumberFormat.grouped(unpriced / 1024)) requests, "
                            + "\(NumberFormat.percent(share, decimals: 0)) of all"))
        }
    }

    private func spendTable(_ title: String) -> ZoomTable {
        ZoomTable(
            title,
            [
                .init("$/h", 8), .init("share", 6), .init("$/request", 9), .init("tok/min", 7), .init("n", 6),
                .init("total", 7), .init("priced", 6),
            ], nameWidth: 32, chart: "share of spend", width: context.width)
    }

    private func addSpend(
        _ name: String, _ row: RequestRow, _ table: ZoomTable, seconds: Double? = nil, of whole: Int64? = nil,
        target: Target?, to sheet: inout Sheet
    ) {
        let seconds = seconds ?? figures.totals.seconds
        let whole = whole ?? tally.cost
        let share = row.priced > 0 && whole > 0 ? Double(row.cost) / Double(whole) : nil
        let tokens = Double(row.inputTokens &+ row.outputTokens) / 1024 / seconds * 60
        let each = row.priced > 0 ? Double(row.cost) / 1e9 / Double(row.priced) : nil
        let pricedShare =
            row.requests.weighted > 0 ? Double(row.priced) / Double(row.requests.weighted) : nil
        let rate = figures.isStale ? nil : row.costInDollars.map { $0 / seconds * 3600 }
        table.addRow(
            StyledText(name, .text),
            [
                .number(NumberFormat.dollars(rate)), .number(NumberFormat.percent(share, decimals: 0)),
                .number(NumberFormat.dollars(each), isFew: row.requests.raw < 20),
                .dim(NumberFormat.count(figures.isStale || tokens == 0 ? nil : tokens)),
                .dim(NumberFormat.count(row.requests.value)), .dim(NumberFormat.dollars(row.costInDollars)),
                StyledText(
                    NumberFormat.percent(pricedShare, decimals: 0), (pricedShare ?? 0) < 0.9995 ? .warning : .dim),
            ], chart: table.bar(share, .accent, context.glyphs), target: target, to: &sheet)
    }

    // MARK: Tokens

    private func addTokens(to sheet: inout Sheet) {
        guard tally.totalTokens != nil else { return }
        let table = ZoomTable(
            "tokens", [.init("tok/min", 8), .init("change", 7), .init("share", 6), .init("total", 8)], nameWidth: 18,
            chart: context.windowName, width: context.width)
        sheet.heading("Tokens by kind", trailing: context.basis)
        table.addHeader(to: &sheet, over: figures, context.glyphs)
        // Where nothing is cached, nobody may have said so.
        let hasCache = tally.cachedInputTokens > 0 || figures.then.cachedInputTokens > 0
        let input: [(name: String, tokens: (Tally) -> Int64)] =
            hasCache
            ? [
                ("input, not cached", { $0.inputTokens &- $0.cachedInputTokens }),
                ("input, cached", \.cachedInputTokens),
            ] : [("input", \.inputTokens)]
        let kinds = input + [("output", \.outputTokens), ("all", { $0.inputTokens &+ $0.outputTokens })]
        let all = Double(tally.inputTokens &+ tally.outputTokens)
        for kind in kinds {
            let tokens = Double(kind.tokens(tally)) / 1024
            table.addRow(
                StyledText(kind.name, .text),
                [
                    .number(NumberFormat.count(figures.isStale ? nil : tokens / figures.totals.seconds * 60)),
                    ChangeStyle.rising(figures.changeOfRate { Double(kind.tokens($0)) }, flag: flag),
                    .number(NumberFormat.percent(all > 0 ? tokens * 1024 / all : nil, decimals: 0)),
                    .dim(NumberFormat.count(tokens)),
                ],
                chart: table.spark(
                    .rising(figures.bars.values { Double(kind.tokens($0)) }, usual: nil), context.glyphs),
                to: &sheet)
        }
        if tally.inputTokens > 0, tally.cachedInputTokens > 0 {
            let share = Double(tally.cachedInputTokens) / Double(tally.inputTokens)
            sheet.line(.number(NumberFormat.percent(share)) + .dim(" of input tokens come from the cache"))
        }
    }

    // MARK: Slices

    private func addSlices(_ dimension: Dimension, _ title: String, to sheet: inout Sheet) {
        let slices = figures.slices(of: [dimension], withCommon: true).sorted {
            ($0.row.counts.cost, $1.place) > ($1.row.counts.cost, $0.place)
        }
        guard slices.count > 1, slices.contains(where: { $0.row.counts.priced > 0 }) else { return }
        sheet.heading(title, trailing: figures.sliceWindowName)
        let table = spendTable(dimension.fieldName)
        table.addHeader(to: &sheet)
        let seconds = min(figures.totals.seconds, Double(Span.day) / 1e6)
        // Slices count whole minutes: what they have more than the window is its first minute.
        let whole = max(tally.cost, slices.reduce(0) { $0 + $1.row.counts.cost })
        for slice in slices.prefix(Self.mostSlices) {
            addSpend(
                figures.names.label(slice.value), slice.row.counts, table, seconds: seconds, of: whole,
                target: slice.condition.map { .requests(slice.id, slice.name, $0, order: .costliest) }, to: &sheet)
        }
        if slices.count > Self.mostSlices { sheet.line(.dim("\(slices.count - Self.mostSlices) more")) }
    }
}
