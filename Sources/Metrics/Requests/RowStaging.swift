import Telemetry

/// The newest rows of a stream, on their way into a chunk: a cell for each column and row, of which a row fills its own.
struct RowStaging: Sendable {
    let capacity: Int
    /// Of each column in a row; not there before the first row.
    private var cells: [Int64] = []
    private var masks: [UInt64] = []
    private(set) var count = 0
    private var lists = RowLists()

    init(capacity: Int) { self.capacity = capacity }

    /// Whether its rows are to become a chunk.
    var isFull: Bool { count >= capacity || lists.areLong }

    /// Bytes on the heap.
    var byteCount: Int { 8 * (cells.count + masks.count) + lists.byteCount }

    // MARK: Taking rows in

    /// There must be room.
    mutating func append(_ record: borrowing Record, bytes: RawSpan, cost: Int64?, judgedUpTo: Int64, rank: Int) {
        if cells.isEmpty {
            cells = [Int64](repeating: 0, count: capacity * RowPlace.count)
            masks = [UInt64](repeating: 0, count: capacity)
        }
        masks[count] = Self.fill(
            &cells, &lists, row: count, capacity: capacity, record, bytes: bytes, cost: cost, judgedUpTo: judgedUpTo,
            rank: rank)
        count &+= 1
    }

    /// Of the parts, so that each is one access.
    /// - Returns: the row's mask.
    @inline(__always)
    private static func fill(
        _ storage: inout [Int64], _ lists: inout RowLists, row: Int, capacity: Int, _ record: borrowing Record,
        bytes: RawSpan, cost: Int64?, judgedUpTo: Int64, rank: Int
    ) -> UInt64 {
        var line = Line(row: row, capacity: capacity)
        var cells = storage.mutableSpan
        var left = record.measuresPresent
        while left != 0 {
            let place = left.trailingZeroBitCount
            left &= left &- 1
            line.put(RowPlace.measures &+ place, record.measure(at: place), in: &cells)
        }
        left = record.values.present & (1 << UInt32(RowPlace.dimensionCount) - 1)
        while left != 0 {
            let place = left.trailingZeroBitCount
            left &= left &- 1
            line.put(RowPlace.dimensions &+ place, Int64(record.symbol(at: place)), in: &cells)
        }
        for place in 0..<RowPlace.identifierCount {
            let hash = record[identifier: place]
            if hash != 0 { line.put(RowPlace.identifiers &+ place, Int64(bitPattern: hash), in: &cells) }
        }
        line.set(RowPlace.time, record.time, in: &cells)
        line.set(RowPlace.judged, judgedUpTo, in: &cells)
        line.set(RowPlace.rank, Int64(rank), in: &cells)
        if let cost { line.put(RowPlace.cost, cost, in: &cells) }
        if !record.errorType.isAbsent { line.put(RowPlace.errorType, Int64(record.errorType.rawValue), in: &cells) }
        if !record.stopReason.isAbsent { line.put(RowPlace.stopReason, Int64(record.stopReason.rawValue), in: &cells) }
        if !record.flags.isEmpty { line.put(RowPlace.flags, Int64(record.flags.rawValue), in: &cells) }
        let answers = record.answerBits
        if answers != 0 { line.put(RowPlace.answers, Int64(answers), in: &cells) }
        if record.weight != Record.unitWeight { line.put(RowPlace.weight, record.weight, in: &cells) }
        if !record.traceText.isEmpty { line.put(RowPlace.traceText, lists.append(bytes, record.traceText), in: &cells) }
        if !record.sessionText.isEmpty {
            line.put(RowPlace.sessionText, lists.append(bytes, record.sessionText), in: &cells)
        }
        if !record.traceURLText.isEmpty {
            line.put(RowPlace.traceURL, lists.append(bytes, record.traceURLText), in: &cells)
        }
        if !record.tools.isEmpty { line.put(RowPlace.tools, lists.append(record.tools), in: &cells) }
        if !record.spans.isEmpty { line.put(RowPlace.spans, lists.append(record.spans), in: &cells) }
        if !record.attributes.isEmpty { line.put(RowPlace.attributes, lists.append(record.attributes), in: &cells) }
        if !record.featureFlags.isEmpty {
            line.put(RowPlace.featureFlags, lists.append(record.featureFlags), in: &cells)
        }
        if record.kind != .request {
            line.put(RowPlace.kind, Int64(record.kind.rawValue), in: &cells)
            let (name, label) = Self.names(of: record)
            if !name.isAbsent { line.put(RowPlace.name, Int64(name.rawValue), in: &cells) }
            if !label.isAbsent { line.put(RowPlace.label, Int64(label.rawValue), in: &cells) }
            if record.kind == .span { line.put(RowPlace.spans, lists.append([record.span]), in: &cells) }
            if let aggregate = record.aggregate { lists.aggregates[row] = aggregate }
        }
        return line.mask
    }

    /// A row among the cells.
    private struct Line {
        let row: Int
        let capacity: Int
        var mask: UInt64 = 0

        init(row: Int, capacity: Int) {
            self.row = row
            self.capacity = capacity
        }

        @inline(__always)
        mutating func put(_ place: Int, _ value: Int64, in cells: inout MutableSpan<Int64>) {
            set(place, value, in: &cells)
            mask |= RowPlace.bit(place)
        }

