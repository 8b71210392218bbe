import CPtyTesting
import Glibc

/// A program that ran to its end without any terminal, as a scheduler runs it, and what it wrote.
package struct HeadlessRun: Sendable {
    /// What its standard input is.
    package enum Input: Sendable {
        case nothing
        /// A pipe that brings this text and ends.
        case pipe(String)
    }

    package let output: [UInt8]
    package let errors: String
    /// Nil when it still ran after the limit, and was killed.
    package let ending: PtySession.Ending?

    /// The output as text.
    package var text: String { String(decoding: output, as: UTF8.self) }

    /// Starts `program` (a path) and waits for its end. The environment is exactly the one given.
    package init(
        _ program: String, _ arguments: [String] = [], environment: [String: String], input: Input = .nothing,
        seconds: Int = 30
    ) throws {
        let files = [pty_testing_memory_file(), pty_testing_memory_file()]
        var (reader, writer): (Int32, Int32) = (-1, -1)
        switch input {
        case .nothing: reader = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        case .pipe:
            _ = signal(SIGPIPE, SIG_IGN)
            unsafe pty_testing_pipe(&reader, &writer)
        }
        defer { for file in files { close(file) } }
        var child: pid_t = 0
        let result = unsafe PtySession.withCStrings([program] + arguments) { arguments in
            unsafe PtySession.withCStrings(environment.map { "\($0)=\($1)" }) { environment in
                unsafe pty_testing_spawn_headless(
                    &child, program, arguments, environment, reader, files[0], files[1])
            }
        }
        close(reader)
        if case .pipe(let text) = input { Self.write(Array(text.utf8), to: writer) }
        if writer >= 0 { close(writer) }
        guard result == 0 else {
            throw PtySession.Failure(description: "can't start \(program) (errno \(result))")
        }
        ending = Self.ending(of: child, seconds: seconds)
        output = Self.contents(files[0])
        errors = String(decoding: Self.contents(files[1]), as: UTF8.self)
    }

    private static func ending(of child: pid_t, seconds: Int) -> PtySession.Ending? {
        var status: Int32 = 0
        for _ in 0..<(seconds * 100) {
            if unsafe pty_testing_reap(child, &status) == 1 {
                return status < 0 ? .signal(-status) : .code(status)
            }
            usleep(10_000)
        }
        kill(child, SIGKILL)
        while waitpid(child, nil, 0) < 0, errno == EINTR {}
        return nil
    }

    /// As far as the program takes it.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var offset = 0
        while offset < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { all in
                unsafe Glibc.write(descriptor, all.baseAddress.map { unsafe $0 + offset }, bytes.count - offset)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            offset += count
        }
    }

    private static func contents(_ file: Int32) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(0, Int(lseek(file, 0, SEEK_END))))
        let count = unsafe pread(file, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(0, count)))
    }
}
