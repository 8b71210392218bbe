import Canvas
import Metrics
import Monitoring
import Query

/// How often rules, and packs that may be off, would have fired over the history held: what thresholds are tuned by.
struct TrialTable {
    private let context: SheetContext

    init(_ context: SheetContext) { self.context = context }

    /// Where a table of rules tells it.
    static let column = SheetTable.Column("would fire", 11)

    private var trial: RuleTrial? { context.figures.situation.trial }

    /// `9× in 7d`.
    func cell(_ rule: AlertRule) -> StyledText {
        guard let preview = trial?[rule] else { return unknown }
        return cell(preview.brief, isSilent: preview.inWeek == 0)
    }

    /// What never fires, or fires every hour, is worth a look: the count stands out, that there is none does not.
    private func cell(_ text: String?, isSilent: Bool) -> StyledText {
        guard let text else { return .dim(NumberFormat.missing) }
        return isSilent ? .dim(text) : StyledText(text, .text)
    }

    /// Not yet known; of a part of the requests nobody asks.
    private var unknown: StyledText {
        .dim(context.figures.filter == nil ? String(context.glyphs[.ellipsis]) : NumberFormat.missing)
    }

    /// All packs, those that are off among them.
    func addPacks(to sheet: inout Sheet) {
        guard context.figures.filter == nil else { return }
        let until = trial?.end.map { "replayed over the history held, until \(context.figures.clock($0))" }
        sheet.heading("Packs", trailing: until ?? (context.width < 60 ? "" : "the history held is being replayed"))
        let table = ZoomTable(
            "pack", [.init("judged", 6, isText: true), Self.column, .init("rules", 5)], nameWidth: 28, leastName: 14,
            note: "what it is for", width: context.width)
        table.addHeader(to: &sheet)
        for pack in RulePack.allCases {
            let tried = trial?.packs.first { $0.pack == pack }
            table.addRow(
                StyledText(pack.rawValue, .text),
                [
                    tried.map { $0.isOn ? StyledText("on", .text) : .dim("off") } ?? unknown,
                    tried.map(cell) ?? unknown, tried.map { .dim("\($0.ruleCount)") } ?? unknown,
                ], note: .dim(pack.purpose), to: &sheet)
        }
    }

    /// Where it is not known of all its rules, at least as often.
    private func cell(_ pack: RuleTrial.Pack) -> StyledText {
        let isPart = pack.unknown > 0 && pack.brief != nil
        return cell(pack.brief.map { (isPart ? String(context.glyphs[.atLeast]) : "") + $0 }, isSilent: false)
    }

    /// The time of day, with the date where it is another day's.
    private static func time(_ time: Int64, _ figures: Figures) -> String {
        guard let now = figures.snapshot.now, ClockTime(now).date != ClockTime(time).date else {
            return figures.clock(time)
        }
        return "\(ClockTime(time).date) \(figures.clock(time))"
    }

    /// The line of a rule's page; nil until it is known.
    static func line(_ rule: AlertRule, _ figures: Figures) -> StyledText? {
        guard let preview = figures.situation.trial?[rule] else { return nil }
        let last = preview.times.last.map { "; last \(time($0, figures))" } ?? ""
        return .dim("tried ")
            + StyledText(preview.isKnown ? "would have fired \(preview.text)\(last)" : preview.text, .text)
    }
}
