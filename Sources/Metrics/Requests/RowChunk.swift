import Telemetry

/// Rows that were counted one after the other, in columns. Never changed: snapshots and filters share it.
final class RowChunk: Sendable {
    /// How many rows its stream had before.
    let first: Int
    let count: Int
    /// Which columns there are, a bit each, and they themselves in the order of their places.
    private let places: UInt64
    private let columns: [PackedColumn]
    let times: PackedColumn
    private let judged: PackedColumn
    private let ranks: PackedColumn
    let lists: RowLists
    /// First and newest time of a row, µs since 1970.
    let span: ClosedRange<Int64>
    /// Bytes on the heap.
    let byteCount: Int

    init(
        first: Int, count: Int, places: UInt64, columns: [PackedColumn], times: PackedColumn, judged: PackedColumn,
        ranks: PackedColumn, lists: RowLists
    ) {
        self.first = first
        self.count = count
        self.places = places
        self.columns = columns
        self.times = times
        self.judged = judged
        self.ranks = ranks
        self.lists = lists
        span = times.range ?? 0...0
        byteCount =
            columns.reduce(512) { $0 + $1.byteCount + MemoryLayout<PackedColumn>.stride } + times.byteCount
            + judged.byteCount + ranks.byteCount + lists.byteCount
    }

    /// The column at a place below 64; nil where no row has a value in it.
    func column(_ place: Int) -> PackedColumn? {
        let bit = RowPlace.bit(place)
        return places & bit == 0 ? nil : columns[(places & (bit &- 1)).nonzeroBitCount]
    }

    /// µs since 1970.
    func time(_ row: Int) -> Int64 { times[row] ?? 0 }
    /// How far had been judged when the row was counted, µs since 1970.
    func judgedUpTo(_ row: Int) -> Int64 { judged[row] ?? .min }
    /// The row's place among the rows of all streams.
    func sequence(_ row: Int) -> Int { first + row + Int(ranks[row] ?? 0) }

    func kind(_ row: Int) -> RecordKind {
        column(RowPlace.kind)?[row].flatMap { RecordKind(rawValue: UInt8(truncatingIfNeeded: $0)) } ?? .request
    }

    /// Whether the row is a request that reached a user.
    func isRequest(_ row: Int) -> Bool {
        kind(row) == .request && column(RowPlace.identifiers + Int(Identifier.shadowOf.rawValue))?[row] == nil
    }

    /// Rows that are requests of users.
    var requests: RowBits {
        var rows = RowBits(count: count, all: true)
        if let kinds = column(RowPlace.kind) { rows.subtract(kinds.known(count: count)) }
        if let shadows = column(RowPlace.identifiers + Int(Identifier.shadowOf.rawValue)) {
            rows.subtract(shadows.known(count: count))
        }
        return rows
    }

    /// Rows of requests that failed.
    var failures: RowBits {
        var rows = RowBits(count: count)
        guard let answers = column(RowPlace.answers) else { return rows }
        requests.forEach { row in
            if let bits = answers[row], bits & Self.successBits == 1 { rows.insert(row) }
        }
        return rows
    }

    /// Of `success`: known in the lowest, yes in the other.
    private static let successBits: Int64 = 1 | 1 << 16

    // MARK: Rows as records

    /// Makes `record` what the row was counted as. Its texts stand in `lists.texts`.
    /// - Returns: what it cost after prices, in nano-dollars.
    func read(_ row: Int, into record: inout Record) -> Int64? {
        record.reset()
        record.time = time(row)
        record.hasTime = true
        var cost: Int64?
        var left = places
        var index = 0
        while left != 0 {
            let place = left.trailingZeroBitCount
            left &= left - 1
            let cell = columns[index][row]
            index += 1
            guard let cell else { continue }
            if place < RowPlace.measureCount {
                record.setMeasure(at: place, to: cell)
            } else if place == RowPlace.cost {
                cost = cell
            } else if place < RowPlace.identifiers {
                record.values[place: place - RowPlace.dimensions] = Symbol(rawValue: UInt32(truncatingIfNeeded: cell))
            } else if place < RowPlace.errorType {
                record[identifier: place - RowPlace.identifiers] = UInt64(bitPattern: cell)
            } else {
                fill(&record, place, cell, row)
            }
        }
        return cost
    }

    private func fill(_ record: inout Record, _ place: Int, _ cell: Int64, _ row: Int) {
        let symbol = Symbol(rawValue: UInt32(truncatingIfNeeded: cell))
        switch place {
        case RowPlace.errorType: record.errorType = symbol
        case RowPlace.stopReason: record.stopReason = symbol
        case RowPlace.flags: record.flags = Flags(rawValue: UInt16(truncatingIfNeeded: cell))
        case RowPlace.answers: record.answerBits = UInt32(truncatingIfNeeded: cell)
        case RowPlace.kind:
            record.kind = kind(row)
            if record.kind == .snapshot { record.aggregate = lists.aggregates[row] }
        case RowPlace.name:
            switch record.kind {
            case .feedback: record.feedbackCategory = symbol
            case .eval: record.evalName = symbol
            case .fallback: record.fallbackAction = symbol
            case .queue: record.queue = symbol
            default: break
            }
        case RowPlace.label: record.evalLabel = symbol
        case RowPlace.tools: for tool in lists.tools[RowPlace.range(cell)] { record.tools.append(tool.call) }
        case RowPlace.spans:
            let spans = lists.spans[RowPlace.range(cell)]
            if record.kind == .span {
                if let span = spans.first { record.span = span.part }
            } else {
                for span in spans { record.spans.append(span.part) }
            }
        case RowPlace.attributes: record.attributes.append(contentsOf: lists.attributes[RowPlace.range(cell)])
        case RowPlace.featureFlags: record.featureFlags.append(contentsOf: lists.featureFlags[RowPlace.range(cell)])
        case RowPlace.traceText: record.traceText = RowPlace.range(cell)
        case RowPlace.sessionText: record.sessionText = RowPlace.range(cell)
        case RowPlace.traceURL: record.traceURLText = RowPlace.range(cell)
        case RowPlace.weight: record.weight = cell
        default: break
        }
    }

    /// The text that a row has at one of the three places; empty if none.
    func text(_ place: Int, _ row: Int) -> String {
        guard let cell = column(place)?[row] else { return "" }
        let texts = lists.texts
        // A view of bytes that are there; any bit pattern is a byte.
        return unsafe SafeText.string(texts.span.bytes, RowPlace.range(cell), limit: RowPlace.longestText)
    }
}
