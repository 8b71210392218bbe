import Canvas
import Metrics
import Query
import Telemetry

/// The requests behind something, one a line: when, how it went, how long, how dear, which.
struct RequestsPage {
    let query: RequestsQuery
    let context: SheetContext

    /// More than anybody scrolls through.
    private static let mostRows = 500

    private var figures: Figures { context.figures }

    var sheet: Sheet {
        var sheet = Sheet(query.title, trailing: "\(query.order.rawValue) first")
        let times = query.times ?? figures.times
        let filter: RecordFilter?
        do {
            let own = try query.condition.map { condition throws(QueryError) in try RecordFilter(condition) }
            filter = try own.map { own throws(QueryError) in try figures.filter?.and(own) ?? own } ?? figures.filter
        } catch {
            sheet.paragraph(error.message, .critical, width: context.width)
            return sheet
        }
        let (rows, total) = figures.snapshot.rows.select(
            in: times, where: filter, order: query.order.heldOrder, limit: Self.mostRows)
        sheet.line(extent(shown: rows.count, total: total, times), trailing: condition)
        guard !rows.isEmpty else {
            sheet.gap()
            sheet.line(StyledText("none is held", .dim))
            return sheet
        }
        let table = SheetTable("time", Self.columns(context.width), width: context.width)
        table.addHeader(to: &sheet)
        for row in rows { add(row, table, to: &sheet) }
        return sheet
    }

    /// `1,204 requests, the first 500  14:02–14:17`, and how far back they reach where that is less than was asked for.
    private func extent(shown: Int, total: Int, _ times: ClosedRange<Int64>) -> StyledText {
        let dash = String(context.glyphs[.missing])
        var text =
            StyledText(NumberFormat.grouped(Double(total)), .text, bold: true)
            + StyledText(total == 1 ? " request" : " requests", .dim)
        if shown < total { text += StyledText(", the first \(NumberFormat.grouped(Double(shown)))", .dim) }
        text += StyledText("  \(figures.clock(times.lowerBound))\(dash)\(figures.clock(times.upperBound))", .dim)
        if !figures.snapshot.rows.isWhole, let reach = figures.snapshot.rows.reach, reach > times.lowerBound {
            text += StyledText("  all since \(figures.clock(reach)), before it failures", .notice)
        }
        return text
    }

    private var condition: StyledText {
        StyledText(query.condition ?? "", .dim)
    }

    /// Columns of the time and the error's name.
    private static let firstColumn = 29

    /// What there is room for: numbers, then which request, then what it was about.
    private static func columns(_ width: Int) -> [SheetTable.Column] {
        let numbers: [SheetTable.Column] = [.init("latency", 7), .init("cost", 8), .init("tokens", 6)]
        let room = width - firstColumn - numbers.reduce(0) { $0 + $1.width + 1 } - 1
        guard room >= 10 else { return numbers }
        guard room >= 26 else { return numbers + [.init("trace", room, isText: true)] }
        // Names of tasks and models are longer than ids.
        let trace = min(36, max(12, room / 4))
        let name = (room - trace - 2) / 2
        return numbers + [
            .init("trace", trace, isText: true), .init("task", name, isText: true), .init("model", name, isText: true),
        ]
    }

    private func add(_ row: HeldRequest, _ table: SheetTable, to sheet: inout Sheet) {
        let record = row.record
        let names = figures.names
        func name(_ dimension: Dimension) -> String {
            record.values[dimension].isAbsent ? "" : names.label(record.values[dimension])
        }
        let (mark, role) = Self.look(record, context.glyphs)
        let outcome = record.success == false && !record.errorType.isAbsent ? names.label(record.errorType) : ""
        let tokens =
            record.inputTokens == nil && record.outputTokens == nil
            ? nil : Double((record.inputTokens ?? 0) + (record.outputTokens ?? 0))
        table.addRow(
            StyledText(figures.clock(record.time, seconds: true) + " ", .dim)
                + StyledText("\(mark) ", role, bold: true) + StyledText(outcome, role),
            [
                StyledText(NumberFormat.duration(record.latency.map { Double($0) / 1e6 }, compact: true), .text),
                StyledText(NumberFormat.dollars(row.cost.map { Double($0) / 1e9 }), .text),
                StyledText(NumberFormat.count(tokens), .text),
                StyledText(shortened(row.traceID), .dim), StyledText(name(.taskType), .text),
                StyledText(name(.model), .text),
            ], target: Self.target(row), to: &sheet)
    }

    /// Of ids that are too long the end tells them apart.
    private func shortened(_ id: String) -> String {
        let width = Self.columns(context.width).first { $0.title == "trace" }?.width ?? 0
        return DisplayWidth.keepEnd(of: id, to: width, ellipsis: context.glyphs[.ellipsis])
    }

    /// What a request's row stands for.
    static func target(_ row: HeldRequest) -> Target {
        Target(
            id: "\(row.traceID) \(row.record.time)", opens: .request(traceID: row.traceID, time: row.record.time),
            copies: row.traceID, url: row.traceURL.isEmpty ? nil : row.traceURL)
    }

    /// How it went, as a sign and its role.
    static func look(_ record: borrowing Record, _ glyphs: GlyphSet) -> (Character, Role) {
        switch record.success {
        case true?: (glyphs[.good], .good)
        case false?: (glyphs[.critical], .critical)
        case nil: (glyphs[.unknown], .dim)
        }
    }
}

extension RequestsQuery.Order {
    var heldOrder: RequestRows.Order {
        switch self {
        case .newest: .newest
        case .slowest: .slowest
        case .costliest: .costliest
        }
    }
}
