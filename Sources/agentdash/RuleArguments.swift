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
    /// - Parameters:
    ///   - packs: instead of those that were asked for.
    ///   - tier: whose latency budgets apply to requests that no condition of the settings is for, whatever they say.
    ///   - golden: a file of the eval set's tags, whatever they say.
    /// - Throws: `ExitCode` 2, having said what is wrong with the settings.
    func book(packs: [RulePack]? = nil, tier: LatencyTier? = nil, golden: String? = nil) throws -> RuleBook {
        try settings(packs: packs, tier: tier, golden: golden).book
    }

    /// What is to be judged, and who hears of it.
    /// - Parameters:
    ///   - packs, tier, golden: as above.
    ///   - secrets: whether what is secret is read: only by whoever sends.
    /// - Throws: `ExitCode` 2, having said what is wrong with the settings.
    func settings(
        packs: [RulePack]? = nil, tier: LatencyTier? = nil, golden: String? = nil, secrets: Bool = false
    ) throws -> AlertSettings {
        do throws(ConfigurationError) {
            let environment = ProcessEnvironment.current
            let document = try ConfigurationFile.load(config, environment: environment)
            return try AlertSettings(
                document, packs: packs ?? rules, tier: tier, golden: golden, secrets: secrets,
                environment: environment)
        } catch {
            Complaint.write(error.description)
            throw ExitCode(2)
        }
    }
}
