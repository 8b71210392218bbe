import ArgumentParser
import Configuration
import Delivery
import Monitoring

/// What the settings file says of alerts: what is judged, and who hears of it.
struct AlertSettings {
    let book: RuleBook
    let policy: NotificationPolicy
    /// Without their secrets where nothing is to be sent.
    let routes: [Route]
    let heartbeat: Heartbeat?
    /// The folder for what survives a restart, where the file names one.
    let statePath: String?

    /// - Parameters:
    ///   - packs: what arguments say; empty: as the file says.
    ///   - tier: whose latency budgets apply, whatever the file says of requests that no condition is for.
    ///   - golden: a file of the eval set's tags, whatever the file says.
    ///   - secrets: whether what is secret is read.
    /// - Throws: the first thing wrong.
    init(
        _ document: TomlDocument?, packs: [RulePack], tier: LatencyTier? = nil, golden: String? = nil, secrets: Bool,
        environment: [String: String]
    ) throws(ConfigurationError) {
        let latency = tier.map { [LatencyBudget($0)] } ?? []
        let drift = try DriftTable.parse(document, golden: golden)
        guard let document else {
            book = RuleBook(packs: packs.isEmpty ? [.conservative] : packs, latency: latency, drift: drift)
            policy = NotifySettings().policy(routes: [], rules: [])
            (routes, heartbeat, statePath) = ([], nil, nil)
            return
        }
        let rules = try RuleSettings(document)
        let promised = try ObjectiveSettings.parse(document)
        book = RuleBook(
            packs: packs.isEmpty ? rules.packs ?? [.conservative] : packs, own: rules.rules,
            objectives: promised.objectives, budget: try BudgetSettings.parse(document),
            latency: latency + promised.latency, silence: rules.silence, canary: try CanaryTable.parse(document),
            drift: drift)
        let source = secrets ? SecretSource.environment(environment) : .unread
        routes = try RouteSettings.parse(document, secrets: source)
        let notify = try NotifySettings.parse(document, secrets: source)
        policy = notify.policy(routes: routes, rules: book.rules)
        heartbeat = notify.heartbeat
        statePath = try StateSettings.parse(document, environment: environment).path
    }

    /// What stops nothing else: rules that are broken and, where alerts are sent, those that go nowhere.
    func problems(sends: Bool) -> [String] {
        var problems = brokenRules
        guard sends else { return problems }
        let known = policy.knownRoutes ?? []
        for (rule, names) in policy.ownRoutes.sorted(by: { $0.key < $1.key }) {
            problems += names.filter { !known.contains($0) }.map { "rule \(rule): there is no [route.\($0)]" }
        }
        // Without any, nobody is meant to be told.
        for severity in [Severity.p1, .p2] where !known.isEmpty {
            guard let names = policy.routes[severity], let first = names.first, known.isDisjoint(with: names) else {
                continue
            }
            problems.append("\(severity.rawValue) alerts go nowhere: there is no [route.\(first)]")
        }
        return problems
    }

    /// What is wrong with a settings file: the first mistake of each part of it.
    static func mistakes(in document: TomlDocument, environment: [String: String]) -> [ConfigurationError] {
        let secrets = SecretSource.environment(environment)
        let parts: [() throws -> Void] = [
            { try ConfigurationFile.checkTables(of: document) },
            { _ = try RuleSettings(document) }, { _ = try ObjectiveSettings.parse(document) },
            { _ = try BudgetSettings.parse(document) }, { _ = try CanaryTable.parse(document) },
            { _ = try DriftTable.parse(document, golden: nil) },
            { _ = try RouteSettings.parse(document, secrets: secrets) },
            { _ = try NotifySettings.parse(document, secrets: secrets) },
            { _ = try StateSettings.parse(document, environment: environment) },
        ]
        return parts.compactMap { part in
            do {
                try part()
                return nil
            } catch {
                return error as? ConfigurationError
            }
        }
    }

    private var brokenRules: [String] {
        book.rules.compactMap { rule in rule.problem.map { "rule \(rule.name) is broken: \($0)" } }
    }

    /// Why others that are in use are better kept: a slip must not end what fires, nor leave nobody told.
    func refusal(sends: Bool) -> String? { brokenRules.first ?? (sends ? nobodyToTell : nil) }

    private var nobodyToTell: String? {
        routes.isEmpty ? "--notify: the settings have no [route.NAME], so nobody would be told" : nil
    }

    /// Why no canary can be rolled back; nil: it can.
    /// - Parameter asks: whether there is anybody to be asked.
    func noRollback(asks: Bool) -> String? {
        let canary = book.watches.canary?.settings ?? CanarySettings()
        if canary.rollback == nil { return "the settings have no [canary] on_rollback, so nothing would be run" }
        if !asks, canary.asksBeforeRollback {
            return "without a screen nobody can be asked: [canary] ask_before_rollback = false lets it run by itself"
        }
        return nil
    }

    /// Says what is wrong before anything begins.
    /// - Throws: `ExitCode` 2, having said so, when something is to be sent and nobody would hear of anything.
    func complain(sends: Bool) throws {
        problems(sends: sends).forEach(Complaint.write)
        if sends, let nobodyToTell {
            Complaint.write(nobodyToTell)
            throw ExitCode(2)
        }
    }

    /// What is judged and who hears of it, in a line.
    var summary: String {
        let names = routes.map { "\($0.name) (\($0.channels.map(\.kind).joined(separator: ", ")))" }
        return [
            "\(book.rules.count) rules", "\(book.watches.objectiveCount) objectives",
            names.isEmpty ? "no routes" : "routes " + names.joined(separator: ", "),
        ].joined(separator: "; ")
    }
}
