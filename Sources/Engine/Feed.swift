import Ingest
import Telemetry

/// One source on its way to records: its buffer, its decoder and the record at its head.
final class Feed {
    let source: Source
    private var buffer = LineBuffer()
    private var decoder: NativeDecoder
    private let symbols: SymbolTable
    /// The next record, if `hasHead`; its text ranges point into the buffer.
    var head = Record()
    private(set) var hasHead = false
    /// Nothing to read at the moment (or ever).
    private(set) var isIdle = false
    /// Called with line and reason for every line that is no record.
    private let reject: (_ line: Int, _ reason: String) -> Void

    init(_ source: Source, symbols: SymbolTable, reject: @escaping (_ line: Int, _ reason: String) -> Void) {
        self.source = source
        self.symbols = symbols
        self.reject = reject
        decoder = NativeDecoder(symbols: symbols)
    }

    /// The bytes that the head's ranges point into.
    func withBytes(_ body: (inout Record, RawSpan) -> Void) {
        // A view of the buffer's bytes; any bit pattern is a byte.
        unsafe body(&head, buffer.padded.span.bytes)
        hasHead = false
    }

    /// Lines looked at by one `fill`.
    private static let mostLines = 1024

    /// Fetches the next record unless one is there. Reads at most once, and gives up after many lines that are none:
    /// then there is no head, and the source is not idle either.
    func fill() {
        guard !hasHead, takeLines() == .nothing else { return }
        switch source.read(into: &buffer) {
        case .bytes: _ = takeLines()
        case .caughtUp: isIdle = true
        case .ended, .failed:
            isIdle = true
            takeRemainder()
        }
    }

    /// The source may have more again.
    func wake() { isIdle = false }

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

    private func rejectOversized(_ count: Int) {
        reject(buffer.lineNumber, "line of \(count >> 20) MiB is too long; the limit is 64 MiB")
    }

    private func decode(_ line: Range<Int>) -> Bool {
        let result = unsafe decoder.decode(buffer.padded.span.bytes, line: line, into: &head)
        switch result {
        case .record:
            hasHead = true
            return true
        case .blank: return false
        case .rejected(let rejection):
            reject(buffer.lineNumber, rejection.description)
            return false
        }
    }
}
