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
    ///   - secrets: whether what is secret is read.
    /// - Throws: the first thing wrong.
    init(
        _ document: TomlDocument?, packs: [RulePack], tier: LatencyTier? = nil, secrets: Bool,
        environment: [String: String]
    ) throws(ConfigurationError) {
        let latency = tier.map { [LatencyBudget($0)] } ?? []
        guard let document else {
            book = RuleBook(packs: packs.isEmpty ? [.conservative] : packs, latency: latency)
            policy = NotifySettings().policy(routes: [], rules: [])
            (routes, heartbeat, statePath) = ([], nil, nil)
            return
        }
        let rules = try RuleSettings(document)
        let promised = try ObjectiveSettings.parse(document)
        book = RuleBook(
            packs: packs.isEmpty ? rules.packs ?? [.conservative] : packs, own: rules.rules,
            objectives: promised.objectives, budget: try BudgetSettings.parse(document),
            latency: latency + promised.latency, silence: rules.silence)
        let source = secrets ? SecretSource.environment(environment) : .unread
        routes = try RouteSettings.parse(document, secrets: source)
        let notify = try NotifySettings.parse(document, secrets: source)
        policy = notify.policy(routes: routes.map(\.name), rules: book.rules)
        heartbeat = notify.heartbeat
        statePath = try StateSettings.parse(document, environment: environment).path
    }

    /// Says which rules are broken, and of which alerts nobody would hear.
    /// - Throws: `ExitCode` 2, having said so, when something is to be sent and nobody would hear of anything.
    func complain(sends: Bool) throws {
        for rule in book.rules {
            if let problem = rule.problem { Complaint.write("rule \(rule.name) is broken: \(problem)") }
        }
        guard sends else { return }
        guard !routes.isEmpty else {
            Complaint.write("--notify: the settings have no [route.NAME], so nobody would be told")
            throw ExitCode(2)
        }
        for (rule, names) in policy.ownRoutes.sorted(by: { $0.key < $1.key }) {
            for name in names where policy.knownRoutes?.contains(name) == false {
                Complaint.write("rule \(rule): there is no [route.\(name)]")
            }
        }
        for severity in [Severity.p1, .p2] {
            let names = policy.routes[severity] ?? []
            guard let first = names.first, !names.contains(where: { policy.knownRoutes?.contains($0) ?? true }) else {
                continue
            }
            Complaint.write("\(severity.rawValue) alerts go nowhere: there is no [route.\(first)]")
        }
    }
}
