import CPosix
import Glibc

/// Keeps messages off the picture: while it is shown, descriptor 2 is a file in memory, shown when the terminal is given back.
///
/// Only where stderr is a terminal: one that leads to a file disturbs nothing and stays.
struct StderrCapture: ~Copyable {
    /// What is captured, for the guard; -1 when nothing is.
    let file: Int32
    private let original: Int32
    private static let mostBytes = 256 * 1024

    init() {
        let captures = isatty(STDERR_FILENO) == 1
        let file = captures ? unsafe agentdash_anonymous_file("agentdash-stderr") : -1
        self.file = file
        original = file >= 0 ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0) : -1
    }

    deinit {
        if file >= 0 { close(file) }
        if original >= 0 { close(original) }
    }

    func begin() {
        if original >= 0 { dup2(file, STDERR_FILENO) }
    }

    func end() {
        if original >= 0 { dup2(original, STDERR_FILENO) }
    }

    /// Memory is bounded: what was captured longest ago goes when there is too much.
    func trim() {
        guard file >= 0 else { return }
        var status = stat()
        guard unsafe fstat(file, &status) == 0, status.st_size > Self.mostBytes else { return }
        _ = ftruncate(file, 0)
        _ = lseek(file, 0, SEEK_SET)
        var note = Array("agentdash: earlier messages were dropped\n".utf8)
        _ = unsafe write(file, &note, note.count)
    }
}
