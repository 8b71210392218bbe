/// A file held open and read forward, whatever becomes of its name.
final class OpenedFile {
    enum Step {
        case bytes(Int)
        case atEnd
        /// The tool that unpacks the file has nothing ready.
        case waiting
        /// The file was cut short, or cut and written anew: reading goes on at its beginning.
        case truncated
        case failed(SystemError)
        /// A compressed file could not be unpacked.
        case damaged(SourceError.Reason)
    }

    let descriptor: Descriptor
    private(set) var bookmark: Bookmark
    /// Bytes, as of the last read.
    private(set) var size: Int64
    /// Whether other machines may write to it unheard.
    let isRemote: Bool
    /// The inotify watch on this file, where there is one.
    var watch: Int32?
    /// Whether the reader's buffer was told that it begins.
    var hasBegun = false
    /// Whether the content is known to be nobody else's: until then it may be a copy of a file that was read.
    var isOriginal: Bool
    /// Where reading ends, whatever follows.
    let limit: Int64
    private var unpacking: Unpacking?
    /// Whether the first bytes have told if the file is compressed: a tool may be about to write them.
    private var isKindKnown = false
    private let toolFolders: [String]

    var identity: FileIdentity { bookmark.identity }
    var isCompressed: Bool { unpacking != nil }
    /// Readable when the tool that unpacks the file has something.
    var pendingInput: Int32? { unpacking?.pendingInput }

    /// - Parameters:
    ///   - bookmark: where to read on; nil: at the beginning.
    ///   - limit: where to stop, in bytes from the beginning; what is compressed has none.
    init(
        _ descriptor: consuming Descriptor, _ information: FileInformation, from bookmark: Bookmark?,
        upTo limit: Int64 = .max, toolFolders: [String]
    ) {
        self.descriptor = descriptor
        self.bookmark = bookmark ?? Bookmark(identity: information.identity)
        isOriginal = bookmark != nil
        self.limit = limit
        size = information.size
        isRemote = self.descriptor.isOnRemoteFileSystem()
        self.toolFolders = toolFolders
        learnKind()
    }

    private func learnKind() {
        guard !isKindKnown, let head = descriptor.bytes(0..<Int64(Compression.magicLength)) else { return }
        unpacking = Compression(beginning: head).map { Unpacking($0, toolFolders: toolFolders) }
        isKindKnown = unpacking != nil || !Compression.mayBegin(with: head)
    }

    /// Reads on, and makes sure afterwards that it was the same content that went on.
    ///
    /// The test comes after the read because a file can be truncated and written anew between any test and the read
    /// that follows it. What was read of other content isn't kept.
    func readOn(into buffer: inout LineBuffer) -> Step {
        learnKind()
        guard isKindKnown || bookmark.position > 0 else { return .atEnd }
        if let unpacking { return unpacking.readOn(descriptor, &bookmark, into: &buffer) }
        let position = bookmark.position
        guard position < limit else { return .atEnd }
        let transfer = buffer.stage(from: descriptor, at: position, upTo: limit)
        let count: Int
        switch transfer {
        case .count(let read): count = read
        case .wouldBlock: count = 0
        case .noRoom: return .bytes(0)
        case .failed(let code): return .failed(SystemError(code: code))
        }
        do {
            size = try descriptor.information().size
        } catch {
            return .failed(error)
        }
        let isCutShort = size < position + Int64(count)
        if isCutShort && count == 0 {
            return restart()
        }
        // Cut short after the read: the bytes are good still, and the next read finds the cut.
        if !isCutShort && !descriptor.begins(with: bookmark.head) {
            return restart()
        }
        guard count > 0 else { return .atEnd }
        bookmark.advance(
            by: count, first: buffer.staged(0..<min(count, Bookmark.headLimit)),
            last: buffer.staged(max(0, count - Bookmark.tailLimit)..<count))
        buffer.commit(count)
        return .bytes(count)
    }

    /// Whether a read would find something: more, less or other content.
    func hasNews() -> Bool {
        guard let size = try? descriptor.information().size else { return true }
        if unpacking != nil { return size != bookmark.drainedSize }
        return size != bookmark.position || !descriptor.begins(with: bookmark.head)
    }

    /// Whether anything is in the file.
    func isEmpty() -> Bool {
        guard let size = try? descriptor.information().size else { return false }
        return size == 0
    }

    /// Whether the file has lost its last name.
    func isRemoved() -> Bool {
        (try? descriptor.information().linkCount) == 0
    }

    /// The first bytes of the content, as many as a bookmark keeps; empty of an empty file, nil while a tool has none
    /// ready or where they can't be had: reading tells why.
    func firstBytes() -> [UInt8]? {
        learnKind()
        guard isKindKnown else { return [] }
        guard let unpacking else { return descriptor.bytes(0..<Int64(Bookmark.headLimit)) }
        return unpacking.firstBytes(descriptor)
    }

    /// Lets go of the tool that unpacks the file until it is read again.
    func pause() {
        unpacking?.forget()
    }

    /// The content goes on where another file of the same content was read to.
    func begin(after other: Bookmark) {
        bookmark.position = other.position
        bookmark.head = other.head
        bookmark.tail = other.tail
        isOriginal = true
    }

    private func restart() -> Step {
        isKindKnown = false
        bookmark = Bookmark(identity: identity)
        isOriginal = true
        return .truncated
    }
}

extension Descriptor {
    /// How the file is compressed; nil for a plain one.
    borrowing func compression() -> Compression? {
        bytes(0..<Int64(Compression.magicLength)).flatMap { Compression(beginning: $0) }
    }
}
