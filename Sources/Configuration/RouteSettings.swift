import Canvas
package import Delivery
import Monitoring

/// `[route.NAME]` of `agentdash.toml`: where alerts are sent.
///
/// ```toml
/// [route.oncall]
/// pagerduty = { routing_key_env = "PD_KEY" }
///
/// [route.tickets]     # a channel may be an array of tables: several of its kind
/// slack = { webhook_url_file = "~/.config/agentdash/slack" }
/// jira = { url = "https://example.atlassian.net", project = "AGENT", user = "bot@example.com", token_env = "JIRA_TOKEN" }
/// webhook = { url = "https://hooks.example/alerts", token_env = "HOOK_TOKEN" }
/// alertmanager = { url = "http://alertmanager:9093" }
/// grafana = { url = "https://grafana.example", token_env = "GRAFANA_TOKEN", dashboard_uid = "abc" }
/// command = { argv = ["/usr/local/bin/announce", "agent"], timeout = "10s" }
/// file = { path = "/var/log/agentdash/alerts.jsonl" }
/// email = { to = ["oncall@example.com"], from = "agentdash@example.com" }
///
/// [route.digest]      # gathers P3 alerts and tells them at once
/// digest = "monday 09:00"     # UTC, as usual for this route; "daily 09:00"; "off": each at its time
/// ```
package enum RouteSettings {
    /// The routes in the order of the file.
    ///
    /// - Parameter only: the one route whose secrets are needed; of all where it is nil.
    /// - Throws: for the first thing wrong in a table, a secret that isn't to be had among them.
    package static func parse(
        _ document: TomlDocument, secrets source: SecretSource, only: String? = nil
    ) throws(ConfigurationError) -> [Route] {
        guard let tables = try TomlSection(document).section("route") else { return [] }
        var routes: [Route] = []
        for name in tables.keys {
            guard let table = try tables.section(name) else { continue }
            try table.allow(Channel.kinds + [digestKey], what: "channel")
            let reader = ChannelReader(source: only == nil || only == name ? source : .unread)
            var channels: [Channel] = []
            for kind in table.keys where kind != digestKey {
                for section in try table.sections(kind, expected: "a table such as \(ChannelReader.example(of: kind))")
                {
                    channels.append(try reader.channel(kind, section))
                }
            }
            guard !channels.isEmpty else {
                throw tables.error(
                    name, atKey: true, "names no channel; expected \(Channel.kinds.joined(separator: ", "))")
            }
            routes.append(Route(name: name, channels: channels, digest: try digest(table, name, channels)))
        }
        return routes
    }

    private static let digestKey = "digest"

    /// When a route is told what it gathers; nil: it gathers nothing.
    private static func digest(
        _ table: TomlSection, _ name: String, _ channels: [Channel]
    ) throws(ConfigurationError) -> DigestSchedule? {
        let text = try table.string(digestKey)
        if text == "off" { return nil }
        let schedule = text.map(DigestSchedule.init) ?? NotificationPolicy().digests[name]
        if let text, schedule == nil {
            throw table.error(
                digestKey,
                "expected a day and a time in UTC such as \"monday 09:00\", \"daily 09:00\", or \"off\", found '\(text)'"
            )
        }
        if schedule != nil, let channel = channels.first(where: { !$0.takesDigests }) {
            throw table.error(
                channel.kind, atKey: true,
                "takes single alerts, and this route gathers them; name it in another route, or set digest = \"off\"")
        }
        return schedule
    }
}

/// Reads one channel's table.
private struct ChannelReader {
    private let source: SecretSource
    private var secrets: SecretReader { SecretReader(source: source) }

    init(source: SecretSource) { self.source = source }

    static func example(of kind: String) -> String {
        switch kind {
        case "pagerduty": "{ routing_key_env = \"PD_KEY\" }"
        case "slack": "{ webhook_url_env = \"SLACK_WEBHOOK_URL\" }"
        case "jira": "{ url = \"https://…\", project = \"AGENT\", token_env = \"JIRA_TOKEN\" }"
        case "grafana": "{ url = \"https://…\", token_env = \"GRAFANA_TOKEN\" }"
        case "command": "{ argv = [\"program\", \"argument\"] }"
        case "file": "{ path = \"alerts.jsonl\" }"
        case "email": "{ to = [\"a@example.com\"], from = \"b@example.com\" }"
        default: "{ url = \"https://…\" }"
        }
    }

    func channel(_ kind: String, _ section: TomlSection) throws(ConfigurationError) -> Channel {
        switch kind {
        case "pagerduty": .pagerDuty(try pagerDuty(section))
        case "slack": .slack(try slack(section))
        case "jira": .jira(try jira(section))
        case "webhook": .webhook(try webhook(section))
        case "alertmanager": .alertmanager(try alertmanager(section))
        case "grafana": .grafana(try grafana(section))
        case "command": .command(try command(section))
        case "file": .file(try file(section))
        default: .email(try email(section))
        }
    }

    private func pagerDuty(_ section: TomlSection) throws(ConfigurationError) -> PagerDutySettings {
        try section.allow(SecretReader.keys("routing_key") + SecretReader.keys("url"))
        let key = try secrets.required("routing_key", section)
        guard SecretReader.keys("url").contains(where: { section.table[$0] != nil }) else {
            return PagerDutySettings(routingKey: key)
        }
        return PagerDutySettings(routingKey: key, url: try secrets.address("url", section))
    }

