import Configuration
import Delivery
import Foundation
import Monitoring
import Testing

struct RouteSettingsTests {
    private static let environment = [
        "PD_KEY": "R0UTINGKEY", "SLACK": " https://hooks.slack.com/services/T/B/x\n", "TOKEN": "t0ken", "EMPTY": " ",
        "HOME": "/home/x", "TWO": "a\nb", "NOURL": "x",
    ]

    private func parse(_ toml: String, only: String? = nil) throws -> [Route] {
        try RouteSettings.parse(
            TomlDocument(text: toml, file: "agentdash.toml"), secrets: .environment(Self.environment), only: only)
    }

    @Test func `routes and channels are read in the order of the file`() throws {
        let routes = try parse(
            """
            [route.tickets]
            slack = { webhook_url_env = "SLACK" }
            jira = { url = "https://x.atlassian.net/", project = "AGENT", user = "bot@x.y", token_env = "TOKEN" }
            command = [{ argv = ["announce", "a b"], timeout = "2s" }, { argv = ["other"] }]
            file = { path = "~/alerts.jsonl" }
            [route.oncall]
            pagerduty = { routing_key_env = "PD_KEY" }
            alertmanager = { url = "http://am:9093", user = "u", password_env = "TOKEN" }
            grafana = { url = "https://g", token_env = "TOKEN", dashboard_uid = "d", panel_id = 3, tags = ["x"] }
            webhook = { url_env = "SLACK", token_env = "TOKEN" }
            [route.oncall.email]
            to = ["a@b.c"]
            from = "d@e.f"
            """)
        var jira = JiraSettings(
            url: try #require(Address("https://x.atlassian.net/")), project: "AGENT", token: Secret("t0ken"), version: 3
        )
        jira.user = "bot@x.y"
        var announce = CommandSettings(arguments: ["announce", "a b"])
        announce.patience = 2000
        var alertmanager = AlertmanagerSettings(url: try #require(Address("http://am:9093")))
        alertmanager.credentials = .basic(user: "u", password: Secret("t0ken"))
        var grafana = GrafanaSettings(url: try #require(Address("https://g")), token: Secret("t0ken"))
        grafana.dashboardUID = "d"
        grafana.panelID = 3
        grafana.tags = ["x"]
        let hook = try #require(Address("https://hooks.slack.com/services/T/B/x"))
        var webhook = WebhookSettings(url: hook)
        webhook.credentials = .bearer(Secret("t0ken"))
        #expect(
            routes == [
                Route(
                    name: "tickets",
                    channels: [
                        .slack(SlackSettings(url: hook)), .jira(jira), .command(announce),
                        .command(CommandSettings(arguments: ["other"])),
                        .file(FileSettings(path: "/home/x/alerts.jsonl")),
                    ]),
                Route(
                    name: "oncall",
                    channels: [
                        .pagerDuty(PagerDutySettings(routingKey: Secret("R0UTINGKEY"))), .alertmanager(alertmanager),
                        .grafana(grafana), .webhook(webhook), .email(EmailSettings(to: ["a@b.c"], from: "d@e.f")),
                    ]),
            ])
    }

    @Test func `a secret may be the first line of a file`() throws {
        let path = NSTemporaryDirectory() + "secret-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "k3y\r\n# rotated in June\n".write(toFile: path, atomically: true, encoding: .utf8)
        let routes = try parse("[route.oncall]\npagerduty = { routing_key_file = '\(path)' }")
        #expect(routes.first?.channels == [.pagerDuty(PagerDutySettings(routingKey: Secret("k3y")))])
    }

    @Test(
        arguments: [
            ("", DigestSchedule.usual), ("digest = 'daily 07:30'", DigestSchedule(nil, minute: 450)),
            ("digest = 'off'", nil),
        ])
    func `the digest's route gathers, when it says or as usual`(line: String, schedule: DigestSchedule?) throws {
        let toml = "[route.digest]\nfile = { path = '/a' }\n\(line)\n[route.tickets]\nfile = { path = '/b' }\n"
        let routes = try parse(toml)
        #expect(routes.map(\.digest) == [schedule, nil] && routes.map(\.channels.count) == [1, 1])
        let policy = NotifySettings().policy(routes: routes, rules: [])
        #expect(policy.digests == (schedule.map { ["digest": $0] } ?? [:]))
    }

    @Test func `without routes there are none`() throws {
        #expect(try parse("").isEmpty)
        #expect(try parse("[theme]\nname = 'okabe'").isEmpty)
    }

    @Test func `who only looks needs no secrets, and a test of one route only its own`() throws {
        let toml =
            "[route.a]\npagerduty = { routing_key_env = 'NONE' }\n[route.b]\nslack = { webhook_url_env = 'SLACK' }"
        let document = try TomlDocument(text: toml, file: "agentdash.toml")
        #expect(try RouteSettings.parse(document, secrets: .unread).map(\.name) == ["a", "b"])
        #expect(try parse(toml, only: "b").count == 2)
        #expect(throws: ConfigurationError.self) { try parse(toml, only: "a") }
        // Mistakes are found all the same.
        let wrong = try TomlDocument(text: "[route.a]\npagerduty = { routing_key = 'x' }", file: "agentdash.toml")
        #expect(throws: ConfigurationError.self) { try RouteSettings.parse(wrong, secrets: .unread) }
    }

    @Test(arguments: [
        (
            "[route.a]\npagerdutty = {}",
            "2:1: route.a.pagerdutty: unknown channel 'pagerdutty'; did you mean 'pagerduty'?"
        ),
        (
            "[route.a]\nfile = { path = '/a' }\ndigest = 'mondays'",
            "3:10: route.a.digest: expected a day and a time in UTC such as \"monday 09:00\""
        ),
        (
            "[route.digest]\ngrafana = { url = 'https://g', token_env = 'TOKEN' }",
            "2:1: route.digest.grafana: takes single alerts, and this route gathers them; name it in another route"
        ),
        ("[route.a]", "1:8: route.a: names no channel; expected pagerduty, slack, "),
        ("[route]\na = 1", "2:5: route.a: expected a table, found an integer"),
        ("[route.a]\nslack = 'x'", "2:9: route.a.slack: expected a table such as { webhook_url_env = "),
        ("[route.a]\npagerduty = {}", "2:1: route.a.pagerduty: lacks routing_key_env = \"NAME\" or routing_key_file"),
        (
            "[route.a]\npagerduty = { routing_key = 'R0' }",
            "2:15: route.a.pagerduty.routing_key: a secret doesn't belong in this file: put it into an environment variable "
                + "and say routing_key_env = \"NAME\", or into a file of its own and say routing_key_file = \"path\""
        ),
        (
            "[route.a]\nslack = { webhook_url = 'https://x' }",
            "2:11: route.a.slack.webhook_url: a secret doesn't belong"
        ),
        (
            "[route.a]\nslack = { webhook_url_env = 'NOURL' }",
            "2:29: route.a.slack.webhook_url_env: what it names is no address"
        ),
        (
            "[route.a]\npagerduty = { routing_key_env = 'NONE' }",
            "2:33: route.a.pagerduty.routing_key_env: the environment has no NONE; set it, or name a file: routing_key_file"
        ),
        (
            "[route.a]\npagerduty = { routing_key_env = 'EMPTY' }",
            "2:33: route.a.pagerduty.routing_key_env: EMPTY is empty"
        ),
        (
            "[route.a]\npagerduty = { routing_key_env = 'TWO' }",
            "2:33: route.a.pagerduty.routing_key_env: TWO holds control"
        ),
        (
            "[route.a]\npagerduty = { routing_key_file = '/none' }",
            "2:34: route.a.pagerduty.routing_key_file: /none can't be opened: no such file"
        ),
        (
            "[route.a]\npagerduty = { routing_key_env = 'PD_KEY', routing_key_file = 'x' }",
            "2:43: route.a.pagerduty.routing_key_file: named twice"
        ),
        ("[route.a]\nwebhook = { url = 'https://u:p@h/' }", "2:19: route.a.webhook.url: an address with a password"),
        (
            "[route.a]\nwebhook = { url = 'file:///etc/passwd' }",
            "2:19: route.a.webhook.url: expected an address that begins"
        ),
        ("[route.a]\nwebhook = { url = 'http://h', password_env = 'TOKEN' }", "2:1: route.a.webhook: lacks user"),
        (
            "[route.a]\nwebhook = { url = 'http://h', tokn_env = 'x' }",
            "2:31: route.a.webhook.tokn_env: unknown key 'tokn_env'; did"
        ),
        ("[route.a]\njira = { url = 'http://h', token_env = 'TOKEN' }", "2:1: route.a.jira: lacks project"),
        (
            "[route.a]\njira = { url = 'http://h', project = 'A', api = 4, token_env = 'TOKEN' }",
            "2:49: route.a.jira.api: expected 2 or 3, found 4"
        ),
        ("[route.a]\ncommand = { argv = 'x' }", "2:20: route.a.command.argv: expected an array of strings"),
        ("[route.a]\ncommand = { argv = ['say hello'] }", "2:20: route.a.command.argv: no shell reads it"),
        (
            "[route.a]\ncommand = { argv = ['x'], timeout = '1y' }",
            "2:37: route.a.command.timeout: expected a time from 100ms to 10m such as \"5m\""
        ),
        (
            "[route.a]\nemail = { to = [\"a@b\\nBcc: x@y\"], from = 'a@b' }",
            "2:17: route.a.email.to.0: expected an address such as"
        ),
    ])
    func `a mistake is named with its place, and no secret`(toml: String, message: String) {
        #expect {
            _ = try parse(toml)
        } throws: { error in
            "\(error)".hasPrefix("agentdash.toml:" + message) && !"\(error)".contains("u:p@")
        }
    }
}

