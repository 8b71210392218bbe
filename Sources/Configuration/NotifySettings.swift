package import Delivery
package import Monitoring

/// `[notify]` of `agentdash.toml`: when something is said again, and to whom it goes; nil where the file doesn't say.
///
/// ```toml
/// [notify]
/// group_wait = "30s"
/// group_interval = "5m"
/// repeat_interval = "4h"
/// cooldown = "5m"
/// escalate_after = "15m"      # a page that nobody has acknowledged
/// heartbeat_url_env = "HEARTBEAT_URL"
/// heartbeat_interval = "1m"
/// ```
package struct NotifySettings: Sendable, Hashable {
    /// Times in µs.
    package var groupWait: Int64?
    package var groupInterval: Int64?
    package var repeatInterval: Int64?
    package var cooldown: Int64?
    package var escalateAfter: Int64?
    /// Given by `watch --headless`.
    package var heartbeat: Heartbeat?

    package init() {}

    /// - Throws: for the first thing wrong in the table.
    package static func parse(
        _ document: TomlDocument, secrets source: SecretSource
    ) throws(ConfigurationError) -> NotifySettings {
        var settings = NotifySettings()
        guard let table = try TomlSection(document).section("notify") else { return settings }
        let heartbeatKeys = SecretReader.keys("heartbeat_url")
        try table.allow(
            ["group_wait", "group_interval", "repeat_interval", "cooldown", "escalate_after", "heartbeat_interval"]
                + heartbeatKeys)
        settings.groupWait = try table.duration("group_wait", in: 0...hour)
        settings.groupInterval = try table.duration("group_interval", in: 1_000_000...24 * hour)
        settings.repeatInterval = try table.duration("repeat_interval", in: 60_000_000...28 * 24 * hour)
        settings.cooldown = try table.duration("cooldown", in: 0...24 * hour)
        settings.escalateAfter = try table.duration("escalate_after", in: 60_000_000...24 * hour)
        let interval = try table.duration("heartbeat_interval", in: 5_000_000...24 * hour)
        if heartbeatKeys.contains(where: { table.table[$0] != nil }) {
            let url = try SecretReader(source: source).address("heartbeat_url", table)
            settings.heartbeat = interval.map { Heartbeat(url: url, interval: $0) } ?? Heartbeat(url: url)
        } else if interval != nil {
            throw table.missing("heartbeat_url = \"https://…\", which the interval is for")
        }
        return settings
    }

    private static let hour: Int64 = 3_600_000_000

    /// When what is told to whom, by these settings and what is usual.
    /// - Parameters:
    ///   - routes: those that exist.
    ///   - rules: those that name routes of their own among them.
    package func policy(routes: [Route], rules: [AlertRule]) -> NotificationPolicy {
        var policy = NotificationPolicy()
        policy.groupWait = groupWait ?? policy.groupWait
        policy.groupInterval = groupInterval ?? policy.groupInterval
        policy.repeatInterval = repeatInterval ?? policy.repeatInterval
        policy.cooldown = cooldown ?? policy.cooldown
        policy.escalateAfter = escalateAfter ?? policy.escalateAfter
        policy.knownRoutes = Set(routes.map(\.name))
        for route in routes { policy.digests[route.name] = route.digest }
        for rule in rules where !rule.definition.routes.isEmpty { policy.ownRoutes[rule.name] = rule.definition.routes }
        return policy
    }
}

/// `[state]` of `agentdash.toml`.
///
/// ```toml
/// [state]
/// path = "/var/lib/agentdash"     # shared by a service and a screen
/// ```
package struct StateSettings: Sendable, Hashable {
    /// The folder for what survives a restart; nil where the file doesn't say.
    package let path: String?

    /// - Throws: for the first thing wrong in the table.
    package static func parse(
        _ document: TomlDocument, environment: [String: String]
    ) throws(ConfigurationError) -> StateSettings {
        let table = try TomlSection(document).section("state")
        try table?.allow(["path"])
        let path = try table?.string("path").map { SecretReader.expanded($0, environment) }
        if let path, !path.hasPrefix("/"), let table {
            throw table.error("path", "expected a path that begins with / or ~/")
        }
        return StateSettings(path: path)
    }
}
