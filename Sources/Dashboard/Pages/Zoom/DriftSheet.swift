import Canvas
import Metrics
import Monitoring
import Query
import Statistics

/// Whether behaviour changes, in full: what moves most in words, every measure's mean and shape now and before, the mixes of names,
/// what users ask for, and what all of it is compared with.
struct DriftSheet {
    private let context: SheetContext

    init(_ context: SheetContext) { self.context = context }

    private var figures: Figures { context.figures }
    private var report: DriftReport { figures.drift }
    private var flag: Character { context.glyphs[.degraded] }

    /// Measures that have a row also where nothing is known of them.
    private static let always: Set<DriftMetric.Kind> = [.outputLength, .toolCalls, .sentiment, .quality]

    /// What is known, the worst first; what is calm as always.
    private var metrics: [DriftMetric] {
        let ranks = Dictionary(
            report.movements.enumerated().map { ($1.subject, $0) }, uniquingKeysWith: { first, _ in first })
        let shown = report.metrics.filter { $0.current != nil || Self.always.contains($0.kind) }
        return shown.enumerated().sorted { a, b in
            let (x, y) = (ranks[.measure(a.element.kind)] ?? .max, ranks[.measure(b.element.kind)] ?? .max)
            return (x, a.element.current == nil ? 1 : 0, a.offset) < (y, b.element.current == nil ? 1 : 0, b.offset)
        }.map(\.element)
    }

    func fill(_ sheet: inout Sheet) {
        addMovements(to: &sheet)
        addChart(to: &sheet)
        addTable(to: &sheet)
        DriftMixes(context).fill(&sheet)
        for metric in metrics where metric.current != nil { addShapes(metric, to: &sheet) }
        addBaseline(to: &sheet)
    }

    // MARK: Words

    /// What moves most; the others in a line.
    private func addMovements(to sheet: inout Sheet) {
        guard let first = report.movements.first else {
            let isCompared = report.then != nil
            sheet.line(
                isCompared
                    ? StyledText("\(context.glyphs[.good]) ", .good, bold: true)
                        + StyledText("nothing moves beyond its limit and beyond chance", .text)
                    : .dim("nothing to compare with yet"))
            return
        }
        sheet.line(StyledText("\(flag) \(first.sentence)", .warning, bold: true))
        let others = report.movements.dropFirst().map(\.text)
        if !others.isEmpty { sheet.note("also: " + others.joined(separator: ", "), width: context.width) }
    }

    // MARK: Chart

    /// The means against the baseline's, on one scale; without a baseline the mean length alone.
    private func addChart(to sheet: inout Sheet) {
        let bars = context.bars(of: 20, parts: [.lengths, .scores])
        let kinds: [DriftMetric.Kind] = [.outputLength, .toolCalls, .quality]
        let metrics = kinds.compactMap { report[$0] }.filter { ($0.baseline ?? 0) > 0 && $0.current != nil }
        let roles: [Role] = [.series1, .series2, .series3]
        let chart =
            metrics.isEmpty
            ? ChartBlock(
                "mean output length, \(SheetContext.resolution(bars))", names: ["output length"],
                format: { NumberFormat.count($0) },
                series: [.init(bars.values { $0.outputLength.mean }, role: .series1)], bars: bars,
                deploys: context.deploys)
            : ChartBlock(
                "change of means in %, \(SheetContext.resolution(bars))", names: metrics.map(\.kind.noun),
                format: { NumberFormat.plain($0) },
                series: zip(metrics, roles).map { metric, role in
                    .init(
                        bars.values {
                            DriftMetric.relativeChange(metric.kind.mean($0)?.value, from: metric.baseline).map {
                                $0 * 100
                            }
                        }, role: role)
                }, bars: bars, deploys: context.deploys)
        sheet.chart(chart, height: context.chartHeight(atMost: 12), orElse: "no measure of behaviour yet")
        if context.chartHeight() > 0 { sheet.deploys(within: bars.times, context) }
    }

    // MARK: Table

