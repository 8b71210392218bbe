import CPosix
import Glibc

/// How a transfer ended.
enum Transfer: Equatable {
    /// So many bytes; 0 is the end of what there is.
    case count(Int)
    /// Nothing for now.
    case wouldBlock
    /// The line buffer holds all that it may; nothing was read.
    case noRoom
    /// The value of `errno`.
    case failed(Int32)
}

/// An open file descriptor, closed with its owner if it was opened by us.
///
/// All reading of the module goes through here; this file and the line buffer are where memory is handed to the system.
struct Descriptor: ~Copyable {
    let number: Int32
    private let isOwned: Bool

    /// A descriptor that belongs to somebody else, as standard input does: never closed, and its flags are never
    /// changed, since other processes share them.
    init(borrowing number: Int32) {
        self.number = number
        isOwned = false
    }

    /// Takes over a descriptor that was opened for us; a negative one is none.
    init(owning number: Int32) {
        self.number = number
        isOwned = number >= 0
    }

    /// The same open file once more, to be closed on its own.
    borrowing func duplicate() throws(SystemError) -> Descriptor {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw SystemError(code: errno) }
        return Descriptor(owning: copy)
    }

    /// Opens for reading. Never waits: a FIFO without a writer opens at once.
    init(opening path: String) throws(SystemError) {
        var result: Int32
        repeat {
            result = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        } while result < 0 && errno == EINTR
        let code = errno
        number = result
        isOwned = result >= 0
        guard result >= 0 else { throw SystemError(code: code) }
    }

    deinit {
        if isOwned {
            _ = close(number)
        }
    }

    /// Reads at `offset`, or where it is nil at the descriptor's own position and moves that.
    borrowing func read(into memory: UnsafeMutableRawBufferPointer, at offset: Int64? = nil) -> Transfer {
        while true {
            let count =
                if let offset {
                    unsafe pread(number, memory.baseAddress, memory.count, off_t(offset))
                } else {
                    unsafe Glibc.read(number, memory.baseAddress, memory.count)
                }
            if count >= 0 { return .count(count) }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .wouldBlock : .failed(errno)
        }
    }

    /// Whether the first bytes of the file are still these. An error counts as "yes": the read that follows reports it.
    borrowing func begins(with head: [UInt8]) -> Bool {
        guard !head.isEmpty, let found = bytes(0..<Int64(head.count)) else { return true }
        return found == head
    }

    /// What lies there, as far as the file reaches; nil if it can't be read.
    borrowing func bytes(_ range: Range<Int64>) -> [UInt8]? {
        var found = [UInt8](repeating: 0, count: range.count)
        let transfer = unsafe found.withUnsafeMutableBytes { unsafe read(into: $0, at: range.lowerBound) }
        guard case .count(let count) = transfer else { return nil }
        found.removeLast(found.count - count)
        return found
    }

    /// What fstat(2) says.
    borrowing func information() throws(SystemError) -> FileInformation {
        var raw = stat()
        guard unsafe fstat(number, &raw) == 0 else { throw SystemError(code: errno) }
        return FileInformation(raw)
    }

    /// Whether bytes, an end or an error wait to be read, without waiting for them or after so long a wait.
    borrowing func isReadable(withinMilliseconds limit: Int32 = 0) -> Bool {
        var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, limit) > 0
    }

    /// Lets a pipe hold a megabyte: a fast writer is then woken a sixteenth as often. No matter if it is refused.
    borrowing func enlargePipe() {
        _ = agentdash_set_pipe_size(number, 1 << 20)
    }

    /// Whether the file lies where other machines can change it without inotify hearing of it.
    borrowing func isOnRemoteFileSystem() -> Bool {
        Descriptor.remoteFileSystems.contains(UInt32(truncatingIfNeeded: agentdash_file_system(number)))
    }

    /// Magic numbers of statfs(2): NFS, SMB, CIFS, SMB2, FUSE, 9P, Ceph, AFS.
    private static let remoteFileSystems: Set<UInt32> = [
        0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42, 0x6573_5546, 0x0102_1997, 0x00C3_6400, 0x5346_414F,
    ]
}
