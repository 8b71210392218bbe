/// Which files are being read or were read, by any source of a set: no file is read twice, whatever names it goes by.
///
/// With `app.jsonl app.jsonl.1` every rotation gives a read file another followed name; a link swapped to and fro does too.
final class ReadFiles {
    private var open: [FileIdentity: Int] = [:]
    /// The newest last.
    private var finished: [Bookmark] = []

    private static let finishedLimit = 64

    /// Whether a source other than `source` reads the file now.
    func isOpen(_ identity: FileIdentity, elsewhereThan source: Int) -> Bool {
        open[identity].map { $0 != source } ?? false
    }

    /// Notes that `source` reads the file.
    func begin(_ identity: FileIdentity, source: Int) {
        open[identity] = source
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

    /// Where reading of the file stopped, if it is the same file still (an inode's number is used again after removal).
    func bookmark(of descriptor: borrowing Descriptor, _ information: FileInformation) -> Bookmark? {
        guard let known = finished.last(where: { $0.identity == information.identity }),
            information.size >= known.position, descriptor.begins(with: known.head)
        else { return nil }
        return known
    }
}
