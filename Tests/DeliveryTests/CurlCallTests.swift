import Export
import Foundation
import Monitoring
import Store
import Testing

@testable import Delivery

struct CurlCallTests {
    @Test(arguments: [
        ("plain", "\"plain\""), ("a\"b", "\"a\\\"b\""), ("a\\b", "\"a\\\\b\""),
        ("a\nurl = \"x\"", "\"a\\nurl = \\\"x\\\"\""),
        ("\r\t\u{B}\0", "\"\\r\\t\\v\""), ("# no comment", "\"# no comment\""),
    ])
    func `a value stays on its line`(value: String, quoted: String) {
        #expect(CurlCall.quoted(value) == quoted)
    }

    @Test func `curl gets back what was quoted`() throws {
        let bench = try DeliveryBench()
        let server = try LoopbackServer()
        let token = "q\" b\\ \\n # ' = {} end"
        let body = "\"\\\n\u{1F525}" + String(repeating: "x", count: 200_000)
        var request = HTTPRequest(method: .put, url: server.url + "/a{b,c}[1-3]?x=%22&y=\\", host: "h")
        request.credentials = .bearer(Secret(token))
        request.body = .members(("text", .string(body)))
        #expect(try run(request, bench) == .delivered("HTTP 202"))
        let received = try #require(server.requests.first)
        #expect(server.requests.count == 1)
        #expect(received.method == "PUT")
        #expect(received.path == "/a{b,c}[1-3]?x=%22&y=\\")
        #expect(received.headers["authorization"] == "Bearer \(token)")
        #expect(received.headers["content-type"] == "application/json")
        #expect(received.headers["expect"] == nil)
        #expect(try member(received.body, "text") == body)
        // The body's file is gone.
        #expect(try bench.courier.bodies.names().isEmpty)
    }

    @Test func `a user and a password with quotes and colons`() throws {
        let bench = try DeliveryBench()
        let server = try LoopbackServer()
        var request = HTTPRequest(method: .get, url: server.url, host: "h")
        request.credentials = .basic(user: "bot@example.com", password: Secret("a:\"\\b"))
        #expect(try run(request, bench) == .delivered("HTTP 202"))
        let expected = Data("bot@example.com:a:\"\\b".utf8).base64EncodedString()
        #expect(server.requests.first?.headers["authorization"] == "Basic \(expected)")
    }

    private func run(_ request: HTTPRequest, _ bench: DeliveryBench) throws -> AttemptResult {
        let attempt = Attempt(request, Redaction([]), bench.courier, now: bench.now)
        while true {
            if let result = attempt.advance() { return result }
            usleep(2000)
        }
    }

    @Test func `no redirection is followed`() throws {
        let bench = try DeliveryBench()
        let other = try LoopbackServer()
        let location = other.url
        let server = try LoopbackServer { _, _ in .status(307, headers: ["Location": location]) }
        let result = try run(HTTPRequest(method: .post, url: server.url, host: "h", body: .bool(true)), bench)
        #expect(result == .refused("HTTP 307: redirected; name the address it redirects to"))
        #expect(other.requests.isEmpty)
    }

    @Test(arguments: [
        (200, "delivered"), (202, "delivered"), (204, "delivered"), (400, "refused"), (401, "refused"),
        (404, "refused"),
        (408, "failed"), (410, "refused"), (425, "failed"), (429, "failed"), (500, "failed"), (503, "failed"),
        (302, "refused"),
    ])
    func `the status says whether another try may help`(status: Int, expected: String) {
        switch HTTPReply(status: status, body: []).result(Redaction([])) {
        case .delivered: #expect(expected == "delivered")
        case .failed: #expect(expected == "failed")
        case .refused: #expect(expected == "refused")
        }
    }

    @Test func `headers of interim answers are not the answer's`() throws {
        let output =
            "HTTP/1.1 100 Continue\r\nRetry-After: 9\r\n\r\nHTTP/1.1 429 Slow\r\nretry-after:  7 \r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
        let reply = try #require(CurlCall.reply(Array(output.utf8), now: 0))
        #expect(reply.status == 429)
        #expect(reply.retryAfter == 7_000_000)
        #expect(String(decoding: reply.body, as: UTF8.self) == "HTTP/1.1 200 OK\r\n\r\n")
    }

    @Test(arguments: [
        "", "\n000", "HTTP/", "HTTP/1.1", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "hello",
    ])
    func `what is no answer is none`(output: String) {
        #expect(CurlCall.reply(Array(output.utf8), now: 0) == nil)
    }

    @Test(
        arguments: [
            ("120", 120_000_000), ("0", 0), ("-1", nil), ("x", nil), ("99999999999", 86_400_000_000),
            ("Wed, 01 Jul 2026 14:06:30 GMT", 90_000_000), ("Wed, 01 Jul 2026 14:00:00 GMT", 0),
            ("Sun, 29 Feb 2032 00:00:00 GMT", 86_400_000_000), ("Wed, 01 Juli 2026 14:06:30 GMT", nil),
        ] as [(String, Int64?)])
    func `a receiver may ask for time in seconds or until a date`(text: String, delay: Int64?) {
        #expect(RetryAfter.delay(text, now: Sample.start) == delay)
    }

    @Test(arguments: [
        "ftp://x", "http://", "http://:80", "x", "http://a b", "http://a\nb", "https:///x", "file:///etc/passwd",
    ])
    func `not every text is an address`(text: String) {
        #expect(Address(text) == nil)
    }

    @Test func `of an address only the host is shown`() throws {
        let address = try #require(Address("https://user:pw@hooks.slack.com:443/services/T0/B0/xyz?k=v"))
        #expect("\(address)" == "hooks.slack.com:443")
        #expect(address.holdsCredentials)
        #expect(!(try #require(Address("https://h/@x"))).holdsCredentials)
        var dumped = ""
        dump(address, to: &dumped)
        #expect(!dumped.contains("xyz") && !dumped.contains("pw"))
        #expect(!"\(Secret("xyz"))".contains("xyz") && !String(reflecting: Secret("xyz")).contains("xyz"))
    }

    @Test func `a missing curl is said, and is no end`() throws {
        let bench = try DeliveryBench()
        bench.courier.curl = "/nonexistent/curl"
        let result = try run(
            HTTPRequest(method: .post, url: "http://127.0.0.1:9/", host: "h", body: .bool(true)), bench)
        let reason = "/nonexistent/curl isn't installed: not found in PATH"
        #expect(result == .failed(AttemptFailure(reason, pausesLane: true)))
        #expect(try bench.courier.bodies.names().isEmpty)
    }
}