    private func addTable(to sheet: inout Sheet) {
        let table = ZoomTable(
            "mean of",
            [
                .init("now", 7), .init("baseline", 8), .init("change", 7), .init("", 7, isText: true), .init("PSI", 5),
                .init("chance", 6), .init("n", 6), .init("limit", 6), .init("KS", 4), .init("p", 6),
            ], nameWidth: 14, chart: context.windowName, width: context.width)
        sheet.heading(
            "Measures", trailing: "\(context.windowName), \(report.basis.title(figures.window))")
        table.addHeader(to: &sheet, over: figures, context.glyphs)
        for metric in metrics { add(metric, table, to: &sheet) }
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
        table.addRow(
            StyledText(metric.kind.noun, .text),
            [
                .number(metric.kind.text(metric.current), isFew: isFew), .dim(metric.kind.text(metric.baseline)),
                StyledText(metric.changeText, metric.change == nil ? .dim : role, bold: metric.hasDrifted), state,
                .number(NumberFormat.index(metric.psi), isFew: metric.psi == nil),
                .dim(NumberFormat.index(metric.psiThreshold)),
                .dim(NumberFormat.count(metric.current == nil ? nil : Double(metric.count))), .dim(metric.limitText),
                .dim(NumberFormat.index(metric.ks)), .dim(Self.probability(metric.ksProbability)),
            ], chart: table.spark(metric.spark(figures.bars), context.glyphs), target: target(metric), to: &sheet)
    }

    /// `.27`, `<.001`.
    static func probability(_ value: Double?) -> String {
        guard let value else { return NumberFormat.missing }
        return value < 0.0005 ? "<.001" : String(NumberFormat.fixed(value, decimals: 3).trimmingPrefix("0"))
    }

    /// The requests that show it: beyond what 95% of the baseline's (of this window's, without one) stay within, and for
    /// scores the worse half.
    private func target(_ metric: DriftMetric) -> Target? {
        let kind = metric.kind
        guard let distribution = report.then?.measures[kind] ?? report.now.measures[kind] else { return nil }
        switch distribution.shape {
        case .exponential(let histogram):
            guard let high = histogram.quantile(permille: 950) else { return nil }
            if kind == .latency {
                let text = NumberFormat.plain(high / 1e6)
                return .requests(
                    kind.rawValue, "\(text)s and slower", QueryText.latency(atLeast: high / 1e6), order: .slowest)
            }
            let text = NumberFormat.plain(high.rounded())
            return .requests(kind.rawValue, "\(kind.noun) of \(text) and more", "\(kind.rawValue) >= \(text)")
        case .uniform(let bins):
            guard let low = bins.quantile(permille: 500) else { return nil }
            let text = NumberFormat.fixed(low / 1e6, decimals: 2)
            return .requests(kind.rawValue, "\(kind.noun) under \(text)", "\(kind.rawValue) < \(text)")
        }
    }

    // MARK: Shapes

    private func addShapes(_ metric: DriftMetric, to sheet: inout Sheet) {
        sheet.heading("\(metric.kind.noun), \(metric.kind.unit)", trailing: sentence(metric))
        let role: Role = metric.hasDrifted ? .barHigh : .accent
        guard let chart = shapes(metric.kind, role), !chart.isEmpty else {
            sheet.line(.dim("no distribution"))
            return
        }
        let height = chart.rows.count * (context.size.height >= 30 ? 3 : 2) + 1
        sheet.add(Sheet.Item(height: height) { place, screen in chart.draw(in: place, on: &screen) })
    }

    private func shapes(_ kind: DriftMetric.Kind, _ role: Role) -> DistributionChart? {
        let then = report.then?.measures[kind]?.shape
        switch (report.now.measures[kind]?.shape, then) {
        case (.exponential(let now), .exponential(let then)):
            return kind == .toolCalls
                ? DistributionChart(wholeNumbers: now, then: then, role: role)
                : DistributionChart(now: now, then: then, role: role)
        case (.exponential(let now), _):
            let none = ExponentialHistogram(scale: now.scale, unitsPerOne: now.unitsPerOne)
            return kind == .toolCalls
                ? DistributionChart(wholeNumbers: now, then: none, role: role)
                : DistributionChart(now: now, then: none, role: role)
        case (.uniform(let now), .uniform(let then)): return DistributionChart(now: now, then: then, role: role)
        case (.uniform(let now), _):
            let none = UniformBins(lower: now.lower, upper: now.upper)
            return DistributionChart(now: now, then: none, role: role)
        case (nil, _): return nil
        }
    }

