import Canvas
import Metrics
import Monitoring
import Query
import Statistics
import Telemetry

/// The canary beside its control, in full: the verdict and what it rests on, every measure of both arms, and what decides.
struct CanarySheet {
    private let context: SheetContext

    init(_ context: SheetContext) { self.context = context }

    private var figures: Figures { context.figures }
    private var glyphs: GlyphSet { context.glyphs }

    func fill(_ sheet: inout Sheet) {
        guard let canary = figures.canary, let arms = CanaryArms(canary, figures.snapshot) else {
            sheet.line(.dim("no canary takes traffic"))
            sheet.paragraph(
                "A canary is judged where requests say which variant served them: variant=canary beside "
                    + "variant=control, at the same time.", .dim, width: context.width)
            ShadowTable(context).add(to: &sheet)
            return
        }
        let evidence = CanaryEvidence(context, canary)
        addVerdict(canary, to: &sheet)
        // The rows to open stand where the verdict is still seen on a low screen.
        addRequests(arms, to: &sheet)
        evidence.addEvidence(to: &sheet)
        addMeasures(canary, arms, to: &sheet)
        addOthers(canary, to: &sheet)
        evidence.addGatesAndStep(to: &sheet)
        ShadowTable(context).add(to: &sheet)
        addChart(canary, arms, to: &sheet)
    }

    // MARK: Verdict

    private func addVerdict(_ canary: CanaryReport, to sheet: inout Sheet) {
        let (mark, role) = Self.look(canary.verdict, glyphs)
        sheet.line(
            StyledText("\(mark) \(canary.verdict.rawValue.uppercased())", role, bold: true)
                + StyledText("  " + (canary.reasons.first ?? ""), .text),
            trailing: .dim(
                (canary.rollbackSince.map { "since \(figures.clock($0))Z" } ?? "began \(figures.clock(canary.since))Z")
                    + (canary.isOver ? ", over \(figures.clock(canary.until))Z" : "")))
        for reason in canary.reasons.dropFirst() { sheet.line(.dim("  " + reason)) }
        RollbackLines(context, canary).add(to: &sheet)
    }

    private static func look(_ verdict: CanaryVerdict, _ glyphs: GlyphSet) -> (Character, Role) {
        switch verdict {
        case .rollback: (glyphs[.critical], .critical)
        case .promote: (glyphs[.good], .good)
        case .hold: (glyphs[.degraded], .warning)
        case .inconclusive: (glyphs[.unknown], .dim)
        }
    }

    /// The requests that prove it.
    private func addRequests(_ arms: CanaryArms, to sheet: inout Sheet) {
        let isCanary = QueryText.equals(QueryText.variant, arms.canaryName)
        let isControl = QueryText.equals(QueryText.variant, arms.controlName)
        let slow = Figures.seconds(arms.control.latency, 950)
        sheet.heading("Requests", trailing: "of the soak")
        func add(_ id: String, _ text: String, _ role: Role, _ n: Double?, _ query: RequestsQuery) {
            sheet.line(
                StyledText(DisplayWidth.padRight(text, to: min(44, max(20, context.width - 8))), role)
                    + .number(DisplayWidth.padLeft(NumberFormat.count(n), to: 7)),
                target: Target(id: id, requests: query))
        }
        add(
            "canary failures", "\(arms.canaryName) failures", .canary, arms.canary.failed.value,
            RequestsQuery(
                "\(arms.canaryName) failures", QueryText.all(isCanary, QueryText.failed), times: arms.times))
        add(
            "control failures", "\(arms.controlName) failures", .control, arms.control.failed.value,
            RequestsQuery("\(arms.controlName) failures", QueryText.all(isControl, QueryText.failed), times: arms.times)
        )
        if let slow {
            add(
                "slow canary", "\(arms.canaryName) over \(arms.controlName)'s p95 \(NumberFormat.duration(slow))",
                .canary,
                Double(arms.canary.latency.count(above: Int64(slow * 1e6))) / 1024,
                RequestsQuery(
                    "slow \(arms.canaryName) requests", QueryText.all(isCanary, QueryText.latency(atLeast: slow)),
                    order: .slowest,
                    times: arms.times))
        }
        add(
            "canary", arms.canaryName == "canary" ? "all of the canary" : "all of \(arms.canaryName)", .canary,
            arms.canary.requests.value,
            RequestsQuery("\(arms.canaryName) requests", isCanary, times: arms.times))
    }

