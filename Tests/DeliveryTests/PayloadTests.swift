import Export
import Foundation
import Monitoring
import Testing

@testable import Delivery

/// What is sent, against payloads of the receivers' documentation.
struct PayloadTests {
    private static var vectors: [String: Any] {
        guard let url = Bundle.module.url(forResource: "Vectors/payloads", withExtension: "json"),
            let data = try? Data(contentsOf: url),
            let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
        else { return [:] }
        return object
    }

    private static func body(_ name: String) throws -> Any {
        try #require((vectors[name] as? [String: Any])?["body"], "\(name)")
    }

    private let settings = PagerDutySettings(routingKey: Secret("R0UTINGKEY0000000000000000000000"))

    private func jira(version: Int = 2) -> JiraSettings {
        JiraSettings(url: Address("https://jira.example")!, project: "AGENT", token: Secret("token"), version: version)
    }

    private func notification(
        _ action: AlertNotification.Action = .trigger, severity: Severity = .p2,
        _ change: (inout AlertNotification) -> Void = { _ in }
    ) -> AlertNotification {
        var notification = Sample.notification(
            action, identity: "agentdash/checkout-agent/elevated_error_rate/prompt=a9f2", severity: severity)
        notification.rule = "elevated_error_rate"
        notification.example.sessionID = "sess_81c2"
        notification.example.traceURL = "https://traces.example/t/4bf92f35"
        notification.example.promptVersion = "a9f2"
        notification.example.model = "claude-sonnet-4-6"
        notification.runbook = "https://runbooks.example/elevated_error_rate"
        change(&notification)
        return notification
    }

    @Test func `the key of an alert is the SHA-256 of its identity`() throws {
        let vector = try #require(Self.vectors["dedup_key"] as? [String: Any])
        var notification = notification()
        notification.identity = try #require(vector["input"] as? String)
        #expect(notification.key == vector["sha256_hex"] as? String)
        #expect(notification.key.count <= 255)
    }

    /// Each receiver that takes a text gets the whole digest.
    @Test func `a digest is one message with a line for each alert`() throws {
        let digest = notification(severity: .p3) {
            $0.rule = "digest"
            $0.labels = [:]
            $0.symptom = "2 alerts, 4 times"
            $0.digest = AlertDigest(
                from: Sample.start - 86_400_000_000, until: Sample.start,
                lines: [
                    AlertDigest.Line(
                        rule: "drift_detected", labels: ["locale": "d<e"], times: 3, hasMore: false,
                        firing: 7_800_000_000, since: Sample.start - 80_000_000_000, until: nil,
                        symptom: "18.5% > 15%", summary: "INFO: Output length drifted +18.5%"),
                    AlertDigest.Line(
                        rule: "new_error_type", labels: [:], times: 1, hasMore: false, firing: 60_000_000,
                        since: Sample.start - 9_000_000_000, until: Sample.start - 8_940_000_000, symptom: "1 > 0",
                        summary: "INFO: 1 types of error not seen before"),
                ], hasMore: false)
        }
        let lines = [
            "drift_detected in locale=d<e: 3 times, 2h10m in all, last 18.5% > 15%, still firing",
            "new_error_type: once, for 1m00s, last 1 > 0, until Wed 11:36 UTC",
        ]
        let slack = SlackMessage.body(digest).line
        #expect(try member(slack, "text") == "P3 digest: 2 alerts, 4 times (checkout-agent)")
        let text = try #require(try member(slack, "attachments", "0", "text"))
        #expect(text.hasSuffix(lines.map { "\n• \($0.replacing("<", with: "&lt;"))" }.joined()), "\(text)")
        let mail = Mail.message(digest, EmailSettings(to: ["a@b.c"], from: "d@e.f"))
        #expect(lines.allSatisfy { mail.contains("\n\($0)\n") }, "\(mail)")
        #expect(JiraIssue.description(digest).suffix(2) == lines[...])
        let own = NotificationDocument.json(digest).line
        #expect(try member(own, "digest", "0", "rule") == "drift_detected")
        #expect(try member(own, "digest", "0", "labels", "locale") == "d<e")
        let webhook = WebhookMessage.body(digest, receiver: "x").line
        #expect(try member(webhook, "alerts", "0", "labels", "alertname") == "drift_detected")
        #expect(try member(webhook, "alerts", "0", "status") == "firing")
        #expect(try member(webhook, "alerts", "1", "status") == "resolved")
        #expect(try member(webhook, "alerts", "1", "endsAt") == "2026-07-01T11:36:00Z")
    }

