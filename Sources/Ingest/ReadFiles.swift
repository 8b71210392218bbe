/// Which files are being read or were read, by any source of a set: no file is read twice, whatever names it goes by, and
/// no copy of one either.
///
/// With `app.jsonl app.jsonl.1` every rotation gives a read file another followed name; a link swapped to and fro does too.
/// A rotation that copies and truncates, or compresses, makes another file of the same content.
final class ReadFiles {
    /// What is known of a file's content.
    enum Origin {
        /// It is no copy of anything that was read.
        case none
        /// It is a copy of what is still being read: it may go on where that ends.
        case stillRead
        /// It is a copy of what was read so far.
        case read(Bookmark)
    }

    private var open: [FileIdentity: (file: OpenedFile, source: Int)] = [:]
    /// By identity, the newest last.
    private var finished: [Bookmark] = []
    /// Contents of files that were cut short, the newest last.
    private var cut: [Bookmark] = []

    private static let finishedLimit = 512
    private static let cutLimit = 64
    /// A shorter content may be the same by chance.
    private static let leastContent: Int64 = 32

    /// Whether a source other than `source` reads the file now.
    func isOpen(_ identity: FileIdentity, elsewhereThan source: Int) -> Bool {
        open[identity].map { $0.source != source } ?? false
    }

    /// Notes that `source` reads the file.
    func begin(_ file: OpenedFile, source: Int) {
        open[file.identity] = (file, source)
    }

    /// Notes how far the file was read, by the source that read it.
    func end(_ bookmark: Bookmark) {
        open[bookmark.identity] = nil
        finished.removeAll { $0.identity == bookmark.identity }
        finished.append(bookmark)
        if finished.count > ReadFiles.finishedLimit {
            finished.removeFirst()
        }
    }

    /// Notes what a file held before it was cut short: a copy may have been made.
    func wasCut(_ bookmark: Bookmark) {
        guard bookmark.position >= ReadFiles.leastContent else { return }
        cut.append(bookmark)
        if cut.count > ReadFiles.cutLimit {
            cut.removeFirst()
        }
    }

    /// Where reading of the file stopped, if it is the same file still (an inode's number is used again after removal).
    func bookmark(of descriptor: borrowing Descriptor, _ information: FileInformation) -> Bookmark? {
        guard let known = finished.last(where: { $0.identity == information.identity }) else { return nil }
        // What a compressed file holds is compared when it is passed over.
        if known.drainedSize != nil { return known }
        guard information.size >= known.position, descriptor.begins(with: known.head) else { return nil }
        return known
    }

    /// Whether the file, whose content begins with `head`, is a copy of another that was or is read.
    func origin(of file: OpenedFile, head: [UInt8]) -> Origin {
        for other in open.values where other.file !== file && other.file.bookmark.position > 0 {
            let origin = compare(file, head, with: other.file)
            if case .none = origin { continue }
            return origin
        }
        for known in cut.reversed() + finished.reversed() where known.position >= ReadFiles.leastContent {
            guard known.identity != file.identity, head.starts(with: known.head) else { continue }
            if file.isCompressed { return .read(known) }
            let range = known.position - Int64(known.tail.count)..<known.position
            if file.descriptor.bytes(range) == known.tail { return .read(known) }
        }
        return .none
    }

    private func compare(_ file: OpenedFile, _ head: [UInt8], with other: OpenedFile) -> Origin {
        let known = other.bookmark
        let common = min(head.count, known.head.count)
        guard common > 0, head.prefix(common) == known.head.prefix(common) else { return .none }
        if file.isCompressed {
            // A beginning alone is no proof, but what is passed over is compared at its end.
            guard head.count >= known.head.count else { return .none }
            return other.hasNews() ? .stillRead : .read(known)
        }
        guard let size = try? file.descriptor.information().size else { return .none }
        let end = min(size, known.position)
        let range = max(0, end - Int64(Bookmark.tailLimit))..<end
        let theirs = end == known.position ? known.tail : other.isCompressed ? nil : other.descriptor.bytes(range)
        if let theirs, theirs.count == range.count {
            guard file.descriptor.bytes(range) == theirs else { return .none }
        } else if common < Bookmark.headLimit {
            return .none
        }
        return size > known.position && !other.hasNews() ? .read(known) : .stillRead
    }
}
