import GRDB
import Telemetry

/// MLflow's tracking database: a row a trace in `trace_info`, its spans in `spans`.
///
/// Rows are changed in place and no column tells when, so what was handed out lately is remembered and compared. Times
/// of traces are ms, those of spans ns. A trace that is in progress is no request yet.
final class MLflowStore: Store {
    let kind = "MLflow"
    let strandCount = 1
    let understanding: StoreUnderstanding
    private let tracesSQL: String
    private let spansSQL: String?
    private let hasMetadata: Bool
    private let hasTags: Bool
    private let annotations: AnnotationFollower
    private var trace = TraceAssembly(paths: .content)
    private var pending = PendingTraces()
    private var traceMark: Int64 = 0
    private var spanMark: Int64 = 0
    private var anchor: (cursor: Int64, hash: UInt64)?
    /// What was handed out, by the hash of the trace's id.
    private var counted: [UInt64: (counted: Counted, cursor: Int64)] = [:]
    /// The newest ones, which may still be written to.
    private var recent: [(cursor: Int64, since: Int64)] = []
    /// Changes of traces that are forgotten.
    private(set) var lostChanges = 0

    private static let step: Int64 = 10_000
    private static let rememberedTraces = 32_768
    private static let recentTraces = 512
    /// µs that a row is looked at again after it was handed out.
    private static let recentTime: Int64 = 600_000_000

    init?(_ schema: StoreSchema) {
        guard schema.has("trace_info", all: ["request_id", "timestamp_ms", "status"]) else { return nil }
        tracesSQL = Self.tracesSQL(schema)
        spansSQL = Self.spansSQL(schema)
        hasMetadata = schema.has("trace_request_metadata", all: ["request_id", "key", "value"])
        hasTags = schema.has("trace_tags", all: ["request_id", "key", "value"])
        annotations = AnnotationFollower(Self.annotationTables(schema))
        understanding = Self.understanding(schema)
    }

    // MARK: Where requests stand

    func extent(_ strand: Int, _ database: Database) throws -> ClosedRange<Int64>? {
        guard let low = try Rows.integer(database, "SELECT min(rowid) FROM trace_info"),
            let high = try Rows.integer(database, "SELECT max(rowid) FROM trace_info"), low <= high
        else { return nil }
        return low...high
    }

    func time(_ strand: Int, from cursor: Int64, _ database: Database) throws -> Int64? {
        let sql = "SELECT timestamp_ms FROM trace_info WHERE rowid >= ? ORDER BY rowid LIMIT 1"
        return try Rows.integer(database, sql, [cursor]).map(Self.microseconds(milliseconds:))
    }

    func startFollowing(_ database: Database) throws {
        traceMark = try Rows.integer(database, "SELECT max(rowid) FROM trace_info") ?? 0
        spanMark = try newestSpan(database)
        try annotations.startFollowing(database)
        try setAnchor(database)
    }

    private func newestSpan(_ database: Database) throws -> Int64 {
        spansSQL == nil ? 0 : try Rows.integer(database, "SELECT max(rowid) FROM spans") ?? 0
    }

    // MARK: Reading

    func read(
        _ strand: Int, _ range: ClosedRange<Int64>, limit: Int, isHistory: Bool, now: Int64, _ database: Database,
        into batch: inout LineBatch
    ) throws -> Int64? {
        var last: Int64?
        var count = 0
        try eachTrace(range, limit: limit, database) { found in
            last = found.cursor
            count += 1
            let age = now - found.interval.end
            let isYoung = pending.holds(isRooted: true, age: age) && age > -86_400_000_000
            if found.isInProgress || isYoung {
                pending.note(found.cursor, isRooted: !found.isInProgress, now: now)
            } else {
                hand(found, isHistory: isHistory, now: nil, into: &batch)
            }
        }
        let end = count < limit ? range.upperBound : last ?? range.upperBound
        try annotations.read(range.lowerBound...end, isHistory: isHistory, database, into: &batch) {
            !pending.contains($0)
        }
        return end == range.upperBound ? nil : end
    }

