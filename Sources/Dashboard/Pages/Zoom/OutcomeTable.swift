import Canvas
import Metrics
import Monitoring
import Query
import Telemetry

/// What became of the requests beyond success and failure: completion, what users did, and answers that are none.
struct OutcomeTable {
    private let context: SheetContext

    init(_ context: SheetContext) { self.context = context }

    private var figures: Figures { context.figures }
    private var tally: Tally { figures.tally }
    private var then: Tally { figures.then }
    private var flag: Character { context.glyphs[.degraded] }

    /// One share of requests and how it has changed.
    private struct Outcome {
        var name: String
        /// Weighted part and whole; nil where nothing says.
        var share: (Tally) -> (part: Int64, whole: Int64)?
        var isWorseHigher: Bool
        var condition: String?
    }

    func add(to sheet: inout Sheet) {
        let table = ZoomTable(
            "outcome", [.init("share", 6), .init("n", 6), .init("change", 9), .init("baseline", 8), .init("of", 6)],
            nameWidth: 28, chart: context.windowName, width: context.width)
        sheet.heading("Completion", trailing: context.basis)
        table.addHeader(to: &sheet, over: figures, context.glyphs)
        for outcome in outcomes {
            add(outcome, table, to: &sheet)
            if outcome.name == Self.weak { sheet.anomalies(.completion, context: context) }
        }
        if figures.window.duration.map({ $0 <= 15 * Span.minute }) ?? false {
            sheet.line(.dim("strong completion is provisional: users had less than 15 minutes to object"))
        }
    }

    private static let weak = "completed (weak)"

    private var outcomes: [Outcome] {
        func ofSignals(_ part: @escaping (Tally) -> Int64) -> (Tally) -> (part: Int64, whole: Int64)? {
            { $0.signalled > 0 ? (part($0), $0.requests.weighted) : nil }
        }
        // Where no request has any flag, nobody reports them.
        let hasFlags = tally.flags.indices.contains { tally.flags[$0] > 0 || then.flags[$0] > 0 }
        func flagged(_ flag: Flags) -> (Tally) -> (part: Int64, whole: Int64)? {
            { hasFlags ? ($0.flagged(flag), $0.requests.weighted) : nil }
        }
        return [
            Outcome(
                name: "succeeded", share: { ($0.succeeded.weighted, $0.judged) }, isWorseHigher: false,
                condition: QueryText.succeeded),
            Outcome(
                name: "failed", share: { ($0.failed.weighted, $0.judged) }, isWorseHigher: true,
                condition: QueryText.failed),
            Outcome(
                name: Self.weak, share: { ($0.completedWeakly, $0.completionKnown) }, isWorseHigher: false),
            Outcome(
                name: "unchallenged (strong)", share: { ($0.completedStrongly, $0.completionKnown) },
                isWorseHigher: false),
            Outcome(
                name: "rated up, of ratings", share: { ($0.ratedUp, $0.ratedUp + $0.ratedDown) }, isWorseHigher: false,
                condition: QueryText.ratedDown),
            Outcome(
                name: "escalated to a human", share: ofSignals(\.escalated), isWorseHigher: true,
                condition: QueryText.escalated),
            Outcome(
                name: "abandoned by the user", share: ofSignals(\.abandoned), isWorseHigher: true,
                condition: QueryText.abandoned),
            Outcome(
                name: "corrected by the user", share: ofSignals(\.corrected), isWorseHigher: true,
                condition: QueryText.corrected),
            Outcome(
                name: "empty answer", share: flagged(.emptyResponse), isWorseHigher: true,
                condition: QueryText.equals(QueryText.flag, "empty_response")),
            Outcome(
                name: "answer not parsable", share: flagged(.parseError), isWorseHigher: true,
                condition: QueryText.equals(QueryText.flag, "parse_error")),
        ]
    }

    private func add(_ outcome: Outcome, _ table: ZoomTable, to sheet: inout Sheet) {
        func rate(_ tally: Tally) -> Double? { outcome.share(tally).flatMap { Figures.share($0.part, $0.whole) } }
        let counts = outcome.share(tally)
        let isFew = (counts?.whole ?? 0) < 20 * 1024
        let change = rate(tally).flatMap { now in rate(then).map { now - $0 } }
        table.addRow(
            StyledText(outcome.name, .text),
            [
                .number(NumberFormat.percent(rate(tally)), isFew: isFew),
                .number(count(counts?.part, where: rate(tally) != nil), isFew: isFew),
                ChangeStyle.points(change, worseWhen: outcome.isWorseHigher, isFew: isFew, flag: flag),
                .dim(NumberFormat.percent(rate(then))), .dim(count(counts?.whole, where: rate(tally) != nil)),
            ],
            chart: table.spark(
                outcome.isWorseHigher
                    ? .rising(figures.bars.values(rate), usual: rate(then), floor: 0.1)
                    : Self.aroundUsual(figures.bars.values(rate), rate(then) ?? rate(tally)), context.glyphs),
            target: counts.flatMap { _ in
                outcome.condition.map { .requests("outcome \(outcome.name)", title(outcome), $0) }
            }, to: &sheet)
    }

    /// What is better when it is higher, with the usual in the middle: steady is a flat line, and a fall is a dent.
    private static func aroundUsual(_ values: [Double?], _ usual: Double?) -> Sparkline {
        Sparkline(
            values, scale: usual.map { $0 - 0.2...$0 + 0.2 }, isZeroBased: false, colouring: .role(.barLow))
    }

    /// Of ratings those that complain are worth reading.
    private func title(_ outcome: Outcome) -> String {
        outcome.condition == QueryText.ratedDown ? "rated down" : outcome.name
    }

    private func count(_ weighted: Int64?, where isKnown: Bool) -> String {
        NumberFormat.count(isKnown ? weighted.map { Double($0) / 1024 } : nil)
    }
}
