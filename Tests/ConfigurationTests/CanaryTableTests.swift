import Configuration
import Metrics
import Monitoring
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
                """))
        var wanted = CanarySettings()
        (wanted.controlName, wanted.canaryName) = ("stable", "next")
        wanted.gates.maximumIncrease = 200
        wanted.gates.maximumErrorRate = 1000
        wanted.gates.minimumEvalScore = 9000
        wanted.ramp = [1, 20, 100]
        (wanted.minimumSoak, wanted.maximumSoak) = (Span.hour, 6 * Span.hour)
        (wanted.margin, wanted.latencyLimit, wanted.share) = (0.01, 30 * Span.second, 0.025)
        #expect(settings == wanted)
    }

    @Test func `without the table everything is as usual`() throws {
        #expect(try CanaryTable.parse(document("")) == CanarySettings())
    }

    @Test(arguments: [
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
