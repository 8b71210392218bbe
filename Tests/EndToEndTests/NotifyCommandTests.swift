import Foundation
import PtyTesting
import Testing

/// `agentdash notify test`.
@Suite struct NotifyCommandTests {
    private static func run(
        _ settings: String, _ arguments: String, environment: [String: String] = [:]
    ) throws -> (run: HeadlessRun, home: TemporaryFolder) {
        let home = try TemporaryFolder()
        try home.write(settings.replacing("HOME", with: home.path), to: "agentdash.toml")
        let run = try Shell.run(
            "agentdash notify test \(arguments) --config '\(home["agentdash.toml"])'",
            environment: environment.merging(["XDG_STATE_HOME": home["state"]]) { $1 })
        return (run, home)
    }

    @Test func aTestGoesThroughEveryChannelOfTheRoute() throws {
        let (run, home) = try Self.run(
            """
            [route.tickets]
            file = { path = "HOME/alerts.jsonl" }
            command = { argv = ["cp", "/dev/stdin", "HOME/copy"] }
            [route.oncall]
            pagerduty = { routing_key_env = "NOT_SET" }
            """, "tickets --resolve --severity P2")
        #expect(run.ending == .code(0), "\(run.errors)")
        let lines = run.text.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(
            lines.first?.hasPrefix("ok     trigger file \(home.path)/alerts.jsonl: written to ") == true, "\(run.text)")
        let written = try String(contentsOfFile: home["alerts.jsonl"], encoding: .utf8).split(separator: "\n")
        #expect(written.count == 2)
        #expect(written.first?.contains("\"action\":\"trigger\"") == true)
        #expect(written.last?.contains("\"action\":\"resolve\"") == true)
        #expect(written.allSatisfy { $0.contains("nothing is wrong") && $0.contains("\"severity\":\"P2\"") })
    }

    @Test func aChannelThatFailsIsToldAndExitsWith1() throws {
        let (run, _) = try Self.run(
            """
            [route.oncall]
            slack = { webhook_url_env = "HOOK" }
            command = { argv = ["true"] }
            """, "oncall", environment: ["HOOK": "http://127.0.0.1:1/services/5ecret"])
        #expect(run.ending == .code(1), "\(run.errors)")
        #expect(
            run.text.contains("FAILED trigger slack 127.0.0.1:1: can't connect to 127.0.0.1:1 (curl 7)"), "\(run.text)")
        #expect(run.text.contains("ok     trigger command true: true exited with 0"))
        #expect(!(run.text + run.errors).contains("5ecret"))
    }

    @Test(arguments: [
        ("[route.oncall]\nfile = { path = '/x' }", "onkall", "has no [route.onkall]; did you mean 'oncall'?"),
        ("", "oncall", "has no [route.oncall]; it has none"),
        (
            "[route.oncall]\npagerduty = { routing_key_env = 'NOT_SET' }", "oncall",
            "agentdash.toml:2:33: route.oncall.pagerduty.routing_key_env: the environment has no NOT_SET"
        ),
        ("[route.oncall]\nfile = { path = '/x' }", "oncall --severity P9", "P9"),
    ])
    func aMistakeExitsWith2(settings: String, arguments: String, message: String) throws {
        let (run, _) = try Self.run(settings, arguments)
        #expect(run.ending == .code(2))
        #expect(run.text.isEmpty)
        #expect(run.errors.contains(message), "\(run.errors)")
    }
}
