import GRDB

/// Arize Phoenix (`phoenix.db`): spans in rows, one request a trace.
///
/// Rows of `spans` and `span_costs` are only ever added, with growing ids, so a trace can be read as it was at any
/// earlier pair of ids: that is how a late child is told from what was counted before, however old the trace is.
final class PhoenixStore: Store {
    let kind = "Phoenix"
    let strandCount = 1
    let understanding: StoreUnderstanding
    private let spansSQL: String
    private let annotations: AnnotationFollower
    private let hasCosts: Bool
    private var trace = TraceAssembly(paths: .span)
    private var pending = PendingTraces()
    private var mark = Mark()
    private var anchor: (cursor: Int64, hash: UInt64)?

    /// How far spans and costs were seen.
    struct Mark: Equatable {
        var span: Int64 = 0
        var cost: Int64 = 0
    }

    /// New spans looked at in one transaction.
    private static let step: Int64 = 10_000

    init?(_ schema: StoreSchema) {
        guard schema.has("traces", all: ["id", "trace_id", "start_time"]),
            schema.has("spans", all: ["id", "trace_rowid", "span_id", "start_time", "end_time", "attributes"])
        else { return nil }
        hasCosts = schema.has("span_costs", all: ["id", "span_rowid", "trace_rowid", "total_cost"])
        spansSQL = Self.spansSQL(schema, hasCosts: hasCosts)
        annotations = AnnotationFollower(Self.annotationTables(schema))
        understanding = Self.understanding(schema, hasCosts: hasCosts, annotations: annotations)
    }

    // MARK: Where requests stand

    func extent(_ strand: Int, _ database: Database) throws -> ClosedRange<Int64>? {
        guard let low = try Rows.integer(database, "SELECT min(id) FROM traces"),
            let high = try Rows.integer(database, "SELECT max(id) FROM traces"), low <= high
        else { return nil }
        return low...high
    }

    func time(_ strand: Int, from cursor: Int64, _ database: Database) throws -> Int64? {
        var time: Int64?
        let sql = "SELECT start_time FROM traces WHERE id >= ? ORDER BY id LIMIT 1"
        try Rows.each(database, sql, [cursor]) { row in
            time = trace.time(row, 0)
            return false
        }
        return time
    }

    func startFollowing(_ database: Database) throws {
        mark = try newestMark(database)
        try annotations.startFollowing(database)
        try setAnchor(database)
    }

    private func newestMark(_ database: Database) throws -> Mark {
        Mark(
            span: try Rows.integer(database, "SELECT max(id) FROM spans") ?? 0,
            cost: hasCosts ? try Rows.integer(database, "SELECT max(id) FROM span_costs") ?? 0 : 0)
    }

    // MARK: Reading

    func read(
        _ strand: Int, _ range: ClosedRange<Int64>, limit: Int, isHistory: Bool, now: Int64, _ database: Database,
        into batch: inout LineBatch
    ) throws -> Int64? {
        // The cursors of a chunk are cut by their number, so that the join below has both its ends.
        let sql = "SELECT id FROM traces WHERE id >= ? AND id <= ? ORDER BY id LIMIT 1 OFFSET ?"
        let past = try Rows.integer(database, sql, [range.lowerBound, range.upperBound, limit - 1])
        let last = past ?? range.upperBound
        try eachTrace(range.lowerBound...last, asOf: mark, database) { cursor in
            let age = now - trace.interval.end
            if pending.holds(isRooted: trace.root != nil, age: age), age > -86_400_000_000 {
                pending.note(cursor, isRooted: trace.root != nil, now: now)
            } else {
                hand(cursor, isHistory: isHistory, into: &batch)
            }
        }
        try annotations.read(range.lowerBound...last, isHistory: isHistory, database, into: &batch) {
            !pending.contains($0)
        }
        return past == nil || last == range.upperBound ? nil : last
    }

    func readChanges(
        now: Int64, follows: Bool, undelivered: (_ strand: Int, _ cursor: Int64) -> Bool, _ database: Database,
        into batch: inout LineBatch
    ) throws -> Bool {
        let old = mark
        let newest = try newestMark(database)
        // Costs go ahead of spans only as far as everything fits.
        let isLast = newest.span - old.span <= Self.step
        let new = Mark(span: isLast ? newest.span : old.span + Self.step, cost: newest.cost)
        if new != old {
            for cursor in try touched(from: old, to: new, database) where !undelivered(0, cursor) {
                try revise(cursor, from: old, to: new, now: now, database, into: &batch)
            }
            mark = new
        }
        for cursor in pending.due(now: now, all: !follows) {
            try eachTrace(cursor...cursor, asOf: mark, database) { hand($0, isHistory: false, into: &batch) }
            pending.remove(cursor)
            try annotations.read(cursor...cursor, isHistory: false, database, into: &batch) { _ in true }
        }
        try annotations.readChanges(now: now, database, into: &batch) { cursor in
            !undelivered(0, cursor) && !pending.contains(cursor)
        }
        try setAnchor(database)
        return !isLast
    }

