import Ingest
import Telemetry

/// A source's records, with the one at the head. A value, so that a run of records is one access to whoever owns it.
struct RecordCursor: ~Copyable {
    var lines: RecordLines
    /// The next record, if `hasHead`; its texts are where `lines` has them.
    private(set) var head = Record()
    private(set) var hasHead = false

    init(_ lines: consuming RecordLines) { self.lines = lines }

    /// Nothing to give and nothing to read.
    var isIdle: Bool { lines.isIdle }

    /// Fetches the next record unless one is there. Reads at most once, and gives up after many lines that are none:
    /// then there is no head, and the source is not idle either.
    mutating func fill(from source: Source) {
        if !hasHead { hasHead = lines.next(from: source, into: &head) }
    }

    /// Counts the head and what follows it, as far as `run` allows.
    /// - Returns: how many were counted.
    mutating func count(from source: Source, into pipeline: inout Pipeline, _ run: Run) -> Int {
        var counted = 0
        while counted < run.limit {
            if !hasHead { fill(from: source) }
            guard hasHead, counted == 0 || head.time <= run.bound else { break }
            hasHead = false
            counted += 1
            lines.count(&head, into: &pipeline, run)
            if let time = pipeline.eventTime, time >= run.horizon { break }
        }
        return counted
    }

    /// Fills a block with what comes next, the head first.
    /// - Returns: false where reading ahead ends: the source is at its end, or what is still held depends on how far
    ///   others have counted.
    mutating func fill(_ block: inout RecordBlock, from source: Source) -> Bool {
        if hasHead {
            swap(&head, &block.records[0])
            lines.moveTexts(of: &block.records[0], to: &block.texts)
            block.count = 1
            hasHead = false
        }
        while block.hasRoom {
            let place = block.count
            let hasRecord = lines.next(from: source, into: &block.records[place])
            if lines.decoder.hasForeign {
                // Who counts tells the decoder the time right behind this record.
                if hasRecord { swap(&head, &block.records[place]) }
                hasHead = hasRecord
                return false
            }
            guard hasRecord else { break }
            lines.moveTexts(of: &block.records[place], to: &block.texts)
            block.count += 1
        }
        return !lines.isAtEnd
    }
}
