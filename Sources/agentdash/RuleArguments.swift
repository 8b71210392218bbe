import ArgumentParser
import Configuration
import Engine
import Monitoring

extension RulePack: ExpressibleByArgument {}

/// Which settings file, and which rules.
struct RuleArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Settings: rules, objectives, budget, theme, keys (default: agentdash/agentdash.toml in your configuration folder).",
            valueName: "file"))
    var config: String?

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Which rules are judged, once each: \(RulePack.allCases.map(\.rawValue).joined(separator: ", ")) (default: what the settings say, else conservative).",
            valueName: "pack"))
    var rules: [RulePack] = []

    /// What is to be judged.
    /// - Parameter packs: instead of those that were asked for.
    /// - Throws: `ExitCode` 2, having said what is wrong with the settings.
    func book(packs: [RulePack]? = nil) throws -> RuleBook {
        let rules = packs ?? rules
        do throws(ConfigurationError) {
            guard let document = try ConfigurationFile.load(config, environment: ThemeChoice.homes) else {
                return RuleBook(packs: rules.isEmpty ? [.conservative] : rules)
            }
            let settings = try RuleSettings(document)
            return RuleBook(
                packs: rules.isEmpty ? settings.packs ?? [.conservative] : rules, own: settings.rules,
                objectives: try ObjectiveSettings.parse(document).objectives,
                budget: try BudgetSettings.parse(document), silence: settings.silence)
        } catch {
            Complaint.write(error.description)
            throw ExitCode(2)
        }
    }
}
