import CBenchmark
import CPosix
import Glibc

/// Another program, run beside this one.
///
/// Pointers are only handed to posix_spawn, and freed when it has returned.
struct ChildProcess {
    /// What is known of a program that has ended.
    struct Ending {
        /// Exit code; 128 and more for a signal.
        var code: Int32
        /// User and system time, in seconds.
        var processorTime: Double
        /// By the clock, in seconds.
        var time: Double
        /// Most memory it held, in bytes.
        var peakMemory: Int
        var output: String
        var errors: String
    }

    private let identifier: pid_t
    private let started = Stopwatch()
    private let output: Int32
    private let errors: Int32

    /// Starts a program that is looked for in PATH.
    /// - Parameter output: takes standard output; nil keeps it for the ending.
    init(_ arguments: [String], output: Int32? = nil) throws(BenchmarkFailure) {
        self.output = output == nil ? unsafe agentdash_anonymous_file("output") : -1
        errors = unsafe agentdash_anonymous_file("errors")
        var pointers = unsafe arguments.map { unsafe strdup($0) } + [nil]
        identifier = unsafe agentdash_spawn(&pointers, output ?? self.output, errors)
        for index in unsafe pointers.indices { unsafe free(pointers[index]) }
        guard identifier > 0 else { throw BenchmarkFailure("\(arguments[0]) does not start (errno \(-identifier))") }
    }

    /// Waits for its end.
    consuming func wait() throws(BenchmarkFailure) -> Ending {
        var status: Int32 = 0
        var usage = rusage()
        while unsafe wait4(identifier, &status, 0, &usage) < 0 {
            guard errno == EINTR else { throw BenchmarkFailure("a child is lost (errno \(errno))") }
        }
        let signal = status & 0x7F
        return Ending(
            code: signal == 0 ? (status >> 8) & 0xFF : 128 + signal,
            processorTime: Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime),
            time: started.clock, peakMemory: Int(usage.ru_maxrss) << 10,
            output: Self.drain(output), errors: Self.drain(errors))
    }

    /// Runs a program to its end; one that fails is a failure.
    static func run(_ arguments: [String]) throws(BenchmarkFailure) -> Ending {
        let ending = try ChildProcess(arguments).wait()
        guard ending.code == 0 else {
            let last = ending.errors.split(separator: "\n").last ?? "no message"
            throw BenchmarkFailure("\(arguments[0]) failed with \(ending.code): \(last)")
        }
        return ending
    }

    /// Where a program lies; nil where it is not installed.
    static func path(of program: String) -> String? {
        if program.contains("/") { return unsafe access(program, X_OK) == 0 ? program : nil }
        let folders = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? ""
        return folders.split(separator: ":").map { "\($0)/\(program)" }.first { unsafe access($0, X_OK) == 0 }
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

    private static func drain(_ descriptor: Int32) -> String {
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }
}
