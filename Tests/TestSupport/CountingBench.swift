package import Metrics
package import Telemetry

/// A recorder with its symbols: counts records that a test fills by hand.
package struct CountingBench {
    package let symbols = SymbolTable()
    package var recorder: Recorder
    package var source = InputStatus(name: "bench", state: .ended)

    /// - Parameter rowBudget: bytes for the records themselves; 0: none are held.
    package init(rowBudget: Int = 0) { recorder = Recorder(rowBudget: rowBudget) }

    package func symbol(_ name: String, _ dimension: Dimension) -> Symbol { symbols.intern(name, dimension) }

    /// Counts a record of `kind` at `time`, filled by `fill`.
    package mutating func count(
        _ kind: RecordKind = .request, at time: Int64, trace: String = "", user: String = "", cost: Int64? = nil,
        judgedUpTo: Int64 = .min, _ fill: (inout Record) -> Void = { _ in }
    ) {
        var record = Record()
        record.kind = kind
        record.time = time
        record.hasTime = true
        fill(&record)
        var bytes = Array(trace.utf8)
        record.traceText = 0..<bytes.count
        record.traceHash = trace.isEmpty ? 0 : IdentifierHash.hash(trace)
        if !user.isEmpty {
            record.userText = bytes.count..<bytes.count + user.utf8.count
            record.userHash = IdentifierHash.hash(user)
            bytes += Array(user.utf8)
        }
        bytes.append(contentsOf: repeatElement(0, count: NativeDecoder.padding))
        // A view of bytes that are there.
        unsafe recorder.record(
            record, bytes: bytes.span.bytes, cost: cost, names: { symbols.names }, judgedUpTo: judgedUpTo)
    }

    /// As of `now`; nil: the newest time counted.
    package func snapshot(asOf now: Int64? = nil) -> Snapshot {
        // Looking changes nothing: a copy counts what is waiting.
        var recorder = recorder
        return recorder.snapshot(asOf: now ?? recorder.newestTime, source: source, names: symbols.names, withRows: true)
    }
}

/// A time to count from that is no multiple of anything: 2026-11-20T12:34:56.789Z.
package let anyTime: Int64 = 1_795_178_096_789_000
/// Midnight before it.
package let midnight: Int64 = anyTime.alignedDown(to: Span.day)