struct NotifySettingsTests {
    private func parse(_ toml: String) throws -> NotifySettings {
        let environment = ["BEAT": "https://beat.example/x"]
        return try NotifySettings.parse(
            TomlDocument(text: toml, file: "agentdash.toml"), secrets: .environment(environment))
    }

    @Test func `times and the heartbeat`() throws {
        let settings = try parse(
            """
            [notify]
            group_wait = "30s"
            group_interval = "5m"
            repeat_interval = "1d12h"
            cooldown = "0s"
            escalate_after = "15m"
            heartbeat_url_env = "BEAT"
            heartbeat_interval = "90s"
            """)
        #expect(settings.groupWait == 30_000_000)
        #expect(settings.groupInterval == 300_000_000)
        #expect(settings.repeatInterval == 129_600_000_000)
        #expect(settings.cooldown == 0)
        #expect(settings.escalateAfter == 900_000_000)
        let url = try #require(Address("https://beat.example/x"))
        #expect(settings.heartbeat == Heartbeat(url: url, interval: 90_000_000))
        #expect(try parse("") == NotifySettings())
    }

    @Test(arguments: [
        ("[notify]\ngroup_wiat = '1s'", "2:1: notify.group_wiat: unknown key 'group_wiat'; did you mean 'group_wait'?"),
        ("[notify]\ngroup_wait = 30", "2:14: notify.group_wait: expected a string, found an integer"),
        ("[notify]\ngroup_wait = '2h'", "2:14: notify.group_wait: expected a time from 0ms to 1h such as \"5m\""),
        ("[notify]\nrepeat_interval = '5'", "2:19: notify.repeat_interval: expected a time from 1m to 4w"),
        ("[notify]\ncooldown = '99999999999999w'", "2:12: notify.cooldown: expected a time"),
        ("[notify]\nheartbeat_interval = '1m'", "1:2: notify: lacks heartbeat_url"),
    ])
    func `a mistake is named with its place`(toml: String, message: String) {
        #expect {
            _ = try parse(toml)
        } throws: { error in
            "\(error)".hasPrefix("agentdash.toml:" + message)
        }
    }

    @Test func `the folder of what survives is the file's, or nobody's`() throws {
        func path(_ toml: String) throws -> String? {
            try StateSettings.parse(
                TomlDocument(text: toml, file: "agentdash.toml"), environment: ["HOME": "/home/x"]
            ).path
        }
        #expect(try path("[state]\npath = '/var/lib/agentdash'") == "/var/lib/agentdash")
        #expect(try path("[state]\npath = '~/s'") == "/home/x/s")
        #expect(try path("") == nil)
        #expect(throws: ConfigurationError.self) { try path("[state]\npath = 's'") }
    }
}
