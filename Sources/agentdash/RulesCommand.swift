import ArgumentParser
import Canvas
import Configuration
import Engine
import Metrics
import Monitoring

import enum Query.Suggestion

/// `agentdash rules`: what is judged, why a rule does what it does, and how often it would have fired.
struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "List rules, explain one, try them on recorded data.",
        discussion: """
            Rules come in packs, and from [[rule]] tables of the settings:
            \(RulePack.allCases.map { "  \(DisplayWidth.padRight($0.rawValue, to: 14))\($0.purpose)" }.joined(separator: "\n"))

            EXAMPLES
              agentdash rules list --rules symptoms
              agentdash rules list day.jsonl
              agentdash rules test --rules conservative --rules symptoms day.jsonl
              agentdash rules explain elevated_error_rate day.jsonl
            """,
        subcommands: [List.self, Explain.self, Test.self], defaultSubcommand: List.self)

    /// `agentdash rules list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Name every rule that is judged: its severity, its condition, where it comes from.",
            discussion: """
                With files, also how often each rule would have fired over the history held of them,
                and each pack, those that are off among them: what thresholds are tuned by.
                """)

        @Argument(help: ArgumentHelp("Recorded data to try the rules on; - is standard input.", valueName: "file"))
        var files: [String] = []
        @OptionGroup var input: InputArguments
        @OptionGroup var judged: RuleArguments

        func run() throws {
            let book = try judged.book()
            let trial = files.isEmpty ? nil : try trial(of: book)
            let width = book.rules.map { DisplayWidth.width(of: $0.name) }.max() ?? 0
            var lines = book.rules.map { rule in
                let name = DisplayWidth.padRight(rule.name, to: min(width, 40))
                let given = rule.definition.evidence.isEmpty ? "" : " given \(rule.definition.evidence)"
                let slice = rule.definition.slice.map { " for each \($0)" } ?? ""
                let fired = trial?[rule].map { "\n   \(RulesCommand.text($0))" } ?? ""
                return
                    "\(rule.severity.rawValue) \(name)  \(rule.definition.when)\(given)\(slice)  (\(rule.definition.source.text))"
                    .printable + (rule.problem == nil ? fired : RulesCommand.problem(rule))
            }
            if let trial { lines += packs(trial) }
            try Output.write(lines.map { $0 + "\n" }.joined())
        }

        /// Reads the files and judges nothing.
        private func trial(of book: RuleBook) throws -> RuleTrial {
            var options = try input.options(files, whenNone: "name a file or pipe records in")
            options.rowBudget = 0
            options.book = RuleBook(rules: [])
            let situation = try Reading.situation(options)
            try Reading.complainOfNothing(situation)
            return RuleTrial(situation.snapshot, rules: book.rules, book: book)
        }

        private func packs(_ trial: RuleTrial) -> [String] {
            ["", "packs"]
                + trial.packs.map { tried in
                    let name = DisplayWidth.padRight(tried.pack.rawValue, to: 14)
                    let unknown =
                        tried.unknown > 0 && tried.brief != nil
                        ? "; of \(tried.unknown) rules it is not known" : ""
                    let text = tried.brief == nil ? tried.text : "would have fired \(tried.text)\(unknown)"
                    return "   \(name)\(tried.isOn ? "on " : "off")  \(text)".printable
                }
        }
    }

    /// `agentdash rules explain NAME FILE…`.
    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say why a rule does what it does at the end of the input.",
            discussion: "What it asks for, what that is, what follows, and what it waits for.")

        @Argument(help: "The rule's name.")
        var name: String
        @Argument(help: InputArguments.files)
        var files: [String] = []
        @OptionGroup var input: InputArguments
        @OptionGroup var judged: RuleArguments

        func run() throws {
            let situation = try RulesCommand.situation(files, input, judged.book(), wanted: name)
            guard let explanation = situation.explanation(ofRule: name, lookup: situation.watches.value) else {
                Complaint.write("nothing was judged: the input holds no request")
                throw ExitCode(2)
            }
            let lines = explanation.text.split(separator: "\n", omittingEmptySubsequences: false)
            try Output.write(lines.map { $0.printable + "\n" }.joined())
        }
    }

    /// `agentdash rules test FILE…`.
    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say for every rule where it stands and how often it would have fired.",
            discussion: """
                "fired" counts what judging every 10 seconds of the input came to (of the last 1,000
                changes); "would have fired" is what the history held tells, of a day by minutes and of
                a week by hours. Exit code 1 if a rule is broken.
                """)

        @Argument(help: InputArguments.files)
        var files: [String] = []
        @OptionGroup var input: InputArguments
        @OptionGroup var judged: RuleArguments

        func run() throws {
            let book = try judged.book()
            let situation = try RulesCommand.situation(files, input, book)
            let rules = situation.rules.map(\.rule)
            let trial = RuleTrial(situation.snapshot, rules: rules, book: book)
            let width = min(40, rules.map { DisplayWidth.width(of: $0.name) }.max() ?? 0)
            let lines = rules.map { rule in
                let alerts = situation.alerts.filter { $0.name == rule.name }
                let phase = rule.problem != nil ? "broken" : alerts.first?.state.phase?.rawValue ?? "quiet"
                let fired = situation.events.count {
                    $0.rule == rule.name && $0.to == .firing && $0.from != .recovering && $0.from != .nodata
                }
                let head =
                    "\(rule.severity.rawValue) \(DisplayWidth.padRight(rule.name.printable, to: width))  "
                    + DisplayWidth.padRight(phase, to: 12)
                if rule.problem != nil { return head + RulesCommand.problem(rule) }
                // What has no history was judged all the same.
                return head + DisplayWidth.padRight("fired \(fired)\u{d7}", to: 12)
                    + (trial[rule].map(RulesCommand.text) ?? "").printable
            }
            try Output.write(lines.map { $0 + "\n" }.joined())
            if rules.contains(where: { $0.problem != nil }) { throw ExitCode(1) }
        }
    }

    /// What is known at the end of the input.
    /// - Throws: `ExitCode` 2, having said so, where there is no rule called `wanted`.
    private static func situation(
        _ files: [String], _ input: InputArguments, _ book: RuleBook, wanted: String? = nil
    ) throws -> Situation {
        if let wanted, !book.rules.contains(where: { $0.name == wanted }) {
            Complaint.write(unknown(wanted, among: book.rules.map(\.name)))
            throw ExitCode(2)
        }
        var options = try input.options(files, whenNone: "name a file or pipe records in")
        options.rowBudget = 0
        options.book = book
        let situation = try Reading.situation(options)
        try Reading.complainOfNothing(situation)
        return situation
    }

    /// Which rule was meant, or which pack has it.
    private static func unknown(_ name: String, among judged: [String]) -> String {
        if let pack = RulePack.allCases.first(where: { $0.definitions().contains { $0.name == name } }) {
            return "rule \(name) is of pack \(pack.rawValue), which is off: --rules \(pack.rawValue) judges it"
        }
        return Suggestion.unknown("rule", name, among: judged) + "; agentdash rules list names them"
    }

    /// `would have fired 3× in 24h, 9× in 7d`, or why that is not known.
    private static func text(_ preview: FiringPreview) -> String {
        preview.isKnown ? "would have fired \(preview.text)" : preview.text
    }

    private static func problem(_ rule: AlertRule) -> String {
        rule.problem.map {
            "\n   broken: \($0.description)".split(separator: "\n").map { "\n" + $0.printable }.joined()
        } ?? ""
    }
}
