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
    private let shared: SharedByFiles
    private let changes: ChangeWatch?
    /// The directory part of the path, and the name in it.
    private let directory: String
    private let baseName: [UInt8]

    /// Open files, oldest first: the first is being read, the last bears the name or bore it last.
    private var queue: [OpenedFile] = []
    private var directoryWatch: Int32?
    /// Whether the source was accepted once: what goes wrong from then on may be in passing.
    private var isEstablished = false

    /// How far a file was read that was lost while it was open: found again, it goes on in the middle of a line.
    private var lost: Bookmark?
    /// The name leads nowhere, though what it led to may still be open.
    private var nameIsGone = false

    private(set) var rotations = 0
    /// What is wrong with the name.
    private var lastError: String?
    /// What is wrong with the present file.
    private var lastProblem: String?
    /// The name leads nowhere, and nothing is open.
    private(set) var isMissing = false
    /// The part of the first file that is read apart, behind the newest; once it is taken, nil.
    private var history: HistoryPart?
    /// Where reading of the first file began, and how much before that is read by nobody; bytes.
    private(set) var opening: (start: Int64, unread: Int64) = (0, 0)
    /// Readable when the tool that unpacks the present file has more.
    private(set) var pendingInput: Int32?

    /// Files held open at a time; only a writer that rotates this often before we come to read needs more.
    private static let queueLimit = 16

    init(path: String, location: SourceLocation, source: Int, follows: Bool, shared: SharedByFiles) {
        self.path = path
        displayName = location.displayName
        self.source = source
        self.follows = follows
        self.shared = shared
        changes = follows ? shared.changes : nil
        let parts = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        baseName = Array(parts.map { path.utf8[path.utf8.index(after: $0)...] } ?? path.utf8[...])
        directory = parts.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// Bytes of the present file read so far, and its size.
    var progress: (position: Int64, size: Int64)? {
        queue.first.flatMap { $0.isCompressed ? nil : ($0.bookmark.position, $0.size) }
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
        pendingInput = nil
        guard let current = queue.first else { return follows ? .caughtUp : .ended }
        begin(current, &buffer)
        // Looked at before the read: what was written to the old file before the new one is then read for certain.
        let hasSuccessor = queue.dropFirst().contains { !$0.isEmpty() }
        let before = current.bookmark
        let step = settleOrigin(of: current, &buffer) ?? current.readOn(into: &buffer)
        switch step {
        case .bytes(let count):
            lastProblem = nil
            return .bytes(count)
        case .waiting:
            pendingInput = current.pendingInput
            return .caughtUp
        case .truncated where !follows:
            leave(current)
            return .ended
        case .truncated:
            rotations += 1
            var before = before
            if shared.seesCopies {
                // The copy, which is made before, has the whole line.
                before.retreat(by: buffer.discardOpenLine())
            }
            shared.readFiles.wasCut(before)
            buffer.beginFile()
            return .bytes(0)
        case .atEnd where !follows:
            leave(current)
            return .ended
        case .atEnd where hasSuccessor:
            leave(current)
            rotations += 1
            // At once: it ends the last line of the file before.
            if let next = queue.first { begin(next, &buffer) }
            return .bytes(0)
        case .atEnd:
            return .caughtUp
        case .damaged(let reason):
            return damaged(current, reason)
        case .failed(let error) where follows && error.isMissing:
            // A network file system lost the open file; its name may lead to it again, and the bookmark says where to go on.
            lost = current.bookmark
            leave(current)
            return .bytes(0)
        case .failed(let error):
            leave(current)
            return .failed(SourceError(source: displayName, reason: error.reason()))
        }
    }

    /// Tells the buffer of another file, once.
    private func begin(_ file: OpenedFile, _ buffer: inout LineBuffer) {
        guard !file.hasBegun else { return }
        file.hasBegun = true
        defer { lost = nil }
        if let lost, lost.identity == file.identity, lost.position == file.bookmark.position { return }
        buffer.beginFile(at: file.bookmark.position)
    }

    /// A file that isn't whole yet is tried again when it grows; what can't be unpacked at all is final.
    private func damaged(_ file: OpenedFile, _ reason: SourceError.Reason) -> ReadOutcome {
        let error = SourceError(source: displayName, reason: reason)
        if case .damaged = reason, follows {
            lastProblem = error.description
            return .caughtUp
        }
        leave(file)
        return .failed(error)
    }

    /// Finds out whether a file that joined is a copy of one that was read, as rotation makes them.
    /// - Returns: nil when it is to be read.
    private func settleOrigin(of file: OpenedFile, _ buffer: inout LineBuffer) -> OpenedFile.Step? {
        guard follows, !file.isOriginal else { return nil }
        guard let head = file.firstBytes() else {
            // Where reading fails, it says why.
            return file.pendingInput == nil ? nil : .waiting
        }
        guard !head.isEmpty || file.isCompressed else { return .atEnd }
        switch shared.readFiles.origin(of: file, head: head) {
        case .none: file.isOriginal = true
        case .stillRead:
            file.pause()
            return .waiting
        case .read(let other):
            let other = other.atLineStart
            file.begin(after: other)
            buffer.beginFile(at: other.position)
        }
        return nil
    }

    /// Lets go of everything that is open.
    func close() {
        for file in queue { leave(file) }
        if let directoryWatch { changes?.end(directoryWatch, for: source) }
        directoryWatch = nil
    }

    /// Hands over what is to be read behind the newest part, once.
    func takeHistory() -> HistoryPart? {
        defer { history = nil }
        return history
    }

    /// What is wrong with the name or with the present file.
    var problem: String? { lastError ?? lastProblem }

    /// Whether the file was removed, or moved away to another name, and nothing is left to read of it.
    var standing: Standing {
        guard isMissing || nameIsGone, let current = queue.first else { return isMissing ? .removed : .present }
        return current.isRemoved() ? .removed : .movedAway
    }

    enum Standing { case present, movedAway, removed }

    /// Whether a read would find something new, judged without reading: for where no event tells.
    func looksChanged() -> Bool {
        if queue.first?.hasNews() ?? false || queue.dropFirst().contains(where: { !$0.isEmpty() }) { return true }
        do {
            let information = try FileInformation(path: path)
            guard information.kind == .regular else { return lastError == nil }
            return lastError != nil || !isKnown(information.identity)
        } catch {
            return error.isMissing ? lastError != nil || !nameIsGone : lastError == nil
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
            nameIsGone = false
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
            nameIsGone = true
            lastError = nil
            return nil
        }
    }

    private func enqueue(_ descriptor: consuming Descriptor) throws(SystemError) -> SourceError? {
        // The name may have changed hands since it was looked at: what counts is the file that is open.
        let information = try descriptor.information()
        guard information.kind == .regular else { return failure(.notReadable) }
        guard !isKnown(information.identity) else { return nil }
        let bookmark = shared.readFiles.bookmark(of: descriptor, information)
        let plan = bookmark == nil && !isEstablished ? backlog(of: descriptor, information) : nil
        let file = OpenedFile(
            descriptor, information, from: plan ?? bookmark, toolFolders: shared.toolFolders)
        if let changes {
            file.watch = changes.watch(file: file.descriptor.number, for: source)
        }
        shared.readFiles.begin(file, source: source)
        queue.append(file)
        isEstablished = true
        lastError = nil
        return nil
    }

    /// Where the first file is to be read from, if it is so large that its newest part comes first.
    private func backlog(of descriptor: borrowing Descriptor, _ information: FileInformation) -> Bookmark? {
        guard let policy = shared.backlog, information.size >= policy.threshold, descriptor.compression() == nil,
            let division = policy.divide(descriptor, size: information.size),
            let head = descriptor.bytes(0..<Int64(Bookmark.headLimit))
        else { return nil }
        var newest = Bookmark(identity: information.identity)
        newest.position = division.shownFrom
        newest.head = head
        opening = (division.shownFrom, division.keptFrom)
        guard division.keptFrom < division.shownFrom, let copy = try? descriptor.duplicate() else {
            opening.unread = division.shownFrom
            return newest
        }
        var oldest = newest
        oldest.position = division.keptFrom
        history = HistoryPart(
            OpenedFile(copy, information, from: oldest, upTo: division.shownFrom, toolFolders: []), name: displayName)
        return newest
    }

    /// Whether the file is in the queue, or another source reads it.
    private func isKnown(_ identity: FileIdentity) -> Bool {
        queue.contains { $0.identity == identity } || shared.readFiles.isOpen(identity, elsewhereThan: source)
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
        lastProblem = nil
        shared.readFiles.end(file.bookmark)
        if let watch = file.watch {
            changes?.end(watch, for: source)
        }
    }

    private func watchDirectory() {
        guard let changes else { return }
        let watch = changes.watch(directory: directory, name: .exactly(baseName), for: source)
        if let old = directoryWatch, old != watch {
            changes.end(old, for: source)
        }
        directoryWatch = watch
    }
}
