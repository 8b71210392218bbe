import Glibc

/// Reads a settings file that may turn out to be a folder, a pipe or a device.
package enum BoundedFile {
    /// The text of a regular file in UTF-8.
    ///
    /// - Parameter megabytes: how large it may be.
    /// - Throws: what is wrong with the file, named as `path` names it.
    package static func text(at path: String, megabytes: Int = 1) throws(ConfigurationError) -> String {
        // Not blocking: opening a pipe without a writer would never return.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw ConfigurationError(file: path, message: "can't be opened: \(reason())")
        }
        defer { close(descriptor) }
        var information = stat()
        guard unsafe fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            throw ConfigurationError(file: path, message: "is not a regular file")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw ConfigurationError(file: path, message: "can't be read: \(reason())")
            }
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= megabytes * 1_000_000 else {
                throw ConfigurationError(file: path, message: "larger than \(megabytes) MB")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(file: path, message: "is not UTF-8 text")
        }
        return text
    }

    /// Whether there is anything at the path that the user may see.
    package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// What tells one content of a path from another without reading it; nil when nothing is there.
    package static func stamp(of path: String) -> FileStamp? {
        var information = stat()
        guard unsafe stat(path, &information) == 0 else { return nil }
        return FileStamp(
            device: information.st_dev, inode: information.st_ino, size: Int64(information.st_size),
            seconds: Int64(information.st_mtim.tv_sec), nanoseconds: Int64(information.st_mtim.tv_nsec))
    }

    private static func reason() -> String {
        switch errno {
        case ENOENT: "no such file"
        case EACCES: "permission denied"
        case let code: "error \(code)"
        }
    }
}

/// A file as it was when it was looked at.
package struct FileStamp: Sendable, Hashable {
    let device: UInt
    let inode: UInt
    let size: Int64
    /// When it was changed, since 1970.
    let seconds: Int64
    let nanoseconds: Int64
}
