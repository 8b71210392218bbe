import ArgumentParser
import Configuration
import Delivery
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
            abstract: "Read the settings as watch --notify would: 0 if all is well, 1 with a broken rule, else 2.")

        @OptionGroup var judged: RuleArguments

        func run() throws {
            let environment = ProcessEnvironment.current
            do {
                let document = try ConfigurationFile.load(judged.config, environment: environment)
                let stated = try AlertSettings(document, packs: judged.rules, secrets: true, environment: environment)
                _ = try ScreenSettings(document, try ScreenArguments.parse([]), ThemeChoice.search)
                try Output.write("\(document?.file ?? "no settings file, what is usual"): \(Self.summary(stated))\n")
                let broken = stated.book.rules.filter { $0.problem != nil }
                for rule in broken {
                    Complaint.write("rule \(rule.name) is broken: \(rule.problem?.description ?? "")")
                }
                if !broken.isEmpty { throw ExitCode(1) }
            } catch let error as ConfigurationError {
                Complaint.write(error.description)
                throw ExitCode(2)
            }
        }

        private static func summary(_ stated: AlertSettings) -> String {
            let watches = stated.book.watches
            let routes = stated.routes.map { "\($0.name) (\($0.channels.map(\.kind).joined(separator: ", ")))" }
            return [
                "\(stated.book.rules.count) rules", "\(watches.objectiveCount) objectives",
                routes.isEmpty ? "no routes" : "routes " + routes.joined(separator: ", "),
            ].joined(separator: "; ")
        }
    }
}