    /// What the index says, in words.
    private func sentence(_ metric: DriftMetric) -> String {
        guard let psi = metric.psi, let threshold = metric.psiThreshold else {
            if report.then?.measures[metric.kind] == nil { return "nothing to compare with yet" }
            let isFew = min(metric.count, metric.baselineCount) < DriftReport.minimumCount
            return isFew ? "too few to compare shapes, n=\(metric.count)" : "all alike before: no shape to compare"
        }
        let (index, limit) = (NumberFormat.index(psi), NumberFormat.index(threshold))
        if metric.hasReshaped { return "PSI \(index) > \(limit): the shape has moved" }
        return psi > threshold
            ? "PSI \(index) > \(limit), by chance: KS p=\(Self.probability(metric.ksProbability))"
            : "PSI \(index) within \(limit): the shape is the same"
    }

    // MARK: Baseline

    private func addBaseline(to sheet: inout Sheet) {
        sheet.heading("Baseline", trailing: "b chooses another, or keeps this window as one")
        sheet.paragraph(basis, width: context.width)
        let held = figures.snapshot.now.flatMap { now in figures.snapshot.timeline.origin.map { now - $0 } }
        let history = held.map { NumberFormat.elapsed(Double($0) / 1e6) } ?? NumberFormat.missing
        let compared = report.then.map { ", \(NumberFormat.grouped($0.requests)) requests in the baseline" } ?? ""
        sheet.line(.dim("\(history) of history held\(compared)"))
        if let note = heldNote { sheet.paragraph(note, .dim, width: context.width) }
        if figures.baseline.title(figures.window) != report.basis.title(figures.window) {
            sheet.paragraph(
                "other panels' changes: \(figures.baselineName)", .dim, width: context.width)
        }
        sheet.paragraph(
            "drift: the mean moves further than its limit and than chance moves it, or PSI is more than what chance "
                + "reaches once in a hundred times and KS agrees; of names, JS is over its limit", .dim,
            width: context.width)
    }

    private var basis: String {
        func words(_ baseline: Baseline) -> String {
            switch baseline {
            case .sameHours(let days): "the same hours of the last \(days) days"
            case .firstHour:
                "the first 60 minutes of data, from \(figures.clock(figures.snapshot.timeline.origin))Z; "
                    + "from 3 days of history on the same hours of the days before"
            case .previousWindow:
                "the \(figures.window.rawValue) before this window; from 2 hours of history on the first 60 minutes"
            case .none: "none yet: it takes more history than the window is long"
            }
        }
        return switch report.basis {
        case .usual(let baseline): words(baseline)
        case .previousVersion(let label, let since):
            "what ran before \(label), deployed \(figures.clock(since))Z, for a day at most; now is what came after it"
        case .saved(let name, let time): "\(name), kept \(ClockTime(time).rfc3339)"
        case .instead(of: .previousVersion, let baseline):
            "no deploy is known yet, so that it is \(words(baseline))"
        case .instead(let asked, let baseline): "nothing was kept as \(asked.name), so that it is \(words(baseline))"
        }
    }

    /// What is known of the requests only that are held one by one.
    private var heldNote: String? {
        let kinds = report.metrics.filter { $0.kind.isOfHeldRequests && $0.current != nil }.map(\.kind.noun)
        let names = [MixShift.Kind.intents, .locales].filter { report[$0] != nil }.map(\.title)
        guard !kinds.isEmpty || !names.isEmpty else { return nil }
        let subject = (kinds + names).joined(separator: ", ") + ": of the requests held one by one"
        var parts: [String] = []
        if let from = report.held.from { parts.append("from \(figures.clock(from))Z on") }
        if report.held.stride > 1 { parts.append("one in \(report.held.stride) looked at") }
        if let span = report.held.comparedWith {
            parts.append(
                "against those from \(figures.clock(span.lowerBound))Z to \(figures.clock(span.upperBound))Z, "
                    + "for the baseline's are not held")
        } else if report.held.isAlone {
            parts.append("the baseline's are not held")
        }
        return ([subject] + parts).joined(separator: ", ")
    }
}
