import ArgumentParser
import Canvas
import Engine
import Export
import Metrics
import Monitoring
import Query

/// `agentdash check FILE…`: which alerts fire at the end of the input, for scripts.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Replay files through the rules; exit 1 if something fires at their end.",
        discussion: """
            Every rule is judged every 10 seconds of the data's own time, as on the screen. What
            fires at the end is printed, a line each:
              P2 elevated_error_rate firing since 2026-03-09T10:08:20.000Z WARNING: Error rate …
            Where nothing does, a line on standard error says what was looked at.
            EXIT CODES
              0  nothing fires at --fail-on or above
              1  something does
              2  anything else: usage, settings, input that can't be read, or a rule that is
                 broken while nothing fires

            EXAMPLES
              agentdash check --fail-on P1 day.jsonl
              agentdash check --rules symptoms --format json day.jsonl | jq .alerts
              agentdash check --when 'error_rate > 5% and requests > 100' --over 1h day.jsonl
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    @ArgumentParser.Argument(help: InputArguments.files)
    var files: [String] = []

    @Option(name: .customLong("fail-on"), help: "From which severity on an alert is a failure: P1, P2, P3.")
    var failOn = Severity.p2

    @Option(help: "How the alerts are written.")
    var format = Format.text

    @Flag(name: .shortAndLong, help: "Say nothing where nothing fires.")
    var quiet = false

    @Option(
        help: ArgumentHelp(
            "Instead of rules, one condition over the metrics of a window at the end of the data.",
            valueName: "condition"))
    var when: String?

    @Option(help: "The window of --when.")
    var over = Window.minutes15

    @OptionGroup var input: InputArguments
    @OptionGroup var requests: FilterArguments
    @OptionGroup var judged: RuleArguments

    func validate() throws {
        if when != nil, !judged.rules.isEmpty { throw ValidationError("--when stands instead of --rules.") }
    }

    func run() throws {
        var options = try input.options(files, whenNone: "name a file or pipe records in")
        options.filter = try requests.filter()
        options.book = try when.map { RuleBook(rules: [try condition($0)]) } ?? judged.book()
        // Single requests are examples of what fires in a slice, and what a filter looks at.
        if options.filter == nil, !options.book.hasSlices { options.rowBudget = 0 }
        let whole = try Reading.situation(options)
        try Reading.complainOfNothing(whole)
        let situation = whole.filtered?.situation ?? whole
        let broken = situation.rules.filter { $0.rule.problem != nil }
        for rule in broken {
            if let problem = rule.rule.problem { Complaint.write("rule \(rule.name) is broken: \(problem)") }
        }
        let firing = situation.alerts.filter(\.state.isOpen)
        switch format {
        case .text:
            try Output.write(firing.map { Self.line($0) + "\n" }.joined())
            if firing.isEmpty, !quiet { Complaint.writeLines(Self.peace(situation, condition: when != nil)) }
        case .json: try Output.write(SnapshotDocument.alerts(firing, of: situation).text + "\n")
        }
        if firing.contains(where: { $0.severity <= failOn }) { throw ExitCode(1) }
        // What can't be judged is not known to be well.
        if !broken.isEmpty { throw ExitCode(2) }
    }

    /// The one condition, true once it holds at the last judgement.
    private func condition(_ text: String) throws -> AlertRule {
        var definition = RuleDefinition("condition", failOn, when: text, summary: "")
        // Nothing is kept for longer than that.
        definition.window = over.duration ?? 35 * Span.day
        definition.minimumRequests = 0
        definition.forCount = 1
        let rule = AlertRule(definition)
        guard let problem = rule.problem else { return rule }
        Complaint.write("--when: \(problem.message)")
        if let range = problem.range {
            // The line and the marks below it; what is wrong was said.
            let rendered = QueryError(problem.message, at: range, in: text).rendered
            Complaint.writeLines(rendered.split(separator: "\n").dropLast().joined(separator: "\n"))
        }
        throw ExitCode(2)
    }

    /// `nothing fires: 400 requests in 10m to 2026-03-09T10:10:00.000Z, 5 rules judged`.
    /// - Parameter condition: whether there is one instead of rules; then what it asked for is said.
    private static func peace(_ situation: Situation, condition: Bool) -> String {
        let snapshot = situation.snapshot
        let count = snapshot.timeline.sumOfAll(parts: []).requests.raw
        var words = "\(count) request\(count == 1 ? "" : "s")"
        if let first = snapshot.firstTime, let last = snapshot.newestTime {
            words += " in \(NumberFormat.elapsed(Double(last - first) / 1e6)) to \(ClockTime(last).rfc3339)"
        }
        if condition {
            let readings = situation.rules.first.flatMap { situation.explanation(ofRule: $0.name)?.readings } ?? []
            return (["does not hold: \(words)"] + readings.map { "\($0.name) = \($0.value ?? "not known")" })
                .joined(separator: ", ").printable
        }
        let judged = situation.rules.count { $0.rule.problem == nil }
        let broken = situation.rules.count - judged
        return "nothing fires: \(words), \(judged) rule\(judged == 1 ? "" : "s") judged"
            + (broken > 0 ? ", \(broken) broken" : "")
    }

    private static func line(_ alert: Alert) -> String {
        let slice = alert.labels.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let head = "\(alert.severity.rawValue) \(alert.name)\(slice) \(alert.state.phase?.rawValue ?? "")"
        return "\(head) since \(ClockTime(alert.state.since).rfc3339) \(alert.state.summary)".printable
    }
}
