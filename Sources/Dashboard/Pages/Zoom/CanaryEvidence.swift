import Canvas
import Glibc
import Metrics
import Monitoring
import Query
import Statistics

/// What decides about a canary: the evidence gathered so far against what it must come to, the gates, and the step.
struct CanaryEvidence {
    private let context: SheetContext
    private let canary: CanaryReport

    init(_ context: SheetContext, _ canary: CanaryReport) {
        self.context = context
        self.canary = canary
    }

    private var glyphs: GlyphSet { context.glyphs }

    /// What has been shown so far.
    func addEvidence(to sheet: inout Sheet) {
        if let soak = canary.evidence { addEvidence(soak, to: &sheet) }
    }

    /// The gates, and how far the canary has come.
    func addGatesAndStep(to sheet: inout Sheet) {
        guard let soak = canary.evidence else { return }
        addGates(soak, to: &sheet)
        addStep(soak, to: &sheet)
    }

    // MARK: Evidence

    private func addEvidence(_ soak: CanarySoak, to sheet: inout Sheet) {
        let table = ZoomTable(
            "that \(canary.canaryName == "canary" ? "the canary" : canary.canaryName)",
            [.init("is", 9), .init("needs", 9), .init("state", 12, isText: true)], nameWidth: 29,
            chart: "of what it needs", width: context.width)
        sheet.heading("What decides", trailing: "sure however often one looks")
        table.addHeader(to: &sheet)
        let limit = NumberFormat.duration(Double(canary.settings.slowLimit) / 1e6)
        let margin = NumberFormat.plain((canary.settings.margin * 1000).rounded() / 10) + "pp"
        func add(_ name: String, _ peak: Double, _ bar: Double, accuses: Bool) {
            let isMet = peak >= bar
            let (mark, word, role): (Mark, String, Role) =
                isMet
                ? accuses
                    ? (.critical, "shown", .critical)
                    // What speaks for it counts no more once something speaks against it.
                    : soak.findings.accuse ? (.notice, "was shown", .dim) : (.good, "shown", .good)
                : (.unknown, "not shown", .dim)
            table.addRow(
                StyledText(name, .text),
                [
                    .number(Self.odds(peak)), .dim(Self.odds(bar)),
                    StyledText("\(glyphs[mark]) \(word)", role, bold: isMet),
                ], chart: table.bar(min(1, max(0, peak / bar)), accuses ? .warning : .good, glyphs), to: &sheet)
        }
        let (peaks, bars) = (soak.peaks, soak.bars)
        add("fails more than \(canary.controlName)", peaks.errors, bars.errors, accuses: true)
        if canary.settings.mode == .ab {
            add("fails less than \(canary.controlName)", peaks.better, bars.better, accuses: false)
        }
        add("is over \(limit) more often", peaks.slow, bars.slow, accuses: true)
        add("fails more in one task type", peaks.tasks, bars.tasks, accuses: true)
        add("fails at most \(margin) more", peaks.notWorse, bars.notWorse, accuses: false)
        add("slow at most \(margin) more often", peaks.notSlower, bars.notSlower, accuses: false)
        sheet.note(
            "how many times likelier what was seen is if that is so than if it is not; the most it ever was",
            width: context.width)
    }

    /// `310`, `2.1`, `>9999`.
    private static func odds(_ log: Double) -> String {
        if log > 9.21 { return ">9999" }
        let odds = exp(log)
        return odds < 9.95 ? NumberFormat.fixed(odds, decimals: 1) : NumberFormat.fixed(odds, decimals: 0)
    }

    // MARK: Gates

    private func addGates(_ soak: CanarySoak, to sheet: inout Sheet) {
        let table = ZoomTable(
            "gate", [.init("value", 9), .init("limit", 9), .init("state", 10, isText: true)], nameWidth: 36,
            note: "which means", width: context.width)
        let gates = canary.settings.gates
        func percent(_ hundredths: Int64) -> String { NumberFormat.plain(Double(hundredths) / 100) }
        sheet.heading("Gates", trailing: "of this step, to its last whole minute")
        table.addHeader(to: &sheet)
        func add(_ gate: CanaryGates.Gate, _ name: String, _ value: String, _ limit: String, isKnown: Bool) {
            let isSure = soak.findings.tripped.contains(gate)
            let isCrossed = isSure || soak.crossed.contains(gate)
            let isBoth = !isCrossed && soak.crossedByBoth.contains(gate)
            let isFew =
                min(soak.controlOfStep.effectiveJudged, soak.canaryOfStep.effectiveJudged) * soak.power
                < CanarySettings.gateRequests
            let (mark, word, role): (Mark, String, Role) =
                !isKnown
                ? (.unknown, "no data", .dim)
                : isSure
                    ? (.critical, "CROSSED", .critical)
                    : isCrossed
                        ? (.notice, "crossed?", .warning)
                        : isBoth
                            ? (.notice, "both", .warning)
                            : isFew ? (.unknown, "too few", .dim) : (.good, "ok", .good)
            let note =
                isSure
                ? "roll it back"
                : isCrossed
                    ? "by itself not yet certain" : isBoth ? "control is beyond it too: no fault of the canary" : ""
            table.addRow(
                StyledText(name, .text),
                [.number(value), .dim(limit), StyledText("\(glyphs[mark]) \(word)", role, bold: isCrossed)],
                note: .dim(note), to: &sheet)
            if !table.hasNotes, !note.isEmpty { sheet.line(.dim("    " + note)) }
        }
        let rates = (soak.controlOfStep.errorRate, soak.canaryOfStep.errorRate)
        add(
            .errorRateIncrease, "errors over control by more than",
            NumberFormat.points(rates.1.flatMap { b in rates.0.map { b - $0 } }, decimals: 1),
            percent(gates.maximumIncrease) + "pp", isKnown: rates.0 != nil && rates.1 != nil)
        add(
            .errorRate, "errors over, while control is not", NumberFormat.percent(rates.1),
            percent(gates.maximumErrorRate) + "%", isKnown: rates.1 != nil)
        add(
            .evalScore, "eval score under, while control is not",
            NumberFormat.percent(soak.canaryOfStep.evalScore.mean.map { $0 / 1e6 }),
            percent(gates.minimumEvalScore) + "%",
            isKnown: !soak.canaryOfStep.evalScore.isEmpty)
    }

