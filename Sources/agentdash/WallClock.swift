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
    static func write(_ text: String) { writeLines("agentdash: \(text)") }

    /// Lines as they are, but for what could command a terminal: arguments stand in them.
    static func writeLines(_ text: String) {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control where scalar != "\n", .format, .lineSeparator, .paragraphSeparator: line.append("·")
            default: line.append(scalar)
            }
        }
        let bytes = Array((String(line) + "\n").utf8)
        unsafe bytes.withUnsafeBytes { _ = unsafe Glibc.write(2, $0.baseAddress, $0.count) }
    }
}
