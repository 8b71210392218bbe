package import Telemetry

/// One held request with everything that is known of it.
package struct HeldRequest: Sendable {
    /// All its fields, but for its texts: they stand here beside, and the record's own ranges are empty.
    package var record: Record
    /// Safe to show; as many bytes of each as are kept.
    package var traceID: String
    package var sessionID: String
    package var traceURL: String
    /// Nano-dollars after prices; nil if not known.
    package var cost: Int64?
    /// What was learned of it later, oldest first.
    package var learned: [Learned] = []

    init(_ chunk: RowChunk, _ row: Int) {
        record = Record()
        cost = chunk.read(row, into: &record)
        traceID = chunk.text(RowPlace.traceText, row)
        sessionID = chunk.text(RowPlace.sessionText, row)
        traceURL = chunk.text(RowPlace.traceURL, row)
        record.traceText = 0..<0
        record.sessionText = 0..<0
        record.traceURLText = 0..<0
    }
}

/// What a record told of a request after its end.
package struct Learned: Sendable {
    /// When, µs since 1970.
    package var time: Int64
    /// Feedback, outcome, eval or fallback, with its fields.
    package var record: Record

    init?(_ chunk: RowChunk, _ row: Int) {
        switch chunk.kind(row) {
        case .feedback, .outcome, .eval, .fallback: break
        default: return nil
        }
        record = Record()
        _ = chunk.read(row, into: &record)
        record.traceText = 0..<0
        record.sessionText = 0..<0
        record.traceURLText = 0..<0
        time = record.time
    }
}
