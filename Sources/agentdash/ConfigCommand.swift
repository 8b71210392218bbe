import ArgumentParser
import Configuration
import Monitoring

/// `agentdash config`: what can be set, and whether what is set makes sense.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Print every setting with what is usual, or check a settings file.",
        discussion: """
            EXAMPLES
              agentdash config > ~/.config/agentdash/agentdash.toml
              agentdash config check --config agentdash.toml
            """, subcommands: [Show.self, Check.self], defaultSubcommand: Show.self)

    /// `agentdash config show`.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a settings file that says what counts without one; the rest stands there to be said.")

        func run() throws { try Output.write(DefaultSettings.text) }
    }

    /// `agentdash config check`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Read the settings and their secrets: 0 if all is well, 1 with a broken rule or a route that is not there, else 2."
        )

        @OptionGroup var judged: RuleArguments

        func run() throws {
            let environment = ProcessEnvironment.current
            do {
                let document = try ConfigurationFile.parse(judged.config, environment: environment)
                let mistakes = document.map { AlertSettings.mistakes(in: $0, environment: environment) } ?? []
                mistakes.forEach { Complaint.write($0.description) }
                if !mistakes.isEmpty { throw ExitCode(2) }
                let stated = try AlertSettings(document, packs: judged.rules, secrets: true, environment: environment)
                _ = try ScreenSettings(document, try ScreenArguments.parse([]), ThemeChoice.search)
                try Output.write("\(document?.file ?? "no settings file, what is usual"): \(stated.summary)\n")
                let problems = stated.problems(sends: true)
                problems.forEach(Complaint.write)
                if !problems.isEmpty { throw ExitCode(1) }
            } catch let error as ConfigurationError {
                Complaint.write(error.description)
                throw ExitCode(2)
            }
        }
    }
}
