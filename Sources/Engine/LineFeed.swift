import Ingest
import Telemetry

/// One source of lines on its way to records.
final class LineFeed {
    let source: Source
    private let reading: SourceCursor
    private let names: CountedNames
    private let log: RejectionLog
    /// While another thread decodes: it has `reading` and the table of symbols, and the block was its last but those that
    /// wait.
    private var ahead: (thread: LookAhead, box: LookAhead.Box)?
    /// Once is enough: whatever ends it says that it does not pay.
    private var hasLookedAhead = false

    /// - Parameter log: told of every line that is no record.
    init(
        _ source: Source, names: CountedNames, options: EngineOptions, seen: SeenMessages, log: RejectionLog
    ) {
        self.source = source
        self.names = names
        self.log = log
        let decoder = LineDecoder(
            symbols: names.table, format: options.format, map: options.map, seen: seen,
            surveysFields: options.surveysFields)
        reading = SourceCursor(source, RecordCursor(RecordLines(decoder, name: source.status.name, log: log)))
    }

    deinit { ahead?.thread.stop() }

    /// Whether its records lie before those that were shown first.
    var isHistory: Bool { source.isHistory }

    var hasHead: Bool { ahead?.box.block.hasHead ?? reading.cursor.hasHead }
    /// µs since 1970 of the record at the head.
    var headTime: Int64 { ahead?.box.block.headTime ?? reading.cursor.head.time }
    var headHasTime: Bool { ahead?.box.block.headHasTime ?? reading.cursor.head.hasTime }

    /// Nothing to give and nothing to read.
    var isIdle: Bool { ahead == nil && reading.cursor.isIdle }

    /// Whether another thread decodes at the moment.
    var isLookingAhead: Bool { ahead != nil }

    /// What the lines were taken for.
    var understanding: FormatReport { reading.cursor.lines.decoder.understanding }

    /// The source's, as of what was taken over from another thread.
    var status: SourceStatus { ahead?.box.block.status ?? source.status }

    /// Lets another thread decode from now on, if at least so many bytes are left to read.
    ///
    /// Only where no other feed has the same table of symbols. What comes out is the same: the thread gives the source
    /// back where decoding depends on how far counting has come.
    func lookAhead(from size: Int64) {
        guard !hasLookedAhead, !isIdle, !reading.cursor.lines.decoder.hasForeign else { return }
        let left = (source.status.size ?? 0) - (source.status.position ?? 0)
        guard left >= size else { return }
        hasLookedAhead = true
        if let thread = LookAhead.start(reading, names.table) { takeOver(from: thread, inExchangeFor: nil) }
    }

    /// Fetches the next record unless one is there, or gives up for now.
    func fill() {
        guard let ahead else { return reading.cursor.fill(from: source) }
        if !hasHead { takeOver(from: ahead.thread, inExchangeFor: ahead.box) }
    }

    /// Takes the next block, or everything back behind the last.
    private func takeOver(from thread: LookAhead, inExchangeFor used: LookAhead.Box?) {
        if let box = thread.exchange(used) {
            ahead = (thread, box)
            log.add(box.block.log)
            names.use(box.block)
        } else {
            ahead = nil
            reading.cursor.lines.log = log
            names.useTable()
        }
    }

    /// Counts the head and what follows it, as far as `run` allows.
    func count(into pipeline: inout Pipeline, _ run: Run) -> Int {
        guard let ahead else { return reading.cursor.count(from: source, into: &pipeline, run) }
        return ahead.box.block.count(into: &pipeline, run)
    }

    /// The source may have more again.
    func wake() {
        if ahead == nil { reading.cursor.lines.wake() }
    }

    /// Event time has come so far, in µs since 1970. To who decodes ahead it means nothing.
    func advance(to time: Int64) {
        if ahead == nil { reading.cursor.lines.advance(to: time) }
    }

    /// Nothing comes for now: lets go of requests that have waited long enough.
    /// - Returns: whether something is still held, so that it is worth asking again.
    func settle(clock: Int64, isLive: Bool) -> Bool {
        ahead == nil && reading.cursor.lines.settle(clock: clock, isLive: isLive)
    }
}