    func readChanges(
        now: Int64, follows: Bool, undelivered: (_ strand: Int, _ cursor: Int64) -> Bool, _ database: Database,
        into batch: inout LineBatch
    ) throws -> Bool {
        let newestTrace = try Rows.integer(database, "SELECT max(rowid) FROM trace_info") ?? 0
        let newestSpan = try newestSpan(database)
        let isLast = newestTrace - traceMark <= Self.step && newestSpan - spanMark <= Self.step
        let traceEnd = min(newestTrace, traceMark + Self.step)
        let spanEnd = min(newestSpan, spanMark + Self.step)
        var cursors = Set(pending.traces.keys)
        recent.removeAll { now - $0.since > Self.recentTime }
        cursors.formUnion(recent.map(\.cursor))
        try addCursors(&cursors, traces: (traceMark, traceEnd), spans: (spanMark, spanEnd), database)
        (traceMark, spanMark) = (traceEnd, spanEnd)
        for cursor in cursors.sorted() where !undelivered(0, cursor) {
            try eachTrace(cursor...cursor, limit: 1, database) { found in
                revise(found, now: now, into: &batch)
            }
        }
        for cursor in pending.due(now: now, all: !follows) {
            var isHanded = false
            try eachTrace(cursor...cursor, limit: 1, database) { found in
                guard !found.isInProgress else { return }
                hand(found, isHistory: false, now: now, into: &batch)
                isHanded = true
            }
            // What goes on is waited for further, but not for ever in a reading that ends.
            if isHanded {
                pending.remove(cursor)
                try annotations.read(cursor...cursor, isHistory: false, database, into: &batch) { _ in true }
            } else if follows {
                pending.note(cursor, isRooted: false, now: now)
            } else {
                pending.remove(cursor)
            }
        }
        try annotations.readChanges(now: now, database, into: &batch) { cursor in
            !undelivered(0, cursor) && !pending.contains(cursor)
        }
        try setAnchor(database)
        return !isLast
    }

    func isDue(now: Int64) -> Bool { pending.isDue(now: now) || annotations.isDue(now: now) }

    /// The traces that rows were added for.
    private func addCursors(
        _ cursors: inout Set<Int64>, traces: (Int64, Int64), spans: (Int64, Int64), _ database: Database
    ) throws {
        var found = cursors
        let added = "SELECT rowid FROM trace_info WHERE rowid > ? AND rowid <= ?"
        try Rows.each(database, added, [traces.0, traces.1]) { row in
            found.insert(row.rawInteger(0))
            return true
        }
        if spansSQL != nil {
            let sql = """
                SELECT DISTINCT t.rowid FROM spans s CROSS JOIN trace_info t ON t.request_id = s.trace_id
                WHERE s.rowid > ? AND s.rowid <= ?
                """
            try Rows.each(database, sql, [spans.0, spans.1]) { row in
                found.insert(row.rawInteger(0))
                return true
            }
        }
        cursors = found
    }

    /// A trace that something may have come to.
    private func revise(_ found: Found, now: Int64, into batch: inout LineBatch) {
        if let before = counted[found.hash] {
            let after = trace.counted(success: found.success, usage: found.usage)
            guard let delta = after.difference(from: before.counted) else { return }
            write(found, after, beyond: before.counted, into: &batch)
            batch.endLine(isCorrection: true, correction: delta)
            counted[found.hash] = (after, found.cursor)
        } else if let held = pending.traces[found.cursor] {
            // Settling begins when the trace is over.
            if !found.isInProgress, !held.isRooted { pending.note(found.cursor, isRooted: true, now: now) }
        } else if found.cursor > oldestForgotten {
            pending.note(found.cursor, isRooted: !found.isInProgress, now: now)
        } else {
            lostChanges += 1
        }
    }

    /// Traces up to this one may have been handed out and forgotten.
    private var oldestForgotten = Int64.min

    private func hand(_ found: Found, isHistory: Bool, now: Int64?, into batch: inout LineBatch) {
        let counted = trace.counted(success: found.success, usage: found.usage)
        write(found, counted, into: &batch)
        batch.endLine(isHistory: isHistory)
        remember(found, counted)
        if let now {
            recent.append((found.cursor, now))
            if recent.count > Self.recentTraces { recent.removeFirst(recent.count - Self.recentTraces) }
        }
    }

    private func remember(_ found: Found, _ value: Counted) {
        counted[found.hash] = (value, found.cursor)
        guard counted.count > Self.rememberedTraces else { return }
        // The older half goes; seldom, so that a trace costs next to nothing.
        let middle = counted.values.map(\.cursor).sorted()[counted.count / 2]
        counted = counted.filter { $0.value.cursor >= middle }
        oldestForgotten = max(oldestForgotten, middle)
    }

    private func write(
        _ found: Found, _ counted: Counted, beyond old: Counted = Counted(), into batch: inout LineBatch
    ) {
        batch.beginLine()
        trace.write(traceID: found.traceID, interval: found.interval, counted: counted, beyond: old, into: &batch)
    }

    // MARK: Traces

    /// A row of `trace_info`, with its spans in `trace`.
    private struct Found {
        var cursor: Int64
        var hash: UInt64
        var traceID: Range<Int>
        /// µs since 1970.
        var interval: (start: Int64, end: Int64)
        var isInProgress: Bool
        var success: Bool?
        var usage: Usage
    }

