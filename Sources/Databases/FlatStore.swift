import GRDB
import Telemetry

/// Tables with one request a row: any table through a query whose columns are named as our fields.
///
/// A row becomes a native record as its columns say; unknown columns become attributes. Rows are followed by their
/// cursor; a row that is changed later isn't read again.
final class FlatStore: Store {
    let kind: String
    let understanding: StoreUnderstanding
    private var strands: [FlatStrand]
    /// Room for the line of a row.
    private var room = [UInt8](repeating: 0, count: 4_096)

    /// New rows read in one transaction.
    private static let step = 10_000

    init(kind: String, strands: [FlatStrand], understanding: StoreUnderstanding) {
        self.kind = kind
        self.strands = strands
        self.understanding = understanding
    }

    var strandCount: Int { strands.count }

    func extent(_ strand: Int, _ database: Database) throws -> ClosedRange<Int64>? {
        guard let low = try Rows.integer(database, strands[strand].firstSQL),
            let high = try Rows.integer(database, strands[strand].lastSQL), low <= high
        else { return nil }
        return low...high
    }

    func time(_ strand: Int, from cursor: Int64, _ database: Database) throws -> Int64? {
        guard let sql = strands[strand].timeSQL else { return nil }
        var time: Int64?
        var scratch: [UInt8] = []
        try Rows.each(database, sql, [cursor]) { row in
            if let number = row.integer(0) {
                time = StoreTime.microseconds(number)
            } else {
                let range = row.append(0, to: &scratch)
                time = StoreTime.microseconds(scratch[range])
            }
            return false
        }
        return time
    }

    func read(
        _ strand: Int, _ range: ClosedRange<Int64>, limit: Int, isHistory: Bool, now: Int64, _ database: Database,
        into batch: inout LineBatch
    ) throws -> Int64? {
        var last: Int64?
        var count = 0
        let query = strands[strand]
        // Taken out of the object for the time of the loop: every access to it there would be checked.
        var line: [UInt8] = []
        swap(&line, &room)
        defer { swap(&line, &room) }
        try Rows.each(database, query.rowsSQL, [range.lowerBound, range.upperBound, limit]) { row in
            last = row.rawInteger(query.cursorColumn)
            count += 1
            let length = query.write(row, into: &line)
            batch.add(line.span, 0..<length, isHistory: isHistory)
            return true
        }
        return count < limit || last == range.upperBound ? nil : last
    }

    func startFollowing(_ database: Database) throws {
        for strand in strands.indices {
            strands[strand].mark = try Rows.integer(database, strands[strand].lastSQL) ?? .min
            strands[strand].anchor = try anchorHash(strand, database)
        }
    }

    func readChanges(
        now: Int64, follows: Bool, undelivered: (_ strand: Int, _ cursor: Int64) -> Bool, _ database: Database,
        into batch: inout LineBatch
    ) throws -> Bool {
        var hasMore = false
        for strand in strands.indices {
            let newest = try Rows.integer(database, strands[strand].lastSQL) ?? .min
            let old = strands[strand].mark
            if newest < old {
                // The newest rows were deleted; what comes now may bear their numbers again.
                strands[strand].mark = newest
            } else if newest > old {
                let range = (old == .min ? .min : old + 1)...newest
                let last = try read(
                    strand, range, limit: Self.step, isHistory: false, now: now, database, into: &batch)
                strands[strand].mark = last ?? newest
                hasMore = hasMore || last != nil
            } else {
                continue
            }
            strands[strand].anchor = try anchorHash(strand, database)
        }
        return hasMore
    }

    func isDue(now: Int64) -> Bool { false }

    func continues(in database: Database) throws -> Bool {
        for strand in strands.indices where strands[strand].mark > .min {
            if try anchorHash(strand, database) != strands[strand].anchor { return false }
        }
        return strands.contains { $0.mark > .min }
    }

    /// A hash of the row at the mark: what tells this table from another one.
    private func anchorHash(_ strand: Int, _ database: Database) throws -> UInt64 {
        let mark = strands[strand].mark
        guard mark > .min else { return 0 }
        var scratch = LineBatch()
        _ = try read(strand, mark...mark, limit: 1, isHistory: false, now: 0, database, into: &scratch)
        scratch.seal()
        guard let entry = scratch.take() else { return 0 }
        return unsafe IdentifierHash.hash(scratch.bytes.span.bytes, entry.line)
    }
}
