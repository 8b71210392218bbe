import Glibc

/// The clocks the program hands to its modules.
enum WallClock {
    /// µs since 1970.
    @Sendable static func now() -> Int64 { read(CLOCK_REALTIME) }

    /// µs that never go back, for intervals.
    static func monotonic() -> Int64 { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}

/// What goes to standard error.
enum Complaint {
    /// One line, `agentdash: …`.
    static func write(_ text: String) {
        let line = Array("agentdash: \(text)\n".utf8)
        unsafe line.withUnsafeBytes { _ = unsafe Glibc.write(2, $0.baseAddress, $0.count) }
    }
}
