import Export

/// What is asked of a receiver.
struct HTTPRequest: Sendable {
    enum Method: String, Sendable { case get = "GET", post = "POST", put = "PUT", patch = "PATCH" }

    var method: Method
    /// May hold secrets.
    var url: String
    /// As it is shown.
    var host: String
    var credentials: Credentials = .none
    var body: JSONValue?
}

/// What the receiver answered.
struct HTTPReply: Sendable {
    var status: Int
    /// µs that it asks to be left alone for.
    var retryAfter: Int64?
    var body: [UInt8]

    var isSuccess: Bool { (200..<300).contains(status) }

    /// What came of it, by the status alone: of what failed, 408, 425, 429 and 5xx are worth another try.
    func result(_ redaction: Redaction) -> AttemptResult {
        if isSuccess { return .delivered("HTTP \(status)") }
        let said = redaction.shown(String(decoding: body.prefix(2048), as: UTF8.self))
        let reason = "HTTP \(status)" + (said.isEmpty ? "" : ": \(said)")
        switch status {
        case 429: return .failed(AttemptFailure("\(reason) (rate limit)", retryAfter: retryAfter, pausesLane: true))
        case 408, 425, 500...599: return .failed(AttemptFailure(reason, retryAfter: retryAfter))
        case 300..<400: return .refused("\(reason): redirected; name the address it redirects to")
        default: return .refused(reason)
        }
    }
}

/// What came of one attempt to deliver.
enum AttemptResult: Sendable, Hashable {
    /// And how it was acknowledged: "HTTP 202".
    case delivered(String)
    /// Another try may help.
    case failed(AttemptFailure)
    /// Another try won't.
    case refused(String)
}

/// Why an attempt failed that may be repeated.
struct AttemptFailure: Sendable, Hashable {
    var reason: String
    /// µs that the receiver asks to be left alone for.
    var retryAfter: Int64?
    /// The receiver wants nothing else either until then.
    var pausesLane: Bool

    init(_ reason: String, retryAfter: Int64? = nil, pausesLane: Bool = false) {
        self.reason = reason
        self.retryAfter = retryAfter
        self.pausesLane = pausesLane
    }
}
