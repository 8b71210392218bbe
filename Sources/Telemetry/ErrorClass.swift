/// How bad an error of a class is for the service, independently of how often it happens.
package enum ErrorSeverity: UInt8, Sendable, Comparable, CaseIterable {
    case medium, warning, critical

    /// On the screen and in exports.
    package var name: String {
        switch self {
        case .medium: "medium"
        case .warning: "warning"
        case .critical: "critical"
        }
    }

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

    /// What to do about it, in clauses of which the first says the most: a narrow place shows that alone.
    package var action: String {
        switch self {
        case .networkError: "check connectivity, alert on-call"
        case .rateLimit: "increase limits, add backoff, alert if sustained"
        case .timeout: "increase the timeout, shorten the prompt, check the model's load"
        case .badRequest: "fix the prompt, or the input pipeline"
        case .authError: "renew the key: it is expired or revoked"
        case .providerError: "switch to the fallback model: provider outage"
        case .serviceUnavailable: "back off, then switch to the fallback model: provider overloaded"
        case .apiError: "look up the status code: the provider documents it"
        case .validationError: "check schema and prompt: the output didn't match the format"
        case .agentTimeout: "look for loops and slow tools, limit the steps"
        case .toolFailure: "check the tool's service, and the arguments the model gives it"
        case .refusal: "read refused requests: prompt, policy or misuse"
        case .guardrailBlock: "read what was blocked, for attacks and rules that are too strict"
        case .malformedOutput: "tighten the output format, retry with the parser's error"
        case .hallucination: "check retrieval and grounding, add the case to the evals"
        case .userAbandonment: "look at latency, and at first answers of abandoned sessions"
        case .unknown: "investigate at once"
        }
    }

    /// The class of an error by the text of `error_type` (a class of ours, an exception's class, OpenTelemetry's
    /// `error.type`, a status code) and by the status code where the text says too little.
    package static func classify(errorType: String, statusCode: Int?) -> ErrorClass {
        // Of `openai.APITimeoutError` the module says nothing.
        let isPath = !errorType.contains(" ")
        let own = isPath ? errorType.split(separator: ".").last ?? "" : errorType[...]
        let name = own.lowercased().filter { $0.isLetter || $0.isNumber }
        if let known = ErrorClass.byName[name], known != .apiError { return known }
        if let known = ErrorNames.whole[name] { return known }
        if let code = Int(name), (100...999).contains(code) { return classify(statusCode: code) }
        let bytes = Array(name.utf8)
        for (fragments, errorClass) in ErrorNames.fragments
        where fragments.contains(where: { holds(bytes, $0) }) {
            return errorClass
        }
        if let code = statusCode ?? writtenCode(own) { return classify(statusCode: code) }
        let isAPIError = ["apierror", "apistatus", "apicall"].contains { holds(bytes, $0) }
        return isAPIError ? .apiError : .unknown
    }

    /// Whether a fragment stands anywhere in a name. Of bytes: a screen asks for every type once a second.
    private static func holds(_ name: [UInt8], _ fragment: String) -> Bool {
        let length = fragment.utf8.count
        guard length <= name.count else { return false }
        return (0...(name.count - length)).contains { name[$0...].starts(with: fragment.utf8) }
    }

    /// `api_error_418`, `HTTP 503`.
    private static func writtenCode(_ text: Substring) -> Int? {
        text.split { !$0.isLetter && !$0.isNumber }.lazy.compactMap { $0.utf8.count == 3 ? Int($0) : nil }
            .first { (400...599).contains($0) }
    }

    /// The class of an HTTP status, those of proxies included.
    package static func classify(statusCode: Int) -> ErrorClass {
        switch statusCode {
        case 400, 404...406, 409...411, 413...417, 422, 431: .badRequest
        case 401, 403, 407: .authError
        case 408, 504, 522, 524: .timeout
        // What is not paid for, too.
        case 402, 429: .rateLimit
        // The client has closed the request.
        case 499: .userAbandonment
        // 424 is how Bedrock says that the model failed.
        case 424, 500, 502, 520, 525, 526: .providerError
        case 503, 521, 523, 529: .serviceUnavailable
        default: .apiError
        }
    }

    private static let byName: [String: ErrorClass] = {
        let names = allCases.map { ($0.rawValue.filter { $0 != "_" }, $0) }
        return Dictionary(names, uniquingKeysWith: { first, _ in first })
    }()
}
