import Foundation
import Glibc
import PtyTesting
import Testing

/// How the program ends, stops and comes back, and what it leaves behind.
@Suite struct MannersTests {
    private func start(_ environment: [String: String] = [:]) throws -> PtySession {
        let session = try Agentdash.start(environment: environment, input: .pipe)
        session.feed(RecordLines.requests(0..<30))
        try session.require("n=30")
        #expect(session.screen.isAlternate && !session.screen.isCursorVisible && !session.modes.echoes)
        #expect(session.screen.unknown.isEmpty)
        return session
    }

    @Test(arguments: ["q", "\u{03}"]) func aKeyEndsInGoodOrder(key: String) throws {
        let session = try start()
        session.send(key)
        #expect(session.waitForEnding() == .code(0))
        #expect(session.leftBehind.isEmpty)
        #expect(session.screen.title.isEmpty)
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT]) func aSignalEndsInGoodOrder(signal: Int32) throws {
        let session = try start()
        session.signal(signal)
        #expect(session.waitForEnding() == .code(128 + signal))
        #expect(session.leftBehind.isEmpty)
    }

    /// Sent from outside, they are what a fault of our own would be.
    @Test(arguments: [SIGSEGV, SIGABRT, SIGILL, SIGTRAP, SIGBUS, SIGFPE]) func aCrashGivesTheTerminalBack(
        signal: Int32
    ) throws {
        let session = try start()
        session.signal(signal)
        #expect(session.waitForEnding() == .signal(signal))
        #expect(session.leftBehind.isEmpty)
    }

    /// As when a window is closed by force or the login is killed: nobody waits for the program any more.
    @Test func aKilledShellTakesTheProgramWithIt() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(RecordLines.requests(0..<30), to: "a.jsonl")
        let session = try Agentdash.startShell("agentdash '\(path)'; echo NEVER")
        try session.require("n=30")
        let job = try #require(session.children.first)
        kill(session.process, SIGKILL)
        // Reaped by whoever takes orphans, or waiting to be.
        #expect(
            session.wait { _ in
                kill(job, 0) != 0 || PtySession.contents("/proc/\(job)/stat").contains(") Z ")
            })
    }

    /// Half of all requests fail: a P1. The title says so as long as it lasts, and the bell rings once.
    @Test func aPageRingsOnceAndNamesTheWindow() throws {
        let session = try Agentdash.start(input: .pipe)
        session.feed(RecordLines.requests(0..<100))
        try session.require("n=100")
        #expect(session.wait { $0.screen.title == "✓ agentdash" }, "\(session.screen.title)")
        #expect(session.screen.bells == 0)
        let failing = (0..<400).map { number in
            RecordLines.line([
                "trace_id": "f\(number)", "timestamp": RecordLines.start + 100_000 + Int64(number) * 200,
                "latency_ms": 900, "success": false, "error_type": "timeout",
            ])
        }
        session.feed(failing[..<300].joined())
        #expect(session.wait { $0.screen.title == "✗ P1 agentdash" }, "\(session.screen.title) \(session.picture)")
        session.feed(failing[300...].joined())
        session.pause(milliseconds: 1500)
        #expect(session.screen.bells == 1)
        session.expectQuit()
        #expect(session.screen.title.isEmpty)
    }

    @Test func aLostTerminalEndsTheProcess() throws {
        let session = try start()
        session.closeTerminal()
        #expect(session.waitForEnding() == .code(128 + SIGHUP))
    }

    @Test func aStopGivesTheTerminalBackAndAContinuationTakesItAgain() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(RecordLines.requests(0..<30), to: "a.jsonl")
        let session = try Agentdash.startShell(
            "tail -n +1 -f '\(path)' | agentdash; echo STOPPED; read x; fg; echo FINISHED $?")
        try session.require("n=30")
        session.send("\u{1A}")
        try session.require("STOPPED")
        #expect(session.leftBehind.isEmpty)
        session.send("\n")
        try session.require("n=30")
        #expect(session.wait { $0.screen.isAlternate && !$0.screen.isCursorVisible && !$0.modes.echoes })
        try folder.append(RecordLines.requests(30..<33, from: RecordLines.start + 30_000), to: "a.jsonl")
        try session.require("n=33")
        session.send("q")
        try session.require("FINISHED")
        #expect(session.waitForEnding() == .code(0))
        #expect(session.leftBehind.isEmpty)
    }

    @Test func aPipelineEndsWithItsReader() throws {
        let session = try Agentdash.startShell("yes | agentdash; echo ENDED $?")
        try session.require("rejected")
        session.send("q")
        try session.require("ENDED 0")
        #expect(session.waitForEnding() == .code(0))
        #expect(session.leftBehind.isEmpty)
    }
}

/// Every size shows what fits, and none is too small.
@Suite struct SizeTests {
    private static let sizes: [(columns: Int, rows: Int, texts: [String])] = [
        (120, 40, ["1 Latency", "6 Canary", "Requests, 24h"]),
        (60, 15, ["1 p95", "6 canary", "q quit"]),
        (200, 60, ["1 Latency", "Worst slices", "Latest failures"]),
        (40, 5, ["HEALTHY", "p95", "canary"]),
        (80, 1, ["HEALTHY"]),
        (80, 24, ["1 Latency", "2 Tokens & cost", "3 Success", "4 Drift", "5 Alerts", "6 Canary", "q quit"]),
    ]

