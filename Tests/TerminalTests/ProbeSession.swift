import PtyTesting
import Testing

/// The probe on a pty, waited for until its picture stands.
func startProbe(
    _ arguments: [String] = [], environment: [String: String] = [:], input: PtySession.Input = .terminal,
    discardsOutput: Bool = false
) throws -> PtySession {
    let standard = ["TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"]
    let session = try PtySession(
        BuiltProgram.path("TerminalProbe"), arguments, environment: standard.merging(environment) { $1 }, input: input,
        discardsOutput: discardsOutput)
    try #require(session.wait(forText: "probe: ready"), "no picture: \(session.screen.rows) \(session.output)")
    return session
}

/// The terminal is as the shell left it.
func expectRestored(_ session: PtySession, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(session.leftBehind.isEmpty, sourceLocation: sourceLocation)
}
