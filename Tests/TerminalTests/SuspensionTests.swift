import Glibc
import PtyTesting
import Testing

/// Under a shell with job control, as a user stops programs.
@Suite(.serialized) struct SuspensionTests {
    private func startShell() throws -> PtySession {
        let program = try BuiltProgram.path("TerminalProbe")
        let script = "set -m; '\(program)'; echo STOPPED $?; read x; echo AGAIN; fg; echo FINISHED"
        let session = try PtySession(
            "/bin/sh", ["-c", script],
            environment: ["TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"])
        try #require(session.wait(forText: "probe: ready"))
        return session
    }

    private func expectStoppedThenContinued(_ session: PtySession) {
        #expect(session.wait(forText: "STOPPED"), "\(session.screen.rows)")
        expectRestored(session)
        session.send("\n")
        #expect(session.wait(forText: "probe: ready"))
        #expect(session.wait { $0.screen.isAlternate && !$0.screen.isCursorVisible && !$0.modes.echoes })
        #expect(session.screen.mouseModes.contains(1000))
        // Keys are decoded as before.
        session.send("\u{1B}OA")
        #expect(session.wait(forText: "key up"), "\(session.screen.rows)")
        session.send("q")
        #expect(session.wait(forText: "FINISHED"), "\(session.screen.rows)")
        #expect(session.waitForEnding() == .code(0))
        expectRestored(session)
    }

    @Test func controlZStopsAndTheShellContinues() throws {
        let session = try startShell()
        session.send("\u{1A}")
        expectStoppedThenContinued(session)
    }

    @Test func aStopFromOutsideIsTheSame() throws {
        let session = try startShell()
        let job = try #require(session.children.first)
        kill(job, SIGTSTP)
        expectStoppedThenContinued(session)
    }

    @Test func afterAStopThatCantBeCaughtTheTerminalIsTakenAgain() throws {
        let session = try startShell()
        let job = try #require(session.children.first)
        kill(job, SIGSTOP)
        #expect(session.wait { String(decoding: $0.output, as: UTF8.self).contains("STOPPED") })
        session.send("\n")
        session.send("\u{1B}OB")
        #expect(session.wait(forText: "key down"), "\(session.screen.rows)")
        #expect(session.screen.rows.first == "probe: ready ▲ ╭─╮")
        session.send("q")
        #expect(session.waitForEnding() == .code(0))
    }

    /// Stopped by itself, or by a signal that it can't catch: `kill %1` ends it without a further `fg`.
    @Test(arguments: [SIGTSTP, SIGSTOP]) func aStoppedProcessCanBeEnded(stop: Int32) throws {
        let session = try startShell()
        let job = try #require(session.children.first)
        kill(job, stop)
        #expect(session.wait { String(decoding: $0.output, as: UTF8.self).contains("STOPPED") })
        kill(job, SIGTERM)
        kill(job, SIGCONT)
        #expect(session.wait { String(decoding: $0.output, as: UTF8.self).contains("ended by signal \(SIGTERM)") })
        #expect(session.wait { _ in kill(job, 0) != 0 || session.children.isEmpty || isZombie(job) })
        #expect(!session.screen.isAlternate && session.screen.isCursorVisible && session.screen.mouseModes.isEmpty)
    }

    /// Ended, and not yet waited for by the shell, which reads.
    private func isZombie(_ process: Int32) -> Bool {
        PtySession.contents("/proc/\(process)/stat").contains(") Z ")
    }

    @Test func aStoppedProcessThatIsContinuedInTheBackgroundLeavesTheTerminalAlone() throws {
        let session = try startShell()
        let job = try #require(session.children.first)
        session.send("\u{1A}")
        #expect(session.wait(forText: "STOPPED"))
        let received = session.output.count
        kill(job, SIGCONT)
        #expect(session.wait { _ in PtySession.contents("/proc/\(job)/stat").contains(") T ") })
        session.wait(seconds: 1) { $0.output.count != received }
        #expect(session.output.count == received)
        #expect(session.modes == session.modesBefore)
    }

    @Test func withoutAShellToReturnToControlZGoesOn() throws {
        let session = try startProbe()
        session.send("\u{1A}")
        session.send("j")
        #expect(session.wait(forText: "key character(\"j\")"))
        session.send("q")
        #expect(session.waitForEnding() == .code(0))
        expectRestored(session)
    }
}