    @Test func aNewSizeIsDrawnAtOnce() throws {
        let session = try Agentdash.start(input: .pipe)
        session.feed(RecordLines.requests(0..<100))
        try session.require("n=100")
        for (columns, rows, texts) in Self.sizes {
            session.resize(columns: columns, rows: rows)
            #expect(
                session.wait { session in texts.allSatisfy { session.shows($0) } },
                "\(columns)x\(rows): \(session.picture)")
            #expect(session.screen.unknown.isEmpty)
        }
        session.expectQuit()
    }

    /// A picture drawn at its size from the start is the one that resizing leads to.
    @Test(arguments: sizes.map { ($0.columns, $0.rows) } + [(20, 3), (1, 1), (500, 120)])
    func resizingLeavesNothingOfTheSizeBefore(columns: Int, rows: Int) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(RecordLines.requests(0..<100), to: "a.jsonl")
        let direct = try Agentdash.start([path], columns: columns, rows: rows)
        let resized = try Agentdash.start([path], columns: 100, rows: 30)
        try resized.require("n=100")
        resized.resize(columns: columns, rows: rows)
        let isSame = (0..<200).contains { _ in
            direct.pause(milliseconds: 50)
            resized.pause(milliseconds: 50)
            return !direct.screen.title.isEmpty && direct.screen.visible == resized.screen.visible
        }
        #expect(isSame, "\(direct.picture) \(resized.picture)")
        direct.expectQuit()
        resized.expectQuit()
    }
}

/// What the environment says of the terminal is obeyed.
@Suite struct EnvironmentTests {
    private func start(_ environment: [String: String]) throws -> PtySession {
        let session = try Agentdash.start(environment: environment, input: .pipe)
        session.feed(RecordLines.requests(0..<100))
        try session.require("n=100")
        return session
    }

    private func expectNoColour(_ session: PtySession, sourceLocation: SourceLocation = #_sourceLocation) {
        let colours = session.screen.renditions.filter { rendition in
            rendition.split(separator: ";").contains {
                (30...49).contains(Int($0) ?? 0) || (90...107).contains(Int($0) ?? 0)
            }
        }
        #expect(colours.isEmpty, sourceLocation: sourceLocation)
    }

    @Test func noColorSendsNoColour() throws {
        let session = try start(["NO_COLOR": "1", "COLORTERM": "truecolor"])
        session.expectQuit()
        expectNoColour(session)
        #expect(session.screen.renditions.contains { $0.contains("1") }, "bold is no colour")
    }

    @Test func trueColourIsSentWhereTheTerminalSaysSo() throws {
        let session = try Agentdash.start(
            ["--theme", "gruvbox-like"], environment: ["COLORTERM": "truecolor"], input: .pipe)
        session.feed(RecordLines.requests(0..<100))
        try session.require("n=100")
        #expect(session.screen.renditions.contains { $0.contains("38;2;") })
        #expect(session.screen.unknown.isEmpty)
        session.expectQuit()
    }

    @Test func anUnknownTypeWorksWithANotice() throws {
        let session = try start(["TERM": "nobody-has-this"])
        try session.require("terminal type 'nobody-has-this' is unknown: using xterm-256color")
        session.send("?")
        try session.require("Keys")
        session.expectQuit()
    }

    @Test func aDumbTerminalIsDrawnWithoutColour() throws {
        let session = try Agentdash.start(environment: ["TERM": "dumb"], input: .pipe)
        session.feed(RecordLines.requests(0..<100))
        try session.require("n=100")
        try session.require("TERM=dumb")
        session.send("q")
        #expect(session.waitForEnding() == .code(0))
        expectNoColour(session)
        #expect(session.modes == session.modesBefore)
    }

    @Test(arguments: ["C", "POSIX"]) func outsideUTF8OnlyASCIIIsSent(locale: String) throws {
        let session = try start(["LANG": locale, "LC_ALL": locale])
        for key in ["1", "2", "3", "4", "5", "6", "?"] {
            session.send(key)
            try session.require(key == "?" ? "Keys" : "Esc back")
        }
        session.expectQuit()
        #expect(session.output.allSatisfy { $0 < 0x80 })
    }

    @Test(arguments: ["vt100", "linux", "screen", "screen-256color", "tmux-256color"])
    func otherTypesShowTheSameTexts(type: String) throws {
        let session = try start(["TERM": type])
        for text in ["1 Latency", "2 Tokens & cost", "3 Success", "4 Drift", "5 Alerts", "6 Canary", "q quit"] {
            try session.require(text)
        }
        session.send("q")
        #expect(session.waitForEnding() == .code(0))
        #expect(session.modes == session.modesBefore && session.screen.isCursorVisible)
    }

    @Test func noMouseLeavesTheMouseAlone() throws {
        let session = try Agentdash.start(["--no-mouse"], input: .pipe)
        session.feed(RecordLines.requests(0..<10))
        try session.require("n=10")
        #expect(session.screen.mouseModes.isEmpty)
        session.expectQuit()
    }
}
