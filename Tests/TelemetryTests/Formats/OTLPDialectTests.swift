import Telemetry
import Testing

@Suite struct OTLPDialectTests {
    typealias S = SpanText

    static let dialects: [(String, [(String, String)])] = [
        (
            "GenAI, oldest",
            [
                ("gen_ai.system", S.string("openai")), ("gen_ai.request.model", S.string("m")),
                ("gen_ai.usage.prompt_tokens", S.int(10)), ("gen_ai.usage.completion_tokens", S.int(4)),
                ("llm.request.type", S.string("chat")), ("gen_ai.completion.0.finish_reason", S.string("end_turn")),
            ]
        ),
        (
            "OpenInference",
            [
                ("openinference.span.kind", S.string("LLM")), ("llm.model_name", S.string("m")),
                ("llm.provider", S.string("openai")), ("llm.token_count.prompt", S.int(10)),
                ("llm.token_count.completion", S.int(4)), ("llm.finish_reason", S.string("stop")),
                ("llm.cost.total", #"{"doubleValue":0.25}"#),
                ("metadata", S.string(#"{\"session_id\":\"s\",\"variant\":\"canary\",\"task_type\":\"sql\"}"#)),
            ]
        ),
        (
            "Vercel",
            [
                ("ai.operationId", S.string("ai.generateText.doGenerate")), ("ai.model.id", S.string("m")),
                ("ai.model.provider", S.string("openai")), ("ai.usage.promptTokens", S.string("10")),
                ("ai.usage.completionTokens", S.string("4")), ("ai.response.finishReason", S.string("stop")),
                ("ai.telemetry.metadata.sessionId", S.string("s")),
                ("ai.telemetry.metadata.variant", S.string("canary")),
                ("ai.telemetry.functionId", S.string("sql")), ("ai.response.msToFirstChunk", S.string("12.5")),
            ]
        ),
        (
            "Traceloop",
            [
                ("traceloop.workflow.name", S.string("sql")), ("llm.request.type", S.string("chat")),
                ("gen_ai.response.model", S.string("m")), ("gen_ai.system", S.string("openai")),
                ("gen_ai.usage.input_tokens", S.int(10)), ("gen_ai.usage.output_tokens", S.int(4)),
                ("llm.response.finish_reason", S.string("stop")),
                ("traceloop.association.properties.session_id", S.string("s")),
                ("traceloop.association.properties.variant", S.string("canary")),
                ("traceloop.prompt.version_hash", S.string("abc")),
            ]
        ),
        (
            "values in a map",
            [
                ("gen_ai.operation.name", S.string("chat")), ("gen_ai.request.model", S.string("m")),
                ("gen_ai.provider.name", S.string("openai")), ("gen_ai.usage.input_tokens", S.int(10)),
                ("gen_ai.usage.output_tokens", #"{"doubleValue":4.0}"#),
                ("gen_ai.response.finish_reasons", #"{"arrayValue":{"values":[{"stringValue":"stop"}]}}"#),
                (
                    "metadata",
                    #"{"kvlistValue":{"values":[{"key":"session_id","value":{"stringValue":"s"}},"#
                        + #"{"key":"variant","value":{"stringValue":"canary"}},{"key":"task_type","value":{"stringValue":"sql"}}]}}"#
                ),
            ]
        ),
    ]

    @Test(arguments: dialects.indices)
    func everyDialectSaysTheSame(place: Int) throws {
        let (name, attributes) = Self.dialects[place]
        let line = SpanText(
            id: "00000000000000f0", start: 1_795_000_000_000, end: 1_795_000_001_000, attributes: attributes)
        let reader = FormatReader(reading: line.line)
        let record = try #require(reader.requests.first, "\(name)")
        #expect(record.inputTokens == 10, "\(name)")
        #expect(record.outputTokens == 4, "\(name)")
        #expect(reader.value(record, .model) == "m", "\(name)")
        #expect(reader.value(record, .provider) == "openai", "\(name)")
        #expect(reader.name(record.stopReason) == "stop", "\(name)")
        #expect(record.spans.map(\.kind) == [.model], "\(name)")
        guard place > 0 else { return }
        #expect(record.sessionHash == IdentifierHash.hash("s"), "\(name)")
        #expect(reader.value(record, .variant) == "canary", "\(name)")
        #expect(reader.value(record, .taskType) == "sql", "\(name)")
        if name == "OpenInference" { #expect(record.cost == 250_000_000) }
        if name == "Vercel" { #expect(record.timeToFirstToken == 12_500) }
        if name == "Traceloop" { #expect(reader.value(record, .promptHash) == "abc") }
    }
}
