import ArgumentParser
import Dashboard
import Metrics
import Monitoring
import Scenario

extension Window: ExpressibleByArgument {}
extension EventClock.Mode: ExpressibleByArgument {}
extension LatencyTier: ExpressibleByArgument {}

/// A multiple of real time: `60x` or `60`.
struct ReplaySpeed: ExpressibleByArgument {
    let value: Double

    static let minuteASecond = ReplaySpeed(value: 60)

    private init(value: Double) { self.value = value }

    init?(argument: String) {
        let digits = argument.hasSuffix("x") ? String(argument.dropLast()) : argument
        guard let value = Double(digits), value.isFinite, value > 0, value <= 1e6 else { return nil }
        self.init(value: value)
    }

    /// As it is shown in help.
    var defaultValueDescription: String { "\(Int(value))x" }
}

/// What every command that draws can be told.
struct ScreenArguments: ParsableArguments {
    @Option(name: .shortAndLong, help: "How far back the numbers reach; w changes it.")
    var window = Window.minutes15

    @Option(
        help: ArgumentHelp(
            "A shipped theme, one of yours, or a file (default: midnight); t changes it.", valueName: "name|file"))
    var theme: String?

    @Option(
        help:
            "Whose latency budgets apply, p50/p95/p99 under 2/5/10, 10/30/60, 30/120/300 or 60/300/600 s (default: what the settings say, else chat)."
    )
    var tier: LatencyTier?

    @Option(help: DriftArguments.golden)
    var golden: String?

    @Flag(name: .customLong("no-mouse"), help: "Leave the mouse to the terminal.")
    var noMouse = false

    @OptionGroup var judged: RuleArguments
}
