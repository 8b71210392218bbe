import Canvas
import Metrics
import Monitoring
import Query
import Statistics

/// Whether behaviour changes, in full: every measure's mean and shape now and before, and what both are compared with.
struct DriftSheet {
    private let context: SheetContext

    init(_ context: SheetContext) { self.context = context }

    private var figures: Figures { context.figures }
    private var then: Tally { figures.then }
    private var flag: Character { context.glyphs[.degraded] }

    func fill(_ sheet: inout Sheet) {
        addChart(to: &sheet)
        addTable(to: &sheet)
        for metric in figures.drift.metrics where metric.current != nil { addShapes(metric, to: &sheet) }
        addBaseline(to: &sheet)
    }

    // MARK: Chart

    /// The means against the baseline's, on one scale; without a baseline the mean length alone.
    private func addChart(to sheet: inout Sheet) {
        let bars = context.bars(of: 20, parts: [.lengths, .scores])
        let metrics = figures.drift.metrics.filter { $0.kind != .sentiment && ($0.baseline ?? 0) > 0 }
        let roles: [Role] = [.series1, .series2, .series3]
        let chart =
            metrics.isEmpty
            ? ChartBlock(
                "mean output length, \(SheetContext.resolution(bars))", names: ["output length"],
                format: { NumberFormat.count($0) },
                series: [.init(bars.values { $0.outputLength.mean }, role: .series1)], bars: bars,
                deploys: context.deploys)
            : ChartBlock(
                "change of means in %, \(SheetContext.resolution(bars))", names: metrics.map { Self.label($0.kind) },
                format: { NumberFormat.plain($0) },
                series: zip(metrics, roles).map { metric, role in
                    .init(
                        bars.values {
                            DriftReport.relativeChange(Self.mean(metric.kind, $0), from: metric.baseline).map {
                                $0 * 100
                            }
                        }, role: role)
                }, bars: bars, deploys: context.deploys)
        sheet.chart(chart, height: context.chartHeight(atMost: 12), orElse: "no measure of behaviour yet")
        if context.chartHeight() > 0 { sheet.deploys(within: bars.times, context) }
    }

    private static func mean(_ kind: DriftMetric.Kind, _ tally: Tally) -> Double? {
        switch kind {
        case .outputLength: tally.outputLength.mean
        case .toolCalls: tally.toolCallsPerRequest.mean
        case .sentiment: tally.sentiment.mean.map { $0 / 1e6 }
        case .quality: tally.quality.mean.map { $0 / 1e6 }
        }
    }

    // MARK: Table

    private func addTable(to sheet: inout Sheet) {
        let table = ZoomTable(
            "mean of",
            [
                .init("now", 7), .init("baseline", 8), .init("change", 7), .init("", 7, isText: true), .init("PSI", 5),
                .init("chance", 6), .init("n", 6), .init("limit", 6),
            ], nameWidth: 14, chart: context.windowName, width: context.width)
        sheet.heading("Measures", trailing: context.basis)
        table.addHeader(to: &sheet, over: figures, context.glyphs)
        for metric in figures.drift.metrics { add(metric, table, to: &sheet) }
    }

    private func add(_ metric: DriftMetric, _ table: ZoomTable, to sheet: inout Sheet) {
        let isFew = metric.count < DriftReport.minimumCount
        let role: Role = metric.hasDrifted ? .warning : .text
        let state: StyledText =
            metric.change == nil || isFew
            ? .dim(
                metric.current == nil ? String(context.glyphs[.missing]) : isFew ? "n<\(DriftReport.minimumCount)" : "")
            : metric.hasDrifted
                ? StyledText("\(flag) DRIFT", .warning, bold: true) : StyledText("\(context.glyphs[.good]) calm", .good)
        let spark = Sparkline(
            figures.bars.values { Self.mean(metric.kind, $0) }, scale: Self.scale(metric), isZeroBased: false,
            colouring: .role(metric.hasDrifted ? .barHigh : .barLow))
        table.addRow(
            StyledText(Self.label(metric.kind), .text),
            [
                .number(Self.text(metric.current, metric.kind), isFew: isFew),
                .dim(Self.text(metric.baseline, metric.kind)),
                StyledText(Self.change(metric), metric.change == nil ? .dim : role, bold: metric.hasDrifted), state,
                .number(Self.index(metric.psi), isFew: metric.psi == nil), .dim(Self.index(metric.psiThreshold)),
                .dim(NumberFormat.count(metric.current == nil ? nil : Double(metric.count))), .dim(Self.limit(metric)),
            ], chart: table.spark(spark, context.glyphs), target: target(metric), to: &sheet)
    }

    /// The requests that show it: beyond what 95% of the baseline's (of this window's, without one) stay within, and for
    /// scores the worse half.
    private func target(_ metric: DriftMetric) -> Target? {
        let base = figures.baseline == .none ? figures.tally : then
        let id = metric.kind.rawValue
        switch metric.kind {
        case .outputLength:
            guard let length = base.outputLength.quantile(permille: 950) else { return nil }
            let text = NumberFormat.plain(length.rounded())
            return .requests(id, "answers of \(text) characters and more", "\(QueryText.outputLength) >= \(text)")
        case .toolCalls:
            guard let calls = base.toolCallsPerRequest.quantile(permille: 950) else { return nil }
            let text = NumberFormat.plain(calls.rounded())
            return .requests(id, "\(text) tool calls and more", "\(QueryText.toolCalls) >= \(text)")
        case .sentiment:
            guard let low = base.sentiment.quantile(permille: 50) else { return nil }
            let text = NumberFormat.fixed(low / 1e6, decimals: 2)
            return .requests(id, "sentiment under \(text)", "\(QueryText.sentiment) < \(text)")
        case .quality:
            guard let low = base.quality.quantile(permille: 50) else { return nil }
            let text = NumberFormat.fixed(low / 1e6, decimals: 2)
            return .requests(id, "quality under \(text)", "\(QueryText.quality) < \(text)")
        }
    }

