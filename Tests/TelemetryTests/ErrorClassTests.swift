import Telemetry
import Testing

@Suite struct ErrorClassTests {
    @Test(
        arguments: [
            ("APITimeoutError", .timeout), ("APIConnectionError", .networkError), ("timeout", .timeout),
            ("ReadTimeout", .timeout),
            ("DEADLINE_EXCEEDED", .timeout), ("ConnectionTimeoutError", .timeout), ("RateLimitError", .rateLimit),
            ("429", .rateLimit),
            ("ThrottlingException", .rateLimit), ("BadRequestError", .badRequest),
            ("context_length_exceeded", .badRequest),
            ("AuthenticationError", .authError), ("PermissionDeniedError", .authError), ("401", .authError),
            ("InternalServerError", .providerError), ("503", .serviceUnavailable),
            ("overloaded_error", .serviceUnavailable),
            ("ValidationError", .validationError), ("JSONDecodeError", .malformedOutput),
            ("ast_decoder:decoder_failed", .malformedOutput),
            ("guardrail_block", .guardrailBlock), ("ContentPolicyViolationError", .guardrailBlock),
            ("LLM refusal", .refusal),
            ("tool_failure", .toolFailure), ("ToolExecutionError", .toolFailure),
            ("Hallucination caught", .hallucination),
            ("User abandonment", .userAbandonment), ("api_error", .apiError), ("api_error_418", .apiError),
            ("api_error_500", .providerError), ("AgentTimeout", .agentTimeout), ("GraphRecursionLimit", .agentTimeout),
            ("ValueError", .unknown), ("_OTHER", .unknown), ("", .unknown), ("☠", .unknown),
            ("99999999999999999999", .unknown),
        ] as [(String, ErrorClass)])
    func theTextTellsTheClass(text: String, expected: ErrorClass) {
        #expect(ErrorClass.classify(errorType: text, statusCode: nil) == expected)
    }

    @Test func everyClassIsItsOwnName() {
        for errorClass in ErrorClass.allCases {
            #expect(ErrorClass.classify(errorType: errorClass.rawValue, statusCode: nil) == errorClass)
            #expect(!errorClass.action.isEmpty)
        }
    }

    @Test func theStatusTellsWhatTheTextDoesNot() {
        #expect(ErrorClass.classify(errorType: "", statusCode: 503) == .serviceUnavailable)
        #expect(ErrorClass.classify(errorType: "APIStatusError", statusCode: 400) == .badRequest)
        #expect(ErrorClass.classify(errorType: "api_error", statusCode: 500) == .providerError)
        #expect(ErrorClass.classify(errorType: "timeout", statusCode: 500) == .timeout)
        #expect(ErrorClass.classify(errorType: "odd", statusCode: 418) == .apiError)
    }

    @Test(arguments: [
        (ErrorClass.networkError, ErrorSeverity.critical), (.rateLimit, .warning), (.timeout, .warning),
        (.providerError, .critical), (.authError, .critical), (.badRequest, .medium), (.validationError, .medium),
        (.unknown, .critical),
    ])
    func severitiesAreTheRequirements(errorClass: ErrorClass, severity: ErrorSeverity) {
        #expect(errorClass.severity == severity)
    }

    /// Every class of the requirements' three lists, by the name it has there.
    @Test(
        arguments: [
            "Tool failure", "LLM refusal", "Timeout", "User abandonment", "Hallucination caught", "network_error",
            "rate_limit", "timeout", "bad_request", "auth_error", "provider_error", "service_unavailable",
            "api_error_418", "validation_error", "agent_timeout", "guardrail_block", "api_error",
        ])
    func everyClassOfTheRequirementsHasAnAction(name: String) {
        let errorClass = ErrorClass.classify(errorType: name, statusCode: nil)
        #expect(errorClass != .unknown)
        #expect(!errorClass.action.isEmpty)
        #expect(ErrorSeverity.allCases.contains(errorClass.severity))
    }

    @Test func actionsAreTheRequirements() {
        #expect(ErrorClass.networkError.action == "check connectivity, alert on-call")
        #expect(ErrorClass.rateLimit.action == "increase limits, add backoff, alert if sustained")
        #expect(Set(ErrorClass.allCases.map(\.action)).count == ErrorClass.allCases.count)
    }

    @Test(
        arguments: [
            (#"{"latency_ms":5,"status_code":429}"#, "HTTP 429", ErrorClass.rateLimit),
            (#"{"latency_ms":5,"success":false,"status_code":503}"#, "HTTP 503", .serviceUnavailable),
            (#"{"latency_ms":5,"status_code":401,"error_type":"boom"}"#, "boom", .unknown),
            (#"{"latency_ms":5,"success":true,"status_code":500}"#, "", .unknown),
            (#"{"latency_ms":5,"success":false,"status_code":200}"#, "", .unknown),
            (#"{"took_ms":5,"http_status":500,"model":"m"}"#, "HTTP 500", .providerError),
        ])
    func aFailureWithoutATypeIsCalledByItsStatus(line: String, name: String, expected: ErrorClass) throws {
        let reader = FormatReader(reading: line)
        let record = try #require(reader.records.first).record
        #expect(reader.symbols.name(of: record.errorType) == name)
        #expect(ErrorClass.classify(errorType: name, statusCode: nil) == expected)
    }

    @Test func everyClassSaysWhatToDoInFewWordsFirst() {
        for errorClass in ErrorClass.allCases {
            let first = errorClass.action.split { $0 == "," || $0 == ":" }.first ?? ""
            #expect(!first.isEmpty && first.count <= 34, "\(errorClass)")
        }
    }
}
