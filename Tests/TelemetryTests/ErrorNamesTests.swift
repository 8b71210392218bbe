import Telemetry
import Testing

/// What the common kits raise, by where it is raised.
@Suite struct ErrorNamesTests {
    private typealias Rows = [(class: ErrorClass, names: [String])]

    private func check(_ rows: Rows, statusCode: Int? = nil) {
        for row in rows {
            for name in row.names {
                #expect(ErrorClass.classify(errorType: name, statusCode: statusCode) == row.class, "\(name)")
            }
        }
    }

    @Test func openAI() {
        check([
            (.networkError, ["openai.APIConnectionError"]),
            (.rateLimit, ["openai.RateLimitError", "insufficient_quota"]),
            (.timeout, ["openai.APITimeoutError", "openai.error.Timeout"]),
            (
                .badRequest,
                [
                    "openai.BadRequestError", "openai.NotFoundError", "openai.ConflictError",
                    "openai.UnprocessableEntityError", "openai.error.InvalidRequestError", "context_length_exceeded",
                    "model_not_found",
                ]
            ),
            (
                .authError,
                [
                    "openai.AuthenticationError", "openai.PermissionDeniedError", "invalid_api_key",
                    "InvalidWebhookSignatureError",
                ]
            ),
            (.providerError, ["openai.InternalServerError", "server_error"]),
            (.serviceUnavailable, ["openai.error.ServiceUnavailableError", "openai.error.TryAgain"]),
            (.validationError, ["openai.APIResponseValidationError"]),
            (.guardrailBlock, ["openai.ContentFilterFinishReasonError", "content_policy_violation"]),
            (.malformedOutput, ["openai.LengthFinishReasonError"]),
            (.unknown, ["openai.OpenAIError"]),
        ])
    }

    @Test func anthropic() {
        check([
            (.rateLimit, ["billing_error"]),
            (
                .timeout,
                [
                    "anthropic.APITimeoutError", "anthropic.APIConnectionTimeoutError",
                    "anthropic.DeadlineExceededError", "timeout_error",
                ]
            ),
            (
                .badRequest,
                ["anthropic.RequestTooLargeError", "not_found_error", "invalid_request_error", "request_too_large"]
            ),
            (.authError, ["permission_error"]),
            (
                .serviceUnavailable,
                ["anthropic.OverloadedError", "overloaded_error", "anthropic.ServiceUnavailableError"]
            ),
            (.apiError, ["api_error"]),
        ])
    }

    @Test func clientsOfHTTP() {
        check([
            (
                .networkError,
                [
                    "httpx.ConnectError", "httpx.ReadError", "httpx.WriteError", "httpx.CloseError",
                    "httpx.NetworkError", "httpx.RemoteProtocolError", "httpx.LocalProtocolError", "httpx.ProxyError",
                    "httpx.TransportError", "httpx.TooManyRedirects", "httpcore.ConnectError",
                    "requests.exceptions.ConnectionError", "requests.exceptions.ChunkedEncodingError",
                    "requests.exceptions.SSLError", "aiohttp.ClientConnectorError", "aiohttp.ServerDisconnectedError",
                    "aiohttp.ClientOSError", "aiohttp.ClientPayloadError", "urllib3.exceptions.MaxRetryError",
                    "urllib3.exceptions.NewConnectionError", "urllib3.exceptions.ProtocolError",
                    "urllib3.exceptions.NameResolutionError", "socket.gaierror", "builtins.ConnectionResetError",
                    "BrokenPipeError", "ConnectionRefusedError", "ssl.SSLCertVerificationError",
                ]
            ),
            (
                .timeout,
                [
                    "httpx.ConnectTimeout", "httpx.ReadTimeout", "httpx.WriteTimeout", "httpx.PoolTimeout",
                    "requests.exceptions.ReadTimeout", "aiohttp.ServerTimeoutError", "asyncio.TimeoutError",
                    "TimeoutError", "concurrent.futures._base.TimeoutError",
                ]
            ),
            (.badRequest, ["httpx.UnsupportedProtocol", "httpx.InvalidURL"]),
            (
                .malformedOutput,
                ["httpx.DecodingError", "requests.exceptions.JSONDecodeError", "aiohttp.ContentTypeError"]
            ),
            (.userAbandonment, ["asyncio.exceptions.CancelledError"]),
        ])
    }

