/// How bad an error of a class is for the service, independently of how often it happens.
package enum ErrorSeverity: UInt8, Sendable, Comparable, CaseIterable {
    case medium, warning, critical

    /// Medium below warning below critical.
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// What went wrong, in the terms of the people who fix it. The raw value is the name on the screen and in exports.
package enum ErrorClass: String, Sendable, CaseIterable {
    // What a provider's interface answers.
    case networkError = "network_error"
    case rateLimit = "rate_limit"
    case timeout
    case badRequest = "bad_request"
    case authError = "auth_error"
    case providerError = "provider_error"
    case serviceUnavailable = "service_unavailable"
    /// A status code that no other class covers; the code stands in the record.
    case apiError = "api_error"
    // What goes wrong in the agent.
    case validationError = "validation_error"
    case agentTimeout = "agent_timeout"
    case toolFailure = "tool_failure"
    case refusal
    case guardrailBlock = "guardrail_block"
    case malformedOutput = "malformed_output"
    case hallucination
    case userAbandonment = "user_abandonment"
    case unknown = "unknown_error"

    /// The requirements' severity (D3); where they have none, by whether the whole service is at stake.
    package var severity: ErrorSeverity {
        switch self {
        case .networkError, .authError, .providerError, .serviceUnavailable, .unknown: .critical
        case .rateLimit, .timeout, .agentTimeout, .toolFailure, .hallucination, .apiError: .warning
        case .badRequest, .validationError, .refusal, .guardrailBlock, .malformedOutput, .userAbandonment: .medium
        }
    }

    /// What to do about it first.
    package var action: String {
        switch self {
        case .networkError: "check connectivity, alert on-call"
        case .rateLimit: "increase limits, add backoff, alert if sustained"
        case .timeout: "increase the timeout, shorten the prompt, check the model's load"
        case .badRequest: "fix the prompt or the input pipeline"
        case .authError: "key expired or revoked: renew it"
        case .providerError: "provider outage: switch to the fallback model"
        case .serviceUnavailable: "provider overloaded: back off, then switch to the fallback model"
        case .apiError: "look the status code up in the provider's documentation"
        case .validationError: "output didn't match the format: check schema and prompt"
        case .agentTimeout: "look for loops and slow tools in the trace, limit the steps"
        case .toolFailure: "check the tool's service and the arguments the model gives it"
        case .refusal: "read refused requests: prompt, policy or misuse"
        case .guardrailBlock: "read blocked requests: attack, or a rule that is too strict"
        case .malformedOutput: "tighten the output format, retry with the parser's error"
        case .hallucination: "check retrieval and grounding, add the case to the evals"
        case .userAbandonment: "look at latency and first answers of abandoned sessions"
        case .unknown: "investigate at once"
        }
    }

    /// The class of an error by the text of `error_type` (a class of ours, an exception's class, OpenTelemetry's
    /// `error.type`, a status code) and by the status code where the text says too little.
    package static func classify(errorType: String, statusCode: Int?) -> ErrorClass {
        let name = errorType.lowercased().filter { $0.isLetter || $0.isNumber }
        if let known = ErrorClass.byName[name], known != .apiError { return known }
        if let code = Int(name), (100...999).contains(code) { return classify(statusCode: code) }
        if name.hasPrefix("apierror"), let code = Int(name.dropFirst(8)) { return classify(statusCode: code) }
        for (fragments, errorClass) in fragments where fragments.contains(where: name.contains) { return errorClass }
        if let statusCode { return classify(statusCode: statusCode) }
        return name.contains("apierror") || name.contains("apistatus") ? .apiError : .unknown
    }

    /// The class of an HTTP status.
    package static func classify(statusCode: Int) -> ErrorClass {
        switch statusCode {
        case 400, 404, 405, 409, 413, 415, 422: .badRequest
        case 401, 403: .authError
        case 408, 504: .timeout
        case 429: .rateLimit
        case 500, 502: .providerError
        case 503, 529: .serviceUnavailable
        default: .apiError
        }
    }

    private static let byName: [String: ErrorClass] = {
        let names = allCases.map { ($0.rawValue.filter { $0 != "_" }, $0) }
        return Dictionary(names, uniquingKeysWith: { first, _ in first })
    }()

    /// Looked for in this order: a timeout is tested before a connection error, because client libraries derive the one
    /// from the other (`APITimeoutError` is an `APIConnectionError`) and the general name would hide it.
    private static let fragments: [([String], ErrorClass)] = [
        (["agenttimeout", "maxiterations", "recursionlimit", "recursionerror", "maxturns"], .agentTimeout),
        (["timeout", "timedout", "deadline"], .timeout),
        // Before the tools, whose name "too large" and "too long" begin with.
        (["toolarge", "toolong", "toomuch"], .badRequest),
        (["ratelimit", "toomanyrequests", "throttl", "quota", "resourceexhausted", "budget"], .rateLimit),
        (["guardrail", "contentpolicy", "contentfilter", "moderation"], .guardrailBlock),
        (["refus"], .refusal),
        (["hallucinat", "ungrounded"], .hallucination),
        (["abandon", "usercancel", "cancelledbyuser", "canceledbyuser"], .userAbandonment),
        (["serviceunavailable", "unavailable", "overloaded"], .serviceUnavailable),
        (
            ["autherror", "authentic", "authoriz", "unauth", "forbidden", "permission", "apikey", "credential"],
            .authError
        ),
        (
            ["connection", "network", "socket", "unreachable", "nameresolution", "econn", "enotfound", "sslerror"],
            .networkError
        ),
        (
            ["malformed", "jsondecode", "parseerror", "parsererror", "outputparser", "invalidjson", "decoder"],
            .malformedOutput
        ),
        (["validation", "schema"], .validationError),
        (["tool", "functioncall"], .toolFailure),
        (
            [
                "badrequest", "invalidrequest", "contextlength", "contextwindow", "unprocessable", "notfound",
                "toolarge",
            ], .badRequest
        ),
        (["provider", "internalserver", "servererror", "badgateway", "upstream"], .providerError),
    ]
}