    @Test func `PagerDuty is triggered`() throws {
        let page = notification(severity: .p1) {
            $0.summary = "CRITICAL: Error rate 15.0% exceeds 10%"
            $0.example.agentVersion = "v2.4.1"
            $0.topSlice = "locale=de (64% of failures, lift 6.4)"
            $0.evalCases = ["billing-041", "billing-048"]
            $0.rollback = "agentctl rollback a1c0"
        }
        #expect(try canonical(PagerDutyEvent.body(page, settings).line) == canonical(Self.body("pagerduty_trigger")))
        let vector = try #require(Self.vectors["pagerduty_trigger"] as? [String: Any])
        let request = PagerDutyEvent.request(page, settings)
        #expect(request.url == vector["url"] as? String)
        #expect(request.method == .post)
    }

    @Test(arguments: [AlertNotification.Action.acknowledge, .resolve])
    func `PagerDuty is told by the same key that it is over`(action: AlertNotification.Action) throws {
        let body = PagerDutyEvent.body(notification(action), settings)
        #expect(try canonical(body.line) == canonical(Self.body("pagerduty_\(action.rawValue)")))
    }

    @Test func `severities are PagerDuty's`() throws {
        let map = try #require(Self.vectors["severity_map"] as? [String: String])
        for severity in Severity.allCases {
            let body = PagerDutyEvent.body(notification(severity: severity), settings).line
            #expect(try member(body, "payload", "severity") == map[severity.rawValue])
        }
    }

    @Test func `Slack gets the recommended message`() throws {
        #expect(try canonical(SlackMessage.body(notification()).line) == canonical(Self.body("slack_recommended")))
    }

    @Test func `a ticket of Jira's version 2`() throws {
        let ticket = notification {
            $0.example = .init()
            $0.example.traceURL = "https://traces.example/t/4bf92f35"
            $0.runbook = nil
        }
        let request = JiraIssue.create(ticket, jira())
        #expect(try canonical(try #require(request.body).line) == canonical(Self.body("jira_create_v2")))
        #expect(request.url == "https://jira.example/rest/api/2/issue")
    }

    @Test func `a description of Jira's version 3`() throws {
        let ticket = notification {
            $0.example = .init()
            $0.runbook = nil
            $0.requests = 0
        }
        let document = JiraIssue.text(JiraIssue.description(ticket), 3)
        #expect(try canonical(document.line) == canonical(try #require(Self.vectors["jira_description_v3_adf"])))
    }

    @Test func `Jira is searched for the alert's open issue`() throws {
        let vector = try #require(Self.vectors["jira_dedup_search"] as? [String: Any])
        let (own, cloud) = (
            JiraIssue.search(notification(), jira()), JiraIssue.search(notification(), jira(version: 3))
        )
        #expect(try canonical(try #require(own.body).line) == canonical(Self.body("jira_dedup_search")))
        #expect(own.url == "https://jira.example\(vector["path_datacenter"] ?? "")")
        #expect(cloud.url == "https://jira.example\(vector["path_cloud"] ?? "")")
    }

