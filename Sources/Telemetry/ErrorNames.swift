/// The names that libraries and services give to errors, and which class of ours each is.
///
/// Names are compared in lower case, letters and digits alone.
enum ErrorNames {
    /// Whole names that fragments would mistake, or that are too short to be looked for in others. Of
    /// `botocore.exceptions.ClientError` the name is `clienterror`.
    static let whole: [String: ErrorClass] = {
        let lists: [(ErrorClass, [String])] = [
            (
                .networkError,
                [
                    "readerror", "writeerror", "closeerror", "enotfound", "epipe", "eaiagain", "ehostunreach",
                    "httprequestexception", "fetcherror", "clientoserror", "protocolerror",
                ]
            ),
            (.rateLimit, ["billingerror", "paymentrequired"]),
            (
                .badRequest,
                [
                    // A request's parameters, not a model's output.
                    "validationexception", "paramvalidationerror", "conflicterror", "litellmunknownprovider",
                    "imagefetcherror", "outofrange", "alreadyexists", "unimplemented", "invalidurl",
                ]
            ),
            (.authError, ["refresherror", "requesttimetooskewed"]),
            (
                .providerError,
                ["internal", "internalerror", "modelerrorexception", "modelstreamerrorexception", "dataloss"]
            ),
            (.serviceUnavailable, ["tryagain", "modelnotreadyexception", "midstreamfallbackerror"]),
            (.agentTimeout, ["usagelimitexceeded"]),
            (.toolFailure, ["mcperror", "modelretry"]),
            (.guardrailBlock, ["stopcandidateexception", "rejectedrequesterror"]),
            (
                .malformedOutput,
                [
                    "decodingerror", "contenttypeerror", "lengthfinishreasonerror", "modelbehaviorerror",
                    "unexpectedmodelbehavior",
                ]
            ),
            (.userAbandonment, ["aborterror", "apiuseraborterror", "cancelled", "canceled", "cancellederror"]),
        ]
        var names: [String: ErrorClass] = [:]
        for (errorClass, list) in lists { for name in list { names[name] = errorClass } }
        return names
    }()

    /// Looked for in this order: a timeout is tested before a connection error, because client libraries derive the one
    /// from the other (`APITimeoutError` is an `APIConnectionError`) and the general name would hide it.
    static let fragments: [([String], ErrorClass)] = [
        (
            ["agenttimeout", "agenttimedout", "maxiterations", "recursionlimit", "recursionerror", "maxturns"],
            .agentTimeout
        ),
        (["timeout", "timedout", "deadline"], .timeout),
        // Before the tools, whose name "too large" and "too long" begin with.
        (["toolarge", "toolong", "toomuch"], .badRequest),
        (
            [
                "ratelimit", "toomanyrequests", "throttl", "quota", "resourceexhausted", "budget", "usagelimit",
                "insufficientbalance",
            ], .rateLimit
        ),
        (["guardrail", "contentpolicy", "contentfilter", "moderation", "blocked", "safety"], .guardrailBlock),
        // Before the model's refusals.
        (["connrefused", "connectionrefused"], .networkError),
        (["refus"], .refusal),
        (["hallucinat", "ungrounded"], .hallucination),
        (["abandon", "usercancel", "cancelledbyuser", "canceledbyuser", "clientclosedrequest"], .userAbandonment),
        (["serviceunavailable", "unavailable", "overloaded"], .serviceUnavailable),
        (
            [
                "autherror", "authentic", "authoriz", "unauth", "forbidden", "permission", "apikey", "credential",
                "accessdenied", "expiredtoken", "unrecognizedclient", "signature",
            ],
            .authError
        ),
        (
            [
                "connect", "network", "socket", "unreachable", "nameresolution", "unknownhost", "gaierror", "econn",
                "sslerror", "sslcert", "certificate", "brokenpipe", "proxyerror", "transporterror", "remoteprotocol",
                "localprotocol", "toomanyredirects", "chunkedencoding", "payloaderror", "maxretryerror", "fetchfailed",
            ],
            .networkError
        ),
        (
            [
                "malformed", "jsondecode", "jsonparse", "parseerror", "parsererror", "parsingfailure", "outputparser",
                "invalidjson", "decoder", "noobjectgenerated",
            ],
            .malformedOutput
        ),
        (["validation", "schema", "zoderror"], .validationError),
        (["tool", "functioncall"], .toolFailure),
        (
            [
                "badrequest", "invalidrequest", "invalidargument", "failedprecondition", "unsupported", "contextlength",
                "contextwindow", "contextoverflow", "unprocessable", "notfound",
            ], .badRequest
        ),
        (["provider", "internalserver", "servererror", "badgateway", "upstream"], .providerError),
    ]
}
