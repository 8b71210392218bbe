import Foundation
import PtyTesting
import Testing

/// Nothing that stands in the input reaches the terminal as a command.
@Suite struct HostileInputTests {
    @Test(arguments: HostileRecords.Spelling.allCases) func noPageSendsASequenceOfTheInput(
        spelling: HostileRecords.Spelling
    ) throws {
        let folder = try TemporaryFolder()
        let name = spelling == .plain ? "a\u{1B}]0;31337\u{07}\u{9B}31337m\u{202E}.jsonl" : "a.jsonl"
        let path = try folder.write(Data(HostileRecords.lines(spelling)), to: name)
        // The largest size shows the most names.
        let session = try Agentdash.start([path], columns: 200, rows: 60)
        try session.require("rejected")
        // The harm is shown as dots, so the text was there to be shown.
        try session.require("Worst slices")
        try session.require("v1·")
        for key in ["1", "2", "3", "4", "5", "6"] {
            session.send(key)
            try session.require("Esc back")
            session.send("w")
        }
        session.send("?")
        try session.require("Keys")
        session.send("q")
        #expect(session.waitForEnding() == .code(0))
        #expect(TerminalTraffic.harm(in: session.output) == [])
        #expect(session.screen.unknown.isEmpty && session.screen.bells == 0)
        #expect(session.leftBehind.isEmpty)
    }

    @Test(arguments: HostileRecords.Spelling.allCases) func aSnapshotInTextHoldsNoSequence(
        spelling: HostileRecords.Spelling
    ) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Data(HostileRecords.lines(spelling)), to: "a\u{1B}]0;31337\u{07}.jsonl")
        for format in ["text", "json"] {
            let run = try Agentdash.run(["snapshot", "--format", format, path])
            #expect(run.ending == .code(0))
            #expect(TerminalTraffic.harm(in: run.output, allowsSequences: false) == [])
            #expect(run.errors.isEmpty)
            #expect(run.text.contains("v1·"))
        }
    }

    /// The checks themselves find what they look for.
    @Test(arguments: HostileRecords.sequences) func theCheckFindsEverySequence(sequence: String) {
        #expect(!TerminalTraffic.harm(in: Array("a\(sequence)b".utf8)).isEmpty)
        #expect(!TerminalTraffic.harm(in: Array("a\(sequence)b".utf8), allowsSequences: false).isEmpty)
    }
}
