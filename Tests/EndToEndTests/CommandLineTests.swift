import Foundation
import PtyTesting
import Testing

/// What the program says without a screen.
@Suite struct CommandLineTests {
    @Test func versionIsANumber() throws {
        let run = try Agentdash.run(["--version"])
        #expect(run.ending == .code(0))
        #expect(run.text.wholeMatch(of: #/\d+\.\d+\.\d+\n/#) != nil)
    }

    @Test func helpNamesCommandsOptionsAndExamples() throws {
        let run = try Agentdash.run(["--help"])
        #expect(run.ending == .code(0))
        for word in ["demo", "snapshot", "watch", "--window", "--replay", "--theme", "--tier", "--now", "--no-mouse"] {
            #expect(run.text.contains(word), "\(word)")
        }
        let examples = run.text.components(separatedBy: "EXAMPLES").last ?? ""
        let before = examples.components(separatedBy: "WATCH OPTIONS").first ?? ""
        #expect(
            before.components(separatedBy: "\n").count { $0.contains("  agentdash ") || $0.contains("| agentdash") }
                >= 5)
        // Nothing is wrapped at 80 columns that was not meant to be.
        #expect(!run.text.components(separatedBy: "\n").contains { $0.count == 1 || $0 == "no" || $0 == "time" })
    }

    @Test(arguments: ["watch", "demo", "snapshot"]) func everyCommandHasHelp(command: String) throws {
        let run = try Agentdash.run([command, "--help"])
        #expect(run.ending == .code(0))
        #expect(run.text.contains("--window"))
    }

    @Test(arguments: [
        ["--bogus"], ["--window", "3m"], ["--replay", "fast"], ["--replay", "-1"], ["snapshot", "--format", "xml"],
        ["--tier", "x"], ["demo", "--speed", "0"],
    ]) func aWrongArgumentIsAUsageError(arguments: [String]) throws {
        let run = try Agentdash.run(arguments)
        #expect(run.ending == .code(64))
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("Error:") && run.errors.contains("Usage:"), "\(run.errors)")
    }

    @Test(arguments: [
        (["demo", "--scenario", "nobody"], "no scenario \"nobody\"; there are: "),
        (["demo", "--theme", "nobody"], "nobody"),
        (["--theme", "/nonexistent/x.toml", "-"], "/nonexistent/x.toml"),
        (["snapshot", "/nonexistent.jsonl"], "/nonexistent.jsonl: no such file"),
        (["snapshot", "/"], "is a directory"),
    ]) func whatCantBeFoundIsNamed(arguments: [String], message: String) throws {
        let run = try Agentdash.run(arguments)
        #expect(run.ending == .code(2))
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("agentdash: ") && run.errors.contains(message), "\(run.errors)")
        #expect(run.errors.filter { $0 == "\n" }.count == 1)
    }

    @Test func withoutATerminalThereIsNoScreen() throws {
        for arguments in [[], ["demo"]] as [[String]] {
            let run = try Agentdash.run(arguments, input: .pipe(RecordLines.requests(0..<3)))
            #expect(run.ending == .code(2))
            #expect(run.errors == "agentdash: no terminal to draw on (over ssh, use ssh -t)\n")
            #expect(run.output.isEmpty)
        }
    }

    @Test func aMessageIsNeverACommandToTheTerminal() throws {
        let evil = "x\u{1B}]0;pwned\u{07}\u{9B}31337m\u{202E}"
        for arguments in [
            ["snapshot", evil], ["demo", "--theme", evil], ["demo", "--scenario", evil], ["--theme", evil, "-"],
            ["--\(evil)"], ["--window", evil],
        ] {
            let run = try Agentdash.run(arguments)
            #expect(run.ending != .code(0) && run.ending != nil)
            #expect(TerminalTraffic.harm(in: Array(run.errors.utf8), allowsSequences: false).isEmpty, "\(arguments)")
        }
    }
}
