import Glibc
import PtyTesting
import Testing

@Suite(.serialized) struct RestorationTests {
    @Test func thePictureTakesTheScreenAndTheKeyboard() throws {
        let session = try startProbe()
        #expect(session.screen.isAlternate)
        #expect(!session.screen.isCursorVisible)
        #expect(session.screen.mouseModes.contains(1000))
        #expect(!session.modes.echoes)
        #expect(!session.modes.isCanonical)
        #expect(session.screen.unknown.isEmpty)
    }

    @Test(arguments: [("q", "ended by q"), ("\u{03}", "ended by control-c")])
    func aKeyEndsInGoodOrder(key: String, message: String) throws {
        let session = try startProbe()
        session.send(key)
        #expect(session.waitForEnding() == .code(0))
        #expect(session.wait(forText: message))
        expectRestored(session)
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT])
    func aSignalEndsInGoodOrder(signal: Int32) throws {
        let session = try startProbe()
        session.signal(signal)
        #expect(session.waitForEnding() == .code(0))
        #expect(session.wait(forText: "ended by signal \(signal)"))
        expectRestored(session)
    }

    /// The key, the deadly signals that it may end in, and the message that has to be seen.
    static let crashes: [(key: String, signals: Set<Int32>, message: String)] = [
        ("x", [SIGILL, SIGTRAP], "trapped on purpose"),
        ("o", [SIGILL, SIGTRAP], "Index out of range"),
        ("a", [SIGABRT], ""),
        ("s", [SIGSEGV], ""),
        ("T", [SIGILL, SIGTRAP], "trapped in a thread"),
    ]

    @Test(arguments: crashes) func aCrashGivesTheTerminalBackAndShowsItsMessage(
        crash: (key: String, signals: Set<Int32>, message: String)
    ) throws {
        let session = try startProbe()
        session.send(crash.key)
        guard case .signal(let signal) = session.waitForEnding() else {
            Issue.record("not ended by a signal: \(session.screen.rows)")
            return
        }
        #expect(crash.signals.contains(signal))
        expectRestored(session)
        #expect(String(decoding: session.output, as: UTF8.self).contains(crash.message))
        #expect(crash.message.isEmpty || session.screen.rows.contains { $0.contains(crash.message) })
    }

    @Test(arguments: [("X", Int32(7)), ("E", 8)])
    func exitFromAnywhereGivesTheTerminalBack(key: String, code: Int32) throws {
        let session = try startProbe()
        session.send(key)
        #expect(session.waitForEnding() == .code(code))
        expectRestored(session)
    }

    @Test func aSignalSentFromOutsideThatDumpsCoreIsACrashToo() throws {
        let session = try startProbe()
        session.signal(SIGSEGV)
        #expect(session.waitForEnding() == .signal(SIGSEGV))
        expectRestored(session)
    }

    @Test func aLostTerminalEndsTheProcess() throws {
        let session = try startProbe()
        session.closeTerminal()
        // By the hang-up or by its signal, whichever was seen first.
        let ending = session.waitForEnding()
        #expect(ending == .code(3) || ending == .code(4))
    }

    @Test(arguments: [SIGTERM, SIGHUP]) func aStalledTerminalDoesNotKeepTheProcessAlive(signal: Int32) throws {
        let session = try startProbe()
        session.readsOutput = false
        session.send("P")
        // The buffers between fill up, and the processor rests.
        session.wait(seconds: 2) { _ in false }
        session.signal(signal)
        #expect(session.waitForEnding() == .code(4))
        #expect(session.modes == session.modesBefore)
    }

    @Test func aTerminalThatStallsForAWhileIsDrawnOnAfterwards() throws {
        let session = try startProbe()
        session.readsOutput = false
        session.send("P")
        session.wait(seconds: 1) { _ in false }
        session.readsOutput = true
        session.send("j")
        #expect(session.wait(forText: "key character(\"j\")"))
        #expect(session.screen.rows[0] == "probe: ready ▲ ╭─╮")
        session.send("q")
        #expect(session.waitForEnding() == .code(0))
        expectRestored(session)
    }

    @Test func aMessageToStderrWaitsForTheEndAndCantCommandTheTerminal() throws {
        let session = try startProbe()
        session.send("e=")
        session.wait(forText: "bytes=")
        #expect(!session.screen.rows.contains { $0.contains("a message") })
        session.send("q")
        #expect(session.waitForEnding() == .code(0))
        #expect(session.screen.rows.contains { $0.contains("a message?[31m with an escape") })
        #expect(!session.output.contains(0x9B))
        expectRestored(session)
    }

    @Test func anIdleTerminalCostsNoProcessorTime() throws {
        let session = try startProbe()
        let before = session.processorTicks
        session.wait(seconds: 1) { _ in false }
        #expect(session.processorTicks - before <= 10)
    }
}