    @Test func liteLLM() {
        check([
            (.networkError, ["litellm.exceptions.APIConnectionError"]),
            (
                .rateLimit,
                [
                    "litellm.exceptions.RateLimitError", "litellm.exceptions.BudgetExceededError",
                    "litellm.types.router.RouterRateLimitError",
                ]
            ),
            (.timeout, ["litellm.exceptions.Timeout"]),
            (
                .badRequest,
                [
                    "litellm.exceptions.ContextWindowExceededError", "litellm.exceptions.UnsupportedParamsError",
                    "litellm.exceptions.NotFoundError", "litellm.exceptions.InvalidRequestError",
                    "litellm.exceptions.ImageFetchError", "litellm.exceptions.UnprocessableEntityError",
                    "litellm.exceptions.LiteLLMUnknownProvider",
                ]
            ),
            (.authError, ["litellm.exceptions.PermissionDeniedError", "litellm.exceptions.AuthenticationError"]),
            (.providerError, ["litellm.exceptions.BadGatewayError", "litellm.exceptions.InternalServerError"]),
            (
                .serviceUnavailable,
                ["litellm.exceptions.ServiceUnavailableError", "litellm.exceptions.MidStreamFallbackError"]
            ),
            (.apiError, ["litellm.exceptions.APIError"]),
            (
                .validationError,
                ["litellm.exceptions.JSONSchemaValidationError", "litellm.exceptions.APIResponseValidationError"]
            ),
            (
                .guardrailBlock,
                [
                    "litellm.exceptions.ContentPolicyViolationError", "litellm.exceptions.GuardrailRaisedException",
                    "litellm.exceptions.BlockedPiiEntityError", "litellm.exceptions.RejectedRequestError",
                ]
            ),
        ])
    }

    @Test func frameworks() {
        check([
            (.rateLimit, ["MODEL_RATE_LIMIT"]),
            (.timeout, ["agents.exceptions.ToolTimeoutError"]),
            (.badRequest, ["langchain_core.exceptions.ContextOverflowError"]),
            (.authError, ["MODEL_AUTHENTICATION"]),
            (.validationError, ["pydantic_core._pydantic_core.ValidationError"]),
            (
                .agentTimeout,
                [
                    "langgraph.errors.GraphRecursionError", "pydantic_ai.exceptions.UsageLimitExceeded",
                    "agents.exceptions.MaxTurnsExceeded", "GRAPH_RECURSION_LIMIT",
                ]
            ),
            (
                .toolFailure,
                [
                    "langchain_core.tools.base.ToolException", "pydantic_ai.exceptions.ModelRetry",
                    "pydantic_ai.exceptions.ToolRetryError", "INVALID_TOOL_RESULTS", "mcp.shared.exceptions.McpError",
                ]
            ),
            (.guardrailBlock, ["agents.exceptions.InputGuardrailTripwireTriggered"]),
            (
                .malformedOutput,
                [
                    "langchain_core.exceptions.OutputParserException", "pydantic_ai.exceptions.UnexpectedModelBehavior",
                    "agents.exceptions.ModelBehaviorError", "json.decoder.JSONDecodeError", "OUTPUT_PARSING_FAILURE",
                ]
            ),
            (
                .unknown,
                ["langgraph.errors.NodeInterrupt", "langgraph.errors.InvalidUpdateError", "tenacity.RetryError"]
            ),
        ])
    }

    @Test func botocore() {
        check([
            (
                .networkError,
                [
                    "botocore.exceptions.EndpointConnectionError", "botocore.exceptions.ConnectionClosedError",
                    "botocore.exceptions.ProxyConnectionError",
                ]
            ),
            (
                .rateLimit,
                [
                    "botocore.errorfactory.ThrottlingException", "botocore.errorfactory.ServiceQuotaExceededException",
                    "TooManyRequestsException",
                ]
            ),
            (
                .timeout,
                [
                    "botocore.exceptions.ReadTimeoutError", "botocore.exceptions.ConnectTimeoutError",
                    "botocore.errorfactory.ModelTimeoutException",
                ]
            ),
            (
                .badRequest,
                [
                    "botocore.exceptions.ParamValidationError", "botocore.errorfactory.ValidationException",
                    "botocore.errorfactory.ResourceNotFoundException",
                ]
            ),
            (
                .authError,
                [
                    "botocore.exceptions.NoCredentialsError", "botocore.errorfactory.AccessDeniedException",
                    "ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException",
                    "RequestTimeTooSkewed",
                ]
            ),
            (
                .providerError,
                [
                    "botocore.errorfactory.ModelErrorException", "botocore.errorfactory.ModelStreamErrorException",
                    "botocore.errorfactory.InternalServerException",
                ]
            ),
            (
                .serviceUnavailable,
                ["botocore.errorfactory.ModelNotReadyException", "botocore.errorfactory.ServiceUnavailableException"]
            ),
            (.unknown, ["botocore.exceptions.ClientError"]),
        ])
    }

