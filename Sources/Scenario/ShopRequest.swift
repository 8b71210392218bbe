/// What all requests of a session share.
struct ShopSession: Sendable {
    let identifier: UInt32
    let user: String
    let isNew: Bool
    /// Which session of this user it is; known for new users only.
    let number: Int?
    /// Only apps say what they run on.
    let device: String?
    let locale: String?
    let tier: String?
    let task: ShopTask
    let model: ShopModel
    let inCanary: Bool

    var isMobile: Bool { device == "mobile" }
}

/// One call of a tool within a request.
struct ShopToolCall: Sendable {
    let tool: ShopTool
    /// Milliseconds.
    let latency: Int
    let success: Bool
}

/// How much a record says of its tool calls.
enum ToolDetail: Sendable {
    case none
    case count
    case list
}

/// One request with everything that will be written about it. Times are milliseconds.
struct ShopRequest: Sendable {
    let trace: UInt32
    /// Since the epoch.
    let end: Int
    let latency: Int
    let firstToken: Int?
    /// None: the nightly batch, which is nobody's session.
    let session: ShopSession?
    let task: ShopTask
    let model: ShopModel
    let version: ShopVersion
    /// Whether the request is of the canary's arm; none outside of an experiment.
    let isCanary: Bool?
    let inOutage: Bool
    let isDrifted: Bool
    let failure: ShopFailure?
    let inputTokens: Int
    let cachedTokens: Int?
    /// None where a failure left no answer.
    let outputTokens: Int?
    let outputLength: Int?
    let toolCalls: [ShopToolCall]
    let tools: ToolDetail
    let hasSpans: Bool
    /// Hundredths.
    let sentiment: Int?
    let quality: Int?

    /// The record of the request.
    func line() -> LineWriter {
        var line = LineWriter()
        line.identifier("trace_id", prefix: "tr_", trace)
        line.time("timestamp", milliseconds: end)
        line.integer("latency_ms", latency)
        if let firstToken { line.integer("ttft_ms", firstToken) }
        line.text("agent", session == nil ? "catalog-agent" : "shop-assistant")
        line.text("model", model.name)
        line.text("agent_version", version.name)
        line.text("prompt_hash", version.promptHash)
        if let isCanary { line.text("variant", isCanary ? "canary" : "control") }
        line.text("task_type", task.name)
        writeSession(&line)
        line.integer("input_tokens", inputTokens)
        if let cachedTokens { line.integer("cached_input_tokens", cachedTokens) }
        if let outputTokens { line.integer("output_tokens", outputTokens) }
        if model.statesCost { line.decimal("cost_usd", microDollars, places: 6) }
        writeOutcome(&line)
        writeTools(&line)
        if hasSpans { writeSpans(&line) }
        line.end()
        return line
    }

    private func writeSession(_ line: inout LineWriter) {
        guard let session else { return }
        line.identifier("session_id", prefix: "s_", session.identifier)
        line.text("user_id", session.user)
        line.text("user_segment", session.isNew ? "new" : "returning")
        if let number = session.number { line.integer("session_number", number) }
        if let device = session.device { line.text("device", device) }
        if let locale = session.locale { line.text("locale", locale) }
        if let tier = session.tier { line.text("customer_tier", tier) }
    }

    private func writeOutcome(_ line: inout LineWriter) {
        if let outputLength { line.integer("output_length", outputLength) }
        line.flag("success", failure == nil)
        if let failure {
            line.text("error_type", failure.rawValue)
            if let status = failure.status { line.integer("status_code", status) }
            // What a page about this failure has to carry.
            line.identifier("trace_url", prefix: "https://traces.example.com/tr_", trace)
        }
        if let sentiment { line.decimal("sentiment", sentiment, places: 2) }
        if let quality { line.decimal("quality_score", quality, places: 2) }
    }

    private func writeTools(_ line: inout LineWriter) {
        if tools == .count { line.integer("tool_calls", toolCalls.count) }
        guard tools == .list else { return }
        line.objects("tool_calls", toolCalls) { line, call in
            line.text("name", call.tool.rawValue)
            line.integer("latency_ms", call.latency)
            line.flag("success", call.success)
        }
    }

    /// The model's first step, the tools one after the other, and the model's answer, within the request's time.
    private func writeSpans(_ line: inout LineWriter) {
        struct Step {
            let tool: ShopToolCall?
            let start: Int
            let end: Int
        }
        var steps: [Step] = []
        let inTools = toolCalls.reduce(0) { $0 + $1.latency }
        var clock = end - latency
        let thinking = max(latency - inTools, 0) / 3
        steps.append(Step(tool: nil, start: clock, end: clock + thinking))
        clock += thinking
        for call in toolCalls {
            let stop = min(clock + call.latency, end)
            steps.append(Step(tool: call, start: clock, end: stop))
            clock = stop
        }
        if outputTokens != nil { steps.append(Step(tool: nil, start: clock, end: end)) }
        line.objects("spans", Array(steps.enumerated())) { line, item in
            let (index, step) = item
            line.text("span_id", String(index + 1))
            line.text("operation_name", step.tool == nil ? "llm_call" : "tool_call")
            line.integer("start_time", step.start)
            line.integer("end_time", step.end)
            let failed = step.tool.map { !$0.success } ?? false
            line.text("status", failed ? "ERROR" : "OK")
            if failed { line.text("error_message", "timed out") }
            if let tool = step.tool?.tool {
                line.object("attributes") { $0.text("tool_name", tool.rawValue) }
            }
        }
    }

    /// The price of gpt-4o-mini: $0.15, $0.075 (cached) and $0.60 per million tokens.
    private var microDollars: Int {
        let cached = cachedTokens ?? 0
        let thousandths = (inputTokens - cached) * 150 + cached * 75 + (outputTokens ?? 0) * 600
        return (thousandths + 500) / 1_000
    }
}
