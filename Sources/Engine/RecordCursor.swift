import Ingest
import Metrics
import Telemetry

/// The bytes of one source on their way to records: the buffer, the decoder and the record at its head. A value, so that a
/// run of records is one access to whoever owns it.
struct RecordCursor: ~Copyable {
    private var buffer = LineBuffer()
    private(set) var decoder: LineDecoder
    /// The next record, if `hasHead`; its text ranges point into the buffer or into the decoder's texts.
    private(set) var head = Record()
    private(set) var hasHead = false
    /// Nothing to read at the moment (or ever).
    private var isAtEnd = false
    /// µs on the clock since nothing came; nil while something does, or once what was held is out.
    private var silentSince: Int64?
    /// Called with line and reason for every line that is no record.
    private let reject: (_ line: Int, _ reason: String) -> Void

    /// Requests are put together from what comes in pieces; a recorded source that was silent for so long has said all.
    private static let patience = 10 * Span.second
    /// Lines looked at by one `fill`.
    private static let mostLines = 1024

    init(_ decoder: consuming LineDecoder, reject: @escaping (_ line: Int, _ reason: String) -> Void) {
        self.decoder = decoder
        self.reject = reject
    }

    /// Nothing to give and nothing to read.
    var isIdle: Bool { isAtEnd && !decoder.hasMore }

    /// Fetches the next record unless one is there. Reads at most once, and gives up after many lines that are none:
    /// then there is no head, and the source is not idle either.
    mutating func fill(from source: Source) {
        guard !hasHead, !takeWaiting(), !isAtEnd, takeLines() == .nothing else { return }
        switch source.read(into: &buffer) {
        case .bytes:
            silentSince = nil
            _ = takeLines()
        case .caughtUp: isAtEnd = true
        case .ended, .failed:
            isAtEnd = true
            takeRemainder()
            finish()
        }
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
            if head.textsAreOwned {
                let texts = decoder.texts
                // A view of bytes that are there; any bit pattern is a byte.
                unsafe Self.count(&head, texts.span.bytes, into: &pipeline, run)
            } else {
                Self.count(&head, buffer, into: &pipeline, run)
            }
            if let time = pipeline.eventTime, time >= run.horizon { break }
        }
        return counted
    }

    @inline(__always)
    private static func count(
        _ head: inout Record, _ buffer: borrowing LineBuffer, into pipeline: inout Pipeline, _ run: Run
    ) {
        // A view of bytes that are there; any bit pattern is a byte.
        unsafe count(&head, buffer.padded.span.bytes, into: &pipeline, run)
    }

    @inline(__always)
    private static func count(_ head: inout Record, _ bytes: RawSpan, into pipeline: inout Pipeline, _ run: Run) {
        if run.isHistory {
            pipeline.fillIn(&head, bytes: bytes, clock: run.clock)
        } else {
            pipeline.count(&head, bytes: bytes, clock: run.clock)
        }
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

    private mutating func takeWaiting() -> Bool {
        hasHead = decoder.next(into: &head)
        return hasHead
    }

    private enum Taken { case record, nothing, noise }

    private mutating func takeLines() -> Taken {
        for _ in 0..<Self.mostLines {
            switch buffer.nextLine() {
            case .none: return .nothing
            case .oversized(let count): rejectOversized(count)
            case .line(let range): if decode(range) { return .record }
            }
        }
        return .noise
    }

    private mutating func takeRemainder() {
        switch buffer.takeRemainder() {
        case .none: break
        case .oversized(let count): rejectOversized(count)
        case .line(let range): _ = decode(range)
        }
    }

    /// Where reading began within the file, nobody knows a line's number.
    private func rejectLine(_ reason: String) {
        guard !buffer.knowsLineNumbers else { return reject(buffer.lineNumber, reason) }
        reject(0, "byte \(buffer.lineOffset): \(reason)")
    }

    private func rejectOversized(_ count: Int) {
        rejectLine("line of \(count >> 20) MiB is too long; the limit is 64 MiB")
    }

    private mutating func decode(_ line: Range<Int>) -> Bool {
        switch Self.decode(line, buffer, &decoder, into: &head) {
        case .record:
            hasHead = true
            return true
        case .several: return takeWaiting()
        case .absorbed, .blank: return takeWaiting()
        case .rejected(let rejection):
            rejectLine(rejection.description)
            return takeWaiting()
        }
    }

    /// Of the parts, so that each is one access.
    @inline(__always)
    private static func decode(
        _ line: Range<Int>, _ buffer: borrowing LineBuffer, _ decoder: inout LineDecoder, into head: inout Record
    ) -> LineResult {
        // A view of bytes that are there; any bit pattern is a byte.
        unsafe decoder.decode(buffer.padded.span.bytes, line: line, into: &head)
    }
}
