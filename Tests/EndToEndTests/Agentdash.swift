import Foundation
import PtyTesting
import Testing

/// The built program, on a terminal and without one.
enum Agentdash {
    /// A user with a modern terminal, and no settings of their own.
    static let environment = [
        "TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": "/nonexistent",
    ]

    /// Starts it on a pty. Nothing is waited for.
    static func start(
        _ arguments: [String] = [], environment: [String: String] = [:], columns: Int = 80, rows: Int = 24,
        input: PtySession.Input = .terminal
    ) throws -> PtySession {
        try PtySession(
            BuiltProgram.path("agentdash"), arguments, environment: Self.environment.merging(environment) { $1 },
            columns: columns, rows: rows, input: input)
    }

    /// Starts a shell with job control that runs `command`, in which `agentdash` is the program.
    static func startShell(_ command: String) throws -> PtySession {
        let program = try BuiltProgram.path("agentdash")
        return try PtySession(
            "/bin/sh", ["-c", "set -m; agentdash() { '\(program)' \"$@\"; }; \(command)"], environment: environment)
    }

    /// Runs it to its end without a terminal.
    static func run(_ arguments: [String], input: HeadlessRun.Input = .nothing) throws -> HeadlessRun {
        try HeadlessRun(BuiltProgram.path("agentdash"), arguments, environment: environment, input: input)
    }

    /// The repository's folder of demo data; nil where it was not copied along with the tests.
    static func demoData(_ name: String) -> Data? {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try? Data(contentsOf: root.appendingPathComponent("demo-data/\(name)"))
    }
}

extension PtySession {
    /// What a failed expectation shows.
    var picture: Comment { Comment(rawValue: "\n" + screen.rows.joined(separator: "\n")) }

    /// Waits for a text and fails the test, with the picture, when it does not come.
    func require(_ text: String, seconds: Int = 20, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try #require(wait(seconds: seconds, forText: text), picture, sourceLocation: sourceLocation)
    }

    /// Whether the text stands on the screen now.
    func shows(_ text: String) -> Bool { screen.rows.contains { $0.contains(text) } }

    /// Types q and expects a good end and the terminal as it was.
    func expectQuit(sourceLocation: SourceLocation = #_sourceLocation) {
        send("q")
        #expect(waitForEnding() == .code(0), picture, sourceLocation: sourceLocation)
        #expect(leftBehind.isEmpty, sourceLocation: sourceLocation)
    }
}
