import Glibc

/// Bytes to a descriptor.
enum Output {
    /// False where the descriptor takes no more.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                // In bounds: written < bytes.count.
                unsafe Glibc.write(descriptor, $0.baseAddress.map { unsafe $0 + written }, $0.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }

    static func line(_ text: String) { _ = write(Array((text + "\n").utf8), to: 1) }

    static func complain(_ text: String) { _ = write(Array(("agentdash-bench: " + text + "\n").utf8), to: 2) }
}