    func isDue(now: Int64) -> Bool { pending.isDue(now: now) || annotations.isDue(now: now) }

    /// The traces that spans or costs have come to, ascending.
    private func touched(from old: Mark, to new: Mark, _ database: Database) throws -> [Int64] {
        var sql = "SELECT trace_rowid FROM spans WHERE id > ? AND id <= ?"
        var arguments: StatementArguments = [old.span, new.span]
        if hasCosts {
            sql += " UNION SELECT trace_rowid FROM span_costs WHERE id > ? AND id <= ?"
            arguments += [old.cost, new.cost]
        }
        var cursors: [Int64] = []
        try Rows.each(database, sql + " ORDER BY 1", arguments) { row in
            if let cursor = row.integer(0) { cursors.append(cursor) }
            return true
        }
        return cursors
    }

    /// A trace that something has come to: held back if it is new, corrected if it was handed out.
    private func revise(
        _ cursor: Int64, from old: Mark, to new: Mark, now: Int64, _ database: Database, into batch: inout LineBatch
    ) throws {
        var before: Counted?
        if !pending.contains(cursor) {
            try eachTrace(cursor...cursor, asOf: old, database) { _ in
                before = trace.counted(success: trace.succeeded)
            }
        }
        try eachTrace(cursor...cursor, asOf: new, database) { _ in
            guard let before else { return pending.note(cursor, isRooted: trace.root != nil, now: now) }
            let after = trace.counted(success: trace.succeeded)
            guard let delta = after.difference(from: before) else { return }
            write(after, beyond: before, into: &batch)
            batch.endLine(isCorrection: true, correction: delta)
        }
    }

    private func hand(_ cursor: Int64, isHistory: Bool, into batch: inout LineBatch) {
        pending.count(isRooted: trace.root != nil)
        write(trace.counted(success: trace.succeeded), into: &batch)
        batch.endLine(isHistory: isHistory)
    }

    private func write(_ counted: Counted, beyond old: Counted = Counted(), into batch: inout LineBatch) {
        batch.beginLine()
        trace.write(
            traceID: traceID, interval: trace.interval, counted: counted, beyond: old, into: &batch)
    }

    // MARK: Spans

    private var traceID: Range<Int> = 0..<0

    /// Assembles every trace of the range as it was at `mark`, and calls `body` with its cursor.
    private func eachTrace(
        _ range: ClosedRange<Int64>, asOf mark: Mark, _ database: Database, _ body: (Int64) -> Void
    ) throws {
        var current: Int64?
        trace.reset()
        let arguments: StatementArguments =
            hasCosts
            ? [mark.cost, range.lowerBound, range.upperBound, mark.span]
            : [range.lowerBound, range.upperBound, mark.span]
        try Rows.each(database, spansSQL, arguments) { row in
            let cursor = row.rawInteger(0)
            if cursor != current {
                if let current { finish(current, body) }
                trace.reset()
                traceID = trace.text(row, 1)
                trace.set(.session, trace.text(row, 2), rank: 1)
                let project = row.text(3)
                if let project, project != "default" { trace.set(.service, project, rank: 1) }
                current = cursor
            }
            readSpan(row)
            return true
        }
        if let current { finish(current, body) }
    }

    private func finish(_ cursor: Int64, _ body: (Int64) -> Void) {
        guard !trace.isEmpty else { return }
        trace.settle()
        body(cursor)
    }

    private func readSpan(_ row: ColumnReader) {
        guard let start = trace.time(row, 8) else { return }
        var span = SpanFacts()
        span.id = trace.hash(row, 4)
        span.parent = trace.hash(row, 5)
        span.name = trace.text(row, 6)
        span.kind = trace.text(row, 7)
        span.start = start
        span.end = max(trace.time(row, 9) ?? start, start)
        span.usage.input = Usage.tokens(row.integer(13))
        span.usage.output = Usage.tokens(row.integer(14))
        span.usage.cost = Usage.nanoDollars(row.real(15))
        let status = trace.text(row, 10)
        span.failed = trace.texts[status].elementsEqual("ERROR".utf8)
        trace.readAttributes(row, 12, into: &span, isRoot: span.parent == 0, encoded: false)
        if span.failed {
            span.statusMessage = trace.text(row, 11)
            trace.readEvents(row, 16, into: &span)
        }
        trace.add(span)
    }

    // MARK: Another file

    private func setAnchor(_ database: Database) throws {
        anchor = nil
        try Rows.each(database, "SELECT id, trace_id FROM traces ORDER BY id DESC LIMIT 1", []) { row in
            anchor = (row.rawInteger(0), trace.hash(row, 1))
            return false
        }
    }

    func continues(in database: Database) throws -> Bool {
        guard let anchor else { return false }
        var isSame = false
        try Rows.each(database, "SELECT trace_id FROM traces WHERE id = ?", [anchor.cursor]) { row in
            isSame = trace.hash(row, 0) == anchor.hash
            return false
        }
        return isSame
    }
}
