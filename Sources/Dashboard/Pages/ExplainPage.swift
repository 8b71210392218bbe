import Canvas
import Metrics
import Monitoring
import Query
import Statistics

/// What requests with an outcome share that the others do not, the strongest first: why.
struct ExplainPage {
    let explanation: Explanation
    let context: SheetContext

    private var figures: Figures { context.figures }
    private var glyphs: GlyphSet { context.glyphs }

    var sheet: Sheet {
        var sheet = Sheet(explanation.title, trailing: "x: next question")
        let summary = StyledText(explanation.summary, .text, bold: true)
        let isNarrow = summary.width + extent.width + 2 > context.width
        sheet.line(summary, trailing: isNarrow ? StyledText() : extent)
        if isNarrow { sheet.line(extent) }
        if let words = explanation.spreadWords {
            for part in DisplayWidth.lines(of: words, within: context.width) { sheet.line(StyledText(part, .notice)) }
        }
        if !explanation.definition.isEmpty {
            let labels = explanation.definition.map(\.label).joined(separator: ", ")
            sheet.paragraph("the canary is \(labels)", .dim, width: context.width)
        }
        if let words = explanation.silence {
            sheet.gap()
            sheet.paragraph(words, .text, width: context.width)
        }
        addHints(to: &sheet)
        let columns = Columns(explanation, width: context.width)
        let strong = explanation.rows.filter { !$0.isEcho }
        if !strong.isEmpty {
            sheet.gap()
            columns.table.addHeader(to: &sheet)
            for row in strong { add(row, columns, to: &sheet) }
        }
        let echoes = explanation.rows.filter(\.isEcho)
        if !echoes.isEmpty {
            sheet.heading("only along with these", trailing: "no difference of their own")
            for row in echoes { add(row, columns, to: &sheet) }
        }
        return sheet
    }

    /// Which times were looked at: `14:05–14:20`, and what is missing of the window.
    private var extent: StyledText {
        let times = explanation.times
        var text = StyledText(
            "\(figures.clock(times.lowerBound))\(String(glyphs[.missing]))\(figures.clock(times.upperBound))", .dim)
        if explanation.isCut || times.lowerBound > figures.times.lowerBound {
            text = StyledText("held since ", .notice) + text
        }
        return text
    }

    /// What to do where there is nothing to see.
    private func addHints(to sheet: inout Sheet) {
        guard explanation.rows.isEmpty else { return }
        if explanation.hasTooFew, figures.window != .all {
            sheet.line(StyledText("a longer window (w) has more requests", .dim))
        }
        if figures.filter != nil {
            sheet.line(StyledText("only what passes the filter is looked at (- clears it)", .dim))
        }
    }

    // MARK: Rows

    /// What there is room for: shares first, then what they come to; bars beside the shares.
    private struct Columns {
        let table: SheetTable
        /// Columns of each of the two bars; 0: none.
        let bar: Int
        let hasRisk: Bool

        /// Columns of a share: `100%`.
        static let share = 4

        init(_ explanation: Explanation, width: Int) {
            let names = explanation.names
            bar = width >= 150 ? 30 : width >= 110 ? 16 : width >= 70 ? 6 : 0
            hasRisk = width >= 96
            let shares = [names.cases, names.others].map { [bar] name in
                SheetTable.Column(name, bar > 0 ? Self.share + 1 + bar : 7, isText: bar > 0)
            }
            let risks: [SheetTable.Column] = hasRisk ? [.init("risk", 7), .init("n", 6)] : []
            table = SheetTable("shared", shares + [.init("lift", 5), .init("excess", 6)] + risks, width: width)
        }
    }

    private func add(_ row: Explanation.Row, _ columns: Columns, to sheet: inout Sheet) {
        let table = row.table
        let role: Role = row.isEcho ? .dim : .text
        func share(_ share: Double?, _ barRole: Role, isBold: Bool) -> StyledText {
            let text = NumberFormat.percent(share, decimals: 0)
            guard columns.bar > 0 else { return StyledText(text, role, bold: isBold) }
            let cells = Bar.cells(share, width: columns.bar, role: row.isEcho ? .dim : barRole, glyphs: glyphs)
            // What is not filled is blank: two bars side by side are compared by their ends.
            return StyledText(DisplayWidth.padLeft(text, to: Columns.share) + " ", role, bold: isBold)
                + StyledText(cells.filter { $0.glyph != glyphs.barEmpty })
        }
        var cells = [
            share(table.shareOfCases, .critical, isBold: !row.isEcho),
            share(table.shareOfOthers, .good, isBold: false),
        ]
        cells.append(StyledText(Self.factor(table.lift, glyphs), role))
        cells.append(StyledText("+" + NumberFormat.count(table.excess.map { $0.rounded() }), role))
        if columns.hasRisk {
            cells.append(StyledText(String(glyphs[.atLeast]) + Self.factor(row.leastRisk, glyphs), .dim))
            cells.append(StyledText(NumberFormat.count(table.casesInside), .dim))
        }
        let name = row.slices.enumerated().reduce(StyledText()) { text, part in
            (part.offset > 0 ? text + StyledText(" and ", .dim) : text) + StyledText(part.element.label, role)
        }
        columns.table.addRow(name, cells, target: target(row), to: &sheet)
        guard !row.aliases.isEmpty else { return }
        let words = "  also " + row.aliases.map(\.label).joined(separator: ", ")
        sheet.line(StyledText(words, .dim))
    }

    /// `×8.9`: how many times.
    private static func factor(_ value: Double?, _ glyphs: GlyphSet) -> String {
        guard let value else { return NumberFormat.missing }
        return String(glyphs[.times])
            + (value < 100 ? NumberFormat.fixed(value, decimals: 1) : NumberFormat.count(value.rounded()))
    }

    private func target(_ row: Explanation.Row) -> Target {
        let conditions = [explanation.condition, row.condition].compactMap(\.self).joined(separator: " and ")
        let order: RequestsQuery.Order =
            switch explanation.outcome {
            case .slow: .slowest
            case .expensive: .costliest
            default: .newest
            }
        return Target(
            id: row.condition,
            requests: RequestsQuery(
                "\(explanation.names.cases): \(row.label)", conditions, order: order, times: explanation.times),
            condition: row.condition, copies: row.condition)
    }
}
