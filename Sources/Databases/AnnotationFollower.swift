import GRDB

/// A table of ratings and scores, and the queries that lead from it to its traces.
///
/// Both queries have the columns: annotation's rowid, trace's cursor, trace's id, name, label, score, `HUMAN` or who else
/// has judged, time of the last change.
struct AnnotationTable {
    var name: String
    /// The annotation's rowid and the time of its last change, by name; the annotation is `a`.
    var rowid: String
    var updated: String
    /// Parameters: first and last cursor of the traces, last rowid.
    var ofTraces: String
    /// The same of all traces, ending in a condition that more is added to.
    var ofChanges: String
    /// The time is a number of ms, and not a text.
    var isNumeric = false

    fileprivate(set) var newest: Int64 = 0
    fileprivate(set) var newestUpdate = ""
}

/// Follows annotations: new ones are found by their rowid; changed ones, which are written over in place, by the time of
/// their last change.
final class AnnotationFollower {
    private var tables: [AnnotationTable]
    private var memory = AnnotationMemory()
    private var texts: [UInt8] = []
    private var nextUpdateCheck: Int64 = 0
    private var wantsUpdateCheck = false

    /// Between two looks for changed annotations: no index helps there.
    private static let updateInterval: Int64 = 2_000_000

    var isThere: Bool { !tables.isEmpty }

    init(_ tables: [AnnotationTable]) { self.tables = tables }

    func startFollowing(_ database: Database) throws {
        for index in tables.indices {
            let table = tables[index]
            tables[index].newest =
                try Rows.integer(database, "SELECT max(\(table.rowid)) FROM \(table.name)") ?? 0
            tables[index].newestUpdate =
                try String.fetchOne(database, sql: "SELECT max(\(table.updated)) FROM \(table.name)") ?? ""
        }
    }

    /// The annotations of the traces in `range`, as far as they were seen.
    func read(
        _ range: ClosedRange<Int64>, isHistory: Bool, _ database: Database, into batch: inout LineBatch,
        where isWanted: (Int64) -> Bool
    ) throws {
        for (index, table) in tables.enumerated() where table.newest > 0 {
            let arguments: StatementArguments = [range.lowerBound, range.upperBound, table.newest]
            try Rows.each(database, table.ofTraces, arguments) { row in
                guard isWanted(row.rawInteger(1)) else { return true }
                let annotation = annotation(row, table: index)
                let digest = annotation.write(texts, isHistory: isHistory, isCorrection: false, into: &batch)
                memory.note(annotation.identity, digest)
                return true
            }
        }
    }

    /// What is new, and from time to time what has changed.
    func readChanges(
        now: Int64, _ database: Database, into batch: inout LineBatch, where isWanted: (Int64) -> Bool
    ) throws {
        wantsUpdateCheck = wantsUpdateCheck || isThere
        let looksForUpdates = now >= nextUpdateCheck
        for index in tables.indices {
            let table = tables[index]
            let old = table.newest
            let added = "\(table.ofChanges) AND a.\(table.rowid) > ? ORDER BY a.\(table.rowid)"
            try Rows.each(database, added, [old]) { row in
                tables[index].newest = row.rawInteger(0)
                if isWanted(row.rawInteger(1)) { hand(row, table: index, isChange: false, into: &batch) }
                return true
            }
            guard looksForUpdates else { continue }
            let changed =
                "\(table.ofChanges) AND a.\(table.updated) >= ? AND a.\(table.rowid) <= ? ORDER BY a.\(table.rowid)"
            var newest = table.newestUpdate
            try Rows.each(database, changed, [Self.overlap(newest, isNumeric: table.isNumeric), old]) { row in
                if let time = row.word(7), time > newest { newest = time }
                if isWanted(row.rawInteger(1)) { hand(row, table: index, isChange: true, into: &batch) }
                return true
            }
            tables[index].newestUpdate = newest
        }
        if looksForUpdates {
            nextUpdateCheck = now + Self.updateInterval
            wantsUpdateCheck = false
        }
    }

    /// A look for changes was put off.
    func isDue(now: Int64) -> Bool { wantsUpdateCheck && now >= nextUpdateCheck }

    /// Where a look for changes begins: writers commit late, and a time without its fraction is older than it says.
    private static func overlap(_ newest: String, isNumeric: Bool) -> DatabaseValue {
        guard isNumeric else { return String(newest.prefix(19)).databaseValue }
        return ((Int64(newest) ?? 0) - 5_000).databaseValue
    }

    private func hand(_ row: ColumnReader, table: Int, isChange: Bool, into batch: inout LineBatch) {
        let annotation = annotation(row, table: table)
        let before = memory[annotation.identity]
        var scratch = LineBatch()
        let digest = annotation.write(texts, isHistory: false, isCorrection: false, into: &scratch)
        if let before, before == digest { return }
        // Unknown what was said before: it may have been counted.
        let isCorrection = isChange && before != 0
        _ = annotation.write(texts, isHistory: false, isCorrection: isCorrection, into: &batch)
        memory.note(annotation.identity, digest)
    }

    private func annotation(_ row: ColumnReader, table: Int) -> StoreAnnotation {
        texts.removeAll(keepingCapacity: true)
        var annotation = StoreAnnotation()
        annotation.identity = UInt64(bitPattern: row.rawInteger(0)) &* 2 &+ UInt64(table)
        annotation.traceID = row.append(2, to: &texts)
        annotation.name = row.append(3, to: &texts)
        annotation.label = row.append(4, to: &texts)
        annotation.score = row.real(5)
        let kind = row.append(6, to: &texts)
        annotation.isHuman = texts[kind].elementsEqual("HUMAN".utf8)
        if let milliseconds = row.integer(7) {
            annotation.time = milliseconds.multipliedReportingOverflow(by: 1_000).partialValue
        } else {
            let time = row.append(7, to: &texts)
            annotation.time = StoreTime.microseconds(texts[time]) ?? 0
        }
        return annotation
    }
}
