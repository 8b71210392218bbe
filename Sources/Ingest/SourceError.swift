import Glibc

/// Why a source can't be read: which, why, and what to do about it.
package struct SourceError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package enum Reason: Equatable, Sendable {
        case notFound
        /// No file matches the pattern.
        case noMatch
        case isDirectory
        case permissionDenied
        /// Neither a file nor a pipe.
        case notReadable
        /// Standard input is closed.
        case noStandardInput
        /// Bytes that are compressed come from a pipe: there is no file to hand to the tool.
        case compressedStream(Compression)
        /// The file is compressed, and the tool that undoes it isn't installed.
        case toolMissing(Compression)
        /// The file is compressed and the tool could not undo it; in the tool's words.
        case damaged(String)
        /// Reading failed; the value of `errno`.
        case readFailed(Int32)
    }

    /// The source as it is shown, without control characters.
    package let source: String
    package let reason: Reason

    package init(source: String, reason: Reason) {
        self.source = source
        self.reason = reason
    }

    /// One line for the user: the source, what is wrong, what to do.
    package var description: String {
        switch reason {
        case .notFound:
            "\(source): no such file; check the path"
        case .noMatch:
            "\(source): no file matches; check the pattern (`**` is not understood)"
        case .isDirectory:
            "\(source): is a directory; name the files in it, as in \(source)/*.jsonl"
        case .permissionDenied:
            "\(source): permission denied; make it readable for this user or pipe it in: sudo cat FILE | agentdash -"
        case .notReadable:
            "\(source): neither a file nor a pipe; name a file, or `-` for standard input"
        case .noStandardInput:
            "\(source): standard input is closed; pipe records in or name a file"
        case .compressedStream(let compression):
            "\(source): is compressed by \(compression.tool); name the file itself, or pipe its content: \(compression.plainCommand) | agentdash"
        case .toolMissing(let compression):
            "\(source): is compressed, and \(compression.tool) is not installed; install it (apt-get install \(compression.tool)) or unpack the file"
        case .damaged(let message):
            "\(source): \(message); what came before was read: check whether the file is whole"
        case .readFailed(let code):
            "\(source): can't be read: \(SystemError(code: code).text); check the disk or mount and start again"
        }
    }
}

/// A value of `errno`.
struct SystemError: Error, Equatable {
    let code: Int32

    /// In the system's words.
    var text: String {
        // strerror never returns NULL, and its text lives until this thread asks again (glibc 2.32 and later).
        guard let message = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: message)
    }

    /// The name leads nowhere at the moment.
    var isMissing: Bool { code == ENOENT || code == ENOTDIR || code == ESTALE }

    func reason() -> SourceError.Reason {
        switch code {
        case ENOENT, ENOTDIR: .notFound
        case EACCES, EPERM: .permissionDenied
        case EISDIR: .isDirectory
        case ENXIO: .notReadable
        default: .readFailed(code)
        }
    }
}
