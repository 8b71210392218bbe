import Export
import Foundation
import Monitoring
import Store
import Testing

@testable import Delivery

/// What takes more than one request, against receivers on this machine.
struct ConversationTests {
    private func deliver(_ notification: AlertNotification, _ channel: Channel) throws -> AttemptResult {
        let bench = try DeliveryBench()
        let attempt = Attempt(channel, notification, bench.courier, now: bench.now)
        while true {
            if let result = attempt.advance() { return result }
            usleep(2000)
        }
    }

    private func jira(_ server: LoopbackServer, closing: String? = nil) throws -> Channel {
        var settings = JiraSettings(
            url: try #require(Address(server.url)), project: "AGENT", token: Secret("s3cret-token"), version: 2)
        settings.resolveTransition = closing
        return .jira(settings)
    }

    private static func answers(issues: String) -> @Sendable (LoopbackServer.Request, Int) -> LoopbackServer.Answer {
        { request, _ in
            switch request.path {
            case "/rest/api/2/search": .status(200, body: "{\"issues\":[\(issues)]}")
            case "/rest/api/2/issue": .status(201, body: "{\"id\":\"1\",\"key\":\"AGENT-7\"}")
            case "/rest/api/2/issue/AGENT-7/transitions" where request.method == "GET":
                .status(
                    200,
                    body:
                        "{\"transitions\":[{\"id\":\"11\",\"name\":\"Start\"},{\"id\":\"31\",\"name\":\"Close it\",\"to\":{\"name\":\"Done\"}}]}"
                )
            default: .status(204)
            }
        }
    }

    @Test func `Jira opens an issue where there is none`() throws {
        let server = try LoopbackServer(Self.answers(issues: ""))
        #expect(try deliver(Sample.notification(), jira(server)) == .delivered("opened AGENT-7"))
        #expect(server.requests.map(\.path) == ["/rest/api/2/search", "/rest/api/2/issue"])
        #expect(server.requests.allSatisfy { $0.headers["authorization"] == "Bearer s3cret-token" })
    }

    @Test func `Jira gets a comment where the alert's issue is open`() throws {
        let server = try LoopbackServer(Self.answers(issues: "{\"key\":\"AGENT-7\"}"))
        #expect(try deliver(Sample.notification(), jira(server)) == .delivered("comment on AGENT-7"))
        #expect(server.requests.map(\.path) == ["/rest/api/2/search", "/rest/api/2/issue/AGENT-7/comment"])
    }

    @Test func `Jira closes the issue at the end`() throws {
        let server = try LoopbackServer(Self.answers(issues: "{\"key\":\"AGENT-7\"}"))
        #expect(
            try deliver(Sample.notification(.resolve), jira(server, closing: "done")) == .delivered("closed AGENT-7"))
        #expect(server.requests.count == 4)
        #expect(try member(try #require(server.requests.last).body, "transition", "id") == "31")
        #expect(
            try deliver(Sample.notification(.resolve), jira(server, closing: "Gone"))
                == .delivered("comment on AGENT-7; no transition 'Gone', only Start, Close it"))
        #expect(try deliver(Sample.notification(.resolve), jira(server)) == .delivered("comment on AGENT-7"))
    }

    @Test func `Jira opens nothing for what is over`() throws {
        let server = try LoopbackServer(Self.answers(issues: ""))
        #expect(try deliver(Sample.notification(.resolve), jira(server)) == .delivered("no open issue"))
        #expect(try deliver(Sample.notification(.acknowledge), jira(server)) == .delivered("no open issue"))
        #expect(server.requests.count == 2)
    }

    @Test func `Jira's refusal is told with what it says, but for secrets`() throws {
        let server = try LoopbackServer { _, _ in .status(400, body: "{\"errors\":\"bad s3cret-token\u{1B}[31m\"}") }
        #expect(
            try deliver(Sample.notification(), jira(server))
                == .refused("HTTP 400: {\"errors\":\"bad (secret)·[31m\"}"))
    }

    @Test func `an issue's key from a stranger goes nowhere`() throws {
        let server = try LoopbackServer(Self.answers(issues: "{\"key\":\"../../evil?x=\"}"))
        #expect(try deliver(Sample.notification(), jira(server)) == .delivered("opened AGENT-7"))
        #expect(server.requests.map(\.path) == ["/rest/api/2/search", "/rest/api/2/issue"])
    }

    @Test func `Grafana is marked once, and the mark gets its end`() throws {
        let server = try LoopbackServer { request, _ in
            .status(200, body: request.method == "GET" ? "[]" : "{\"id\":5}")
        }
        let channel = Channel.grafana(
            GrafanaSettings(url: try #require(Address(server.url + "/")), token: Secret("glsa_token")))
        #expect(try deliver(Sample.notification(), channel) == .delivered("HTTP 200"))
        #expect(server.requests.map(\.method) == ["GET", "POST"])
        #expect(server.requests[0].path.hasPrefix("/api/annotations?tags=agentdash-"))
        server.become { request, _ in .status(200, body: request.method == "GET" ? "[{\"id\":5,\"tags\":[]}]" : "{}") }
        #expect(try deliver(Sample.notification(), channel) == .delivered("marked already"))
        #expect(
            try deliver(Sample.notification(.resolve, at: Sample.start + 1_000_000), channel) == .delivered("HTTP 200"))
        let last = try #require(server.requests.last)
        #expect(last.method == "PATCH" && last.path == "/api/annotations/5")
        #expect(try member(last.body, "timeEnd") == "1782914701000")
        #expect(try deliver(Sample.notification(.acknowledge), channel) == .delivered("nothing to mark"))
    }

    @Test func `a command gets the notification as it is, through no shell`() throws {
        let folder = try DeliveryBench().folder
        let path = folder.path + ".out"
        defer { _ = unsafe unlink(path) }
        let odd = "$(touch /tmp/no); `id` ' \" * \\"
        let settings = CommandSettings(
            arguments: ["sh", "-c", "printf '%s' \"$1\" >\"$2\"; cat >>\"$2\"", "sh", odd, path])
        let notification = Sample.notification()
        #expect(try deliver(notification, .command(settings)) == .delivered("sh exited with 0"))
        let written = try String(contentsOfFile: path, encoding: .utf8)
        #expect(written == odd + NotificationDocument.json(notification).line + "\n")
        #expect(try member(NotificationDocument.json(notification).line, "action") == "trigger")
    }

    @Test func `a command that fails isn't repeated unless it asks for it`() throws {
        func result(_ script: String, patience: Int = 10_000) throws -> AttemptResult {
            var settings = CommandSettings(arguments: ["sh", "-c", script])
            settings.patience = patience
            return try deliver(Sample.notification(), .command(settings))
        }
        #expect(try result("echo no such team >&2; exit 3") == .refused("sh exited with 3: no such team"))
        #expect(try result("echo later; exit 75") == .failed(AttemptFailure("sh exited with 75: later")))
        #expect(try result("sleep 60", patience: 50) == .failed(AttemptFailure("sh took too long and was ended")))
        #expect(try result("yes | head -c 3000000; kill -9 $$", patience: 10_000).isRefused)
        #expect(
            try deliver(Sample.notification(), .command(CommandSettings(arguments: ["/nonexistent/x"])))
                == .failed(AttemptFailure("/nonexistent/x isn't installed: not found in PATH")))
    }

    @Test func `a program that is ended takes what it has started with it`() throws {
        let bench = try DeliveryBench()
        let path = bench.folder["pid"]
        var settings = CommandSettings(arguments: ["sh", "-c", "sleep 60 & echo $! >\"$0\"; wait", path])
        settings.patience = 300
        let attempt = Attempt(.command(settings), Sample.notification(), bench.courier, now: 0)
        while attempt.advance() == nil { usleep(2000) }
        let text = try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        let child = try #require(Int32(text))
        // Ended, though whoever adopts it may not have noticed yet.
        for _ in 0..<500 where !isGone(child) { usleep(2000) }
        #expect(isGone(child))
    }

    private func isGone(_ process: Int32) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
        return status.contains(") Z ")
    }

    @Test func `a file gets a line a notification`() throws {
        let bench = try DeliveryBench()
        let channel = Channel.file(FileSettings(path: bench.folder["alerts.jsonl"]))
        for action in [AlertNotification.Action.trigger, .resolve] {
            _ = try deliver(Sample.notification(action), channel)
        }
        let lines = try String(contentsOfFile: bench.folder["alerts.jsonl"], encoding: .utf8).split(separator: "\n")
        #expect(try lines.map { try member(String($0), "action") } == ["trigger", "resolve"])
        // What is no file isn't written to, and nobody waits for a reader.
        unsafe mkfifo(bench.folder["pipe"], 0o600)
        let result = try deliver(Sample.notification(), .file(FileSettings(path: bench.folder["pipe"])))
        #expect(!result.isDelivered)
    }

    @Test func `mail goes to sendmail with its receivers in the headers`() throws {
        let bench = try DeliveryBench()
        let program = bench.folder["sendmail"]
        let text = bench.folder["sendmail.txt"]
        try "#!/bin/sh\n{ echo \"$@\"; cat; } >\"$0.out\"\n".write(toFile: text, atomically: true, encoding: .utf8)
        // By another process: what other tests start meanwhile would hold a file that this one writes, and nobody runs a file
        // that is held for writing.
        let install = try Process.run(
            URL(fileURLWithPath: "/usr/bin/install"), arguments: ["-m", "755", text, program])
        install.waitUntilExit()
        var settings = EmailSettings(to: ["ops@example.com"], from: "agentdash@example.com")
        settings.program = program
        #expect(try deliver(Sample.notification(), .email(settings)).isDelivered)
        let mail = try String(contentsOfFile: program + ".out", encoding: .utf8)
        #expect(
            mail.hasPrefix("-t -i\nFrom: agentdash@example.com\nTo: ops@example.com\nSubject: P2 errors: 15.0% > 10%"))
        #expect(mail.contains("\nWhy this is sent: first notification\n"))
    }

    @Test(arguments: [
        ("a@b.c", true), ("a@b\nBcc: x@y", false), ("a", false), ("a@", false), ("a@b,c@d", false), ("-ox@y", false),
        ("<a@b>", false), ("a b@c", false), ("a@b@c", false),
    ])
    func `not every text is an address of mail`(text: String, isAddress: Bool) {
        #expect(EmailSettings.isAddress(text) == isAddress)
    }
}

extension AttemptResult {
    fileprivate var isDelivered: Bool { if case .delivered = self { true } else { false } }
    fileprivate var isRefused: Bool { if case .refused = self { true } else { false } }
}
