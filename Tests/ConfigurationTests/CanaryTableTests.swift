import Configuration
import Metrics
import Monitoring
import Statistics
import Telemetry
import Testing

struct CanaryTableTests {
    private func document(_ toml: String) throws -> TomlDocument {
        try TomlDocument(text: toml, file: "agentdash.toml")
    }

    @Test func `every key says what it says`() throws {
        let settings = try CanaryTable.parse(
            document(
                """
                [canary]
                control = "stable"
                canary = "next"
                max_error_rate_increase = 0.02
                max_error_rate = 0.1
                min_eval_score = 0.9
                ramp = [1, 20, 100]
                min_soak = "1h"
                max_soak = "6h"
                margin = 0.01
                latency_limit = "30s"
                share = 0.025
                key = "agent_version"
                routing = "sha256-32bit"
                on_rollback = "deployctl rollback {control}"
                ask_before_rollback = false
                """))
        var wanted = CanarySettings()
        (wanted.controlName, wanted.canaryName) = ("stable", "next")
        wanted.gates.maximumIncrease = 200
        wanted.gates.maximumErrorRate = 1000
        wanted.gates.minimumEvalScore = 9000
        wanted.ramp = [1, 20, 100]
        (wanted.minimumSoak, wanted.maximumSoak) = (Span.hour, 6 * Span.hour)
        (wanted.margin, wanted.latencyLimit, wanted.share) = (0.01, 30 * Span.second, 0.025)
        (wanted.key, wanted.routing) = (.agentVersion, .first32)
        wanted.rollback = try RollbackCommand(words: ["deployctl", "rollback", "{control}"])
        wanted.asksBeforeRollback = false
        #expect(settings == wanted)
    }

    @Test func `an A/B test is of two halves and has no steps`() throws {
        let settings = try CanaryTable.parse(document("[canary]\nmode = 'ab'\nmargin = 0.02"))
        #expect(settings.mode == .ab && settings.share == 0.5 && settings.ramp == [50] && settings.margin == 0.02)
    }

    @Test func `a rollback is a line or a list of words`() throws {
        let line = try CanaryTable.parse(document("[canary]\non_rollback = \"x 'a b' {canary}\""))
        let list = try CanaryTable.parse(document("[canary]\non_rollback = ['x', 'a b', '{canary}']"))
        #expect(line.rollback == list.rollback && line.rollback?.words.count == 3)
        #expect(line.asksBeforeRollback)
    }

    @Test func `without the table everything is as usual`() throws {
        #expect(try CanaryTable.parse(document("")) == CanarySettings())
    }

    @Test(arguments: [
        ("mode = 'a/b'", "2:8: canary.mode: expected \"canary\" or \"ab\""),
        ("mode = 'ab'\nramp = [5]", "3:8: canary.ramp: an A/B test has no steps"),
        ("routing = 'md5'", "2:11: canary.routing: expected \"sha256-mod100\" or \"sha256-32bit\""),
        (
            "on_rollback = 'x {version}'",
            "2:15: canary.on_rollback: {version} is not known; there are {control}, {canary}, {control_variant}, {canary_variant}"
        ),
        ("on_rollback = ['x', 1]", "2:15: canary.on_rollback: expected a program and its arguments, all of them texts"),
        ("control = 'a'\ncanary = 'a'", "3:10: canary.canary: control and canary are the same variant, a"),
        (
            "max_error_rate = 3",
            "2:18: canary.max_error_rate: expected a share between 0 and 1, as 0.05; 0.03 is meant?"
        ),
        ("ramp = [10, 5]", "2:8: canary.ramp: expected percents from 1 to 100, each above the one before"),
        ("ramp = []", "2:8: canary.ramp: expected at least one step"),
        ("min_soak = '5h'\nmax_soak = '4h'", "3:12: canary.max_soak: is shorter than min_soak"),
        ("share = 5", "2:9: canary.share: expected a share between 0 and 1, as 0.05"),
        ("canari = 'x'", "2:1: canary.canari: unknown key 'canari'; did you mean 'canary'?"),
    ])
    func `a mistake is named with its place`(toml: String, message: String) {
        #expect {
            _ = try CanaryTable.parse(document("[canary]\n" + toml))
        } throws: {
            "\($0)".hasPrefix("agentdash.toml:" + message)
        }
    }
}