    // MARK: Step

    private func addStep(_ soak: CanarySoak, to sheet: inout Sheet) {
        let settings = canary.settings
        if settings.mode == .ab {
            addPlan(soak, to: &sheet)
        } else {
            addRamp(soak, to: &sheet)
        }
        addUsers(soak, to: &sheet)
    }

    /// How many requests an A/B test was to take, and has taken.
    private func addPlan(_ soak: CanarySoak, to sheet: inout Sheet) {
        sheet.heading("A/B test")
        let n = soak.canary.failed.value + soak.canary.succeeded.value
        guard let planned = soak.planned else {
            sheet.line(.dim("how many requests it takes is known once control has had 200"))
            return
        }
        let margin = NumberFormat.plain((canary.settings.margin * 1000).rounded() / 10)
        sheet.line(
            .dim("planned ") + .number(NumberFormat.grouped(planned.rounded(.up))) + .dim(" requests for each, ")
                + .dim("\(canary.canaryName) has had ") + .number(NumberFormat.grouped(n))
                + .dim(n >= planned ? ": enough" : ""))
        sheet.line(
            .dim(
                "to tell \(margin)pp more or less than the \(NumberFormat.percent(soak.usualRate)) that failed of "
                    + "\(canary.controlName) at the start"),
            trailing: .dim("design effect \(NumberFormat.fixed(soak.designEffect, decimals: 1))"))
    }

    private func addRamp(_ soak: CanarySoak, to sheet: inout Sheet) {
        sheet.heading("Step")
        let settings = canary.settings
        let ramp = settings.ramp.map { step in
            StyledText("\(step)%", step == soak.step ? .canary : .dim, bold: step == soak.step)
        }
        var line = StyledText("", .text)
        for (place, step) in ramp.enumerated() { line = line + StyledText(place > 0 ? " → " : "", .dim) + step }
        sheet.line(line, trailing: .dim("since \(context.figures.clock(soak.stepSince))Z"))
        let judged = soak.canaryOfStep.effectiveJudged * soak.power
        let all = Double(soak.canaryOfStep.failed.weighted + soak.canaryOfStep.succeeded.weighted) / 1024
        sheet.line(
            .dim("worth ") + .number(NumberFormat.count(judged.rounded(.down))) + .dim(" independent requests of ")
                + .number(NumberFormat.count(all))
                + .dim(
                    ", \(NumberFormat.count(CanarySettings.promotionRequests)) are needed (design effect "
                        + "\(NumberFormat.fixed(soak.designEffect, decimals: 1)))"))
    }

    /// Who is sent where.
    private func addUsers(_ soak: CanarySoak, to sheet: inout Sheet) {
        let settings = canary.settings
        let users = soak.canary.newUsers + soak.control.newUsers
        if users == 0, settings.share != nil {
            sheet.line(StyledText("\(glyphs[.notice]) the split is not checked: no request names its user", .warning))
        }
        if users > 0 {
            let found = NumberFormat.percent(Double(soak.canary.newUsers) / Double(users))
            let wanted = settings.share.map { ", \(NumberFormat.percent($0)) is wanted" } ?? ""
            sheet.line(
                .number(found)
                    + .dim(
                        " of \(NumberFormat.count(Double(users))) users were first sent to \(canary.canaryName == "canary" ? "the canary" : canary.canaryName)\(wanted)"
                    ))
        }
        if let routing = soak.routing { addRouting(routing, to: &sheet) }
    }

    /// Whether variants are those of a deterministic router.
    private func addRouting(_ routing: CanaryRouting, to sheet: inout Sheet) {
        let elsewhere = NumberFormat.percent(max(routing.canaryElsewhere, routing.controlElsewhere))
        let looked = "n=\(NumberFormat.grouped(Double(routing.looked)))"
        if routing.fits {
            sheet.line(
                .dim("users are dealt out by ") + StyledText(routing.algorithm.rawValue, .text)
                    + .dim(" below \(routing.percent), \(elsewhere) elsewhere"), trailing: .dim(looked))
        } else if canary.settings.routing != nil {
            sheet.line(
                StyledText(
                    "\(glyphs[.notice]) \(elsewhere) are not where \(routing.algorithm.rawValue) sends them",
                    routing.isBroken ? .warning : .dim), trailing: .dim(looked))
        } else {
            sheet.line(.dim("users are dealt out by no hash of their names that agentdash assign knows"))
        }
    }
}