    @Test func google() {
        check([
            (
                .rateLimit,
                [
                    "google.api_core.exceptions.ResourceExhausted", "google.api_core.exceptions.TooManyRequests",
                    "RESOURCE_EXHAUSTED",
                ]
            ),
            (.timeout, ["google.api_core.exceptions.DeadlineExceeded", "google.api_core.exceptions.GatewayTimeout"]),
            (
                .badRequest,
                [
                    "google.api_core.exceptions.InvalidArgument", "google.api_core.exceptions.FailedPrecondition",
                    "google.api_core.exceptions.NotFound", "INVALID_ARGUMENT",
                ]
            ),
            (
                .authError,
                [
                    "google.api_core.exceptions.PermissionDenied", "google.api_core.exceptions.Unauthenticated",
                    "google.api_core.exceptions.Forbidden", "google.auth.exceptions.DefaultCredentialsError",
                    "google.auth.exceptions.RefreshError", "UNAUTHENTICATED",
                ]
            ),
            (
                .providerError,
                [
                    "google.api_core.exceptions.InternalServerError", "google.api_core.exceptions.BadGateway",
                    "google.genai.errors.ServerError", "INTERNAL",
                ]
            ),
            (.serviceUnavailable, ["google.api_core.exceptions.ServiceUnavailable", "UNAVAILABLE"]),
            (.apiError, ["google.genai.errors.APIError"]),
            (
                .guardrailBlock,
                [
                    "google.generativeai.types.BlockedPromptException",
                    "google.generativeai.types.StopCandidateException",
                ]
            ),
            (.userAbandonment, ["google.api_core.exceptions.Cancelled"]),
            (
                .unknown,
                [
                    "google.api_core.exceptions.Unknown", "google.api_core.exceptions.Aborted",
                    "google.api_core.exceptions.RetryError", "grpc.aio._call.AioRpcError",
                ]
            ),
        ])
    }

    @Test func node() {
        check([
            (
                .networkError,
                ["ECONNRESET", "ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EPIPE", "UND_ERR_SOCKET", "FetchError"]
            ),
            (.timeout, ["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT"]),
            (.authError, ["AI_LoadAPIKeyError"]),
            (.apiError, ["AI_APICallError"]),
            (.validationError, ["AI_TypeValidationError", "ZodError"]),
            (.toolFailure, ["AI_InvalidToolArgumentsError", "AI_NoSuchToolError", "AI_ToolExecutionError"]),
            (.malformedOutput, ["AI_NoObjectGeneratedError", "AI_JSONParseError"]),
            (.userAbandonment, ["AbortError", "APIUserAbortError"]),
            (.unknown, ["AI_RetryError", "TypeError"]),
        ])
    }

    @Test func statusesAndWords() {
        check([
            (
                .networkError,
                [
                    "name_resolution_error", "java.net.UnknownHostException", "java.net.ConnectException",
                    "System.Net.Http.HttpRequestException",
                ]
            ),
            (.rateLimit, ["402", "429", "http_429"]),
            (
                .timeout,
                [
                    "408", "504", "522", "524", "status_504", "timeout", "java.net.SocketTimeoutException",
                    "java.util.concurrent.TimeoutException", "tool_timeout", "Timeout",
                ]
            ),
            (.badRequest, ["400", "404", "409", "413", "422"]),
            (.authError, ["401", "403"]),
            (.providerError, ["424", "500", "502", "520", "error_500"]),
            (.serviceUnavailable, ["503", "529", "api_error_503", "HTTP 503"]),
            (.apiError, ["418", "api_error_418"]),
            (.agentTimeout, ["agent_timeout", "Agent timed out after 25 steps"]),
            (.toolFailure, ["Tool failure"]),
            (.refusal, ["LLM refusal"]),
            (.hallucination, ["Hallucination caught"]),
            (.userAbandonment, ["499", "cancelled", "User abandonment"]),
            (.unknown, ["_OTHER", "error", "KeyError", "max_tokens"]),
        ])
    }

    @Test(
        arguments: [
            ("openai.APIStatusError", 503, .serviceUnavailable),
            ("httpx.HTTPStatusError", 500, .providerError),
            ("requests.exceptions.HTTPError", 429, .rateLimit),
            ("aiohttp.ClientResponseError", 502, .providerError),
            ("litellm.exceptions.APIError", 500, .providerError),
            ("pydantic_ai.exceptions.ModelHTTPError", 529, .serviceUnavailable),
            ("botocore.exceptions.ClientError", 400, .badRequest),
            ("google.genai.errors.ClientError", 429, .rateLimit),
            ("AI_APICallError", 503, .serviceUnavailable),
            ("_OTHER", 503, .serviceUnavailable),
        ] as [(String, Int, ErrorClass)])
    func aNameThatSaysLittleLeavesItToTheStatus(name: String, status: Int, expected: ErrorClass) {
        #expect(ErrorClass.classify(errorType: name, statusCode: status) == expected)
    }

    /// In the client library the timeout is a kind of connection error.
    @Test func aTimeoutIsTestedBeforeAConnectionError() {
        #expect(ErrorClass.classify(errorType: "APITimeoutError(APIConnectionError)", statusCode: nil) == .timeout)
        #expect(ErrorClass.classify(errorType: "APIConnectionError: ConnectTimeout", statusCode: nil) == .timeout)
        #expect(ErrorClass.classify(errorType: "timeout", statusCode: 500) == .timeout)
    }
}
