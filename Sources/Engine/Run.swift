import Telemetry

/// How many records of one feed may be counted in a row, without a look at the others.
struct Run {
    /// Records at most.
    var limit: Int
    /// The head of another feed is next beyond this time, µs since 1970.
    var bound: Int64 = .max
    /// Event time at which every feed is to be told of it, µs since 1970.
    var horizon: Int64 = .max
    /// Whether the records lie before those that were shown first.
    var isHistory = false
    /// µs since 1970 now.
    var clock: Int64
}

extension Pipeline {
    /// Counts a record of a run; `bytes` are what its text ranges point into.
    @inline(__always)
    mutating func count(_ record: inout Record, bytes: RawSpan, _ run: Run) {
        if run.isHistory {
            fillIn(&record, bytes: bytes, clock: run.clock)
        } else {
            count(&record, bytes: bytes, clock: run.clock)
        }
    }
}
