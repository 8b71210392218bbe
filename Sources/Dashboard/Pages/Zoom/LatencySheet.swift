import Canvas
import Metrics
import Monitoring
import Query
import Statistics

/// How fast, in full: the course of the percentiles, their budgets, the distribution, where the time goes and for whom it is
/// slowest.
struct LatencySheet {
    private let context: SheetContext
    private static let percentiles: [(name: String, permille: Int, enough: Int64, role: Role)] = [
        ("p50", 500, 1, .series1), ("p95", 950, 20, .series2), ("p99", 990, 100, .series3),
    ]
    private static let mostSlices = 20

    init(_ context: SheetContext) { self.context = context }

    private var figures: Figures { context.figures }
    private var latency: ExponentialHistogram { figures.tally.latency }
    private var flag: Character { context.glyphs[.degraded] }

    /// Seconds, in the order of the percentiles; infinite where nothing limits all requests: those that budgets of their own are for are
    /// told apart.
    private var budgets: [Double] {
        figures.hasLatencyBudgetsOfParts
            ? Self.percentiles.map { _ in .infinity } : figures.latencyBudget.percentiles.map(\.limit)
    }

    private var limits: [(name: String, seconds: Double, role: Role)] {
        zip(Self.percentiles, budgets).filter { $1.isFinite }.map { ($0.name, $1, $0.role) }
    }

    func fill(_ sheet: inout Sheet) {
        addCharts(to: &sheet)
        addPercentiles(to: &sheet)
        LatencyBudgetTable(context).add(to: &sheet)
        ObjectiveTable(context, ofLatency: true).add(to: &sheet)
        addRanges(to: &sheet)
        addKinds(to: &sheet)
        addSlices(to: &sheet)
    }

    // MARK: Charts

    private func addCharts(to sheet: inout Sheet) {
        let height = context.chartHeight()
        guard !latency.isEmpty else {
            sheet.line(.dim("no latencies in the \(context.windowName)"))
            return
        }
        guard height > 0 else { return }
        // A p99 of fewer is their maximum.
        let bars = context.bars(of: 100, parts: .latency)
        let course = ChartBlock(
            "latency, \(SheetContext.resolution(bars))", names: Self.percentiles.map(\.name),
            format: { NumberFormat.duration($0, compact: true) },
            series: Self.percentiles.map { percentile in
                .init(bars.values { Figures.seconds($0.latency, percentile.permille) }, role: percentile.role)
            }, bars: bars,
            limits: limits.map {
                .init(name: "\($0.name) budget \(NumberFormat.plain($0.seconds))s", value: $0.seconds, role: $0.role)
            }, deploys: context.deploys)
        if context.isWide {
            sheet.add(course.item(height: height), distribution(height: height), sideBySide: true)
        } else {
            sheet.chart(course, height: height, orElse: "no point of time has latencies yet")
        }
        sheet.deploys(within: bars.times, context)
    }

    /// How many requests took how long, with the budgets over it.
    private func distribution(height: Int) -> Sheet.Item {
        let budgets = limits.map {
            (name: "\($0.name) \(NumberFormat.plain($0.seconds))s", time: Int64($0.seconds * 1e6), role: $0.role)
        }
        let chart = DistributionChart(latency: latency, role: .accent, limits: budgets)
        let n = NumberFormat.grouped(Double(latency.count) / 1024)
        let whose =
            budgets.isEmpty ? "" : figures.latencyBudget.tier.map { ", budgets of \($0.rawValue)" } ?? ", own budget"
        let title = "requests by latency (log), n=\(n)\(whose)"
        return Sheet.Item(height: height) { place, screen in
            screen.put(title, x: place.x, y: place.y, style: Style(.dim), width: place.width)
            chart.draw(
                in: Rect(x: place.x, y: place.y + 1, width: place.width, height: place.height - 1), on: &screen)
        }
    }

    // MARK: Percentiles

    /// Percentiles that a source computed itself.
    private var given: GivenPercentiles? {
        figures.snapshot.given.flatMap { $0.time >= figures.totals.from ? $0 : nil }
    }

    private func addPercentiles(to sheet: inout Sheet) {
        let table = ZoomTable(
            "percentile",
            [
                .init("value", 7), .init("change", 7), .init("budget", 7), .init("", 4, isText: true),
                .init("baseline", 8), .init("slower", 7),
            ],
            nameWidth: 14, chart: context.windowName, width: context.width)
        sheet.heading("Percentiles", trailing: context.basis)
        table.addHeader(to: &sheet, over: figures, context.glyphs)
        for (percentile, budget) in zip(Self.percentiles, budgets) {
            add(percentile, budget, table, to: &sheet)
            if percentile.permille == 950 { sheet.anomalies(.p95Latency, context: context) }
        }
        addMaximum(table, to: &sheet)
        addGiven(to: &sheet)
    }

