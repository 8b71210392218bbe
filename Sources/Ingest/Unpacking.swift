import Glibc

/// The content of a compressed file, read through the system's tool from any position on: what lies before is passed over.
final class Unpacking {
    private let compression: Compression
    private let toolFolders: [String]
    private var decompressor: Decompressor?
    /// The first bytes that came out, until somebody takes them.
    private var held: [UInt8] = []
    private var hasEnded = false
    /// Bytes that came out so far, those held included.
    private var produced: Int64 = 0
    /// The last bytes passed over.
    private var passed: [UInt8] = []
    private var scratch: [UInt8] = []

    private static let scratchSize = 64 << 10

    init(_ compression: Compression, toolFolders: [String]) {
        self.compression = compression
        self.toolFolders = toolFolders
    }

    var pendingInput: Int32? { hasEnded ? nil : decompressor?.output.number }

    /// The first bytes of the content; nil while there are too few.
    func firstBytes(_ file: borrowing Descriptor) -> [UInt8]? {
        guard (try? start(file)) != nil, produced == held.count else { return nil }
        while !hasEnded, held.count < Bookmark.headLimit {
            guard let decompressor, decompressor.isReady() else { return nil }
            switch takeScratch(from: decompressor, atMost: Unpacking.scratchSize) {
            case .count(0): hasEnded = true
            case .count(let count): held += scratch[..<count]
            case .failed, .noRoom, .wouldBlock: return nil
            }
        }
        return Array(held.prefix(Bookmark.headLimit))
    }

    func readOn(
        _ file: borrowing Descriptor, _ bookmark: inout Bookmark, into buffer: inout LineBuffer
    ) -> OpenedFile.Step {
        let size: Int64
        do {
            size = try file.information().size
        } catch {
            return .failed(error)
        }
        if let drained = bookmark.drainedSize {
            guard size != drained else { return .atEnd }
            // It grew: the tool was too early, or more was appended. From the beginning, past what is known.
            bookmark.drainedSize = nil
            forget()
        }
        do throws(Decompressor.Failure) {
            let decompressor = try start(file)
            return try step(decompressor, size, &bookmark, &buffer)
        } catch {
            forget()
            bookmark.drainedSize = size
            switch error {
            case .toolMissing: return .damaged(.toolMissing(compression))
            case .damaged(let message): return .damaged(.damaged(message))
            case .system(let error): return .failed(error)
            }
        }
    }

    private func step(
        _ decompressor: Decompressor, _ size: Int64, _ bookmark: inout Bookmark, _ buffer: inout LineBuffer
    ) throws(Decompressor.Failure) -> OpenedFile.Step {
        if !held.isEmpty {
            let isBehind = produced > bookmark.position
            let start = produced - Int64(held.count)
            let wanted = isBehind ? Array(held.dropFirst(Int(max(0, bookmark.position - start)))) : []
            pass(held.dropLast(wanted.count))
            held = []
            guard isBehind, isContinuation(of: bookmark) else { return mismatchOrGoOn(&bookmark) }
            buffer.append(wanted)
            bookmark.advance(by: wanted.count, first: wanted, last: wanted.suffix(Bookmark.tailLimit))
            return .bytes(wanted.count)
        }
        guard hasEnded || decompressor.isReady() else { return .waiting }
        if !hasEnded, produced < bookmark.position {
            let missing = Int(min(bookmark.position - produced, Int64(Unpacking.scratchSize)))
            switch takeScratch(from: decompressor, atMost: missing) {
            case .count(let count) where count > 0:
                pass(scratch[..<count])
                return mismatchOrGoOn(&bookmark)
            case .failed(let code): throw .system(SystemError(code: code))
            case .wouldBlock, .noRoom: return .waiting
            case .count: hasEnded = true
            }
        }
        switch hasEnded ? .count(0) : buffer.stage(from: decompressor.output) {
        case .count(0):
            hasEnded = true
            if let failure = decompressor.finish() { throw failure }
            bookmark.drainedSize = size
            forget()
            return .atEnd
        case .count(let count):
            produced += Int64(count)
            bookmark.advance(
                by: count, first: buffer.staged(0..<min(count, Bookmark.headLimit)),
                last: buffer.staged(max(0, count - Bookmark.tailLimit)..<count))
            buffer.commit(count)
            return .bytes(count)
        case .wouldBlock: return .waiting
        case .noRoom: return .bytes(0)
        case .failed(let code): throw .system(SystemError(code: code))
        }
    }

    @discardableResult
    private func start(_ file: borrowing Descriptor) throws(Decompressor.Failure) -> Decompressor {
        if let decompressor { return decompressor }
        let started = try Decompressor(compression, file: file, toolFolders: toolFolders)
        decompressor = started
        return started
    }

    private func takeScratch(from decompressor: Decompressor, atMost count: Int) -> Transfer {
        if scratch.isEmpty { scratch = [UInt8](repeating: 0, count: Unpacking.scratchSize) }
        let transfer = unsafe scratch.withUnsafeMutableBytes { bytes in
            unsafe decompressor.output.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]))
        }
        if case .count(let read) = transfer { produced += Int64(read) }
        return transfer
    }

    private func pass(_ bytes: ArraySlice<UInt8>) {
        passed = (passed + bytes.suffix(Bookmark.tailLimit)).suffix(Bookmark.tailLimit)
    }

    private func isContinuation(of bookmark: Bookmark) -> Bool {
        passed.suffix(bookmark.tail.count).elementsEqual(bookmark.tail)
    }

    /// Having passed over all that is known: goes on if it was the same, and from the beginning if the content is another's.
    private func mismatchOrGoOn(_ bookmark: inout Bookmark) -> OpenedFile.Step {
        guard produced >= bookmark.position, !isContinuation(of: bookmark) else { return .bytes(0) }
        forget()
        bookmark = Bookmark(identity: bookmark.identity)
        return .bytes(0)
    }

    /// Begins anew at the next read.
    func forget() {
        decompressor = nil
        held = []
        passed = []
        scratch = []
        hasEnded = false
        produced = 0
    }
}
