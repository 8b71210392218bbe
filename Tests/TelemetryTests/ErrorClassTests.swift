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
}