    private func add(
        _ percentile: (name: String, permille: Int, enough: Int64, role: Role), _ budget: Double, _ table: ZoomTable,
        to sheet: inout Sheet
    ) {
        let own = Figures.seconds(latency, percentile.permille)
        let value = own ?? given?.latency[percentile.name].map { Double($0) / 1e6 }
        let n = latency.count / 1024
        let isFew = own != nil && n < percentile.enough
        let before = Figures.seconds(figures.then.latency, percentile.permille)
        let name =
            StyledText(percentile.name, .text)
            + .dim(isFew ? " n<\(percentile.enough)" : own == nil && value != nil ? " as given" : "")
        table.addRow(
            name,
            [
                .number(NumberFormat.duration(value), isFew: isFew),
                ChangeStyle.rising(figures.change { Figures.seconds($0.latency, percentile.permille) }, flag: flag),
                .dim(budget.isFinite ? NumberFormat.plain(budget) + "s" : ""),
                Self.verdict(value, budget: budget, context.glyphs),
                .dim(NumberFormat.duration(before)),
                .dim(own.map { NumberFormat.count(slower(than: $0)) } ?? NumberFormat.missing),
            ],
            chart: table.spark(
                .rising(figures.bars.values { Figures.seconds($0.latency, percentile.permille) }, usual: before),
                context.glyphs),
            target: own.map {
                .requests(
                    percentile.name, "\(percentile.name) and slower", QueryText.latency(atLeast: $0), order: .slowest)
            }, to: &sheet)
    }

    /// How many requests took longer than some seconds.
    private func slower(than seconds: Double) -> Double { Double(latency.count(above: Int64(seconds * 1e6))) / 1024 }

    /// Strictly under the budget is ok (requirements F1).
    private static func verdict(_ value: Double?, budget: Double, _ glyphs: GlyphSet) -> StyledText {
        guard budget.isFinite else { return StyledText() }
        guard let value else { return .dim(String(glyphs[.missing])) }
        return value < budget ? StyledText("ok", .good) : StyledText("OVER", .critical, bold: true)
    }

    private func addMaximum(_ table: ZoomTable, to sheet: inout Sheet) {
        guard !latency.isEmpty else { return }
        let greatest = Double(latency.maximum) / 1e6
        let before = figures.then.latency.isEmpty ? nil : Double(figures.then.latency.maximum) / 1e6
        table.addRow(
            StyledText("max", .text),
            [
                .number(NumberFormat.duration(greatest)), StyledText(), StyledText(), StyledText(),
                .dim(NumberFormat.duration(before)),
            ],
            target: .requests("max", "the slowest", QueryText.latency(atLeast: greatest), order: .slowest), to: &sheet)
        table.addRow(
            StyledText("mean", .text),
            [
                .number(NumberFormat.duration(latency.mean.map { $0 / 1e6 })),
                ChangeStyle.rising(figures.change { $0.latency.mean }, flag: flag), StyledText(), StyledText(),
                .dim(NumberFormat.duration(figures.then.latency.mean.map { $0 / 1e6 })),
            ], to: &sheet)
    }

    /// What a source says of itself, which no window of ours has.
    private func addGiven(to sheet: inout Sheet) {
        guard let given, !latency.isEmpty else { return }
        let values = ["p50", "p95", "p99", "max"].compactMap { name in
            given.latency[name].map { "\(name) \(NumberFormat.duration(microseconds: $0))" }
        }
        sheet.line(.dim("a source gives \(values.joined(separator: ", ")) itself, at \(figures.clock(given.time))"))
    }

    // MARK: Distribution

    /// Ranges of latency that hold requests, the slowest first.
    private func addRanges(to sheet: inout Sheet) {
        guard !latency.isEmpty else { return }
        let table = ZoomTable(
            "latency", [.init("n~", 7), .init("share", 7), .init("or more", 7)], nameWidth: 16, chart: "of all",
            width: context.width)
        sheet.heading("Distribution", trailing: context.windowName)
        // On a wide page it stands beside the first chart.
        if !context.isWide || context.chartHeight() == 0 {
            sheet.add(distribution(height: max(5, context.chartHeight(atMost: 7))))
        }
        table.addHeader(to: &sheet)
        let counts = rangeCounts
        var slower: Int64 = 0
        for (i, count) in counts.enumerated().reversed() where count > 0 {
            slower += count
            let lower = i > 0 ? DurationScale.steps[i - 1] : nil
            let upper = i < DurationScale.steps.count ? DurationScale.steps[i] : nil
            let name = Self.rangeName(lower, upper)
            let share = Double(count) / Double(latency.count)
            let isOver = lower.map { $0.seconds >= budgets[2] } ?? false
            table.addRow(
                StyledText(name, .text),
                [
                    .number(NumberFormat.count(Double(count) / 1024)), .number(NumberFormat.percent(share)),
                    .dim(NumberFormat.percent(Double(slower) / Double(latency.count))),
                ],
                chart: table.bar(share, isOver ? .warning : .accent, context.glyphs),
                target: .requests(
                    "range \(i)", "latency \(name)", QueryText.latency(from: lower?.seconds, below: upper?.seconds),
                    order: .slowest), to: &sheet)
        }
    }

    private static func rangeName(_ lower: DurationScale.Step?, _ upper: DurationScale.Step?) -> String {
        guard let lower else { return "under \(upper?.text ?? "")" }
        return upper.map { "\(lower.text) to \($0.text)" } ?? "from \(lower.text)"
    }

