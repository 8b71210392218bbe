import PtyTesting
import Testing

@Suite(.serialized) struct KeyOnPtyTests {
    /// Bytes as xterm sends them, and the key they are.
    static let keys: [(String, String)] = [
        ("\u{1B}OA", "up"), ("\u{1B}OB", "down"), ("\u{1B}OD", "left"), ("\u{1B}OC", "right"),
        ("\u{1B}[1;2D", "shiftLeft"), ("\u{1B}[1;2C", "shiftRight"), ("\u{1B}[1;2A", "shiftUp"),
        ("\u{1B}[1;2B", "shiftDown"), ("\u{1B}[1;5D", "controlLeft"), ("\u{1B}[2~", "insert"), ("\u{1B}OH", "home"),
        ("\u{1B}OF", "end"),
        ("\u{1B}[5~", "pageUp"), ("\u{1B}[6~", "pageDown"), ("\u{1B}[3~", "delete"), ("\u{1B}[Z", "backTab"),
        ("\u{1B}OP", "function(1)"), ("\u{1B}[24~", "function(12)"), ("\t", "tab"), ("\r", "enter"), ("\n", "enter"),
        ("\u{7F}", "backspace"), ("\u{1B}", "escape"), ("é", "character(\"é\")"), ("€", "character(\"€\")"),
        ("\u{0C}", "control(\"l\")"), ("\u{1B}[<0;5;7M", "click(x: 4, y: 6)"),
        ("\u{1B}[<64;1;2M", "wheel(up: true, x: 0, y: 1)"), ("\u{1B}[<65;1;2M", "wheel(up: false, x: 0, y: 1)"),
    ]

    @Test func everyKeyArrivesAsItself() throws {
        let session = try startProbe()
        for (bytes, key) in Self.keys {
            session.send(bytes)
            #expect(
                session.wait(seconds: 5, forText: "key \(key)"),
                "\(session.screen.rows[3]) for \(bytes.debugDescription)")
            session.send("j")
            #expect(session.wait(seconds: 5, forText: "key character(\"j\")"))
        }
    }

    /// As each terminal sends them: some stand in its entry, the rest is known anyway.
    static let keysByType: [(type: String, keys: [(String, String)])] = [
        (
            "tmux-256color",
            [
                ("\u{1B}[1~", "home"), ("\u{1B}[4~", "end"), ("\u{1B}[1;2D", "shiftLeft"),
                ("\u{1B}[1;5C", "controlRight"),
                ("\u{1B}[<0;240;7M", "click(x: 239, y: 6)"), ("\u{1B}[<65;1;2M", "wheel(up: false, x: 0, y: 1)"),
                ("\u{1B}[M %'", "click(x: 4, y: 6)"),
            ]
        ),
        (
            "screen-256color",
            [
                ("\u{1B}[1~", "home"), ("\u{1B}[4~", "end"), ("\u{1B}[1;2C", "shiftRight"), ("\u{1B}[1;2A", "shiftUp"),
                ("\u{1B}[<0;5;7M", "click(x: 4, y: 6)"),
            ]
        ),
        (
            "linux",
            [("\u{1B}[[A", "function(1)"), ("\u{1B}[1~", "home"), ("\u{1B}[4~", "end"), ("\u{1B}[A", "up")]
        ),
        (
            "rxvt",
            [
                ("\u{1B}[7~", "home"), ("\u{1B}[8~", "end"), ("\u{1B}[d", "shiftLeft"), ("\u{1B}[a", "shiftUp"),
                ("\u{1B}Oc", "controlRight"),
            ]
        ),
        (
            "vt100",
            [("\u{1B}[3~", "delete"), ("\u{1B}[5~", "pageUp"), ("\u{1B}OA", "up"), ("\u{1B}[1;2D", "shiftLeft")]
        ),
    ]

    @Test(arguments: keysByType) func everyTerminalsKeysArrive(type: String, keys: [(String, String)]) throws {
        let session = try startProbe(environment: ["TERM": type])
        for (bytes, key) in keys {
            session.send(bytes)
            #expect(
                session.wait(seconds: 5, forText: "key \(key)"),
                "\(type): \(session.screen.rows[3]) for \(bytes.debugDescription)")
        }
        session.send("q")
        #expect(session.waitForEnding() == .code(0))
        #expect(session.screen.mouseModes.isEmpty)
    }

    @Test func sequencesThatNobodyKnowsDoNothing() throws {
        let session = try startProbe()
        session.send("j")
        session.wait(forText: "key character(\"j\")")
        // A focus report, a paste bracket, a key of another protocol: q and digits inside are not keys.
        for sequence in ["\u{1B}[I", "\u{1B}[200~", "\u{1B}[113;5u", "\u{1B}[?1;2q"] {
            session.send(sequence)
            session.wait(seconds: 1) { $0.screen.rows[3] != "key character(\"j\")" }
            #expect(session.screen.rows[3] == "key character(\"j\")", "\(sequence.debugDescription)")
        }
        session.send("q")
        #expect(session.waitForEnding() == .code(0))
    }
}