    @Test func `an alert for Alertmanager ends five minutes after it was sent unless it is sent again`() throws {
        let alert = notification { $0.labels = ["prompt_version": "a9f2", "model_id": "claude-sonnet-4-6"] }
        let body = AlertmanagerAlert.body(alert, now: Sample.start)
        #expect(try canonical(body.line) == canonical(Self.body("alertmanager_post")))
        let later = AlertmanagerAlert.body(alert, now: Sample.start + 3_600_000_000).line
        #expect(try member(later, "0", "endsAt") == "2026-07-01T15:10:00Z")
        let over = notification(.resolve) { $0.endsAt = Sample.start + 60_500_000 }
        let resolved = AlertmanagerAlert.body(over, now: Sample.start + 90_000_000).line
        #expect(try member(resolved, "0", "endsAt") == "2026-07-01T14:06:00.5Z")
    }

    @Test func `what is only an example of an alert is no label of it`() throws {
        let (one, other) = (notification(), notification { $0.example.promptVersion = "b1" })
        #expect(AlertmanagerAlert.labels(one).map(\.name) == ["alertname", "service", "severity"])
        #expect(AlertmanagerAlert.labels(one).map(\.value) == AlertmanagerAlert.labels(other).map(\.value))
        let body = AlertmanagerAlert.body(one, now: Sample.start).line
        #expect(try member(body, "0", "annotations", "prompt_version") == "a9f2")
        #expect(try member(body, "0", "annotations", "model_id") == "claude-sonnet-4-6")
    }

    @Test func `a webhook gets what Alertmanager sends`() throws {
        let alert = notification {
            $0.service = ""
            $0.example = .init()
            $0.example.traceURL = "https://traces.example/t/4bf92f35"
            $0.runbook = nil
        }
        // Whose fingerprint is another hash: any 16 digits that tell alerts apart do.
        func withoutFingerprint(_ body: Any) throws -> String {
            try canonical(body).replacing(/"fingerprint" : "[0-9a-f]{16}"/, with: "")
        }
        let body = WebhookMessage.body(alert, receiver: "agentdash").line
        let object = try JSONSerialization.jsonObject(with: Data(body.utf8))
        #expect(try withoutFingerprint(object) == withoutFingerprint(Self.body("alertmanager_webhook_v4")))
        #expect(try member(body, "alerts", "0", "fingerprint") == String(alert.key.prefix(16)))
        let over = WebhookMessage.body(notification(.resolve), receiver: "x").line
        #expect(try member(over, "status") == "resolved")
        #expect(try member(over, "alerts", "0", "endsAt") == "2026-07-01T14:05:00Z")
    }

    @Test func `Grafana gets a mark with milliseconds`() throws {
        var settings = GrafanaSettings(url: Address("http://grafana.example/")!, token: Secret("t"))
        settings.dashboardUID = "abc"
        settings.panelID = 2
        let request = GrafanaAnnotation.create(notification(), settings)
        #expect(request.url == "http://grafana.example/api/annotations")
        let body = try #require(request.body).line
        #expect(try member(body, "time") == "1782914700000")
        #expect(try member(body, "dashboardUID") == "abc")
        #expect(try member(body, "panelId") == "2")
        #expect(try member(body, "tags", "0") == "agentdash")
    }

    @Test func `every page says session, trace, prompt, model, runbook, eval cases and what undoes it`() throws {
        let page = notification(severity: .p1) {
            $0.evalCases = ["billing-041", "billing-048"]
            $0.rollback = "agentctl rollback a1c0"
            $0.topSlice = "locale=de"
        }
        let texts = [
            PagerDutyEvent.body(page, settings).line, SlackMessage.body(page).line,
            try #require(JiraIssue.create(page, jira()).body).line,
            try #require(JiraIssue.create(page, jira(version: 3)).body).line,
            AlertmanagerAlert.body(page, now: 0).line, WebhookMessage.body(page, receiver: "x").line,
            GrafanaAnnotation.body(page, GrafanaSettings(url: Address("http://g")!, token: Secret("t"))).line,
            NotificationDocument.json(page).line, Mail.message(page, EmailSettings(to: ["a@b"], from: "c@d")),
        ]
        for text in texts {
            for needed in [
                "sess_81c2", "https://traces.example/t/4bf92f35", "a9f2", "claude-sonnet-4-6",
                "https://runbooks.example/elevated_error_rate", "billing-048", "agentctl rollback a1c0", "locale=de",
            ] {
                #expect(text.contains(needed), "\(needed) in \(text)")
            }
        }
    }

