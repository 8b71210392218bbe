import ArgumentParser

/// The program: arguments in, one of its commands run, an exit code out.
@main
struct Agentdash: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agentdash",
        abstract: "A dashboard for the on-call engineer of an LLM agent, in the terminal.",
        usage: """
            agentdash [FILE ...] [options]        watch files, a pipe, or both
            agentdash demo|snapshot [options]
            """,
        discussion: """
            Reads requests as JSON lines and answers: is it broken, since when, for whom.
            Files are read to their end and then followed; - is standard input, and so is no
            FILE at all when something is piped in. Keys come from the terminal either way;
            ? lists them.

            EXAMPLES
              tail -f traces.jsonl | agentdash              watch a pipe
              agentdash a.jsonl b.jsonl                     follow two files, merged by time
              agentdash --replay 60x --window 1h day.jsonl  play a day an hour a minute
              agentdash snapshot --window all day.jsonl     the numbers as JSON, no terminal
              agentdash demo                                six hours of made-up trouble

            WATCH OPTIONS (agentdash watch --help explains them)
              --window 15m   --replay 60x   --theme NAME|FILE   --tier chat
              --now auto     --no-mouse
            """,
        version: "0.1.0",
        subcommands: [Watch.self, Demo.self, SnapshotCommand.self],
        defaultSubcommand: Watch.self)
}
