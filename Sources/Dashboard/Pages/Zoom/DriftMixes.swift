import Canvas
import Metrics
import Monitoring
import Query

/// The blocks of the drift page about names: tools, errors and stop reasons; what users ask for; and what of it the eval set lacks.
struct DriftMixes {
    private let context: SheetContext

    /// Names of a mix that have rows.
    private static let most = 8
    /// What was so frequent and comes no more has one too.
    private static let leastGone = 0.02

    init(_ context: SheetContext) { self.context = context }

    private var report: DriftReport { context.figures.drift }
    private var flag: Character { context.glyphs[.degraded] }

    func fill(_ sheet: inout Sheet) {
        addMixes(to: &sheet)
        addInput(to: &sheet)
        if let coverage = report.coverage { add(coverage, to: &sheet) }
    }

    // MARK: Mixes

    private func addMixes(to sheet: inout Sheet) {
        guard !report.mixes.isEmpty else { return }
        let table = ZoomTable(
            "shares of", [.init("JS", 5), .init("limit", 5), .init("", 7, isText: true), .init("n", 6)],
            nameWidth: 14, note: "what moved most", width: context.width)
        sheet.heading("Mixes", trailing: "Jensen-Shannon distance, 0 to 1")
        table.addHeader(to: &sheet)
        for mix in report.mixes {
            let state: StyledText =
                mix.distance == nil
                ? .dim(mix.count < DriftReport.minimumCount ? "n<\(DriftReport.minimumCount)" : "")
                : mix.hasDrifted
                    ? StyledText("\(flag) DRIFT", .warning, bold: true)
                    : StyledText("\(context.glyphs[.good]) calm", .good)
            let movers =
                mix.distance == nil ? "" : mix.movers.prefix(2).map(Self.words).joined(separator: ", ")
            table.addRow(
                StyledText(mix.kind.title, .text),
                [
                    .number(NumberFormat.index(mix.distance), isFew: mix.distance == nil),
                    .dim(NumberFormat.index(mix.threshold)), state, .dim(NumberFormat.count(Double(mix.count))),
                ], note: .dim(movers), to: &sheet)
            if !table.hasNotes, mix.hasDrifted { sheet.note(movers, width: context.width) }
        }
    }

    /// `search 12% to 30%`.
    private static func words(_ mover: MixShift.Mover) -> String {
        let shares = [mover.baseline, mover.current].map { NumberFormat.percent($0, decimals: $0 < 0.0995 ? 1 : 0) }
        return "\(mover.name) \(shares[0]) to \(shares[1])"
    }

    // MARK: What users ask for

    private func addInput(to sheet: inout Sheet) {
        let mixes = [report.purposes, report[.locales]].compactMap { $0 }
        guard !mixes.isEmpty || report.injections != nil else { return }
        sheet.heading("Input mix", trailing: "shares of requests")
        let table = ZoomTable(
            "name",
            [.init("now", 6), .init("baseline", 8), .init("change", 9), .init("", 14, isText: true), .init("n", 6)],
            nameWidth: 28, leastName: 12, width: context.width)
        if !mixes.isEmpty { table.addHeader(to: &sheet) }
        for mix in mixes {
            let ranked = Self.ranked(mix.movers)
            for mover in ranked.prefix(Self.most) { add(mover, mix, table, to: &sheet) }
            if ranked.count > Self.most { sheet.line(.dim("\(ranked.count - Self.most) more \(mix.kind.title)")) }
        }
        if let injections = report.injections { sheet.line(Self.text(injections, flag)) }
    }

    /// Newcomers first, then the largest: what moves is found where it was.
    private static func ranked(_ movers: [MixShift.Mover]) -> [MixShift.Mover] {
        movers.filter { $0.current > 0 || $0.baseline >= leastGone }.sorted {
            ($0.isNew ? 0 : 1, -max($0.current, $0.baseline), $0.name)
                < ($1.isNew ? 0 : 1, -max($1.current, $1.baseline), $1.name)
        }
    }

    private func add(_ mover: MixShift.Mover, _ mix: MixShift, _ table: ZoomTable, to sheet: inout Sheet) {
        let isCompared = mix.distance != nil
        let field = mix.kind.rawValue
        // An intent may be a task type in its place.
        let condition =
            mix.kind == .intents
            ? "(\(QueryText.equals(field, mover.name)) or \(QueryText.equals(QueryText.taskType, mover.name)))"
            : QueryText.equals(field, mover.name)
        table.addRow(
            StyledText(mover.name, mover.isNew ? .warning : .text),
            [
                .number(NumberFormat.percent(mover.current)),
                .dim(isCompared ? NumberFormat.percent(mover.baseline) : NumberFormat.missing),
                .dim(isCompared ? NumberFormat.points(mover.difference, decimals: 1) : NumberFormat.missing),
                mover.isNew ? StyledText("\(flag) new \(mix.kind.noun)", .warning, bold: true) : .dim(mix.kind.noun),
                .dim(NumberFormat.count(mover.count)),
            ],
            target: .requests("\(field)=\(mover.name)", "\(mix.kind.noun) \(mover.name)", condition), to: &sheet)
    }

    private static func text(_ injections: InjectionTrend, _ flag: Character) -> StyledText {
        let shares =
            "\(NumberFormat.percent(injections.current)) of requests, baseline "
            + "\(NumberFormat.percent(injections.baseline)), n=\(injections.count)"
        return injections.isRising
            ? StyledText("\(flag) injection attempts rise: ", .warning, bold: true) + StyledText(shares, .warning)
            : .dim("injection attempts: \(shares)")
    }

    // MARK: Eval set

    private func add(_ coverage: EvalCoverage, to sheet: inout Sheet) {
        sheet.heading(
            "Eval set",
            trailing: "\(NumberFormat.percent(coverage.uncovered)) of traffic has no case, "
                + "\(NumberFormat.count(coverage.caseCount)) cases")
        let table = ZoomTable(
            coverage.kind.noun,
            [.init("traffic", 7), .init("cases", 6), .init("gap", 9), .init("", 22, isText: true), .init("n", 6)],
            nameWidth: 28, leastName: 12, width: context.width)
        table.addHeader(to: &sheet)
        for row in coverage.rows.prefix(Self.most) {
            let (text, role): (String, Role) =
                switch row.need {
                case .surely: ("\(flag) sample 50 cases", .warning)
                case .likely: ("likely too few cases", .notice)
                case .tooFew: ("not yet enough traffic", .dim)
                case .no: (row.cases == 0 && row.live > 0 ? "no case" : "", .dim)
                }
            table.addRow(
                StyledText(row.tag, .text),
                [
                    .number(NumberFormat.percent(row.live)), .dim(NumberFormat.percent(row.golden)),
                    .dim(NumberFormat.points(row.gap, decimals: 1)), StyledText(text, role, bold: row.need == .surely),
                    .dim(NumberFormat.count(row.count)),
                ],
                target: .requests(
                    "eval=\(row.tag)", "\(coverage.kind.noun) \(row.tag)",
                    QueryText.equals(coverage.kind.rawValue, row.tag)), to: &sheet)
        }
        sheet.paragraph(
            "more than 5% of traffic and less than 2% of the cases: sample 50 live requests for it", .dim,
            width: context.width)
    }
}
