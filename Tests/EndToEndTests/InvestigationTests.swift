import Foundation
import PtyTesting
import Testing

/// A whole investigation in tmux, with the keys that the list of keys names: from the verdict to the failing tool, to one
/// trace, to its id on the clipboard.
@Suite(.enabled(if: TmuxSession.isInstalled)) struct InvestigationTests {
    private func session(_ arguments: [String], columns: Int = 120, rows: Int = 40) throws -> TmuxSession {
        try TmuxSession(
            BuiltProgram.path("agentdash"), arguments,
            environment: Agentdash.environment.merging(["TERM": "screen-256color"]) { $1 }, columns: columns, rows: rows
        )
    }

    private func require(
        _ text: String, in session: TmuxSession, seconds: Int = 20, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let row = try session.wait(seconds: seconds) { $0.contains(text) }
        let picture = Comment(rawValue: "no \(text) in\n" + (try session.rows().joined(separator: "\n")))
        return try #require(row, picture, sourceLocation: sourceLocation)
    }

    @Test(arguments: [(120, 40), (80, 24)])
    func fromTheVerdictToATraceOnTheClipboard(columns: Int, rows: Int) throws {
        let session = try session(["demo", "--speed", "3600x"], columns: columns, rows: rows)
        _ = try require("END OF INPUT", in: session, seconds: 60)
        // The story is over: back to where the alert fired.
        try session.send("[")
        _ = try require("PAUSED", in: session)
        var verdict = try session.wait(seconds: 2) { $0.contains("DEGRADED") } ?? ""
        for _ in 0..<6 where verdict.isEmpty {
            try session.send("[")
            verdict = try session.wait(seconds: 2) { $0.contains("DEGRADED") } ?? ""
        }
        #expect(verdict.contains("▲ DEGRADED"), "\(verdict)")

        // For whom: the failing panel, the tool that fails, its requests, one of them.
        try session.send("Space", "?")
        _ = try require("the requests behind the focus", in: session)
        try session.send("Escape", "3", "r")
        _ = try require("failed by", in: session)
        try session.send("Escape", "Escape", ":")
        for letter in "slices tool" { try session.send(letter == " " ? "Space" : String(letter)) }
        try session.send("Enter")
        _ = try require("Slices by tool", in: session)
        try session.send("w", "w", "w", "r")
        let tool = try require("tool = ", in: session)
        #expect(tool.contains("refund_api"), "\(tool)")
        try session.send("Enter")
        // The page of the request, and no more the list's heading.
        let trace = try #require(try session.wait(seconds: 20) { $0.contains("trace ") && $0.contains(" tr_") })
        let id = try #require(trace.split(separator: " ").first { $0.hasPrefix("tr_") }.map(String.init), "\(trace)")
        try session.send("y")
        _ = try require("copied \(id)", in: session)
        #expect(try session.wait(seconds: 5) { _ in (try? session.clipboard()) == id } != nil)

        // And out again, one step a key.
        try session.send("Escape", "Escape", "Escape")
        _ = try require("1 Latency", in: session)
    }

    @Test func aFilterRecountsEveryPanelUntilItIsCleared() throws {
        guard let data = Agentdash.demoData("demo.jsonl") else { return }
        let folder = try TemporaryFolder()
        let path = try folder.write(String(decoding: data, as: UTF8.self), to: "demo.jsonl")
        let session = try session(["--window", "all", path])
        _ = try require("n=11,104", in: session)
        try session.send("/")
        for letter in "tool=refund_api" { try session.send(String(letter)) }
        try session.send("Enter")
        let line = try require("of 11.1k", in: session)
        #expect(line.contains("tool=refund_api"))
        // As many as the command without a screen counts.
        let run = try Agentdash.run([
            "snapshot", "--window", "all", "--where", "tool=refund_api", "--format", "json", path,
        ])
        let document = try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any]
        let count = try #require((document?["requests"] as? NSNumber)?.intValue)
        #expect(count > 100)
        let grouped = "n=\(count / 1000 > 0 ? "\(count / 1000),\(String(format: "%03d", count % 1000))" : "\(count)")"
        _ = try require(grouped, in: session)
        try session.send("Escape", "Escape")
        _ = try require("n=11,104", in: session)
    }

    @Test func aMistakeInAFilterIsPointedAt() throws {
        let session = try session(["demo"])
        _ = try require("REPLAY", in: session)
        try session.send("/")
        for letter in "latency>$5" { try session.send(String(letter)) }
        try session.send("Enter")
        _ = try require("^^", in: session)
        _ = try require("an amount in dollars", in: session)
        try session.send("Escape", "q")
        let isGone = try (0..<100).contains { _ in
            usleep(100_000)
            return try session.rows().allSatisfy { !$0.contains("REPLAY") }
        }
        #expect(isGone)
    }
}
