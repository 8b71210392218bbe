/// A file followed by its name, through rotation of every kind; or read once to its end.
///
/// Whenever the name leads to a file not seen yet, that file is opened at once and queued. The present file is left for
/// the next one only when it is at its end *after* a later one was seen to hold bytes: a writer that still had the old
/// file open has then moved on, and its last lines were read. (Several writers that move on at different times are more
/// than this rule covers.)
final class FollowedFile {
    private let path: String
    private let displayName: String
    private let source: Int
    private let follows: Bool
    private let readFiles: ReadFiles
    private let changes: ChangeWatch?
    /// The directory part of the path, and the name in it.
    private let directory: String
    private let baseName: [UInt8]

    /// Open files, oldest first: the first is being read, the last bears the name or bore it last.
    private var queue: [OpenedFile] = []
    private var directoryWatch: Int32?
    /// Whether the source was accepted once: what goes wrong from then on may be in passing.
    private var isEstablished = false

    private(set) var rotations = 0
    private(set) var lastError: String?
    /// The name leads nowhere, and nothing is open.
    private(set) var isMissing = false

    /// Files held open at a time; only a writer that rotates this often before we come to read needs more.
    private static let queueLimit = 16

    init(path: String, location: SourceLocation, source: Int, follows: Bool, shared: SharedByFiles) {
        self.path = path
        displayName = location.displayName
        self.source = source
        self.follows = follows
        readFiles = shared.readFiles
        changes = follows ? shared.changes : nil
        let parts = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        baseName = Array(parts.map { path.utf8[path.utf8.index(after: $0)...] } ?? path.utf8[...])
        directory = parts.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// Bytes of the present file read so far, and its size.
    var progress: (position: Int64, size: Int64)? {
        queue.first.map { ($0.bookmark.position, $0.size) }
    }

    /// Whether only looking again tells what happened: no inotify, or a file system that other machines write to.
    var needsPolling: Bool {
        guard changes != nil, directoryWatch != nil else { return true }
        return queue.contains { $0.watch == nil || $0.isRemote }
    }

    func read(into buffer: inout LineBuffer) -> ReadOutcome {
        if follows || !isEstablished, let error = lookAtName() {
            return .failed(error)
        }
        guard let current = queue.first else { return follows ? .caughtUp : .ended }
        // Looked at before the read: what was written to the old file before the new one is then read for certain.
        let hasSuccessor = queue.dropFirst().contains { !$0.isEmpty() }
        switch current.readOn(into: &buffer) {
        case .bytes(let count):
            return .bytes(count)
        case .truncated where !follows:
            leave(current)
            return .ended
        case .truncated:
            rotations += 1
            buffer.beginFile()
            return .bytes(0)
        case .atEnd where !follows:
            leave(current)
            return .ended
        case .atEnd where hasSuccessor:
            leave(current)
            rotations += 1
            buffer.beginFile()
            return .bytes(0)
        case .atEnd:
            return .caughtUp
        case .failed(let error) where follows && error.isMissing:
            // A network file system lost the open file; its name may lead to it again, and the bookmark says where to go on.
            leave(current)
            return .bytes(0)
        case .failed(let error):
            leave(current)
            return .failed(SourceError(source: displayName, reason: error.reason()))
        }
    }

    /// Whether a read would find something new, judged without reading: for where no event tells.
    func looksChanged() -> Bool {
        if queue.first?.hasNews() ?? false || queue.dropFirst().contains(where: { !$0.isEmpty() }) { return true }
        do {
            let information = try FileInformation(path: path)
            guard information.kind == .regular else { return lastError == nil }
            return lastError != nil || !isKnown(information.identity)
        } catch {
            return error.isMissing ? lastError != nil : lastError == nil
        }
    }
}

// MARK: - The name

extension FollowedFile {
    /// Queues the file that the name leads to, if it isn't known yet. An error is final.
    private func lookAtName() -> SourceError? {
        do {
            let information = try FileInformation(path: path)
            isMissing = false
            if isKnown(information.identity) {
                isEstablished = true
                lastError = nil
                return nil
            }
            // Watched anew: a directory may have been replaced together with the file.
            watchDirectory()
            guard information.kind == .regular else {
                return failure(information.kind == .directory ? .isDirectory : .notReadable)
            }
            guard queue.count < FollowedFile.queueLimit else { return nil }
            return try enqueue(Descriptor(opening: path))
        } catch {
            guard follows && error.isMissing else { return failure(error.reason()) }
            watchDirectory()
            isEstablished = true
            isMissing = queue.isEmpty
            lastError = nil
            return nil
        }
    }

    private func enqueue(_ descriptor: consuming Descriptor) throws(SystemError) -> SourceError? {
        // The name may have changed hands since it was looked at: what counts is the file that is open.
        let information = try descriptor.information()
        guard information.kind == .regular else { return failure(.notReadable) }
        guard !isKnown(information.identity) else { return nil }
        let bookmark = readFiles.bookmark(of: descriptor, information)
        let file = OpenedFile(descriptor, information, from: bookmark)
        if let changes {
            file.watch = changes.watch(file: file.descriptor.number, for: source)
        }
        readFiles.begin(file.identity, source: source)
        queue.append(file)
        isEstablished = true
        lastError = nil
        return nil
    }

    /// Whether the file is in the queue, or another source reads it.
    private func isKnown(_ identity: FileIdentity) -> Bool {
        queue.contains { $0.identity == identity } || readFiles.isOpen(identity, elsewhereThan: source)
    }

    /// Ends the source if it never worked; afterwards an error is told and the name looked at again.
    private func failure(_ reason: SourceError.Reason) -> SourceError? {
        let error = SourceError(source: displayName, reason: reason)
        guard follows && isEstablished else { return error }
        lastError = error.description
        return nil
    }

    private func leave(_ file: OpenedFile) {
        queue.removeFirst()
        readFiles.end(file.bookmark)
        if let watch = file.watch {
            changes?.end(watch, for: source)
        }
    }

    private func watchDirectory() {
        guard let changes else { return }
        let watch = changes.watch(directory: directory, name: baseName, for: source)
        if let old = directoryWatch, old != watch {
            changes.end(old, for: source)
        }
        directoryWatch = watch
    }
}

/// What the files of a set have in common.
struct SharedByFiles {
    let readFiles = ReadFiles()
    /// Nil where files are polled.
    let changes: ChangeWatch?
}
