package import Telemetry

/// Goes through the records that one recorder holds, in the order in which they were counted, each once, and has another
/// count those that pass a filter.
package struct RowWalk: Sendable {
    private var run: FilterRun
    private var newest = StreamWalk()
    private var history = StreamWalk()
    /// Records before this are not held completely and are passed by, µs since 1970.
    private let start: Int64
    private var hasBegun = false
    /// Whether records were given up before they were looked at.
    package private(set) var hasLost = false
    private var record = Record()

    /// - Parameter start: nothing before this is counted, µs since 1970; nil: everything is.
    package init(_ filter: RecordFilter, from start: Int64?) {
        run = FilterRun(filter)
        self.start = start ?? .min
    }

    /// A record on its way.
    package struct Row {
        fileprivate let chunk: RowChunk
        fileprivate let row: Int
        fileprivate let isHistory: Bool
        /// Whether the filter is true for it.
        fileprivate let passes: Bool

        /// How far had been judged when the record was counted, µs since 1970; nil where that is of no meaning.
        package var judgedUpTo: Int64? { isHistory ? nil : chunk.judgedUpTo(row) }
    }

    /// Takes from `source` what came since, where everything before was looked at.
    package mutating func refill(_ source: borrowing Recorder) {
        guard newest.isAtEnd, history.isAtEnd else { return }
        let chunks = source.chunks(from: newest.next, history.next)
        let gaps = [newest.take(chunks.newest), history.take(chunks.history)]
        if gaps.contains(true), hasBegun { hasLost = true }
        hasBegun = true
    }

    /// The next record; nil where there is none before the next `refill`.
    /// - Parameter names: of all symbols so far.
    package mutating func next(_ names: SymbolNames) -> Row? {
        while true {
            let isHistory: Bool
            switch (newest.sequence, history.sequence) {
            case (let a?, let b?): isHistory = b < a
            case (nil, .some): isHistory = true
            case (.some, nil): isHistory = false
            case (nil, nil): return nil
            }
            let place = isHistory ? history.take(&run, names) : newest.take(&run, names)
            guard let (chunk, row, passes) = place else { return nil }
            if chunk.time(row) >= start { return Row(chunk: chunk, row: row, isHistory: isHistory, passes: passes) }
        }
    }

    /// Whether `source` has records that were not looked at.
    package func isBehind(_ source: borrowing Recorder) -> Bool {
        !newest.isAtEnd || !history.isAtEnd || source.hasRows(from: newest.next, history.next)
    }

    /// Counts a record where it passes, or what is learned of one that did; else takes note that it was there.
    package mutating func count(_ row: Row, in recorder: inout Recorder, names: SymbolNames) {
        let chunk = row.chunk
        let passes: Bool =
            switch chunk.kind(row.row) {
            case .request, .span, .snapshot: row.passes
            case .queue, .deploy: false
            case .feedback, .outcome, .eval, .fallback:
                recorder.isPassedOver(chunk.hash(.trace, row.row)).map { !$0 } ?? row.passes
            }
        guard passes else { return recorder.passOver(chunk, row.row, isHistory: row.isHistory) }
        let cost = chunk.read(row.row, into: &record)
        let texts = chunk.lists.texts
        // A view of bytes that are there; any bit pattern is a byte.
        let bytes = unsafe texts.span.bytes
        if row.isHistory {
            recorder.fillIn(record, bytes: bytes, cost: cost, names: { names })
        } else {
            recorder.record(
                record, bytes: bytes, cost: cost, names: { names }, judgedUpTo: chunk.judgedUpTo(row.row))
        }
    }
}

/// A place in one stream of rows.
private struct StreamWalk: Sendable {
    /// Taken when there were no more: they stay, even where others give them up.
    private var chunks: ArraySlice<RowChunk> = []
    /// Of the first chunk.
    private var row = 0
    private var passing: RowBits?
    /// Rows of the stream before this one.
    private(set) var next = 0

    var isAtEnd: Bool { chunks.isEmpty }

    /// The next row's place among those of all streams.
    var sequence: Int? { chunks.first?.sequence(row) }

    /// Goes on with these.
    /// - Returns: whether there is a gap before or between them.
    mutating func take(_ more: [RowChunk]) -> Bool {
        chunks = more[...]
        passing = nil
        guard let first = chunks.first else { return false }
        row = max(0, next - first.first)
        let hasGap =
            first.first > next || zip(chunks, chunks.dropFirst()).contains { $0.first + $0.count < $1.first }
        next = first.first + row
        return hasGap
    }

    /// Steps over the next row; tells where it is and whether the filter is true for it.
    mutating func take(_ run: inout FilterRun, _ names: SymbolNames) -> (RowChunk, Int, Bool)? {
        guard let chunk = chunks.first else { return nil }
        let passing = self.passing ?? run.truth(chunk, names).yes
        let taken = row
        row += 1
        next = chunk.first + row
        if row < chunk.count {
            self.passing = passing
        } else {
            chunks.removeFirst()
            row = 0
            self.passing = nil
            if let following = chunks.first { next = max(next, following.first) }
        }
        return (chunk, taken, passing.contains(taken))
    }
}

extension RowChunk {
    fileprivate func hash(_ identifier: Identifier, _ row: Int) -> UInt64 {
        column(RowPlace.identifiers + Int(identifier.rawValue))?[row].map { UInt64(bitPattern: $0) } ?? 0
    }
}

extension Recorder {
    /// Takes note of a row that is not counted here.
    fileprivate mutating func passOver(_ chunk: RowChunk, _ row: Int, isHistory: Bool) {
        let isRequest = chunk.isRequest(row)
        let spanHash = isRequest ? chunk.hash(.span, row) : 0
        let time = chunk.time(row)
        passOver(
            time: time, traceHash: isRequest ? chunk.hash(.trace, row) : 0,
            discriminator: spanHash != 0 ? spanHash : UInt64(bitPattern: time), isHistory: isHistory)
    }
}
