import Glibc

/// Standard input, a pipe with a name, a terminal or another device: bytes until an end.
///
/// Each read asks poll(2) first. Standard input is never made non-blocking: the flag belongs to the open file that a
/// shell and other programs share with us, and they break when it changes.
final class StreamInput {
    private let descriptor: Descriptor
    /// Bytes, where a regular file was redirected to standard input.
    let size: Int64?
    /// The first bytes, until there are enough to know compressed ones by.
    private var beginning: [UInt8]? = []

    var number: Int32 { descriptor.number }

    init(standardInput number: Int32, name: String) throws(SourceError) {
        let descriptor = Descriptor(borrowing: number)
        guard let information = try? descriptor.information() else {
            throw SourceError(source: name, reason: .noStandardInput)
        }
        guard information.kind != .directory else { throw SourceError(source: name, reason: .isDirectory) }
        size = information.kind == .regular ? information.size : nil
        if information.isPipe {
            descriptor.enlargePipe()
        }
        self.descriptor = descriptor
    }

    init(opening path: String, name: String) throws(SourceError) {
        do {
            descriptor = try Descriptor(opening: path)
        } catch {
            throw SourceError(source: name, reason: error.reason())
        }
        size = nil
        descriptor.enlargePipe()
    }

    func read(into buffer: inout LineBuffer, name: String) -> ReadOutcome {
        guard descriptor.isReadable() else { return .caughtUp }
        switch buffer.stage(from: descriptor) {
        case .count(0): return .ended
        case .count(let count):
            if let compression = compression(buffer.staged(0..<min(count, Compression.magicLength))) {
                return .failed(SourceError(source: name, reason: .compressedStream(compression)))
            }
            buffer.commit(count)
            return .bytes(count)
        case .wouldBlock: return .caughtUp
        case .noRoom: return .bytes(0)
        case .failed(let code):
            let isClosed = code == EBADF
            return .failed(
                SourceError(source: name, reason: isClosed ? .noStandardInput : SystemError(code: code).reason())
            )
        }
    }

    private func compression(_ bytes: [UInt8]) -> Compression? {
        guard let known = beginning else { return nil }
        let head = known + bytes
        beginning = head.count < Compression.magicLength ? head : nil
        return Compression(beginning: head)
    }
}
