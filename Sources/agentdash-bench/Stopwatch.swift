import Glibc

/// Time since it was made: by the clock, and by what the calling thread used of a processor. Seconds.
struct Stopwatch {
    private let clockStart = now(CLOCK_MONOTONIC)
    private let threadStart = now(CLOCK_THREAD_CPUTIME_ID)

    var clock: Double { Self.now(CLOCK_MONOTONIC) - clockStart }
    var thread: Double { Self.now(CLOCK_THREAD_CPUTIME_ID) - threadStart }

    private static func now(_ clock: clockid_t) -> Double {
        var time = timespec()
        _ = unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

extension [Double] {
    /// NaN of nothing.
    var median: Double {
        guard !isEmpty else { return .nan }
        let sorted = sorted()
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }

    /// How far the farther end lies from the median, as a share of it.
    var spread: Double {
        guard let least = self.min(), let most = self.max(), median > 0 else { return 0 }
        return Swift.max(most - median, median - least) / median
    }
}
