import Ingest
import Metrics
import Telemetry

/// One source of lines on its way to records: its buffer, its decoder and the record at its head.
final class LineFeed {
    let source: Source
    private var buffer = LineBuffer()
    private var decoder: LineDecoder
    /// The next record, if `hasHead`; its text ranges point into the buffer or into the decoder's texts.
    var head = Record()
    private(set) var hasHead = false
    /// Nothing to read at the moment (or ever).
    private var isAtEnd = false
    /// µs on the clock since nothing came; nil while something does, or once what was held is out.
    private var silentSince: Int64?
    /// Called with line and reason for every line that is no record.
    private let reject: (_ line: Int, _ reason: String) -> Void

    /// Requests are put together from what comes in pieces; a recorded source that was silent for so long has said all.
    private static let patience = 10 * Span.second

    init(
        _ source: Source, symbols: SymbolTable, format: WireFormat?, map: FieldMap?, seen: SeenMessages,
        reject: @escaping (_ line: Int, _ reason: String) -> Void
    ) {
        self.source = source
        self.reject = reject
        decoder = LineDecoder(symbols: symbols, format: format, map: map, seen: seen)
    }

    /// Whether its records lie before those that were shown first.
    var isHistory: Bool { source.isHistory }

    /// Nothing to give and nothing to read.
    var isIdle: Bool { isAtEnd && !decoder.hasMore }

    /// What the lines were taken for.
    var understanding: FormatReport { decoder.understanding }

    /// Hands over the head with the bytes that its ranges point into.
    func withBytes(_ body: (inout Record, RawSpan) -> Void) {
        // Views of bytes that are there; any bit pattern is a byte.
        if head.textsAreOwned {
            unsafe body(&head, decoder.texts.span.bytes)
        } else {
            unsafe body(&head, buffer.padded.span.bytes)
        }
        hasHead = false
    }

    /// Lines looked at by one `fill`.
    private static let mostLines = 1024

    /// Fetches the next record unless one is there. Reads at most once, and gives up after many lines that are none:
    /// then there is no head, and the source is not idle either.
    func fill() {
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

    /// The source may have more again.
    func wake() {
        isAtEnd = false
    }

    /// Event time has come so far, in µs since 1970: requests that have waited long enough need no further line.
    func advance(to time: Int64) { decoder.advance(to: time) }

    /// Nothing comes for now: lets go of requests that have waited long enough.
    /// - Returns: whether something is still held, so that it is worth asking again.
    func settle(clock: Int64, isLive: Bool) -> Bool {
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

    private func finish() {
        decoder.finish()
        if let rejection = decoder.takeRejection() { rejectLine(rejection.description) }
    }

    private func takeWaiting() -> Bool {
        hasHead = decoder.next(into: &head)
        return hasHead
    }

    private enum Taken { case record, nothing, noise }

    private func takeLines() -> Taken {
        for _ in 0..<Self.mostLines {
            switch buffer.nextLine() {
            case .none: return .nothing
            case .oversized(let count): rejectOversized(count)
            case .line(let range): if decode(range) { return .record }
            }
        }
        return .noise
    }

    private func takeRemainder() {
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

    private func decode(_ line: Range<Int>) -> Bool {
        let result = unsafe decoder.decode(buffer.padded.span.bytes, line: line, into: &head)
        switch result {
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
}