    private func slack(_ section: TomlSection) throws(ConfigurationError) -> SlackSettings {
        try section.allow(SecretReader.keys("webhook_url"))
        return SlackSettings(url: try secrets.address("webhook_url", section, isSecret: true))
    }

    private func jira(_ section: TomlSection) throws(ConfigurationError) -> JiraSettings {
        try section.allow(
            SecretReader.keys("url") + SecretReader.keys("token")
                + ["project", "issue_type", "user", "api", "priority", "resolve_transition"])
        let url = try secrets.address("url", section)
        guard let project = try section.string("project"), !project.isEmpty else {
            throw section.missing("project = \"KEY\"")
        }
        let api = try integer("api", section) ?? (url.host.hasSuffix(".atlassian.net") ? 3 : 2)
        guard api == 2 || api == 3 else { throw section.error("api", "expected 2 or 3, found \(api)") }
        var settings = JiraSettings(
            url: url, project: project, token: try secrets.required("token", section), version: api)
        settings.issueType = try section.string("issue_type") ?? settings.issueType
        settings.user = try section.string("user")
        settings.setsPriority = try section.boolean("priority") ?? settings.setsPriority
        settings.resolveTransition = try section.string("resolve_transition")
        return settings
    }

    private func webhook(_ section: TomlSection) throws(ConfigurationError) -> WebhookSettings {
        try section.allow(SecretReader.keys("url") + Self.credentialKeys + ["receiver"])
        var settings = WebhookSettings(url: try secrets.address("url", section))
        settings.credentials = try credentials(section)
        settings.receiver = try section.string("receiver") ?? settings.receiver
        return settings
    }

    private func alertmanager(_ section: TomlSection) throws(ConfigurationError) -> AlertmanagerSettings {
        try section.allow(SecretReader.keys("url") + Self.credentialKeys)
        var settings = AlertmanagerSettings(url: try secrets.address("url", section))
        settings.credentials = try credentials(section)
        return settings
    }

    private func grafana(_ section: TomlSection) throws(ConfigurationError) -> GrafanaSettings {
        try section.allow(
            SecretReader.keys("url") + SecretReader.keys("token") + ["dashboard_uid", "panel_id", "tags"])
        var settings = GrafanaSettings(
            url: try secrets.address("url", section), token: try secrets.required("token", section))
        settings.dashboardUID = try section.string("dashboard_uid")
        settings.panelID = try integer("panel_id", section).map(Int64.init)
        settings.tags = try section.strings("tags") ?? []
        return settings
    }

    private func command(_ section: TomlSection) throws(ConfigurationError) -> CommandSettings {
        try section.allow(["argv", "timeout"])
        guard let arguments = try section.strings("argv"), let program = arguments.first, !program.isEmpty else {
            throw section.missing("argv = [\"program\", \"argument\"]")
        }
        if arguments.count == 1, program.contains(" "), !program.hasPrefix("/") {
            throw section.error(
                "argv", "no shell reads it: write each argument as a string of its own, [\"program\", \"argument\"]")
        }
        var settings = CommandSettings(arguments: arguments)
        if let patience = try section.duration("timeout", in: 100_000...600_000_000) {
            settings.patience = Int(patience / 1000)
        }
        return settings
    }

    private func file(_ section: TomlSection) throws(ConfigurationError) -> FileSettings {
        try section.allow(["path"])
        guard let path = try section.string("path"), !path.isEmpty else {
            throw section.missing("path = \"alerts.jsonl\"")
        }
        guard case .environment(let environment) = source else { return FileSettings(path: path) }
        return FileSettings(path: SecretReader.expanded(path, environment))
    }

    private func email(_ section: TomlSection) throws(ConfigurationError) -> EmailSettings {
        try section.allow(["to", "from", "sendmail"])
        guard let to = try section.strings("to"), !to.isEmpty else { throw section.missing("to = [\"a@example.com\"]") }
        for (index, address) in to.enumerated() where !EmailSettings.isAddress(address) {
            throw section.document.error(
                at: section.path + ["to", String(index)], "expected an address such as \"a@example.com\"")
        }
        guard let from = try section.string("from") else { throw section.missing("from = \"agentdash@example.com\"") }
        guard EmailSettings.isAddress(from) else {
            throw section.error("from", "expected an address such as \"agentdash@example.com\"")
        }
        var settings = EmailSettings(to: to, from: from)
        settings.program = try section.string("sendmail")
        return settings
    }

    private static let credentialKeys = SecretReader.keys("token") + SecretReader.keys("password") + ["user"]

    private func credentials(_ section: TomlSection) throws(ConfigurationError) -> Credentials {
        let token = try secrets.secret("token", section)
        guard let user = try section.string("user") else {
            if SecretReader.keys("password").contains(where: { section.table[$0] != nil }) {
                throw section.missing("user = \"name\", whose password it is")
            }
            return token.map { .bearer($0) } ?? .none
        }
        guard token == nil else {
            throw section.error("user", atKey: true, "a token or a user with a password, not both")
        }
        return .basic(user: user, password: try secrets.required("password", section))
    }

    private func integer(_ key: String, _ section: TomlSection) throws(ConfigurationError) -> Int? {
        guard let value = section.table[key] else { return nil }
        guard case .integer(let number) = value else { throw section.mismatch(key, "an integer", value) }
        return number
    }
}
