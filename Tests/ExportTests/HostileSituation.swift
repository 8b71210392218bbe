import Metrics
import Monitoring
import Telemetry
import TestSupport

/// An agent whose every name wants to be something else: a formula, a tag, a tmux format, an escape sequence.
enum HostileSituation {
    static let names = [
        "=HYPERLINK(\"http://evil\",\"x\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "a,b", "say \"hi\"",
        "two\nlines\r\n",
        "</title><script>alert(1)</script>", "\" onload=\"alert(1)", "' style='x", "&amp;", "#[fg=red]#(reboot)#{pid}",
        "\u{1b}[31m\u{9b}2J\u{7}", "\u{202e}txt", "back\\slash", String(repeating: "𝕏", count: 300),
    ]

    /// Three hours, of which the last half hour fails.
    static let whole = make()

    private static func make() -> Situation {
        var bench = CountingBench()
        bench.source = InputStatus(name: "=evil</title>\"#{x}.jsonl", state: .ended)
        bench.source.rejected = 1
        bench.source.rejections = [.init(line: 7, source: "<b>", reason: "<img src=x onerror=alert(1)>")]
        var judge = Judge(rules: RulePack.conservative.rules)
        for n in 0..<Int64(1080) {
            let time = midnight + n * 10 * Span.second
            let name = names[Int(n) % names.count]
            let symbols = Dimension.ofRequest.filter { $0 != .variant }.map { ($0, bench.symbol(name, $0)) }
            let (error, tool) = (bench.symbol(name, .errorType), bench.symbol(name, .tool))
            let variant = bench.symbol(n % 4 == 0 ? "canary" : "control", .variant)
            bench.count(at: time, trace: "\(n)" + name, cost: 1_000_000) { record in
                record.success = n < 900 || n % 2 == 0
                if record.success == false { record.errorType = error }
                record.latency = 1_000_000 + n * 1000
                record.inputTokens = 100
                record.outputTokens = 10
                record.outputLength = n < 900 ? 300 : 600
                record.values[.variant] = variant
                for (dimension, symbol) in symbols { record.values[dimension] = symbol }
                var call = ToolCall()
                call.name = tool
                call.success = n % 3 != 0
                record.tools = [call]
                record.toolCallCount = 1
            }
            judge.step(bench.snapshot(asOf: time + 10 * Span.second), at: time + 10 * Span.second)
        }
        bench.count(.deploy, at: midnight + 9001 * Span.second) { record in
            var deploy = Deploy()
            deploy.version = "<i>v9</i>"
            record.deploy = deploy
        }
        return Situation(
            snapshot: bench.snapshot(), alerts: judge.alerts, rules: judge.watched, events: judge.events,
            troubleSince: judge.troubleSince, recoveredAt: judge.recoveredAt, judgedUpTo: nil)
    }

    static let nothing = Situation(
        snapshot: CountingBench().snapshot(), alerts: [], rules: [], events: [], judgedUpTo: nil)
}
