/// One request by the system's curl. What it is to do, secrets included, it reads from its standard input, and the body from a file
/// that nobody else may read: nothing of either is an argument.
enum CurlCall {
    /// Not the user's own settings (`-q` must come first); ours from standard input.
    static let arguments = ["-q", "--config", "-"]

    /// What curl has of our environment: where programs and its settings for proxies and certificates are, and nothing that others were told.
    static let environmentNames = [
        "PATH", "HOME", "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
        "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "TZ",
    ]

    /// The text of curl's configuration.
    ///
    /// - Parameters:
    ///   - body: the path of the file that holds it.
    ///   - patience: ms for all of it.
    static func configuration(_ request: HTTPRequest, body: String?, patience: Int) -> String {
        let seconds = decimal(patience)
        var lines = [
            "url = \(quoted(request.url))", "request = \(quoted(request.method.rawValue))",
            // Braces and brackets of an address are no patterns, and no other protocols are meant.
            "globoff", "proto = \"=http,https\"", "silent", "show-error", "max-time = \(seconds)",
            "connect-timeout = \(decimal(min(patience, 5000)))",
            "user-agent = \"agentdash\"", "header = \"Accept: application/json\"",
            // The headers before the body.
            "dump-header = \"-\"", "suppress-connect-headers", "output = \"-\"",
        ]
        switch request.credentials {
        case .none: break
        case .bearer(let token): lines.append("header = \(quoted("Authorization: Bearer \(token.value)"))")
        case .basic(let user, let password): lines.append("user = \(quoted("\(user):\(password.value)"))")
        }
        if let body {
            lines += [
                "header = \"Content-Type: application/json\"",
                // Nobody is asked whether they want it: some never answer.
                "header = \"Expect:\"", "data-binary = \(quoted("@" + body))",
            ]
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// A value of curl's configuration: on one line, whatever is in it.
    static func quoted(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{B}": text += "\\v"
            // Would end the text for curl.
            case "\0": break
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    /// What curl's exit says; nil where its own message is the best there is.
    static func failure(_ code: Int32, host: String) -> AttemptResult? {
        switch code {
        case 5: .failed(AttemptFailure("can't find the proxy (curl 5)", pausesLane: true))
        case 6: .failed(AttemptFailure("can't find \(host) (curl 6)", pausesLane: true))
        case 7: .failed(AttemptFailure("can't connect to \(host) (curl 7)", pausesLane: true))
        case 28: .failed(AttemptFailure("\(host) doesn't answer in time (curl 28)", pausesLane: true))
        case 52: .failed(AttemptFailure("\(host) closed without an answer (curl 52)", pausesLane: true))
        case 55, 56: .failed(AttemptFailure("the connection to \(host) broke (curl \(code))", pausesLane: true))
        case 35: .failed(AttemptFailure("\(host) doesn't agree on TLS (curl 35)", pausesLane: true))
        case 51, 60:
            .failed(AttemptFailure("the certificate of \(host) isn't trusted (curl \(code))", pausesLane: true))
        default: nil
        }
    }

    /// The answer as `configuration` has it written, with as much of its body as came; nil where nothing was answered.
    ///
    /// - Parameter now: µs since 1970, for a `Retry-After` that names a date.
    static func reply(_ output: [UInt8], now: Int64) -> HTTPReply? {
        var rest = output[...]
        // One block of headers, after some of status 1xx.
        while rest.starts(with: Array("HTTP/".utf8)) {
            let lines = headerBlock(&rest).split(whereSeparator: \.isNewline)
            guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }),
                (100...999).contains(status)
            else { return nil }
            guard status >= 200 else { continue }
            let retryAfter = lines.compactMap { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                return parts.count == 2 && parts[0].lowercased() == "retry-after" ? String(parts[1]).trimmed : nil
            }.first
            return HTTPReply(
                status: status, retryAfter: retryAfter.flatMap { RetryAfter.delay($0, now: now) }, body: Array(rest))
        }
        return nil
    }

    private static func headerBlock(_ rest: inout ArraySlice<UInt8>) -> String {
        var at = rest.startIndex
        while at < rest.endIndex {
            let end = rest[at...].firstIndex(of: 0x0A) ?? rest.endIndex - 1
            let line = rest[at..<end]
            at = end + 1
            if line.allSatisfy({ $0 == 0x0D }) { break }
        }
        defer { rest = rest[at...] }
        return String(decoding: rest[..<at], as: UTF8.self)
    }

    private static func decimal(_ milliseconds: Int) -> String {
        let thousandths = String(1000 + milliseconds % 1000).dropFirst()
        return "\(milliseconds / 1000).\(thousandths)"
    }
}
