import Testing

@testable import Telemetry

@Suite struct ErrorKindTests {
    /// What the formats' writers put where the error's type belongs.
    @Test(
        arguments: [
            ("openai.APITimeoutError", .timeout), ("openai.APIConnectionError", .networkError),
            ("litellm.Timeout", .timeout),
            ("litellm.exceptions.RateLimitError", .rateLimit), ("rate_limit_error", .rateLimit),
            ("insufficient_quota", .rateLimit), ("BudgetExceededError", .rateLimit),
            ("authentication_error", .authError),
            ("permission_error", .authError), ("invalid_request_error", .badRequest),
            ("request_too_large", .badRequest),
            ("ContextWindowExceededError", .badRequest), ("not_found_error", .badRequest),
            ("overloaded_error", .serviceUnavailable), ("ServiceUnavailableError", .serviceUnavailable),
            ("server_error", .providerError), ("refusal", .refusal), ("GraphRecursionError", .agentTimeout),
            ("OutputParserException", .malformedOutput), ("pydantic_core.ValidationError", .validationError),
            ("ToolException", .toolFailure), ("_OTHER", .unknown),
        ] as [(String, ErrorClass)])
    func theWritersNamesHaveClasses(name: String, expected: ErrorClass) {
        #expect(ErrorClass.classify(errorType: name, statusCode: nil) == expected)
    }

    @Test(
        arguments: [
            (
                #"API Error: 529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
                "overloaded_error", 529
            ),
            ("litellm.RateLimitError: too many", "litellm.RateLimitError", nil),
            ("ValueError: no such table: x", "ValueError", nil),
            ("Request timed out.", "Request timed out.", nil), ("", "error", nil), ("{\"a\":1}", "error", nil),
            ("exceeded retry limit, last status: 429 Too Many Requests", "exceeded retry limit, last status", 429),
        ] as [(String, String, Int64?)])
    func messagesThatDifferInDetailsAreOneKind(message: String, kind: String, status: Int64?) {
        #expect(ErrorText.kind(of: message) == kind)
        #expect(ErrorText.statusCode(in: message) == status)
    }

    @Test func aKindIsShort() {
        #expect(ErrorText.kind(of: String(repeating: "long words ", count: 100)).utf8.count <= 64)
        #expect(ErrorText.kind(of: String(repeating: "x", count: 10_000)).utf8.count <= 64)
    }

    @Test func stopReasonsHaveOneVocabulary() {
        let words: [(String, [String])] = [
            ("stop", ["stop", "end_turn", "STOP", "completed"]), ("length", ["length", "max_tokens", "MAX_TOKENS"]),
            ("tool_calls", ["tool_calls", "tool_use", "tool-calls", "function_call"]),
            ("content_filter", ["content_filter", "content-filter", "refusal", "SAFETY"]), ("error", ["error"]),
            ("other", ["other"]), ("unknown", ["unknown"]),
        ]
        for (expected, written) in words {
            for word in written { #expect(StopReasons.normalized(word) == expected) }
        }
    }
}
