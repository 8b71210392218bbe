import Glibc

/// Files that are there whole or not at all, also when the power fails while they are being written. Only their owner may read them, and
/// whoever may write into a folder that was given to a group.
package enum DurableFile {
    /// Replaces what the file holds, by way of another that takes its name.
    package static func write(_ bytes: [UInt8], to name: String, in folder: StateFolder) throws(StoreError) {
        let temporary = ".\(name).\(getpid()).\(String(UInt32.random(in: 0 ... .max), radix: 36)).tmp"
        try create(bytes, temporary, in: folder)
        guard unsafe rename(folder[temporary], folder[name]) == 0 else {
            let error = StoreError.last(folder[name], "can't be written")
            folder.remove(temporary)
            throw error
        }
        synchronize(folder)
    }

    /// A new file with the bytes, on the disk when this returns.
    ///
    /// - Throws: also when there is one of that name.
    package static func create(_ bytes: [UInt8], _ name: String, in folder: StateFolder) throws(StoreError) {
        let path = folder[name]
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .last(path, "can't be written") }
        defer { close(descriptor) }
        folder.share(descriptor)
        guard writeAll(bytes, to: descriptor), fsync(descriptor) == 0 else {
            let error = StoreError.last(path, "can't be written")
            folder.remove(name)
            throw error
        }
    }

    /// Adds the bytes to the file's end at one go, making it where it isn't there; on the disk when this returns.
    ///
    /// - Parameter path: of a regular file: nothing else is written to.
    package static func append(_ bytes: [UInt8], to path: String) throws(StoreError) {
        // Not blocking: opening a pipe that nobody reads would never return.
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        let descriptor = unsafe open(path, flags, 0o600)
        guard descriptor >= 0 else { throw .last(path, "can't be opened") }
        defer { close(descriptor) }
        var information = stat()
        guard unsafe fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            throw StoreError(path: path, message: "is not a regular file")
        }
        guard writeAll(bytes, to: descriptor), fsync(descriptor) == 0 else { throw .last(path, "can't be written") }
    }

    /// What a regular file holds; nil when there is none of that name.
    ///
    /// - Throws: when it is larger than 64 MB or can't be read.
    package static func read(_ path: String) throws(StoreError) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .last(path, "can't be opened")
        }
        defer { close(descriptor) }
        var information = stat()
        guard unsafe fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            throw StoreError(path: path, message: "is not a regular file")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last(path, "can't be read") }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= largest else { throw StoreError(path: path, message: "larger than 64 MB") }
        }
    }

    /// Removes what was being written when a process ended, a minute ago or longer. For whoever holds the folder's lock.
    package static func sweep(_ folder: StateFolder) {
        for name in (try? folder.allNames()) ?? [] where name.hasPrefix(".") && name.hasSuffix(".tmp") {
            var information = stat()
            guard unsafe stat(folder[name], &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
                continue
            }
            if time(nil) - information.st_mtim.tv_sec >= 60 { folder.remove(name) }
        }
    }

    private static let largest = 64_000_000

    /// False, with errno set, when not all of them could be written.
    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// The new name is kept too. Not every file system can: then it is as good as it gets.
    private static func synchronize(_ folder: StateFolder) {
        let descriptor = unsafe open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
