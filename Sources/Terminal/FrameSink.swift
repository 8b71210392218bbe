import CPosix
import Glibc

/// Carries frames to the terminal.
///
/// curses writes into a file in memory, and what it wrote goes out in one piece. So a frame is one `write`, its bytes are counted
/// exactly, a terminal that takes no more does not hold the process, and a lost one is noticed.
struct FrameSink: ~Copyable {
    /// What curses writes to.
    let file: Int32
    private let terminal: Int32
    private var buffer: [UInt8] = []

    /// Bytes the terminal has taken.
    private(set) var bytesWritten = 0
    /// The terminal is gone.
    private(set) var isLost = false
    /// Part of a frame was dropped: what the terminal shows is unknown.
    var isTorn = false

    init(terminal: Int32) throws(TerminalError) {
        self.terminal = terminal
        file = unsafe agentdash_anonymous_file("agentdash-frame")
        guard file >= 0 else { throw .system(call: "memfd_create", errno: errno) }
    }

    deinit {
        close(file)
    }

    /// Takes what curses wrote since the last time.
    mutating func takeFrame() -> [UInt8] {
        let end = lseek(file, 0, SEEK_END)
        guard end > 0 else { return [] }
        let count = Int(end)
        if buffer.count < count { buffer = Array(repeating: 0, count: count) }
        let got = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe pread(file, bytes.baseAddress, count, 0)
        }
        // Curses holds a duplicate, which shares the position.
        _ = ftruncate(file, 0)
        _ = lseek(file, 0, SEEK_SET)
        return Array(buffer[..<max(0, got)])
    }

    /// Sends bytes in one piece as far as the terminal takes them.
    ///
    /// A stalled terminal is waited for until a signal asks the process to end, or for `patience` milliseconds (-1: as long as it takes).
    mutating func send(_ bytes: [UInt8], signals: inout SignalReader, patience: Int32 = -1) {
        var offset = 0
        while offset < bytes.count {
            if isLost || agentdash_guard_is_spent() { return }
            let written = unsafe bytes.withUnsafeBytes { all in
                unsafe write(terminal, all.baseAddress.map { unsafe $0 + offset }, bytes.count - offset)
            }
            if written >= 0 {
                offset += written
                bytesWritten += written
            } else if errno == EAGAIN {
                guard waitForRoom(signals: &signals, patience: patience) else {
                    isTorn = true
                    return
                }
            } else if errno != EINTR {
                isLost = true
            }
        }
    }

    private mutating func waitForRoom(signals: inout SignalReader, patience: Int32) -> Bool {
        // Asked to end: a last attempt is made with patience, not for ever.
        let patience = signals.peek().termination != nil && patience < 0 ? 0 : patience
        var ready = [
            pollfd(fd: terminal, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        // With patience set the signal is known already, and would end the wait at once.
        let watched: UInt = patience < 0 ? 2 : 1
        guard unsafe poll(&ready, nfds_t(watched), patience) != 0 else { return false }
        if Int32(ready[0].revents) & (POLLHUP | POLLERR | POLLNVAL) != 0 { isLost = true }
        return true
    }
}
