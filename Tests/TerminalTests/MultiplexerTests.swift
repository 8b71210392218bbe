import Glibc
import PtyTesting
import Testing

/// The clipboard on a pty and in a real tmux.
@Suite(.serialized) struct CopyOnPtyTests {
    @Test func theTerminalIsSentTheTextWithoutItsControls() throws {
        let session = try startProbe()
        session.send("y")
        #expect(session.wait(forText: "copied terminal"), "\(session.screen.rows)")
        // "id-[31m4711" and a line feed.
        #expect(session.screen.clipboard == ["aWQtWzMxbTQ3MTEK"])
        #expect(session.screen.unknown.isEmpty)
    }

    @Test func whatIsTooLargeOrEmptyIsNotSent() throws {
        let session = try startProbe()
        session.send("Y")
        #expect(session.wait(forText: "copied tooLarge"))
        session.send("z")
        #expect(session.wait(forText: "copied failed"))
        #expect(session.screen.clipboard.isEmpty)
    }

    @Test(arguments: ["linux", "vt100", "dumb"]) func aTerminalWithoutAClipboardIsSentNothing(type: String) throws {
        let session = try startProbe(environment: ["TERM": type])
        session.send("y")
        #expect(session.wait(forText: "copied failed"))
        #expect(!session.output.contains(sequence: "\u{1B}]"))
    }

    @Test func withinScreenItIsPassedThrough() throws {
        let session = try startProbe(environment: ["TERM": "screen-256color", "STY": "1.pts-0.host"])
        session.send("y")
        #expect(session.wait(forText: "copied terminal"))
        #expect(session.output.contains(sequence: "\u{1B}P\u{1B}]52;c;aWQtWzMxbTQ3MTEK\u{07}\u{1B}\\"))
    }

    /// `TMUX` outlives its server, and tmux may not be installed: the terminal is asked itself.
    @Test func withoutAServerTheTerminalIsAsked() throws {
        let session = try startProbe(environment: ["TMUX": "/nonexistent/tmux,1,0"])
        session.send("y")
        #expect(session.wait(forText: "copied terminal"))
        #expect(session.screen.clipboard == ["aWQtWzMxbTQ3MTEK"])
        #expect(session.screen.rows[0] == "probe: ready ▲ ╭─╮")
    }
}

/// The probe in a real tmux, which is seen from outside.
final class TmuxSession {
    private static let program = "/usr/bin/tmux"
    static var isInstalled: Bool { unsafe access(program, X_OK) == 0 }
    private static let environment = [
        "TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": "/nonexistent",
        "SHELL": "/bin/sh",
    ]

    let outside: PtySession
    private let name: String

    init(columns: Int = 80, rows: Int = 24) throws {
        name = "agentdash-test-\(getpid())-\(UInt32.random(in: 0 ..< .max))"
        // The options stand before the program starts: it asks tmux for the mouse as it begins.
        let script =
            "set -g mouse on \\; set -s set-clipboard on \\; set -g status off \\; new-session '\(try BuiltProgram.path("TerminalProbe"))'"
        outside = try PtySession(
            "/bin/sh", ["-c", "exec tmux -L \(name) -f /dev/null start-server \\; \(script)"],
            environment: Self.environment, columns: columns, rows: rows)
        try #require(outside.wait(forText: "probe: ready"), "\(outside.screen.rows)")
    }

    deinit { _ = try? run(["kill-server"]) }

    func run(_ arguments: [String]) throws -> String {
        try HeadlessRun(Self.program, ["-L", name] + arguments, environment: Self.environment).text
    }
}

@Suite(.serialized, .enabled(if: TmuxSession.isInstalled)) struct TmuxTests {
    @Test func aCopyIsInItsBufferAndOnTheClipboard() throws {
        let tmux = try TmuxSession()
        tmux.outside.send("y")
        #expect(tmux.outside.wait(forText: "copied tmux"), "\(tmux.outside.screen.rows)")
        #expect(try tmux.run(["show-buffer"]) == "id-[31m4711\n")
        #expect(tmux.outside.wait { $0.screen.clipboard.contains("aWQtWzMxbTQ3MTEK") })
        // Large texts too: its buffer has no limit of a terminal's.
        tmux.outside.send("Y")
        #expect(tmux.outside.wait(forText: "probe: ready"))
        #expect(tmux.outside.wait { _ in (try? tmux.run(["show-buffer"]).utf8.count) == 60_000 })
    }

    @Test func clicksAndTheWheelArrive() throws {
        let tmux = try TmuxSession(columns: 260, rows: 30)
        for (bytes, key) in [
            ("\u{1B}[<0;5;7M\u{1B}[<0;5;7m", "click(x: 4, y: 6)"),
            ("\u{1B}[<64;1;2M", "wheel(up: true, x: 0, y: 1)"), ("\u{1B}[<65;9;2M", "wheel(up: false, x: 8, y: 1)"),
            // Farther right than the older reports reach.
            ("\u{1B}[<0;250;3M\u{1B}[<0;250;3m", "click(x: 249, y: 2)"),
        ] {
            tmux.outside.send(bytes)
            #expect(tmux.outside.wait(seconds: 5, forText: "key \(key)"), "\(tmux.outside.screen.rows)")
        }
    }

    @Test func keysArriveThroughIt() throws {
        let tmux = try TmuxSession()
        for (bytes, key) in [
            ("\u{1B}[1;2D", "shiftLeft"), ("\u{1B}[1;2A", "shiftUp"), ("\u{1B}OH", "home"), ("\u{1B}OF", "end"),
            ("\u{1B}[5~", "pageUp"), ("\u{1B}[3~", "delete"), ("\u{1B}[1;5C", "controlRight"),
            ("\u{1B}OP", "function(1)"),
            ("\u{12}", "control(\"r\")"),
        ] {
            tmux.outside.send(bytes)
            #expect(tmux.outside.wait(seconds: 5, forText: "key \(key)"), "\(key): \(tmux.outside.screen.rows)")
        }
    }
}

extension [UInt8] {
    /// Whether the bytes of a text stand among them.
    func contains(sequence text: String) -> Bool { firstRange(of: Array(text.utf8)) != nil }
}
