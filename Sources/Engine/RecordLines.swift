import Ingest
import Metrics
import Telemetry

/// The bytes of one source on their way to records: the buffer and the decoder. A value, so that a run of records is one
/// access to whoever owns it.
struct RecordLines: ~Copyable {
    private var buffer = LineBuffer()
    private(set) var decoder: LineDecoder
    /// Nothing to read at the moment (or ever).
    private(set) var isAtEnd = false
    /// µs on the clock since nothing came; nil while something does, or once what was held is out.
    private var silentSince: Int64?
    /// Where lines that are no record are told.
    var log: RejectionLog
    private let name: String

    /// Requests are put together from what comes in pieces; a recorded source that was silent for so long has said all.
    private static let patience = 10 * Span.second
    /// Lines looked at by one `next`.
    private static let mostLines = 1024

    /// - Parameter name: the source's, safe to show.
    init(_ decoder: consuming LineDecoder, name: String, log: RejectionLog) {
        self.decoder = decoder
        self.name = name
        self.log = log
    }

    /// Nothing to give and nothing to read.
    var isIdle: Bool { isAtEnd && !decoder.hasMore }

    /// Fetches the next record. Reads at most once, and gives up after many lines that are none: then the source is not
    /// at its end either.
    /// - Returns: false if there is none, or none yet; `record` then holds rests that mean nothing.
    mutating func next(from source: Source, into record: inout Record) -> Bool {
        if decoder.next(into: &record) { return true }
        if isAtEnd { return false }
        switch takeLines(into: &record) {
        case .record: return true
        case .noise: return false
        case .nothing: break
        }
        switch source.read(into: &buffer) {
        case .bytes:
            silentSince = nil
            return takeLines(into: &record) == .record
        case .caughtUp:
            isAtEnd = true
            return false
        case .ended, .failed:
            isAtEnd = true
            let hasRecord = takeRemainder(into: &record)
            finish()
            return hasRecord
        }
    }

    /// Counts the record that `next` gave last.
    @inline(__always)
    func count(_ record: inout Record, into pipeline: inout Pipeline, _ run: Run) {
        // Views of bytes that are there; any bit pattern is a byte.
        if record.textsAreOwned {
            let texts = decoder.texts
            unsafe pipeline.count(&record, bytes: texts.span.bytes, run)
        } else {
            unsafe pipeline.count(&record, bytes: buffer.padded.span.bytes, run)
        }
    }

    /// Copies the few texts of the record that `next` gave last: its ranges point into `texts` afterwards.
    func moveTexts(of record: inout Record, to texts: inout [UInt8]) {
        if record.textsAreOwned {
            Self.moveTexts(of: &record, from: decoder.texts, to: &texts)
        } else {
            Self.moveTexts(of: &record, from: buffer.padded, to: &texts)
        }
    }

    @inline(__always)
    private static func moveTexts(of record: inout Record, from bytes: [UInt8], to texts: inout [UInt8]) {
        func move(_ range: Range<Int>) -> Range<Int> {
            let start = texts.count
            if !range.isEmpty { texts.append(contentsOf: bytes[range.clamped(to: bytes.indices)]) }
            return start..<texts.count
        }
        record.traceText = move(record.traceText)
        record.sessionText = move(record.sessionText)
        record.traceURLText = move(record.traceURLText)
    }

    /// The source may have more again.
    mutating func wake() { isAtEnd = false }

    /// Event time has come so far, in µs since 1970: requests that have waited long enough need no further line.
    mutating func advance(to time: Int64) { decoder.advance(to: time) }

    /// Nothing comes for now: lets go of requests that have waited long enough.
    /// - Returns: whether something is still held, so that it is worth asking again.
    mutating func settle(clock: Int64, isLive: Bool) -> Bool {
        guard isAtEnd, decoder.heldTraces > 0 else { return false }
        // What is held may be all there is of live data so far.
        if isLive || abs(clock - decoder.heldTime) <= EventClock.tolerance {
            decoder.advance(to: clock)
            return decoder.heldTraces > 0
        }
        let began = silentSince ?? clock
        silentSince = began
        guard clock - began >= Self.patience else { return true }
        finish()
        return false
    }

    private mutating func finish() {
        decoder.finish()
        if let rejection = decoder.takeRejection() { rejectLine(rejection.description) }
    }

    private enum Taken { case record, nothing, noise }

    private mutating func takeLines(into record: inout Record) -> Taken {
        for _ in 0..<Self.mostLines {
            switch buffer.nextLine() {
            case .none: return .nothing
            case .oversized(let count): rejectOversized(count)
            case .line(let range): if decode(range, into: &record) { return .record }
            }
        }
        return .noise
    }

    private mutating func takeRemainder(into record: inout Record) -> Bool {
        switch buffer.takeRemainder() {
        case .none: return false
        case .oversized(let count):
            rejectOversized(count)
            return false
        case .line(let range): return decode(range, into: &record)
        }
    }

    /// Where reading began within the file, nobody knows a line's number.
    private func rejectLine(_ reason: String) {
        guard !buffer.knowsLineNumbers else { return log.add(line: buffer.lineNumber, source: name, reason: reason) }
        log.add(line: 0, source: name, reason: "byte \(buffer.lineOffset): \(reason)")
    }

    private func rejectOversized(_ count: Int) {
        rejectLine("line of \(count >> 20) MiB is too long; the limit is 64 MiB")
    }

    private mutating func decode(_ line: Range<Int>, into record: inout Record) -> Bool {
        switch Self.decode(line, buffer, &decoder, into: &record) {
        case .record: return true
        case .several, .absorbed, .blank: break
        case .rejected(let rejection): rejectLine(rejection.description)
        }
        return decoder.next(into: &record)
    }

    /// Of the parts, so that each is one access.
    @inline(__always)
    private static func decode(
        _ line: Range<Int>, _ buffer: borrowing LineBuffer, _ decoder: inout LineDecoder, into record: inout Record
    ) -> LineResult {
        // A view of bytes that are there; any bit pattern is a byte.
        unsafe decoder.decode(buffer.padded.span.bytes, line: line, into: &record)
    }
}
