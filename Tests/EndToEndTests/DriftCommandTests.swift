import Foundation
import PtyTesting
import Testing

/// What drift is told of on the command line, and what of it survives a restart.
@Suite struct DriftCommandTests {
    /// Three hours of refunds; in the last half an hour every fifth request asks for something else, with longer answers.
    private static func records() -> String {
        (0..<1080).map { number in
            let isLate = number >= 900
            return RecordLines.line([
                "trace_id": "t\(number)", "timestamp": RecordLines.start + Int64(number) * 10_000,
                "latency_ms": 600 + number * 37 % 900, "success": true,
                "output_length": (400 + number * 29 % 200) * (isLate ? 3 : 2) / 2, "input_length": 100 + number % 60,
                "intent": isLate && number % 5 == 0 ? "refund_eu" : "refund", "locale": "de-DE",
            ])
        }.joined()
    }

    private func json(_ arguments: [String]) throws -> [String: Any] {
        let run = try Agentdash.run(["snapshot", "--format", "json"] + arguments)
        try #require(run.ending == .code(0), "\(run.errors)")
        return try #require(JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
    }

    private func value(_ document: [String: Any], _ path: String...) -> Any? {
        var value: Any? = document
        for key in path {
            if let place = Int(key) {
                value = (value as? [Any])?[place]
            } else {
                value = (value as? [String: Any])?[key]
            }
        }
        return value
    }

    @Test func aSnapshotTellsWhatMovedAndWhatIsNew() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.records(), to: "day.jsonl")
        let document = try json([path])
        #expect(value(document, "drift", "output_length", "drifted") as? Bool == true)
        #expect(value(document, "drift", "input_length", "drifted") as? Bool == false)
        #expect(value(document, "drift_baseline", "kind") as? String == "first_hour")
        #expect(value(document, "input_mix", "new", "0", "name") as? String == "refund_eu")
        let moved = try #require(value(document, "drift_movements") as? [[String: Any]]).compactMap {
            $0["text"] as? String
        }
        #expect(moved.contains { $0.hasPrefix("answers 5") && $0.contains(" longer") }, "\(moved)")
        #expect(moved.contains("new intent refund_eu 19.8%"), "\(moved)")
        let text = try Agentdash.run(["snapshot", path]).text
        #expect(text.contains("moved     ") && text.contains("new intent refund_eu 19.8%"), "\(text)")
    }

    @Test func anEvalSetTellsWhatItLacks() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.records(), to: "day.jsonl")
        let tags = try folder.write(#"[{"tag":"refund"},{"tag":"refund"}]"#, to: "tags.json")
        let document = try json(["--window", "1h", "--golden", tags, path])
        #expect(value(document, "input_mix", "eval_coverage", "gaps", "0", "tag") as? String == "refund_eu")
        #expect(value(document, "input_mix", "eval_coverage", "by") as? String == "intent")
        let uncovered = try #require(value(document, "input_mix", "eval_coverage", "uncovered_share") as? Double)
        #expect((0.09...0.11).contains(uncovered), "\(uncovered)")
        // The file beside the settings counts as well, and a mistake in it is told with both.
        let settings = try folder.write("[drift]\ngolden = \"tags.json\"\n", to: "agentdash.toml")
        #expect(value(try json(["--config", settings, path]), "input_mix", "eval_coverage") != nil)
        _ = try folder.write("[{}]", to: "tags.json")
        for arguments in [["--config", settings], ["--golden", tags]] {
            let run = try Agentdash.run(["snapshot"] + arguments + [path])
            #expect(run.ending == .code(2))
            #expect(run.errors.contains("tags.json: case 1 has no tag; expected"), "\(run.errors)")
        }
    }

    @Test func aBaselineThatWasKeptIsThereAfterARestart() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.records(), to: "day.jsonl")
        let environment = ["XDG_STATE_HOME": folder["state"]]
        let first = try Agentdash.start([path], environment: environment)
        try first.require("vs first 60m")
        first.send("b")
        try first.require("a name keeps this window")
        first.send("good\r")
        try first.require("kept as good")
        first.expectQuit()

        let second = try Agentdash.start([path], environment: environment)
        try second.require("vs first 60m")
        second.send(":baseline good\r")
        try second.require("vs good")
        second.send(":forget-baseline good\r")
        try second.require("forgot good")
        second.expectQuit()

        let third = try Agentdash.start([path], environment: environment)
        try third.require("vs first 60m")
        third.send("b")
        try third.require("previous-version")
        #expect(!third.shows("good"), third.picture)
        third.send("\u{1B}")
        third.expectQuit()
    }

    @Test func settingsMayAskForAKeptBaseline() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.records(), to: "day.jsonl")
        let settings = try folder.write(
            "[drift]\nbaseline = \"good\"\n[state]\npath = \"\(folder["state"])\"\n", to: "agentdash.toml")
        // Nothing is kept yet: it is said, and the usual one serves.
        let before = try json(["--config", settings, path])
        #expect(value(before, "drift_baseline", "instead_of") as? String == "good")
        let session = try Agentdash.start(["--config", settings, path])
        try session.require("no good, vs first")
        session.send("bgood\r")
        try session.require("vs good")
        session.expectQuit()
        let after = try json(["--config", settings, path])
        #expect(value(after, "drift_baseline", "name") as? String == "good")
        #expect(value(after, "drift", "output_length", "drifted") as? Bool == false)
        #expect(value(after, "drift", "input_length", "psi") != nil)
    }
}
