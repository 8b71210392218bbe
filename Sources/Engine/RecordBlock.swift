import Ingest
import Telemetry

/// Records in a row that were decoded ahead, and all that counting them needs. Reused: its records keep their buffers.
struct RecordBlock {
    /// The first `count` are the block's.
    var records: [Record]
    var count = 0
    /// The first that was not counted yet.
    private var next = 0
    /// What the records' text ranges point into.
    var texts: [UInt8] = []
    /// Lines that were no records.
    let log = RejectionLog()
    /// The names of all symbols that the records have.
    private(set) var names = SymbolNames()
    private(set) var folded = 0
    private(set) var status: SourceStatus

    /// Records: few enough that the blocks stay in a processor's cache, and so many that handing one over costs little.
    private static let length = 256
    /// Bytes of texts from which on a block is full, however few its records.
    private static let mostTexts = 256 << 10

    init(_ status: SourceStatus) {
        records = [Record](repeating: Record(), count: Self.length)
        texts.reserveCapacity(32 << 10)
        self.status = status
    }

    var hasRoom: Bool { count < records.count && texts.count < Self.mostTexts }

    /// For the next records.
    mutating func empty() {
        count = 0
        next = 0
        // One record's text may have been long.
        texts.removeAll(keepingCapacity: texts.capacity <= 4 * Self.mostTexts)
        log.empty()
    }

    /// Notes how things stand behind the last record.
    mutating func close(_ symbols: SymbolTable, _ status: SourceStatus) {
        names = symbols.names
        folded = symbols.folded
        self.status = status
    }

    var hasHead: Bool { next < count }
    /// µs since 1970 of the next record, if `hasHead`.
    var headTime: Int64 { hasHead ? records[next].time : 0 }
    var headHasTime: Bool { hasHead && records[next].hasTime }

    /// Counts records as far as they go and `run` allows, at least one if there is one.
    /// - Returns: how many were counted.
    mutating func count(into pipeline: inout Pipeline, _ run: Run) -> Int {
        var counted = 0
        while counted < run.limit, next < count, counted == 0 || records[next].time <= run.bound {
            Self.count(&records[next], texts, into: &pipeline, run)
            next += 1
            counted += 1
            if let time = pipeline.eventTime, time >= run.horizon { break }
        }
        return counted
    }

    /// Of the parts, so that each is one access.
    @inline(__always)
    private static func count(
        _ record: inout Record, _ texts: borrowing [UInt8], into pipeline: inout Pipeline, _ run: Run
    ) {
        // A view of bytes that are there; any bit pattern is a byte.
        pipeline.count(&record, bytes: unsafe texts.span.bytes, run)
    }
}
