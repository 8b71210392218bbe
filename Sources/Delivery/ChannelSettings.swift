/// PagerDuty's Events API v2.
package struct PagerDutySettings: Sendable, Hashable {
    /// Of the service's integration, 32 characters.
    package var routingKey: Secret
    package var url: Address

    /// - Parameter url: another one for accounts in the EU.
    package init(routingKey: Secret, url: Address = .pagerDuty) {
        self.routingKey = routingKey
        self.url = url
    }
}

/// An incoming webhook of Slack's; its address is a secret and settles the channel.
package struct SlackSettings: Sendable, Hashable {
    package var url: Address

    package init(url: Address) { self.url = url }
}

/// Jira, in the cloud (API 3) or one's own (API 2).
package struct JiraSettings: Sendable, Hashable {
    package var url: Address
    /// The project's key: `AGENT`.
    package var project: String
    package var issueType = "Bug"
    /// With one, the token is its password (cloud); without, a personal access token (data center).
    package var user: String?
    package var token: Secret
    /// 2 or 3.
    package var version: Int
    /// Whether `priority` is set; projects whose form lacks it refuse it.
    package var setsPriority = true
    /// The transition that closes an issue when the alert is resolved: `Done`. Without one it gets a comment.
    package var resolveTransition: String?

    package init(url: Address, project: String, token: Secret, version: Int) {
        self.url = url
        self.project = project
        self.token = token
        self.version = version
    }

    var credentials: Credentials { user.map { .basic(user: $0, password: token) } ?? .bearer(token) }
}

/// Whatever takes what Alertmanager's webhook sends (version 4).
package struct WebhookSettings: Sendable, Hashable {
    package var url: Address
    package var credentials = Credentials.none
    /// What it is told the receiver is called.
    package var receiver = "agentdash"

    package init(url: Address) { self.url = url }
}

/// Alertmanager's API v2; the address without `/api/v2/alerts`.
package struct AlertmanagerSettings: Sendable, Hashable {
    package var url: Address
    package var credentials = Credentials.none

    package init(url: Address) { self.url = url }
}

/// Annotations on Grafana's charts; the address without `/api/annotations`.
package struct GrafanaSettings: Sendable, Hashable {
    package var url: Address
    package var token: Secret
    /// All dashboards of the organization where it isn't said.
    package var dashboardUID: String?
    package var panelID: Int64?
    /// Besides the alert's own.
    package var tags: [String] = []

    package init(url: Address, token: Secret) {
        self.url = url
        self.token = token
    }
}

/// A program that reads the notification as JSON from its standard input.
package struct CommandSettings: Sendable, Hashable {
    /// The program, looked for in PATH, and its arguments: handed over as they are, to no shell.
    package var arguments: [String]
    /// ms after which it is killed.
    package var patience = 10_000

    package init(arguments: [String]) { self.arguments = arguments }
}

/// A file that gets one line of JSON a notification.
package struct FileSettings: Sendable, Hashable {
    package var path: String

    package init(path: String) { self.path = path }
}

/// Mail by the system's `sendmail -t`.
package struct EmailSettings: Sendable, Hashable {
    package var to: [String]
    package var from: String
    /// The program; where it isn't said, `sendmail` of PATH or one of its usual places.
    package var program: String?

    package init(to: [String], from: String) {
        self.to = to
        self.from = from
    }

    /// Whether an address can stand in a header: one `@`, nothing that begins another header or another address.
    package static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 254 && text.first != "-"
            && text.unicodeScalars.allSatisfy {
                $0.value > 0x20 && $0.value < 0x7F && !",;:<>()[]\\\"".unicodeScalars.contains($0)
            }
    }
}
