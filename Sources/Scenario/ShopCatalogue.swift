import Statistics

/// One kind of task of the shop's agent and what it costs, in health.
struct ShopTask: Sendable {
    let name: String
    /// Milliseconds, and thousandths of the natural logarithm's deviation.
    let latencyMedian: Int
    let latencySigma: Int
    /// Characters of an answer. Near each other, so that a shift of the mix does not look like drift.
    let outputMedian: Int
    /// Tokens of a session's first request.
    let inputMedian: Int
    /// Shares of claude-sonnet-4-6, claude-haiku-4-5 and gpt-4o-mini, in twentieths.
    let models: [Int]
    let tools: [ShopTool]

    static let refund = ShopTask(
        name: "refund", latencyMedian: 1_330, latencySigma: 560, outputMedian: 640, inputMedian: 2_300,
        models: [13, 7, 0], tools: [.orderLookup, .refund])
    static let orderStatus = ShopTask(
        name: "order_status", latencyMedian: 980, latencySigma: 560, outputMedian: 560, inputMedian: 1_500,
        models: [6, 12, 2], tools: [.orderLookup])
    static let productQuestion = ShopTask(
        name: "product_question", latencyMedian: 1_300, latencySigma: 600, outputMedian: 680, inputMedian: 2_000,
        models: [11, 8, 1], tools: [.search, .search])
    static let refundEU = ShopTask(
        name: "refund_eu", latencyMedian: 1_400, latencySigma: 560, outputMedian: 640, inputMedian: 2_500,
        models: [13, 7, 0], tools: [.orderLookup, .calculator, .refund])
    static let codeDebugging = ShopTask(
        name: "code_debugging", latencyMedian: 3_600, latencySigma: 500, outputMedian: 820, inputMedian: 3_400,
        models: [20, 0, 0], tools: [.search, .codeExec, .codeExec])
    static let catalogSync = ShopTask(
        name: "catalog_sync", latencyMedian: 3_800, latencySigma: 400, outputMedian: 640, inputMedian: 2_600,
        models: [0, 20, 0], tools: [.search, .calculator])

    /// Whether it goes through the tool that fails in the outage.
    var refunds: Bool { tools.contains(.refund) }
}

enum ShopTool: String, Sendable {
    case search
    case refund = "refund_api"
    case calculator
    case codeExec = "code_exec"
    case orderLookup = "order_lookup"

    /// Median milliseconds of a call.
    var latencyMedian: Int {
        switch self {
        case .search: 240
        case .refund: 330
        case .calculator: 12
        case .codeExec: 900
        case .orderLookup: 110
        }
    }
}

struct ShopModel: Sendable {
    let name: String
    /// Thousandths of a task's latency.
    let pace: Int
    /// Whether the gateway states the cost of each request.
    let statesCost: Bool

    /// In the order of `ShopTask.models`.
    static let all = [
        ShopModel(name: "claude-sonnet-4-6", pace: 1_120, statesCost: false),
        ShopModel(name: "claude-haiku-4-5", pace: 850, statesCost: false),
        ShopModel(name: "gpt-4o-mini", pace: 950, statesCost: true),
    ]
}

enum ShopFailure: String, Sendable {
    case timeout
    case guardrailBlock = "guardrail_block"
    case malformedOutput = "malformed_output"
    case rateLimit = "rate_limit"
    case apiError = "api_error"

    /// The HTTP status, where one was seen.
    var status: Int? {
        switch self {
        case .rateLimit: 429
        case .apiError: 502
        default: nil
        }
    }

    /// Whether the agent still wrote an answer.
    var hasOutput: Bool { self == .guardrailBlock || self == .malformedOutput }

    /// In the order of the weights below.
    private static let all: [ShopFailure] = [.timeout, .guardrailBlock, .malformedOutput, .rateLimit, .apiError]

    static let inHealth = [22, 26, 24, 18, 10]
    static let ofNewUsers = [6, 50, 26, 12, 6]
    static let ofCode = [22, 8, 60, 5, 5]
    static let ofCanary = [8, 12, 68, 6, 6]
    static let ofCatalog = [10, 0, 35, 25, 30]

    static func drawn(_ weights: [Int], _ random: inout SplitMix64) -> ShopFailure {
        var position = random.below(weights.reduce(0, +))
        for (failure, weight) in zip(all, weights) {
            if position < weight { return failure }
            position -= weight
        }
        return .apiError
    }
}

/// What is deployed: the agent's version and the hash of its prompt.
struct ShopVersion: Sendable {
    let name: String
    let promptHash: String

    static let stable = ShopVersion(name: "v2.3", promptHash: "a9f2")
    static let canary = ShopVersion(name: "v2.4", promptHash: "b7e1")
    static let wordy = ShopVersion(name: "v2.3.1", promptHash: "c3d0")
    static let fixed = ShopVersion(name: "v2.3.2", promptHash: "d4a8")
}
