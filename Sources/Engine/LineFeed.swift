import Ingest
import Telemetry

/// One source of lines on its way to records.
final class LineFeed {
    let source: Source
    private var cursor: RecordCursor

    /// - Parameter reject: called with line and reason for every line that is no record.
    init(
        _ source: Source, symbols: SymbolTable, options: EngineOptions, seen: SeenMessages,
        reject: @escaping (_ line: Int, _ reason: String) -> Void
    ) {
        self.source = source
        cursor = RecordCursor(
            LineDecoder(
                symbols: symbols, format: options.format, map: options.map, seen: seen,
                surveysFields: options.surveysFields), reject: reject)
    }

    /// Whether its records lie before those that were shown first.
    var isHistory: Bool { source.isHistory }

    var hasHead: Bool { cursor.hasHead }
    /// µs since 1970 of the record at the head.
    var headTime: Int64 { cursor.head.time }
    var headHasTime: Bool { cursor.head.hasTime }

    /// Nothing to give and nothing to read.
    var isIdle: Bool { cursor.isIdle }

    /// What the lines were taken for.
    var understanding: FormatReport { cursor.decoder.understanding }

    /// Fetches the next record unless one is there, or gives up for now.
    func fill() { cursor.fill(from: source) }

    /// Counts the head and what follows it, as far as `run` allows.
    func count(into pipeline: inout Pipeline, _ run: Run) -> Int { cursor.count(from: source, into: &pipeline, run) }

    /// The source may have more again.
    func wake() { cursor.wake() }

    /// Event time has come so far, in µs since 1970.
    func advance(to time: Int64) { cursor.advance(to: time) }

    /// Nothing comes for now: lets go of requests that have waited long enough.
    /// - Returns: whether something is still held, so that it is worth asking again.
    func settle(clock: Int64, isLive: Bool) -> Bool { cursor.settle(clock: clock, isLive: isLive) }
}
