import ArgumentParser
import Glibc

/// The program: arguments in, one of its commands run, an exit code out.
@main
struct Agentdash: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agentdash",
        abstract: "A dashboard for the on-call engineer of an LLM agent, in the terminal.",
        usage: """
            agentdash [FILE ...] [options]        watch files, databases, a pipe
            agentdash demo|snapshot|check|explain|rules|inspect|theme|notify|config|assign|canary [options]
            """,
        discussion: """
            Reads requests as JSON lines and answers: is it broken, since when, for whom.
            A FILE is read to its end and then followed, through rotation. It may be
              a pattern in quotes: '/var/log/agent/*.jsonl', of which files that match
                later join; without quotes the shell names those that match now
              compressed (.gz, .zst): read once, by the system's gzip and zstd
              an SQLite database of Phoenix, MLflow or llm, or any other with --query
              - for standard input, and so is no FILE at all when something is piped in
            Keys come from the terminal either way; ? lists them.

            EXAMPLES
              tail -f traces.jsonl | agentdash               watch a pipe
              agentdash a.jsonl b.jsonl                      follow two files, merged
              agentdash ~/.phoenix/phoenix.db                follow a database
              agentdash '/var/log/agent/*.jsonl'             and those to come
              agentdash --replay 60x --window 1h day.jsonl   an hour passes in a minute
              agentdash --once day.jsonl | less              the screen as text
              agentdash snapshot --format html old.jsonl.gz > incident.html
              agentdash snapshot --format json day.jsonl     or text, line, csv, …
              agentdash check --fail-on P1 day.jsonl         does it page at its end?
              agentdash explain --outcome slow day.jsonl     what slow requests share
              agentdash watch --headless --notify /var/log/agent.jsonl   a service that tells
              agentdash demo                                 six hours of trouble, made up

            WATCH OPTIONS (agentdash watch --help explains them)
              --window 15m   --replay 60x   --theme NAME|FILE   --tier chat
              --now auto     --no-mouse      --from FORMAT        --map K=V,…
              --where 'model = gpt-4o and latency > 5s'
              --once         --size 120x40   --rules PACK        --config FILE
              --notify       --headless      --act              --golden FILE
              --query 'SELECT rowid, at AS timestamp, took_ms AS latency_ms FROM calls'
            """,
        version: "0.1.0",
        subcommands: [
            Watch.self, Demo.self, SnapshotCommand.self, CheckCommand.self, ExplainCommand.self, RulesCommand.self,
            Inspect.self, ThemeCommand.self, NotifyCommand.self, ConfigCommand.self, AssignCommand.self,
            CanaryCommand.self,
        ],
        defaultSubcommand: Watch.self)

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            let code = exitCode(for: error)
            // Help and the version go to standard output.
            if code == .success { exit(withError: error) }
            let message = fullMessage(for: error)
            if !message.isEmpty { Complaint.writeLines(message) }
            // Of those that answer by their exit code, whatever is no answer is a 2.
            let answering = [CheckCommand.configuration, NotifyCommand.configuration, ConfigCommand.configuration].map(
                \.commandName)
            let isAsked = answering.contains(CommandLine.arguments.dropFirst().first)
            Glibc.exit(isAsked && code == .validationFailure ? 2 : code.rawValue)
        }
    }
}
