import CPosix
import Glibc

/// A compressed file on its way through the system's tool: what it holds comes out of a pipe.
///
/// The tool gets the open file as its standard input, so no name, however hostile, is ever an argument.
final class Decompressor {
    enum Failure: Error {
        /// The tool isn't installed.
        case toolMissing
        case system(SystemError)
        /// In the tool's words.
        case damaged(String)
    }

    /// What the tool writes. Reading it never waits.
    let output: Descriptor
    private let compression: Compression
    private let messages: Descriptor
    private var process: Int32?

    /// Starts the tool at the file's beginning.
    init(_ compression: Compression, file: borrowing Descriptor, toolFolders: [String]) throws(Failure) {
        guard let path = compression.toolPath(in: toolFolders) else { throw .toolMissing }
        let messages = unsafe Descriptor(owning: agentdash_anonymous_file("agentdash-messages"))
        guard messages.number >= 0, lseek(file.number, 0, SEEK_SET) == 0 else {
            throw .system(SystemError(code: errno))
        }
        var reader: Int32 = -1
        let process = unsafe agentdash_spawn_filter(path, "-dc", file.number, messages.number, &reader)
        guard process > 0 else { throw .system(SystemError(code: errno)) }
        output = Descriptor(owning: reader)
        output.enlargePipe()
        self.compression = compression
        self.messages = messages
        self.process = process
    }

    deinit {
        if let process {
            _ = agentdash_reap(process, true)
        }
    }

    /// Waits a moment for output, as a disk makes one wait: otherwise a tool slower than us would look like a pause.
    /// - Returns: whether a read brings something, be it the end.
    func isReady() -> Bool {
        output.isReadable(withinMilliseconds: 20)
    }

    /// After the end of the output: nil if the tool was content.
    func finish() -> Failure? {
        guard let process else { return nil }
        self.process = nil
        let status = agentdash_reap(process, false)
        if status == 0 || status == compression.warningStatus { return nil }
        let message = lastMessage
        // Somebody else took the exit status: what the tool said has to do.
        if status < 0 && message == nil { return nil }
        return .damaged(message ?? "\(compression.tool) failed with status \(status)")
    }

    /// The last line of what the tool had to say, without the names it has for its input.
    private var lastMessage: String? {
        var bytes = [UInt8](repeating: 0, count: 1024)
        let transfer = unsafe bytes.withUnsafeMutableBytes { unsafe messages.read(into: $0, at: 0) }
        guard case .count(let count) = transfer else { return nil }
        let line = bytes[..<count].split(separator: UInt8(ascii: "\n")).last { $0.contains { $0 > 0x20 } }
        guard let line else { return nil }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        let message = words.filter { !["stdin:", "/*stdin*\\", ":"].contains($0) }.joined(separator: " ")
        let plain = SourceLocation.plain(String(message.prefix(200)))
        return plain.hasPrefix(compression.tool) ? plain : "\(compression.tool): \(plain)"
    }
}