    /// Weighted counts between the steps of the scale, the first below all, the last above all. A bucket that a step divides
    /// belongs to the side its middle is on.
    private var rangeCounts: [Int64] {
        let steps = DurationScale.steps
        var counts = Array(repeating: Int64(0), count: steps.count + 1)
        counts[0] = latency.zeroCount
        guard let range = latency.bucketRange else { return counts }
        var place = 0
        for (bucket, n) in zip(range, latency.counts(in: range)) {
            let middle = latency.midpoint(ofBucket: bucket) * 1000
            while place < steps.count, Double(steps[place].time) <= middle { place += 1 }
            counts[place] += n
        }
        return counts
    }

    // MARK: Where the time goes

    private func addKinds(to sheet: inout Sheet) {
        let kinds: [(name: String, isPart: Bool, histogram: (Tally) -> ExponentialHistogram)] = [
            ("time to first token", false, \.timeToFirstToken), ("model spans", true, \.modelLatency),
            ("tool calls", true, \.toolLatency), ("retrieval", true, \.retrievalLatency),
        ]
        let known = kinds.filter { !$0.histogram(figures.tally).isEmpty }
        guard !known.isEmpty else { return }
        let table = ZoomTable(
            "part of a request",
            [
                .init("p50", 7), .init("p95", 7), .init("change", 7), .init("p99", 7), .init("of time", 7),
                .init("n", 6),
            ],
            nameWidth: 20, chart: "share", width: context.width)
        sheet.heading("Where the time goes", trailing: context.basis)
        table.addHeader(to: &sheet)
        for kind in known {
            let now = kind.histogram(figures.tally)
            // Every request calls a model: where most have no such span, spans were recorded of some only.
            let isSampled = kind.name == "model spans" && now.count < latency.count / 2
            let isPart = kind.isPart && latency.sum > 0 && !isSampled
            let share = isPart ? Double(now.sum) / Double(latency.sum) : nil
            let n = now.count / 1024
            let change = figures.change { Figures.seconds(kind.histogram($0), 950) }
            table.addRow(
                StyledText(kind.name, .text),
                [
                    .number(NumberFormat.duration(Figures.seconds(now, 500))),
                    .number(NumberFormat.duration(Figures.seconds(now, 950)), isFew: n < 20),
                    n < 20 ? .dim(NumberFormat.change(change)) : ChangeStyle.rising(change, flag: flag),
                    .number(NumberFormat.duration(Figures.seconds(now, 990)), isFew: n < 100),
                    kind.isPart ? .number(NumberFormat.percent(share, decimals: 0)) : StyledText(),
                    .dim(NumberFormat.count(Double(n))),
                ],
                chart: table.bar(share, .accent, context.glyphs), to: &sheet)
        }
    }

    // MARK: Slices

    private func addSlices(to sheet: inout Sheet) {
        let slices = figures.slices()
        let enough = slices.filter { $0.row.counts.requests.value >= Figures.fewRequests && !$0.row.latency.isEmpty }
            .map { (slice: $0, p95: $0.seconds(950) ?? 0) }
            .sorted { ($0.p95, $1.slice.place) > ($1.p95, $0.slice.place) }
        guard !enough.isEmpty else { return }
        let table = ZoomTable(
            "slice", [.init("p95~", 7), .init("of all", 7), .init("p50~", 7), .init("failed", 6), .init("n", 6)],
            nameWidth: 44, chart: "p95~", width: context.width)
        sheet.heading("Slowest slices", trailing: figures.sliceWindowName)
        table.addHeader(to: &sheet)
        let overall = Figures.seconds(latency, 950)
        let slowest = max(enough[0].p95, 1e-6)
        for (slice, p95) in enough.prefix(Self.mostSlices) {
            let ratio = overall.flatMap { $0 > 0 ? p95 / $0 - 1 : nil }
            table.addRow(
                StyledText(slice.name, .text),
                [
                    .number(NumberFormat.duration(p95, compact: true)), ChangeStyle.rising(ratio, flag: flag),
                    .dim(NumberFormat.duration(slice.seconds(500), compact: true)),
                    .dim(NumberFormat.percent(slice.row.counts.errorRate)),
                    .dim(NumberFormat.count(slice.row.counts.requests.value)),
                ],
                chart: table.bar(p95 / slowest, .accent, context.glyphs),
                target: slice.condition.map { .requests(slice.id, slice.name, $0, order: .slowest) }, to: &sheet)
        }
        addLeftOut(enough.count - Self.mostSlices, slices.count - enough.count, to: &sheet)
    }

    private func addLeftOut(_ more: Int, _ few: Int, to sheet: inout Sheet) {
        let parts = [
            more > 0 ? "\(more) faster" : nil,
            few > 0 ? "\(few) with fewer than \(Int(Figures.fewRequests)) requests" : nil,
        ].compactMap(\.self)
        if !parts.isEmpty { sheet.line(.dim("not listed: " + parts.joined(separator: ", "))) }
    }
}