    private func eachTrace(
        _ range: ClosedRange<Int64>, limit: Int, _ database: Database, _ body: (Found) -> Void
    ) throws {
        try Rows.each(database, tracesSQL, [range.lowerBound, range.upperBound, limit]) { row in
            trace.reset()
            let identity = row.text(1) ?? ""
            let status = row.text(4) ?? ""
            var found = Found(
                cursor: row.rawInteger(0), hash: trace.hash(row, 1), traceID: trace.text(row, 1), interval: (0, 0),
                isInProgress: status == "IN_PROGRESS",
                success: status == "OK" ? true : status == "ERROR" ? false : nil, usage: Usage())
            trace.set(.taskType, trace.text(row, 5), rank: 1)
            trace.set(.session, trace.text(row, 6), rank: 2)
            if let experiment = row.text(12), experiment != "Default" { trace.set(.service, experiment, rank: 1) }
            found.usage.input = Usage.tokens(row.integer(7))
            found.usage.output = Usage.tokens(row.integer(8))
            found.usage.cachedInput = Usage.tokens(row.integer(9))
            found.usage.cacheWrite = Usage.tokens(row.integer(10))
            found.usage.cost = Usage.nanoDollars(row.real(11))
            try readMetadata(identity, &found, database)
            try readSpans(identity, database)
            trace.settle()
            complete(&found, milliseconds: row.integer(2), duration: row.integer(3))
            body(found)
            return true
        }
    }

    /// The time and the usage, from the spans where the trace's own row doesn't tell them better.
    private func complete(_ found: inout Found, milliseconds: Int64?, duration: Int64?) {
        let start = Self.microseconds(milliseconds: milliseconds ?? 0)
        let length = max(min(duration ?? 0, 31_622_400_000), 0)
        found.interval =
            trace.root != nil || (duration == nil && !trace.isEmpty)
            ? trace.interval : (start, start + length * 1_000)
        let spans = trace.usage
        if found.usage.input == nil, found.usage.output == nil {
            let cost = found.usage.cost
            found.usage = spans
            found.usage.cost = cost ?? spans.cost
        } else {
            found.usage.reasoning = spans.reasoning
            if found.usage.cost == nil { found.usage.cost = spans.cost }
        }
    }

    private func readSpans(_ identity: String, _ database: Database) throws {
        guard let spansSQL else { return }
        try Rows.each(database, spansSQL, [identity]) { row in
            guard let start = row.integer(5) else { return true }
            var span = SpanFacts()
            span.id = trace.hash(row, 0)
            span.parent = trace.hash(row, 1)
            span.name = trace.text(row, 2)
            span.kind = trace.text(row, 3)
            let status = trace.text(row, 4)
            span.failed = trace.texts[status].elementsEqual("ERROR".utf8)
            span.start = start / 1_000
            span.end = max((row.integer(6) ?? start) / 1_000, span.start)
            span.usage.cost = Usage.nanoDollars(row.real(8))
            span.model = trace.text(row, 9)
            span.provider = trace.text(row, 10)
            trace.readAttributes(row, 7, into: &span, isRoot: span.parent == 0, encoded: true)
            trace.add(span)
            return true
        }
    }

    private func readMetadata(_ identity: String, _ found: inout Found, _ database: Database) throws {
        if hasMetadata {
            try Rows.each(database, Self.metadataSQL, [identity]) { row in
                switch row.text(0) {
                case "mlflow.trace.session": trace.set(.session, trace.text(row, 1), rank: 3)
                case "mlflow.trace.user": trace.set(.user, trace.text(row, 1), rank: 3)
                case "mlflow.source.git.commit": trace.set(.agentVersion, trace.text(row, 1), rank: 1)
                case "mlflow.trace.tokenUsage":
                    if found.usage.input == nil { found.usage.input = Usage.tokens(row.integer(2)) }
                    if found.usage.output == nil { found.usage.output = Usage.tokens(row.integer(3)) }
                default: break
                }
                return true
            }
        }
        if hasTags {
            let sql = "SELECT key, value FROM trace_tags WHERE request_id = ? AND key NOT LIKE 'mlflow.%'"
            try Rows.each(database, sql, [identity]) { row in
                trace.readTag(row, name: 0, value: 1)
                return true
            }
        }
    }

    private static func microseconds(milliseconds: Int64) -> Int64 {
        let (time, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? 0 : min(max(time, 0), 253_402_300_799_999_999)
    }

    // MARK: Another file

    private func setAnchor(_ database: Database) throws {
        anchor = nil
        let sql = "SELECT rowid, request_id FROM trace_info WHERE rowid <= ? ORDER BY rowid DESC LIMIT 1"
        try Rows.each(database, sql, [traceMark]) { row in
            anchor = (row.rawInteger(0), trace.hash(row, 1))
            return false
        }
    }

    func continues(in database: Database) throws -> Bool {
        guard let anchor else { return false }
        var isSame = false
        try Rows.each(database, "SELECT request_id FROM trace_info WHERE rowid = ?", [anchor.cursor]) { row in
            isSame = trace.hash(row, 0) == anchor.hash
            return false
        }
        return isSame
    }
}
