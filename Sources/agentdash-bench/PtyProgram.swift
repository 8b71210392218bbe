import CPtyTesting
import Glibc

/// A program that draws on a terminal of its own, watched from outside: what it sends, what it costs.
final class PtyProgram {
    /// What a program has cost up to a moment.
    struct Cost {
        /// Bytes the terminal has received.
        var bytes: Int
        /// Of all threads, in seconds.
        var processorTime: Double
        /// How often a thread that slept went on: its voluntary changes of context.
        var wakeups: Int
        /// By the clock, in seconds.
        var time: Double
    }

    private let process: pid_t
    private let master: Int32
    /// Takes the program's standard input; -1 where that is the terminal.
    private var feeder: Int32 = -1
    private let watch = Stopwatch()
    private(set) var bytes = 0
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    /// Starts a program that is looked for in PATH.
    /// - Parameter isFed: its standard input is a pipe.
    init(_ arguments: [String], columns: Int, rows: Int, isFed: Bool = false) throws(BenchmarkFailure) {
        guard let program = ChildProcess.path(of: arguments[0]) else {
            throw BenchmarkFailure("\(arguments[0]) is not installed")
        }
        var name = [CChar](repeating: 0, count: 128)
        master = unsafe pty_testing_open(&name, Int32(name.count))
        guard master >= 0 else { throw BenchmarkFailure("no terminal (errno \(errno))") }
        pty_testing_resize(master, Int32(columns), Int32(rows))
        var reader: Int32 = -1
        if isFed {
            signal(SIGPIPE, SIG_IGN)
            guard unsafe pty_testing_pipe(&reader, &feeder) == 0 else { throw BenchmarkFailure("no pipe") }
        }
        let home = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        let environment = ["TERM=xterm-256color", "LANG=C.UTF-8", "PATH=/usr/bin:/bin", "HOME=\(home)"]
        var pointers = unsafe arguments.map { unsafe strdup($0) } + [nil]
        var variables = unsafe environment.map { unsafe strdup($0) } + [nil]
        var child: pid_t = 0
        // The strings are read before it returns.
        let result = unsafe pty_testing_spawn(&child, program, &pointers, &variables, name, reader, -1)
        for index in unsafe pointers.indices { unsafe free(pointers[index]) }
        for index in unsafe variables.indices { unsafe free(variables[index]) }
        if reader >= 0 { close(reader) }
        process = child
        guard result == 0 else { throw BenchmarkFailure("\(program) does not start (errno \(result))") }
    }

    deinit {
        kill(process, SIGKILL)
        while waitpid(process, nil, 0) < 0, errno == EINTR {}
        close(master)
        if feeder >= 0 { close(feeder) }
    }

    /// Types at its terminal.
    func type(_ text: String) { _ = Output.write(Array(text.utf8), to: master) }

    /// Writes to its standard input.
    func feed(_ bytes: [UInt8]) { _ = Output.write(bytes, to: feeder) }

    /// Takes what it draws for so long.
    func watch(seconds: Double) {
        let end = watch.clock + seconds
        while true {
            let rest = end - watch.clock
            guard rest > 0 else { return }
            take(milliseconds: Int32(rest * 1000) + 1)
        }
    }

    /// Seconds until it has drawn at least so many bytes more; nil when that took longer than `limit`.
    func time(untilBytes wanted: Int, limit: Double) -> Double? {
        let (start, before) = (watch.clock, bytes)
        while bytes < before + wanted {
            let rest = start + limit - watch.clock
            guard rest > 0 else { return nil }
            take(milliseconds: Int32(rest * 1000) + 1)
        }
        return watch.clock - start
    }

    /// Waits for something to be drawn and takes it.
    private func take(milliseconds: Int32) {
        var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&ready, 1, milliseconds) > 0 else { return }
        let count = unsafe read(master, &buffer, buffer.count)
        if count > 0 {
            bytes += count
        } else if Int32(ready.revents) & POLLIN == 0 {
            // Gone: nothing comes any more, at once.
            usleep(useconds_t(max(0, milliseconds)) * 1000)
        }
    }

    /// Seconds since it started.
    var clock: Double { watch.clock }

    /// What it has cost so far.
    var cost: Cost {
        Cost(bytes: bytes, processorTime: processorTime, wakeups: wakeups, time: watch.clock)
    }

    private var processorTime: Double {
        var clock = clockid_t()
        var time = timespec()
        guard unsafe clock_getcpuclockid(process, &clock) == 0, unsafe clock_gettime(clock, &time) == 0 else {
            return 0
        }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private var wakeups: Int {
        guard let folder = unsafe opendir("/proc/\(process)/task") else { return 0 }
        defer { unsafe closedir(folder) }
        var sum = 0
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            guard Int(name) != nil else { continue }
            let line = Self.text("/proc/\(process)/task/\(name)/status").split(separator: "\n")
                .first { $0.hasPrefix("voluntary_ctxt_switches:") }
            sum += line?.split(separator: "\t").last.flatMap { Int($0) } ?? 0
        }
        return sum
    }

    private static func text(_ path: String) -> String {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = unsafe read(file, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }
}

extension PtyProgram.Cost {
    /// What was spent between two moments.
    static func - (later: Self, earlier: Self) -> Self {
        Self(
            bytes: later.bytes - earlier.bytes, processorTime: later.processorTime - earlier.processorTime,
            wakeups: later.wakeups - earlier.wakeups, time: later.time - earlier.time)
    }

    var bytesPerSecond: Double { Double(bytes) / time }
    /// Percent of one core.
    var percent: Double { processorTime / time * 100 }
    var wakeupsPerSecond: Double { Double(wakeups) / time }
}
