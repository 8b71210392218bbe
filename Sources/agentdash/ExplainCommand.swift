import ArgumentParser
import Engine
import Export
import Metrics
import Monitoring

extension RequestOutcome: ExpressibleByArgument {}

/// `agentdash explain FILE…`: what failing requests share that the others do not.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say what failing requests share that the others do not.",
        discussion: """
            Every value of every field is looked at, and what two of them have in common: model, tool, locale, versions,
            flags, hour, length of the question, attributes, … A line is printed for what surely makes the outcome
            likelier: the share of requests with it that lie there and of those without, how many times as often as
            anywhere (lift), how many there would not be otherwise (excess), the least relative risk, the correlation
            that ranks them (phi), and q: among lines of q < .05 one in twenty is chance.
            Above them stands whether it is localised or everywhere.

            EXAMPLES
              agentdash explain day.jsonl
              agentdash explain --outcome slow --window 1h --where 'task_type = refund' day.jsonl
              agentdash explain --format json day.jsonl | jq -r '.rows[0].where'
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    @Argument(help: InputArguments.files)
    var files: [String] = []

    @Option(
        help:
            "What is explained: failing requests, slow ones (above p95 or the latency budget), expensive ones (above p95), answers rated down, or what the canary has more of than control."
    )
    var outcome = RequestOutcome.failing

    @Option(help: "How it is written.")
    var format = Format.text

    @Option(name: .shortAndLong, help: "How far back from the data's end requests are looked at.")
    var window = Window.all

    @OptionGroup var input: InputArguments
    @OptionGroup var requests: FilterArguments
    @OptionGroup var judged: RuleArguments

    /// Room for some millions of requests: they are looked at once.
    private static let rowBudget = 512 << 20

    func run() throws {
        var options = try input.options(files, whenNone: "name a file or pipe records in")
        let filter = try requests.filter()
        options.book = try judged.book()
        options.rowBudget = Self.rowBudget
        let situation = try Reading.situation(options)
        try Reading.complainOfNothing(situation)
        let end = situation.snapshot.now ?? 0
        let start = window.duration.map { end - $0 } ?? min(situation.snapshot.firstTime ?? end, end)
        let explanation = Explanation(outcome, of: situation, in: start...end, where: filter, limit: .max)
        switch format {
        case .text: try Output.write(ExplanationDocument(explanation).text + "\n")
        case .json: try Output.write(ExplanationDocument(explanation).json.text + "\n")
        }
    }
}