    // MARK: Chart

    private func addChart(_ canary: CanaryReport, _ arms: CanaryArms, to sheet: inout Sheet) {
        let height = context.chartHeight(atMost: 12)
        guard height > 0 else { return }
        let points = arms.points(until: canary.isOver ? canary.until : arms.times.upperBound, most: 60, requests: 20)
        sheet.gap()
        sheet.chart(
            ChartBlock(
                "share of requests that fail, a point is \(NumberFormat.age(Double(points.step) / 1e6))",
                names: ["control %", "canary %"], format: { NumberFormat.plain($0) },
                series: [
                    .init(points.rows.map { $0.control.errorRate.map { $0 * 100 } }, role: .control),
                    .init(points.rows.map { $0.canary.errorRate.map { $0 * 100 } }, role: .canary),
                ], times: points.times, deploys: context.deploys),
            height: height, orElse: "no outcome of either arm is known")
        sheet.deploys(within: points.times, context)
    }

    // MARK: Measures

    private func addMeasures(_ canary: CanaryReport, _ arms: CanaryArms, to sheet: inout Sheet) {
        let table = ZoomTable(
            "measure",
            [
                .init(DisplayWidth.truncate(canary.controlName, to: 9), 9),
                .init(DisplayWidth.truncate(canary.canaryName, to: 9), 9), .init(String(glyphs[.delta]), 7),
                .init("95% CI", 12),
                .init("n control", 9), .init("n canary", 9),
            ], nameWidth: 18, width: context.width)
        sheet.heading("Measures", trailing: "soak \(NumberFormat.elapsed(Double(canary.soak) / 1e6))")
        addVersions(canary, arms, to: &sheet)
        table.addHeader(to: &sheet)
        for measure in measures(canary) { add(measure, arms, table, to: &sheet) }
    }

    /// `control v2.3, 527 requests, 87.8%`.
    private func addVersions(_ canary: CanaryReport, _ arms: CanaryArms, to sheet: inout Sheet) {
        func add(_ name: String, _ version: String, _ arm: ArmRow, _ share: Double, _ role: Role) {
            sheet.line(
                StyledText(DisplayWidth.padRight(name, to: 8), role)
                    + .number(DisplayWidth.padLeft(NumberFormat.grouped(arm.requests.value), to: 7))
                    + .dim(" requests ") + .number(DisplayWidth.padLeft(NumberFormat.percent(share), to: 6))
                    + .dim("  version ") + StyledText(version.isEmpty ? NumberFormat.missing : version, .text))
        }
        add(canary.controlName, canary.controlVersion, arms.control, 1 - canary.share, .control)
        add(canary.canaryName, canary.canaryVersion, arms.canary, canary.share, .canary)
    }

    /// Further variants, which nothing is judged by.
    private func addOthers(_ canary: CanaryReport, to sheet: inout Sheet) {
        guard !canary.others.isEmpty else { return }
        let table = ZoomTable(
            "other variants", [.init("requests", 9), .init("errors", 9), .init("p95", 9), .init("$/request", 9)],
            nameWidth: 18, width: context.width)
        sheet.heading("Other variants", trailing: "listed, not judged")
        table.addHeader(to: &sheet)
        for other in canary.others.prefix(8) {
            let arm = other.arm
            table.addRow(
                StyledText(other.name, .text),
                [
                    .number(NumberFormat.count(arm.requests.value)), .number(NumberFormat.percent(arm.errorRate)),
                    .number(NumberFormat.duration(Figures.seconds(arm.latency, 950))),
                    .number(NumberFormat.dollars(arm.costPerRequest)),
                ],
                target: Target(
                    id: "variant \(other.name)",
                    requests: RequestsQuery(
                        "variant=\(other.name)", QueryText.equals(QueryText.variant, other.name),
                        times: canary.since...max(canary.since, figures.snapshot.now ?? canary.until))),
                to: &sheet)
        }
        if canary.others.count > 8 { sheet.line(.dim("\(canary.others.count - 8) more")) }
    }