    // MARK: Shapes

    private func addShapes(_ metric: DriftMetric, to sheet: inout Sheet) {
        sheet.heading("\(Self.label(metric.kind)), \(Self.unit(metric.kind))", trailing: sentence(metric))
        let role: Role = metric.hasDrifted ? .barHigh : .accent
        let chart = Self.shapes(metric.kind, figures.tally, then, role)
        guard !chart.isEmpty else {
            sheet.line(.dim("no distribution"))
            return
        }
        let height = chart.rows.count * (context.size.height >= 30 ? 3 : 2) + 1
        sheet.add(Sheet.Item(height: height) { place, screen in chart.draw(in: place, on: &screen) })
    }

    private static func shapes(_ kind: DriftMetric.Kind, _ now: Tally, _ then: Tally, _ role: Role) -> DistributionChart
    {
        switch kind {
        case .outputLength: DistributionChart(now: now.outputLength, then: then.outputLength, role: role)
        case .toolCalls:
            DistributionChart(wholeNumbers: now.toolCallsPerRequest, then: then.toolCallsPerRequest, role: role)
        case .sentiment: DistributionChart(now: now.sentiment, then: then.sentiment, role: role)
        case .quality: DistributionChart(now: now.quality, then: then.quality, role: role)
        }
    }

    /// What the index says, in words.
    private func sentence(_ metric: DriftMetric) -> String {
        guard let psi = metric.psi, let threshold = metric.psiThreshold else {
            return figures.baseline == .none
                ? "nothing to compare with yet" : "too few to compare shapes, n=\(metric.count)"
        }
        return psi > threshold
            ? "PSI \(Self.index(psi)) > \(Self.index(threshold)): the shape has moved"
            : "PSI \(Self.index(psi)) within \(Self.index(threshold)): the shape is the same"
    }

    // MARK: Baseline

    private func addBaseline(to sheet: inout Sheet) {
        sheet.heading("Baseline")
        let held = figures.snapshot.now.flatMap { now in figures.snapshot.timeline.origin.map { now - $0 } }
        let text: String =
            switch figures.baseline {
            case .sameHours(let days): "the same hours of the last \(days) days"
            case .firstHour:
                "the first 60 minutes of data, from \(figures.clock(figures.snapshot.timeline.origin))Z; "
                    + "from 3 days of history on the same hours of the days before"
            case .previousWindow:
                "the \(figures.window.rawValue) before this window; from 2 hours of history on the first 60 minutes"
            case .none: "none yet: it takes more history than the window is long"
            }
        sheet.paragraph(text, width: context.width)
        let history = held.map { NumberFormat.elapsed(Double($0) / 1e6) } ?? NumberFormat.missing
        let compared =
            figures.baseline == .none
            ? "" : ", \(NumberFormat.grouped(then.requests.value)) requests in the baseline"
        sheet.line(.dim("\(history) of history held\(compared)"))
        sheet.paragraph(
            "drift: the mean moves further than its limit, or PSI is more than what chance reaches "
                + "once in a hundred times", .dim, width: context.width)
    }

    // MARK: Words

    private static func label(_ kind: DriftMetric.Kind) -> String {
        switch kind {
        case .outputLength: "output length"
        case .toolCalls: "tool calls"
        case .sentiment: "sentiment"
        case .quality: "quality"
        }
    }

    private static func unit(_ kind: DriftMetric.Kind) -> String {
        switch kind {
        case .outputLength: "characters (log)"
        case .toolCalls: "a request"
        case .sentiment: "-1 to 1"
        case .quality: "0 to 1"
        }
    }

    private static func text(_ value: Double?, _ kind: DriftMetric.Kind) -> String {
        switch kind {
        case .outputLength: NumberFormat.count(value)
        case .toolCalls: NumberFormat.fixed(value, decimals: 2)
        case .sentiment, .quality: NumberFormat.fixed(value, decimals: 3)
        }
    }

    private static func change(_ metric: DriftMetric) -> String {
        guard let change = metric.change else { return NumberFormat.missing }
        guard metric.kind == .sentiment else { return NumberFormat.change(change, decimals: 1) }
        let text = NumberFormat.fixed(change, decimals: 2)
        return change > 0 && !text.hasPrefix("-") ? "+" + text : text
    }

    private static func limit(_ metric: DriftMetric) -> String {
        switch metric.kind {
        case .sentiment: "±" + NumberFormat.plain(metric.threshold)
        case .quality: "-" + NumberFormat.percent(metric.threshold, decimals: 0)
        case .outputLength, .toolCalls: "±" + NumberFormat.percent(metric.threshold, decimals: 0)
        }
    }

    /// `.27`, `1.20`: an index in five columns at most.
    private static func index(_ value: Double?) -> String {
        guard let value else { return NumberFormat.missing }
        let text = value >= 99.95 ? ">99" : NumberFormat.fixed(value, decimals: value < 9.995 ? 2 : 1)
        return text.hasPrefix("0.") ? String(text.dropFirst()) : text
    }

    /// The baseline in the middle: drift shows as a slope, noise as a flat line.
    private static func scale(_ metric: DriftMetric) -> ClosedRange<Double>? {
        guard let middle = metric.baseline ?? metric.current else { return nil }
        let reach = max(abs(middle) * 0.5, metric.kind == .sentiment ? 0.3 : 0.001)
        return middle - reach...middle + reach
    }
}
