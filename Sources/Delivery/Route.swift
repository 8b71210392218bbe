package import Monitoring

/// Where a route's notifications go: `[route.NAME]` of the configuration.
package struct Route: Sendable, Hashable {
    /// `oncall`, `tickets`, `digest`, or the user's own.
    package var name: String
    package var channels: [Channel]
    /// When it is told at once of all notes; nil: of each at its time.
    package var digest: DigestSchedule?

    package init(name: String, channels: [Channel], digest: DigestSchedule? = nil) {
        self.name = name
        self.channels = channels
        self.digest = digest
    }
}

/// One receiver, with what it takes to reach it.
package enum Channel: Sendable, Hashable {
    case pagerDuty(PagerDutySettings)
    case slack(SlackSettings)
    case jira(JiraSettings)
    case webhook(WebhookSettings)
    case alertmanager(AlertmanagerSettings)
    case grafana(GrafanaSettings)
    case command(CommandSettings)
    case file(FileSettings)
    case email(EmailSettings)

    /// As the configuration calls it.
    package var kind: String {
        switch self {
        case .pagerDuty: "pagerduty"
        case .slack: "slack"
        case .jira: "jira"
        case .webhook: "webhook"
        case .alertmanager: "alertmanager"
        case .grafana: "grafana"
        case .command: "command"
        case .file: "file"
        case .email: "email"
        }
    }

    /// Whether it takes a text about many alerts: the others hold one alert until it ends.
    package var takesDigests: Bool {
        switch self {
        case .pagerDuty, .alertmanager, .grafana: false
        case .slack, .jira, .webhook, .command, .file, .email: true
        }
    }

    package static let kinds = [
        "pagerduty", "slack", "jira", "webhook", "alertmanager", "grafana", "command", "file", "email",
    ]

    /// Where it leads, without secrets: a host, a program, a path.
    package var destination: String {
        switch self {
        case .pagerDuty(let settings): settings.url.host
        case .slack(let settings): settings.url.host
        case .jira(let settings): "\(settings.url.host) \(settings.project)"
        case .webhook(let settings): settings.url.host
        case .alertmanager(let settings): settings.url.host
        case .grafana(let settings): settings.url.host
        case .command(let settings): settings.arguments.first ?? ""
        case .file(let settings): settings.path
        case .email(let settings): settings.to.joined(separator: ", ")
        }
    }

    /// What must not be seen in anything that is said about it.
    var redaction: Redaction {
        switch self {
        case .pagerDuty(let settings): Redaction([settings.routingKey] + settings.url.secrets)
        case .slack(let settings): Redaction(settings.url.secrets)
        case .jira(let settings): Redaction([settings.token] + settings.url.secrets)
        case .webhook(let settings): Redaction(settings.url.secrets + settings.credentials.secrets)
        case .alertmanager(let settings): Redaction(settings.url.secrets + settings.credentials.secrets)
        case .grafana(let settings): Redaction([settings.token] + settings.url.secrets)
        case .command, .file, .email: Redaction([])
        }
    }
}

/// Who says it is.
package enum Credentials: Sendable, Hashable {
    case none
    /// `Authorization: Bearer …`.
    case bearer(Secret)
    case basic(user: String, password: Secret)

    var secrets: [Secret] {
        switch self {
        case .none: []
        case .bearer(let token): [token]
        case .basic(_, let password): [password]
        }
    }
}