    /// One line of the table.
    private struct Measure {
        var name: String
        var value: (ArmRow) -> Double?
        var text: (Double?) -> String
        /// Behind each arm's value, weighted.
        var count: (ArmRow) -> Int64
        /// With an interval, where the report has one.
        var compared: CanaryMetric?
        /// Shares differ by points, quantities by a factor.
        var isShare = false
        var isWorseHigher = true
        /// Fewer say little.
        var enough: Int64 = 20
    }

    private func measures(_ canary: CanaryReport) -> [Measure] {
        func seconds(_ permille: Int) -> (ArmRow) -> Double? { { Figures.seconds($0.latency, permille) } }
        let time: (Double?) -> String = { NumberFormat.duration($0) }
        return [
            Measure(
                name: "errors", value: \.errorRate, text: { NumberFormat.percent($0) },
                count: { $0.failed.weighted + $0.succeeded.weighted }, compared: canary[.errorRate], isShare: true),
            Measure(name: "p50", value: seconds(500), text: time, count: \.latency.count),
            Measure(
                name: "p95", value: seconds(950), text: time, count: \.latency.count, compared: canary[.p95Latency]),
            Measure(name: "p99", value: seconds(990), text: time, count: \.latency.count, enough: 100),
            Measure(
                name: "rated up", value: \.satisfaction, text: { NumberFormat.percent($0) },
                count: { $0.ratedUp + $0.ratedDown }, compared: canary[.satisfaction], isShare: true,
                isWorseHigher: false),
            Measure(
                name: "eval score", value: { $0.evalScore.mean.map { $0 / 1e6 } },
                text: { NumberFormat.fixed($0, decimals: 3) }, count: \.evalScore.count, compared: canary[.evalScore],
                isShare: true, isWorseHigher: false),
            Measure(
                name: "$/request", value: \.costPerRequest, text: { NumberFormat.dollars($0) }, count: \.cost.weight,
                compared: canary[.costPerRequest]),
            Measure(
                name: "tokens/request", value: \.tokens.mean, text: { NumberFormat.count($0) },
                count: \.tokens.weight, compared: canary[.tokensPerRequest]),
            Measure(
                name: "tool calls", value: \.toolCalls.mean, text: { NumberFormat.fixed($0, decimals: 1) },
                count: \.toolCalls.weight, compared: canary[.toolCallsPerRequest]),
        ]
    }

    private func add(_ measure: Measure, _ arms: CanaryArms, _ table: ZoomTable, to sheet: inout Sheet) {
        let (a, b) = (measure.value(arms.control), measure.value(arms.canary))
        let (n, m) = (measure.count(arms.control) / 1024, measure.count(arms.canary) / 1024)
        let isFew = min(n, m) < measure.enough
        let difference =
            measure.isShare
            ? b.flatMap { b in a.map { b - $0 } } : DriftMetric.relativeChange(b, from: a)
        let interval = measure.compared?.interval
        let isWorse = interval.map { measure.isWorseHigher ? $0.lower > 0 : $0.upper < 0 } ?? false
        let text = measure.isShare ? NumberFormat.points(difference, decimals: 1) : NumberFormat.change(difference)
        table.addRow(
            StyledText(measure.name, .text),
            [
                StyledText(measure.text(a), a == nil || n < measure.enough ? .dim : .control),
                StyledText(measure.text(b), b == nil || m < measure.enough ? .dim : .canary, bold: m >= measure.enough),
                StyledText(text, isWorse ? .critical : isFew ? .dim : .text, bold: isWorse),
                .dim(Self.text(interval, isShare: measure.isShare)),
                .dim(NumberFormat.count(a == nil ? nil : Double(n))),
                .dim(NumberFormat.count(b == nil ? nil : Double(m))),
            ], to: &sheet)
    }

    /// `[+5,+19]pp`, `[-4,+21]%`.
    private static func text(_ interval: Interval?, isShare: Bool) -> String {
        guard let interval else { return NumberFormat.missing }
        func bound(_ value: Double) -> String {
            let text = NumberFormat.fixed(value * 100, decimals: 0)
            return value > 0 && text != "0" ? "+" + text : text == "-0" ? "0" : text
        }
        return "[\(bound(interval.lower)),\(bound(interval.upper))]" + (isShare ? "pp" : "%")
    }
}