        @inline(__always)
        func set(_ place: Int, _ value: Int64, in cells: inout MutableSpan<Int64>) {
            // The place is one of `RowPlace`, and the row is below the capacity: there is such a cell.
            unsafe cells[unchecked: place &* capacity &+ row] = value
        }
    }

    private static func names(of record: borrowing Record) -> (name: Symbol, label: Symbol) {
        switch record.kind {
        case .feedback: (record.feedbackCategory, .absent)
        case .eval: (record.evalName, record.evalLabel)
        case .fallback: (record.fallbackAction, .absent)
        case .queue: (record.queue, .absent)
        default: (.absent, .absent)
        }
    }

    // MARK: Giving rows on

    /// The rows from `start` on as a chunk of their own.
    /// - Parameter first: how many rows the stream had before this staging's.
    func chunk(from start: Int = 0, first: Int) -> RowChunk {
        let rows = start..<count
        let masks = masks.span.extracting(rows)
        var all = ~UInt64(0)
        var any: UInt64 = 0
        for row in masks.indices {
            all &= masks[row]
            any |= masks[row]
        }
        func column(_ place: Int, isWhole: Bool) -> PackedColumn {
            let from = place * capacity + start
            return PackedColumn(
                cells.span.extracting(from..<from + rows.count), masks: isWhole ? nil : masks,
                bit: place < 64 ? RowPlace.bit(place) : 0)
        }
        var columns: [PackedColumn] = []
        columns.reserveCapacity(any.nonzeroBitCount)
        var left = any
        while left != 0 {
            let place = left.trailingZeroBitCount
            columns.append(column(place, isWhole: all & RowPlace.bit(place) != 0))
            left &= left - 1
        }
        var lists = lists.compacted
        if start > 0 {
            lists.aggregates = [:]
            for (row, aggregate) in self.lists.aggregates where row >= start {
                lists.aggregates[row - start] = aggregate
            }
        }
        return RowChunk(
            first: first + start, count: rows.count, places: any, columns: columns,
            times: column(RowPlace.time, isWhole: true), judged: column(RowPlace.judged, isWhole: true),
            ranks: column(RowPlace.rank, isWhole: true), lists: lists)
    }

    // MARK: Changing rows

    /// The newest request of a trace; nil if there is none.
    func row(ofTrace hash: UInt64) -> Int? {
        let wanted = Int64(bitPattern: hash)
        return (0..<count).reversed().first { row in
            cell(RowPlace.identifiers, row) == wanted && masks[row] & RowPlace.bit(RowPlace.kind) == 0
        }
    }

    /// The row's value in a column; nil if it has none.
    private func cell(_ place: Int, _ row: Int) -> Int64? {
        masks[row] & RowPlace.bit(place) == 0 ? nil : cells[place * capacity + row]
    }

    private mutating func set(_ place: Int, _ row: Int, _ value: Int64?) {
        if let value {
            cells[place * capacity + row] = value
            masks[row] |= RowPlace.bit(place)
        } else {
            masks[row] &= ~RowPlace.bit(place)
        }
    }

    /// Makes a row what is known of its request now.
    mutating func amend(_ row: Int, _ change: RowChange) {
        let amendment = change.amendment
        func moved(_ measure: Measure, by difference: Int64) -> Int64? {
            let value = cell(RowPlace.measures + Int(measure.rawValue), row)
            return difference == 0 ? value : (value ?? 0) &+ difference
        }
        let tokens: [(Measure, Int64?)] = [
            (.inputTokens, moved(.inputTokens, by: amendment.inputTokens)),
            (.cachedInputTokens, moved(.cachedInputTokens, by: amendment.cachedInputTokens)),
            (.outputTokens, amendment.outputTokensAfter),
        ]
        for (measure, value) in tokens {
            set(RowPlace.measures + Int(measure.rawValue), row, amendment.hasTokens ? value : nil)
        }
        let cost = cell(RowPlace.cost, row)
        set(RowPlace.cost, row, amendment.isPriced ? (cost ?? 0) &+ amendment.cost : nil)
        if amendment.successBefore != amendment.successAfter {
            var record = Record()
            record.answerBits = UInt32(truncatingIfNeeded: cell(RowPlace.answers, row) ?? 0)
            record.success = amendment.successAfter
            set(RowPlace.answers, row, record.answerBits == 0 ? nil : Int64(record.answerBits))
        }
        if amendment.errorTypeBefore != amendment.errorTypeAfter {
            let type = amendment.errorTypeAfter
            set(RowPlace.errorType, row, type.isAbsent ? nil : Int64(type.rawValue))
        }
        if !change.tools.isEmpty {
            let calls = cell(RowPlace.tools, row).map { lists.tools[RowPlace.range($0)].map(\.call) } ?? []
            set(RowPlace.tools, row, lists.append(calls + change.tools))
        }
        if !change.spans.isEmpty {
            let spans = cell(RowPlace.spans, row).map { lists.spans[RowPlace.range($0)].map(\.part) } ?? []
            set(RowPlace.spans, row, lists.append(spans + change.spans))
        }
    }

    /// Makes room for the next rows, keeping the buffers.
    mutating func removeAll() {
        count = 0
        lists.removeAll()
    }
}
