import Telemetry

/// Every counted record, one by one, as many as fit: the newest, and of those before them the failed requests.
///
/// What is filled in behind a large file arrives later than newer rows and has chunks of its own: chunks are given up by
/// their time, the oldest first.
struct RowStore: Sendable {
    /// Bytes that chunks may take.
    let budget: Int
    private var newest: RowStream
    private var history: RowStream
    /// Failed requests of chunks that were given up.
    private var failures: RowStream
    private var byteCount = 0
    private var failureBytes = 0
    /// Newest time of a row that was given up, µs since 1970.
    private(set) var givenUp: Int64?
    private var scratch = Record()
    /// Changes of held requests, by trace, not in their rows yet.
    private var changes: [UInt64: [RowChange]] = [:]

    /// Rows of a chunk where there is room for many chunks.
    private static let chunkRows = 2048

    init(budget: Int) {
        self.budget = max(0, budget)
        let capacity = Self.capacity(budget)
        newest = RowStream(capacity: capacity)
        history = RowStream(capacity: capacity)
        failures = RowStream(capacity: capacity)
    }

    /// Rows that are surely held when as many more have come.
    static func capacity(_ budget: Int) -> Int { min(chunkRows, max(64, budget >> 14)) }

    /// - Returns: whether the stream is full: it is to be closed before anything else comes.
    @inline(__always)
    mutating func append(
        _ record: borrowing Record, bytes: RawSpan, cost: Int64?, judgedUpTo: Int64, isHistory: Bool
    ) -> Bool {
        if isHistory {
            history.append(record, bytes: bytes, cost: cost, judgedUpTo: judgedUpTo, rank: newest.end)
            return history.isFull
        }
        newest.append(record, bytes: bytes, cost: cost, judgedUpTo: judgedUpTo, rank: history.end)
        return newest.isFull
    }

    /// Makes what is staged a chunk, and gives up others for it.
    mutating func close(isHistory: Bool) {
        byteCount += isHistory ? history.close() : newest.close()
        evict()
    }

    // MARK: Changes

    /// Takes note that something else is known of a request. Its row is changed when somebody looks.
    mutating func amend(_ traceHash: UInt64, _ change: RowChange) {
        changes[traceHash, default: []].append(change)
    }

    /// Rows before and after they were amended.
    struct Amended {
        let before: RowChunk
        let after: RowChunk
        let rows: [Int]
        let isHistory: Bool
    }

    /// Brings the rows up to date.
    /// - Parameter report: is told of the rows that were changed; nil: nobody asks.
    mutating func applyChanges(_ report: ((Amended) -> Void)? = nil) {
        guard !changes.isEmpty else { return }
        for isHistory in [false, true] where !changes.isEmpty {
            let note = report.map { report in
                { before, after, rows in
                    report(Amended(before: before, after: after, rows: rows, isHistory: isHistory))
                }
            }
            if isHistory { history.amend(&changes, note) } else { newest.amend(&changes, note) }
        }
        // The others' rows were given up.
        changes = [:]
        byteCount = newest.chunkBytes + history.chunkBytes
    }

    // MARK: Room

    private var stagingBytes: Int { newest.stagingBytes + history.stagingBytes + failures.stagingBytes }

    /// Gives up chunks until the rest fits. The newest of each stream stays: whoever walks the rows has not seen it yet.
    private mutating func evict() {
        while byteCount + failureBytes + stagingBytes > budget {
            let a = newest.oldest
            let b = history.oldest
            let chunk: RowChunk
            if let a, b.map({ a.span.upperBound <= $0.span.upperBound }) ?? true {
                chunk = newest.remove(a)
            } else if let b {
                chunk = history.remove(b)
            } else {
                return
            }
            byteCount -= chunk.byteCount
            givenUp = max(givenUp ?? .min, chunk.span.upperBound)
            keepFailures(of: chunk)
        }
    }

    private mutating func keepFailures(of chunk: RowChunk) {
        let texts = chunk.lists.texts
        chunk.failures.forEach { row in
            let cost = chunk.read(row, into: &scratch)
            // A view of bytes that are there; any bit pattern is a byte.
            unsafe failures.append(scratch, bytes: texts.span.bytes, cost: cost, judgedUpTo: .min, rank: 0)
            if failures.isFull { failureBytes += failures.close() }
        }
        while failureBytes > budget / 4, let oldest = failures.oldest {
            failureBytes -= failures.remove(oldest).byteCount
        }
    }

    // MARK: Looking

    /// Since when every record is held, µs since 1970; nil if none is.
    private var reach: Int64? {
        if let givenUp { return givenUp + 1 }
        return [newest.firstTime, history.firstTime].compactMap { $0 }.min()
    }

    /// What is held now: shares all closed chunks.
    func rows(_ names: SymbolNames) -> RequestRows {
        RequestRows(
            reach: reach, isWhole: givenUp == nil, names: names, newest: newest.all, history: history.all,
            failures: failures.all)
    }

    /// What came from a place in the order of arrival on, as far as it is held.
    func walk(from newestStart: Int, _ historyStart: Int) -> (newest: [RowChunk], history: [RowChunk]) {
        (newest.chunks(from: newestStart), history.chunks(from: historyStart))
    }

    func hasRows(from newestStart: Int, _ historyStart: Int) -> Bool {
        newest.end > newestStart || history.end > historyStart
    }
}

/// Chunks of rows in the order in which they came, and those that are no chunk yet.
struct RowStream: Sendable {
    var chunks: [RowChunk] = []
    var staging: RowStaging
    /// Rows before those in staging.
    private(set) var closed = 0
    /// First time of any row, µs since 1970.
    private(set) var firstTime: Int64?

    init(capacity: Int) { staging = RowStaging(capacity: capacity) }

    /// How many rows there ever were.
    var end: Int { closed &+ staging.count }
    var isFull: Bool { staging.isFull }
    var stagingBytes: Int { staging.byteCount }
    var chunkBytes: Int { chunks.reduce(0) { $0 + $1.byteCount } }

    @inline(__always)
    mutating func append(_ record: borrowing Record, bytes: RawSpan, cost: Int64?, judgedUpTo: Int64, rank: Int) {
        if record.time < firstTime ?? .max { firstTime = record.time }
        staging.append(record, bytes: bytes, cost: cost, judgedUpTo: judgedUpTo, rank: rank)
    }

    /// Makes what is staged a chunk.
    /// - Returns: its bytes.
    mutating func close() -> Int {
        let chunk = staging.chunk(first: closed)
        closed += staging.count
        staging.removeAll()
        chunks.append(chunk)
        return chunk.byteCount
    }

    /// The chunk whose rows ended first, but for the newest of all.
    var oldest: RowChunk? { chunks.dropLast().min { $0.span.upperBound < $1.span.upperBound } }

    mutating func remove(_ chunk: RowChunk) -> RowChunk {
        if let place = chunks.firstIndex(where: { $0 === chunk }) { chunks.remove(at: place) }
        return chunk
    }

    /// All chunks, what is staged as the last.
    var all: [RowChunk] { staging.count > 0 ? chunks + [staging.chunk(first: closed)] : chunks }

    /// Chunks with rows from `start` on; the first may have rows before it.
    func chunks(from start: Int) -> [RowChunk] {
        var result = Array(chunks.suffix(from: chunks.firstIndex { $0.first + $0.count > start } ?? chunks.count))
        if end > max(start, closed) { result.append(staging.chunk(from: max(0, start - closed), first: closed)) }
        return result
    }
}
