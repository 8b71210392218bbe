import Glibc

/// A look at a file's first bytes.
enum SQLiteFile {
    private static let magic = Array("SQLite format 3\0".utf8)

    static func isDatabase(_ path: String) -> Bool {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var information = stat()
        // Reading from a pipe would take bytes from it.
        guard unsafe fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return false }
        var bytes = [UInt8](repeating: 0, count: magic.count)
        let count = unsafe pread(descriptor, &bytes, magic.count, 0)
        return count == magic.count && bytes == magic
    }
}