    @Test func `nothing is longer than its receiver takes, however long it was`() throws {
        let long = String(repeating: "\u{1F525}", count: 400_000)
        let huge = notification {
            $0.summary = long
            $0.rule = long
            $0.symptom = long
            $0.service = long
            $0.topSlice = long
            $0.evalCases = Array(repeating: long, count: 1000)
            $0.labels = Dictionary(uniqueKeysWithValues: (0..<1000).map { ("k\($0)", long) })
            $0.rollback = long
            $0.example.sessionID = long
        }
        let event = PagerDutyEvent.body(huge, settings).line
        #expect(event.utf8.count <= 524_288)
        let summary = try #require(try member(event, "payload", "summary"))
        #expect(summary.unicodeScalars.count == 1024 && summary.hasSuffix("…"))
        #expect(try #require(JiraIssue.create(huge, jira()).body).line.utf8.count < 300_000)
        let title = try #require(try member(SlackMessage.body(huge).line, "attachments", "0", "title"))
        #expect(title.unicodeScalars.count <= 1024)
        let mail = Mail.message(huge, EmailSettings(to: ["a@b"], from: "c@d"))
        #expect(mail.split(separator: "\n").allSatisfy { $0.utf8.count <= 998 })
    }

    @Test func `what users wrote commands no receiver and no terminal`() throws {
        let hostile = notification {
            $0.rule = "x\r\nBcc: evil@example.com\r\n\r\nbody"
            $0.symptom = "<!channel> \u{1B}]52;c;eA==\u{7} \u{202E}"
            $0.summary = "<!here> & <script>"
            $0.runbook = "javascript:alert(1)"
            $0.example.traceURL = "https://x|y>/"
        }
        let slack = SlackMessage.body(hostile).line
        #expect(!slack.contains("<!") && !slack.contains("<script"))
        #expect(!slack.contains("|open>"))
        #expect(!slack.contains("u001b") && !slack.contains("\u{202E}"))
        let mail = Mail.message(hostile, EmailSettings(to: ["ops@example.com"], from: "agentdash@example.com"))
        let head = mail.components(separatedBy: "\n\n")[0]
        #expect(!head.contains("\nBcc"))
        #expect(!mail.contains("\u{1B}") && !mail.contains("\r"))
        let grafana = GrafanaAnnotation.body(hostile, GrafanaSettings(url: Address("http://g")!, token: Secret("t")))
            .line
        #expect(!grafana.contains("<script"))
        #expect(try member(PagerDutyEvent.body(hostile, settings).line, "links", "1") == nil)
    }

    @Test func `a subject that isn't plain is written in words of RFC 2047's`() {
        let mail = Mail.message(
            notification { $0.symptom = "größer ✗" }, EmailSettings(to: ["a@b", "c@d"], from: "e@f"))
        #expect(mail.contains("To: a@b,\n c@d\n"))
        #expect(mail.contains("Subject: =?utf-8?Q?"))
        // Words that follow each other are read as one.
        #expect(
            mail.replacing("?=\n =?utf-8?Q?", with: "").contains(
                "gr=C3=B6=C3=9Fer=20=E2=9C=97=20=28checkout=2Dagent=29?=\n"))
    }

    @Test func `numbers that JSON lacks are not known`() throws {
        let odd = notification {
            $0.value = .nan
            $0.threshold = .infinity
        }
        #expect(PagerDutyEvent.body(odd, settings).line.contains("\"value\":null"))
        _ = try canonical(NotificationDocument.json(odd).line)
    }
}
