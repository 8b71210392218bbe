import ArgumentParser
import Statistics

import enum Query.NumberFormat

/// A share of requests, as `5%` or `0.05`.
struct ShareArgument: ExpressibleByArgument {
    let value: Double

    init?(argument: String) {
        let number = argument.hasSuffix("%") ? Double(argument.dropLast()).map { $0 / 100 } : Double(argument)
        guard let number, number > 0, number < 1 else { return nil }
        value = number
    }

    init(_ value: Double) { self.value = value }

    var defaultValueDescription: String { NumberFormat.plain(value * 100) + "%" }
}

/// `agentdash canary`: how many requests it takes to know.
struct CanaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "canary", abstract: "Plan a canary or an A/B test.", subcommands: [Plan.self])

    /// `agentdash canary plan`.
    struct Plan: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say how many requests it takes to tell two error rates apart.",
            discussion: """
                "at once" is a test of a size fixed beforehand and looked at once, at its end; "watched" is about
                what the canary panel needs, which may be looked at all the time. Requests of one user are alike:
                --per-user and --likeness say how much less they prove (3 to 5 times as many are usual).

                EXAMPLES
                  agentdash canary plan --baseline 5% --detect 10%
                  agentdash canary plan --baseline 2% --detect 3% --share 50% --per-minute 600 --per-user 9 --likeness 0.25
                """)

        @Option(help: ArgumentHelp("How many fail now, as 5% or 0.05.", valueName: "rate"))
        var baseline: ShareArgument

        @Option(help: ArgumentHelp("How many failing is to be found.", valueName: "rate"))
        var detect: ShareArgument

        @Option(
            help: ArgumentHelp("Share of the traffic that the canary takes; 50% for an A/B test.", valueName: "share"))
        var share = ShareArgument(0.05)

        @Option(help: ArgumentHelp("Probability of an alarm where there is no difference.", valueName: "rate"))
        var alpha = ShareArgument(0.05)

        @Option(help: ArgumentHelp("Probability of finding the difference.", valueName: "rate"))
        var power = ShareArgument(0.8)

        @Option(
            help: ArgumentHelp("Requests a minute of both together: how long it takes is said too.", valueName: "n"))
        var perMinute: Double?

        @Option(help: ArgumentHelp("Requests of one user.", valueName: "n"))
        var perUser = 1.0

        @Option(help: ArgumentHelp("How alike the requests of one user are (ICC), 0 to 1.", valueName: "icc"))
        var likeness = 0.0

        func validate() throws {
            guard perUser >= 1, (0...1).contains(likeness), perMinute ?? 1 > 0 else {
                throw ValidationError("--per-user takes 1 or more, --likeness 0 to 1, --per-minute more than 0")
            }
            guard detect.value != baseline.value else {
                throw ValidationError("--baseline and --detect are the same: there is nothing to find")
            }
        }

        func run() throws {
            let effect = DesignEffect.ofClusters(size: perUser, correlation: likeness)
            let size = SampleSize(
                alpha: alpha.value, power: power.value, ratio: (1 - share.value) / share.value, designEffect: effect)
            var lines = ["control \(percent(baseline)), canary \(percent(detect)), \(percent(share)) of the traffic"]
            if effect > 1 {
                lines.append("design effect \(NumberFormat.fixed(effect, decimals: 2)): so many requests are worth one")
            }
            if let n = size.canary(control: baseline.value, canary: detect.value) { lines.append(line("at once", n)) }
            if let n = ConditionalEProcess.requests(
                control: baseline.value, canary: detect.value, share: share.value, alpha: alpha.value)
            {
                lines.append(line("watched", n * effect) + " in half of the cases")
            } else {
                lines.append("watched   only a canary that fails more is looked for")
            }
            if effect == 1 { lines.append("agents usually need 3 to 5 times as many: --per-user, --likeness") }
            try Output.write(lines.joined(separator: "\n") + "\n")
        }

        private func percent(_ share: ShareArgument) -> String {
            NumberFormat.plain((share.value * 1e6).rounded() / 1e4) + "%"
        }

        private func line(_ name: String, _ n: Double) -> String {
            let canary = n.rounded(.up)
            let all = (n / share.value).rounded(.up)
            var text = name + String(repeating: " ", count: max(1, 10 - name.count))
            text += "\(NumberFormat.grouped(canary)) requests of the canary, \(NumberFormat.grouped(all)) in all"
            if let perMinute { text += ", \(NumberFormat.age(all / perMinute * 60))" }
            return text
        }
    }
}
