/// What a record of `BulkTraffic` says.
struct BulkRequest: Sendable {
    let trace: (UInt32, UInt32)
    let session: UInt32
    /// Milliseconds since 1970.
    let time: Int
    let user: Int
    let model: String
    let version: String
    let isCanary: Bool
    let task: String
    /// Tenths of a millisecond.
    let latency: Int
    /// Milliseconds.
    let firstToken: Int
    let inputTokens: Int
    let outputTokens: Int
    let cachedTokens: Int
    /// Millionths of a dollar.
    let cost: Int
    /// nil is a success.
    let errorType: String?
}

/// The fields of a flat record, in the order in which its emitter writes them.
enum BulkField: CaseIterable, Sendable {
    case trace, timestamp, session, user, model, version, variant, task
    case latency, firstToken, inputTokens, outputTokens, cachedTokens, cost, success, errorType

    /// The order of another emitter.
    static let second: [BulkField] = [
        .timestamp, .success, .errorType, .trace, .model, .inputTokens, .cachedTokens, .outputTokens, .cost, .latency,
        .session, .user, .variant, .version,
    ]

    /// Whether a record is a request without it.
    var mayBeMissing: Bool {
        switch self {
        case .trace, .timestamp, .latency, .success: false
        default: true
        }
    }

    func write(_ request: BulkRequest, to line: inout LineWriter) {
        switch self {
        case .trace: line.identifier("trace_id", prefix: "5c1e0b7a", request.trace.0)
        case .timestamp: line.time("timestamp", milliseconds: request.time)
        case .session: line.identifier("session_id", prefix: "s_", request.session)
        case .user: line.text("user_id", "user-\(request.user)")
        case .model: line.text("model", request.model)
        case .version: line.text("agent_version", request.version)
        case .variant: line.text("variant", request.isCanary ? "canary" : "control")
        case .task: line.text("task_type", request.task)
        case .latency: line.decimal("latency_ms", request.latency, places: 1)
        case .firstToken: line.integer("ttft_ms", request.firstToken)
        case .inputTokens: line.integer("input_tokens", request.inputTokens)
        case .outputTokens: line.integer("output_tokens", request.outputTokens)
        case .cachedTokens: line.integer("cached_input_tokens", request.cachedTokens)
        case .cost: line.decimal("cost_usd", request.cost, places: 6)
        case .success: line.flag("success", request.errorType == nil)
        case .errorType:
            if let type = request.errorType { line.text("error_type", type) } else { line.null("error_type") }
        }
    }
}
