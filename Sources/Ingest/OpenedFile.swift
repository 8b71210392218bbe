/// How far a file was read, and how to know it again.
struct Bookmark {
    let identity: FileIdentity
    /// Bytes read from its beginning.
    var position: Int64 = 0
    /// Its first bytes, as many of `headLimit` as were read. Kept as they are, not hashed: equal means equal.
    var head: [UInt8] = []

    static let headLimit = 1024
}

/// A file held open and read forward, whatever becomes of its name.
final class OpenedFile {
    enum Step {
        case bytes(Int)
        case atEnd
        /// The file was cut short, or cut and written anew: reading goes on at its beginning.
        case truncated
        case failed(SystemError)
    }

    let descriptor: Descriptor
    private(set) var bookmark: Bookmark
    /// Bytes, as of the last read.
    private(set) var size: Int64
    /// Whether other machines may write to it unheard.
    let isRemote: Bool
    /// The inotify watch on this file, where there is one.
    var watch: Int32?

    var identity: FileIdentity { bookmark.identity }

    init(_ descriptor: consuming Descriptor, _ information: FileInformation, from bookmark: Bookmark?) {
        self.descriptor = descriptor
        self.bookmark = bookmark ?? Bookmark(identity: information.identity)
        size = information.size
        isRemote = self.descriptor.isOnRemoteFileSystem()
    }

    /// Reads on, and makes sure afterwards that it was the same content that went on.
    ///
    /// The test comes after the read because a file can be truncated and written anew between any test and the read
    /// that follows it. What was read of other content isn't kept.
    func readOn(into buffer: inout LineBuffer) -> Step {
        let position = bookmark.position
        let transfer = buffer.stage(from: descriptor, at: position)
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
        if bookmark.head.count < Bookmark.headLimit {
            // All bytes so far are in the head, so these follow on it.
            bookmark.head += buffer.staged(min(count, Bookmark.headLimit - bookmark.head.count))
        }
        bookmark.position += Int64(count)
        buffer.commit(count)
        return .bytes(count)
    }

    /// Whether a read would find something: more, less or other content.
    func hasNews() -> Bool {
        guard let size = try? descriptor.information().size else { return true }
        return size != bookmark.position || !descriptor.begins(with: bookmark.head)
    }

    /// Whether anything is in the file.
    func isEmpty() -> Bool {
        guard let size = try? descriptor.information().size else { return false }
        return size == 0
    }

    private func restart() -> Step {
        bookmark = Bookmark(identity: identity)
        return .truncated
    }
}
