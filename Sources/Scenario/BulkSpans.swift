extension BulkRequest {
    /// Writes the request as an export of OpenTelemetry's: the agent's span, two calls of its model and one of a tool,
    /// children first, as the collector's file exporter writes them.
    func writeSpans(number: Int, to line: inout LineWriter) {
        line.objects("resourceSpans", [0]) { export, _ in
            export.object("resource") { resource in
                resource.objects("attributes", Self.resource) { $0.attribute($1.key, $1.value) }
            }
            export.objects("scopeSpans", [0]) { scope, _ in
                scope.object("scope") { $0.text("name", "opentelemetry.instrumentation.openai_v2") }
                scope.objects("spans", [1, 2, 3, 0]) { writeSpan($1, number, to: &$0) }
            }
        }
    }

    private static let resource = [
        (key: "service.name", value: "shop-agent"), (key: "service.version", value: "2.3.1"),
        (key: "deployment.environment.name", value: "prod"), (key: "host.name", value: "ip-10-0-0-1"),
        (key: "telemetry.sdk.language", value: "python"), (key: "telemetry.sdk.name", value: "opentelemetry"),
        (key: "telemetry.sdk.version", value: "1.38.0"),
    ]

    /// `place` 0 is the agent, 1 and 3 its model's calls, 2 the tool's.
    private func writeSpan(_ place: Int, _ number: Int, to span: inout LineWriter) {
        let digits = String(number, radix: 16)
        let padded = String(repeating: "0", count: max(0, 8 - digits.count)) + digits
        span.identifier("traceId", prefix: "5c1e0b7a9d3f4e21" + padded, trace.0)
        span.identifier("spanId", prefix: "a000000\(place)", trace.1)
        if place > 0 { span.identifier("parentSpanId", prefix: "a0000000", trace.1) }
        span.integer("flags", 256)
        span.text(
            "name", place == 0 ? "invoke_agent shop" : place == 2 ? "execute_tool search_orders" : "chat \(model)")
        span.integer("kind", place == 0 ? 1 : 3)
        // The latency is in tenths of ms.
        let parts = place == 0 ? (0, 10) : ((place - 1) * 3, place * 3)
        span.text("startTimeUnixNano", "\(time * 1_000_000 - latency * 10_000 * (10 - parts.0))")
        span.text("endTimeUnixNano", "\(time * 1_000_000 - latency * 10_000 * (10 - parts.1))")
        let isModel = place == 1 || place == 3
        span.objects("attributes", isModel ? modelAttributes : place == 2 ? Self.tool : agentAttributes) {
            $0.attribute($1.key, $1.value, isNumber: $1.isNumber)
        }
        span.object("status") { if place == 0, errorType != nil { $0.integer("code", 2) } }
    }

    private typealias Attribute = (key: String, value: String, isNumber: Bool)

    private static let tool: [Attribute] = [
        ("gen_ai.operation.name", "execute_tool", false), ("gen_ai.tool.name", "search_orders", false),
        ("gen_ai.tool.type", "function", false),
    ]

    private var agentAttributes: [Attribute] {
        let own: [Attribute] = [
            ("gen_ai.operation.name", "invoke_agent", false), ("gen_ai.agent.name", "shop", false),
            ("gen_ai.conversation.id", "s-\(session % 5_000)", false), ("user.id", "u-\(user)", false),
            ("experiment.group", isCanary ? "canary" : "control", false), ("gen_ai.workflow.name", task, false),
        ]
        return own + (errorType.map { [("error.type", $0, false)] } ?? [])
    }

    private var modelAttributes: [Attribute] {
        [
            ("gen_ai.operation.name", "chat", false), ("gen_ai.provider.name", "openai", false),
            ("gen_ai.request.model", model, false), ("gen_ai.response.model", model, false),
            ("gen_ai.response.id", "chatcmpl-\(trace.0)", false), ("server.address", "api.openai.com", false),
            ("server.port", "443", true), ("gen_ai.usage.input_tokens", "\(inputTokens)", true),
            ("gen_ai.usage.output_tokens", "\(outputTokens)", true),
            ("gen_ai.usage.cache_read.input_tokens", "\(cachedTokens)", true),
        ]
    }
}

extension LineWriter {
    /// A key and its typed value, as OpenTelemetry writes them.
    fileprivate mutating func attribute(_ key: String, _ value: String, isNumber: Bool = false) {
        text("key", key)
        object("value") { $0.text(isNumber ? "intValue" : "stringValue", value) }
    }
}
