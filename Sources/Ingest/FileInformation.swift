import Glibc

/// The file itself, whatever its name: device and inode.
struct FileIdentity: Hashable {
    let device: UInt64
    let inode: UInt64
}

/// What stat(2) says, as far as following a file needs it.
struct FileInformation {
    enum Kind {
        case regular, directory
        /// Pipe, terminal or other device: read as a stream.
        case stream
        case other
    }

    let identity: FileIdentity
    let kind: Kind
    let isPipe: Bool
    /// Bytes.
    let size: Int64
    /// Names that the file has; 0 once it is removed.
    let linkCount: Int
    /// Seconds since 1970.
    let modified: Int64

    init(_ raw: stat) {
        identity = FileIdentity(device: UInt64(raw.st_dev), inode: UInt64(raw.st_ino))
        size = Int64(raw.st_size)
        linkCount = Int(raw.st_nlink)
        modified = Int64(raw.st_mtim.tv_sec)
        let format = raw.st_mode & S_IFMT
        isPipe = format == S_IFIFO
        kind =
            switch format {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFIFO, S_IFCHR, S_IFSOCK: .stream
            default: .other
            }
    }

    /// What `path` names now, symbolic links followed.
    init(path: String) throws(SystemError) {
        var raw = stat()
        guard unsafe stat(path, &raw) == 0 else { throw SystemError(code: errno) }
        self.init(raw)
    }
}
