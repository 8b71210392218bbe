import Foundation
import Glibc
import PtyTesting
import Testing

/// `agentdash watch --headless --notify`: what it tells, keeps and takes in while it runs.
@Suite struct ServiceTests {
    private let folder = try? TemporaryFolder()

    private static func settings(_ folder: TemporaryFolder, threshold: String = "50%", more: String = "") -> String {
        """
        [rules]
        packs = []
        [state]
        path = "\(folder["state"])"
        [notify]
        group_wait = "0s"
        [route.oncall]
        file = { path = "\(folder["told.jsonl"])" }
        [[rule]]
        name = "many_errors"
        severity = "P1"
        when = "error_rate > \(threshold)"
        window = "1m"
        min_requests = 10
        for_count = 1
        \(more)

        """
    }

    /// Requests of the last minute up to now, all failed or none.
    private static func minute(failed: Bool) -> String {
        let now = RecordLines.now
        return (0..<120).map { i in
            let time = now - 60_000 + Int64(i) * 500
            return RecordLines.line([
                "trace_id": "s\(time)", "timestamp": time, "latency_ms": 100, "success": !failed, "agent": "shop",
                "error_type": failed ? "timeout" : "",
            ])
        }.joined()
    }

    private func start(_ folder: TemporaryFolder) throws -> PtySession {
        try Agentdash.start(
            ["watch", "--headless", "--notify", "--config", folder["a.toml"], folder["live.jsonl"]], columns: 200)
    }

    private func told(_ folder: TemporaryFolder) -> [String] {
        let text = (try? String(contentsOfFile: folder["told.jsonl"], encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return (object?["action"] as? String).map { "\($0) \(object?["rule"] as? String ?? "")" }
        }
    }

    @Test func itTellsOnceAlsoAcrossARestartAndReadsItsSettingsAgain() throws {
        let folder = try #require(folder)
        try folder.write(Self.settings(folder), to: "a.toml")
        try folder.write(Self.minute(failed: true), to: "live.jsonl")
        var service = try start(folder)
        try service.require("P1 many_errors firing", seconds: 40)
        try service.require("oncall many_errors: sent", seconds: 40)
        #expect(told(folder) == ["trigger many_errors"])

        // Ended as systemd does; started again while it still fires.
        service.signal(SIGTERM)
        #expect(service.waitForEnding() == .code(0), service.picture)
        service = try start(folder)
        try service.require("P1 many_errors firing", seconds: 40)

        // What is wrong changes nothing and is pointed at.
        try folder.write(Self.settings(folder, more: "[[rule]]\nnme = 1"), to: "a.toml")
        service.signal(SIGHUP)
        try service.require("unknown key 'nme'", seconds: 40)
        // What is right counts from now on: nothing is over 100%.
        try folder.write(Self.settings(folder, threshold: "99.9999%", more: "missing = \"zero\""), to: "a.toml")
        try service.require("settings read again", seconds: 40)
        try folder.append(Self.minute(failed: false), to: "live.jsonl")
        try service.require("oncall many_errors: resolve sent", seconds: 60)
        #expect(told(folder) == ["trigger many_errors", "resolve many_errors"])
        service.signal(SIGINT)
        #expect(service.waitForEnding() == .code(0), service.picture)
    }

    /// Somebody acknowledges on a screen of their own, which sends nothing: the service hears of it.
    @Test func aScreenAndAServiceShareWhatPeopleSay() throws {
        let folder = try #require(folder)
        try folder.write(Self.settings(folder), to: "a.toml")
        try folder.write(Self.minute(failed: true), to: "live.jsonl")
        let service = try start(folder)
        try service.require("oncall many_errors: sent", seconds: 40)
        let screen = try Agentdash.start(
            ["--config", folder["a.toml"], folder["live.jsonl"]], environment: ["USER": "ada"], columns: 120, rows: 40)
        try screen.require("many_errors", seconds: 40)
        screen.send("5")
        try screen.require("Rules")
        screen.send("a")
        try screen.require("acknowledged many_errors", seconds: 40)
        try service.require("oncall many_errors: acknowledged", seconds: 40)
        try service.require("by ada", seconds: 40)
        screen.expectQuit()
        service.signal(SIGTERM)
        #expect(service.waitForEnding() == .code(0), service.picture)
        #expect(told(folder) == ["trigger many_errors", "acknowledge many_errors"])
    }

    /// Half an hour of a canary that fails far more, up to now.
    private static func badCanary() -> String {
        let now = RecordLines.now
        return (0..<1800).map { i in
            let time = now - 1_800_000 + Int64(i) * 1000
            let isCanary = i % 4 == 0
            let failed = isCanary ? i % 3 == 0 : i % 50 == 1
            return RecordLines.line([
                "trace_id": "c\(time)", "timestamp": time, "latency_ms": 100, "success": !failed,
                "variant": isCanary ? "canary" : "control", "agent_version": isCanary ? "v2.4" : "v2.3",
            ])
        }.joined()
    }

    @Test func aBadCanaryIsRolledBackOnceAndOnlyWhereThatIsAskedFor() throws {
        let folder = try #require(folder)
        try folder.write(Self.badCanary(), to: "live.jsonl")
        func settings(asks: Bool) -> String {
            """
            [state]
            path = "\(folder["state"])"
            [canary]
            on_rollback = ["sh", "-c", 'echo "$0" >> "$1"', "{control}", "\(folder["rolled"])"]
            ask_before_rollback = \(asks)
            """
        }
        try folder.write(settings(asks: true), to: "a.toml")
        let arguments = ["watch", "--headless", "--act", "--config", folder["a.toml"], folder["live.jsonl"]]
        let refused = try Agentdash.run(arguments)
        #expect(refused.ending == .code(2) && refused.errors.contains("nobody can be asked"), "\(refused.errors)")
        try folder.write(settings(asks: false), to: "a.toml")
        // Without --act it is only told.
        let watching = try Agentdash.start(arguments.filter { $0 != "--act" }, columns: 200)
        try watching.require("watching", seconds: 40)
        watching.signal(SIGTERM)
        #expect(watching.waitForEnding() == .code(0), watching.picture)
        for wanted in ["canary: ran", "watching"] {
            let service = try Agentdash.start(arguments, columns: 200)
            try service.require(wanted, seconds: 60)
            service.signal(SIGTERM)
            #expect(service.waitForEnding() == .code(0), service.picture)
            #expect(try String(contentsOfFile: folder["rolled"], encoding: .utf8) == "v2.3\n")
        }
        // On a screen it says what was run.
        let screen = try Agentdash.start(
            ["--act", "--config", folder["a.toml"], folder["live.jsonl"]], columns: 120, rows: 40)
        try screen.require("ROLLBACK", seconds: 40)
        screen.send("6")
        try screen.require("agentdash: ran sh -c", seconds: 40)
        screen.expectQuit()
    }

    @Test func withoutRoutesItDoesNotBegin() throws {
        let folder = try #require(folder)
        let path = try folder.write("[rules]\npacks = [\"symptoms\"]\n", to: "a.toml")
        for mode in [["watch", "--headless"], []] {
            let run = try Agentdash.run(mode + ["--notify", "--config", path, folder["live.jsonl"]])
            #expect(run.ending == .code(2) && run.errors.contains("no [route.NAME]"), "\(run.errors)")
        }
        let replay = try Agentdash.run(["--notify", "--replay", "60x", folder["live.jsonl"]])
        #expect(replay.ending == .code(64), "\(replay.errors)")
    }
}
