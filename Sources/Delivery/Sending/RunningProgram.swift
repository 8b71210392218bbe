import CPosix
import Glibc

/// A program that was started, read from without ever waiting. Ended, however that comes about, it is reaped.
final class RunningProgram {
    /// How it ended.
    struct End {
        /// 128 and the signal that ended it; -1 where it isn't known.
        var status: Int32
        var output: [UInt8]
        var messages: [UInt8]
        /// It was killed: it took too long.
        var isLate: Bool
    }

    private let process: Int32
    private let output: Int32
    private let messages: Int32
    private let deadline: Int64
    private let limit: Int
    private var end = End(status: -1, output: [], messages: [], isLate: false)
    private var isReaped = false

    /// - Parameters:
    ///   - environment: `NAME=value`; nil for ours.
    ///   - patience: ms until it is killed with all that it started.
    ///   - limit: bytes of its output, and of its messages, that are kept.
    /// - Throws: `StartFailure`.
    init(
        _ arguments: [String], environment: [String]?, input: [UInt8], patience: Int, limit: Int = 262_144
    ) throws(StartFailure) {
        let file = unsafe agentdash_anonymous_file("agentdash-input")
        guard file >= 0 else { throw StartFailure(code: errno) }
        // Below 3 it would be overwritten on its way.
        let handed = fcntl(file, F_DUPFD_CLOEXEC, 3)
        close(file)
        guard handed >= 0 else { throw StartFailure(code: errno) }
        defer { close(handed) }
        var rest = input[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(handed, $0.baseAddress, $0.count) }
            guard count > 0 else { throw StartFailure(code: errno) }
            rest = rest.dropFirst(count)
        }
        lseek(handed, 0, SEEK_SET)
        var output: Int32 = -1
        var messages: Int32 = -1
        process = unsafe CommandWords.withCopies(arguments) { arguments in
            if let environment {
                return unsafe CommandWords.withCopies(environment) { environment in
                    unsafe agentdash_spawn_program(arguments, environment, handed, &output, &messages)
                }
            }
            return unsafe agentdash_spawn_program(arguments, nil, handed, &output, &messages)
        }
        guard process >= 0 else { throw StartFailure(code: errno) }
        self.output = output
        self.messages = messages
        self.limit = limit
        deadline = MonotonicClock.milliseconds() + Int64(patience)
    }

    deinit {
        if !isReaped { kill() }
        close(output)
        close(messages)
    }

    /// What becomes readable when it has something to say.
    var descriptors: [Int32] { [output, messages] }

    /// ms until it is late.
    var rest: Int64 { max(0, deadline - MonotonicClock.milliseconds()) }

    /// Takes what it wrote; how it ended, once it has.
    func advance() -> End? {
        // Asked first: what it wrote before it ended is all there then.
        let hasEnded = agentdash_has_ended(process)
        take(output, into: &end.output)
        take(messages, into: &end.messages)
        if !hasEnded, MonotonicClock.milliseconds() < deadline { return nil }
        if hasEnded {
            isReaped = true
            // What it left running in the background keeps nobody waiting.
            end.status = agentdash_reap(process, false)
        } else {
            end.isLate = true
            end.status = kill()
        }
        return end
    }

    @discardableResult
    private func kill() -> Int32 {
        isReaped = true
        agentdash_kill_session(process)
        return agentdash_reap(process, true)
    }

    /// What is beyond the limit is read and forgotten: who writes isn't kept waiting.
    private func take(_ descriptor: Int32, into bytes: inout [UInt8]) {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        // Not for ever: some never stop.
        for _ in 0..<32 {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            bytes.append(contentsOf: buffer[..<min(count, limit - bytes.count)])
        }
    }

}

/// Words as a program takes them.
enum CommandWords {
    static func withCopies<Result>(
        _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers = unsafe texts.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
        return unsafe body(&pointers)
    }
}

/// For how long a program may run.
enum MonotonicClock {
    static func milliseconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// Why a program can't be started.
struct StartFailure: Error {
    /// errno.
    var code: Int32

    func reason(_ program: String) -> String {
        switch code {
        case ENOENT: "\(program) isn't installed: not found in PATH"
        case EACCES: "\(program) can't be run: permission denied"
        default: "\(program) can't be started (errno \(code))"
        }
    }
}
