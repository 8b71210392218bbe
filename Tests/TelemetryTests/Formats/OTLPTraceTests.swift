import Foundation
import Telemetry
import Testing

@Suite struct OTLPTraceTests {
    typealias S = SpanText

    /// An agent, two model calls, a tool and a search, in ms.
    static let spans: [SpanText] = [
        S(
            id: "00000000000000a1", parent: "00000000000000f0", start: 1_795_000_000_100, end: 1_795_000_000_900,
            attributes: [
                ("gen_ai.operation.name", S.string("chat")), ("gen_ai.request.model", S.string("gpt-4o")),
                ("gen_ai.response.model", S.string("gpt-4o-2024-08-06")), ("gen_ai.provider.name", S.string("openai")),
                ("gen_ai.usage.input_tokens", S.int(1200)), ("gen_ai.usage.output_tokens", S.int(17)),
                ("gen_ai.usage.cache_read.input_tokens", S.int(1024)),
                ("gen_ai.response.time_to_first_chunk", #"{"doubleValue":0.25}"#),
                ("gen_ai.response.finish_reasons", #"{"arrayValue":{"values":[{"stringValue":"tool_calls"}]}}"#),
            ]),
        S(
            id: "00000000000000a2", parent: "00000000000000f0", name: "execute_tool search", start: 1_795_000_000_900,
            end: 1_795_000_001_400, status: #"{"code":2,"message":"boom"}"#,
            attributes: [
                ("gen_ai.operation.name", S.string("execute_tool")), ("gen_ai.tool.name", S.string("search")),
                ("error.type", S.string("ValueError")),
            ]),
        S(
            id: "00000000000000a3", parent: "00000000000000f0", start: 1_795_000_001_400, end: 1_795_000_002_000,
            attributes: [
                ("gen_ai.operation.name", S.string("chat")), ("gen_ai.response.model", S.string("gpt-4o-2024-08-06")),
                ("gen_ai.usage.input_tokens", S.int(1300)), ("gen_ai.usage.output_tokens", S.int(90)),
                ("gen_ai.response.finish_reasons", S.string("[\\\"stop\\\"]")),
                ("session.id", S.string("s-1")), ("user.id", S.string("u-1")),
                ("experiment.group", S.string("canary")),
            ]),
        S(
            id: "00000000000000a4", parent: "00000000000000f0", start: 1_795_000_000_050, end: 1_795_000_000_090,
            attributes: [("openinference.span.kind", S.string("RETRIEVER"))]),
        S(
            id: "00000000000000f0", name: "invoke_agent airline", start: 1_795_000_000_000, end: 1_795_000_002_100,
            attributes: [
                ("gen_ai.operation.name", S.string("invoke_agent")), ("gen_ai.agent.name", S.string("airline")),
                ("gen_ai.usage.input_tokens", S.int(2500)), ("gen_ai.usage.output_tokens", S.int(107)),
                ("gen_ai.conversation.id", S.string("conv-1")), ("k8s.pod.name", S.string("pod-7")),
            ]),
    ]

    @Test(arguments: ["traces-latest.jsonl", "traces-default.jsonl"])
    func theWritersTracesAreOneRequestEach(name: String) throws {
        let text = try fixture(name)
        let reader = FormatReader(reading: text)
        // Counted again by Foundation: model spans have tokens, the agent's span has none.
        var expected = Totals()
        var start = UInt64.max
        var end: UInt64 = 0
        for export in try independent(text) {
            for resource in try #require(export["resourceSpans"] as? [[String: Any]]) {
                for scope in try #require(resource["scopeSpans"] as? [[String: Any]]) {
                    for span in try #require(scope["spans"] as? [[String: Any]]) {
                        if span["parentSpanId"] == nil {
                            expected.requests += 1
                            start = try #require(UInt64(span["startTimeUnixNano"] as? String ?? ""))
                            end = try #require(UInt64(span["endTimeUnixNano"] as? String ?? ""))
                        }
                        for attribute in try #require(span["attributes"] as? [[String: Any]]) {
                            let value = (attribute["value"] as? [String: Any])?["intValue"] as? String ?? ""
                            if attribute["key"] as? String == "gen_ai.usage.input_tokens" {
                                expected.input += Int64(value) ?? 0
                            }
                            if attribute["key"] as? String == "gen_ai.usage.output_tokens" {
                                expected.output += Int64(value) ?? 0
                            }
                        }
                    }
                }
            }
        }
        #expect(expected.input == 3600)
        #expect(reader.totals == expected)
        let record = try #require(reader.requests.first)
        #expect(record.latency == Int64(end / 1000) - Int64(start / 1000))
        #expect(record.time == Int64(end / 1000))
        #expect(record.success == true)
        #expect(record.steps == 4)
        #expect(record.spans.filter { $0.kind == .model }.count == 4)
        #expect(reader.value(record, .service) == "airline-agent")
        #expect(reader.value(record, .environment) == "prod")
        #expect(reader.value(record, .agent) == "airline")
        #expect(reader.value(record, .agentVersion) == "1.4.2")
        #expect(reader.value(record, .model) == "gpt-4o-2024-08-06")
        #expect(reader.value(record, .provider) == "openai")
        #expect(reader.name(record.stopReason) == "tool_calls")
        #expect(reader.decoder.recognised == [.otlp: 5])
        #expect(reader.rejections.isEmpty)
    }

    @Test func aTraceIsReadWhole() throws {
        let reader = FormatReader(reading: Self.spans.map(\.line).joined(separator: "\n"))
        #expect(reader.records.count == 1)
        let kept = try #require(reader.records.first)
        let record = kept.record
        #expect(kept.trace == "5b8efff798038103d269b633813fc60c")
        #expect(record.traceHash == IdentifierHash.hash(kept.trace))
        #expect(record.latency == 2_100_000)
        // Of the leaves alone: the agent's own sum would count them twice.
        #expect(record.inputTokens == 2500)
        #expect(record.outputTokens == 107)
        #expect(record.cachedInputTokens == 1024)
        #expect(record.timeToFirstToken == 250_000)
        #expect(record.success == true)
        #expect(record.errorType.isAbsent)
        #expect(reader.name(record.stopReason) == "stop")
        #expect(record.toolCallCount == 1)
        let tool = try #require(record.tools.first)
        #expect(reader.name(tool.name) == "search")
        #expect(tool.success == false)
        #expect(tool.latency == 500_000)
        #expect(record.spans.map(\.kind) == [.retrieval, .model, .tool, .model])
        #expect(record.spans.map(\.duration) == [40_000, 800_000, 500_000, 600_000])
        #expect(record.sessionHash == IdentifierHash.hash("s-1"))
        #expect(kept.session == "s-1")
        #expect(record.userHash == IdentifierHash.hash("u-1"))
        #expect(record.conversationHash == IdentifierHash.hash("conv-1"))
        #expect(reader.value(record, .variant) == "canary")
        #expect(reader.value(record, .taskType) == "airline")
        #expect(
            record.attributes.map { [reader.name($0.name), reader.name($0.value)] } == [["k8s.pod.name", "pod-7"]])
    }

    @Test func theOrderOfSpansChangesNothing() {
        let symbols = SymbolTable()
        let first = FormatReader(reading: Self.spans.map(\.line).joined(separator: "\n"), symbols: symbols).records
        var generator = SeededGenerator(7)
        for _ in 0..<24 {
            let shuffled = Self.spans.shuffled(using: &generator)
            #expect(
                FormatReader(reading: shuffled.map(\.line).joined(separator: "\n"), symbols: symbols).records == first)
            // All in one export, and each twice.
            #expect(FormatReader(reading: SpanText.line(shuffled), symbols: symbols).records == first)
            let twice = SpanText.line(shuffled) + "\n" + SpanText.line(shuffled)
            #expect(FormatReader(reading: twice, symbols: symbols).records == first)
        }
    }

    @Test func otherWritingsOfTheSameSpansAreTheSame() throws {
        let symbols = SymbolTable()
        let first = FormatReader(reading: SpanText.line(Self.spans), symbols: symbols).records
        var text = SpanText.line(Self.spans)
        // Ids in base64, enumerations by name, 64-bit numbers as numbers.
        for id in Set(Self.spans.map(\.id) + ["5b8efff798038103d269b633813fc60c"]) {
            let bytes = stride(from: 0, to: id.count, by: 2).map { place in
                let start = id.index(id.startIndex, offsetBy: place)
                return UInt8(id[start...id.index(after: start)], radix: 16) ?? 0
            }
            text = text.replacingOccurrences(of: "\"\(id)\"", with: "\"\(Data(bytes).base64EncodedString())\"")
        }
        text = text.replacingOccurrences(of: "\"code\":2", with: "\"code\":\"STATUS_CODE_ERROR\"")
        text = text.replacing(/"(\d{19})"/) { "\($0.1)" }
        text = text.replacing(/"intValue":"(\d+)"/) { "\"intValue\":\($0.1)" }
        #expect(FormatReader(reading: text, symbols: symbols).records == first)
        // Upper case, and the keys of a protocol buffer.
        var other = SpanText.line(Self.spans).replacingOccurrences(of: "5b8efff7", with: "5B8EFFF7")
        for (key, snake) in [
            ("resourceSpans", "resource_spans"), ("scopeSpans", "scope_spans"), ("traceId", "trace_id"),
            ("spanId", "span_id"), ("parentSpanId", "parent_span_id"), ("startTimeUnixNano", "start_time_unix_nano"),
            ("endTimeUnixNano", "end_time_unix_nano"),
        ] { other = other.replacingOccurrences(of: "\"\(key)\"", with: "\"\(snake)\"") }
        #expect(FormatReader(reading: other, symbols: symbols).records == first)
        // A span a line without any wrapping knows no resource.
        let bare = FormatReader(reading: Self.spans.map(\.span).joined(separator: "\n"), symbols: symbols)
        #expect(bare.totals.input == 2500)
        #expect(bare.records.count == 1)
    }

    @Test func numbersBeyondMeaningAreAbsent() throws {
        let line = SpanText(
            id: "00000000000000f0", start: 1_795_000_000_000, end: 1_795_000_001_000,
            attributes: [
                ("gen_ai.operation.name", S.string("chat")),
                ("gen_ai.usage.input_tokens", #"{"intValue":"340282366920938463463374607431768211455"}"#),
                ("gen_ai.usage.output_tokens", #"{"intValue":340282366920938463463374607431768211455}"#),
                ("gen_ai.usage.cost", #"{"doubleValue":NaN}"#), ("x", #"{"doubleValue":-Infinity}"#),
                ("y", #"{"intValue":null}"#), ("z", "{}"), ("w", #"{"kvlistValue":{"values":[]}}"#),
            ]
        ).line
        let reader = FormatReader(reading: line)
        let record = try #require(reader.requests.first)
        #expect(record.inputTokens == nil)
        #expect(record.outputTokens == nil)
        #expect(record.cost == nil)
        #expect(record.latency == 1_000_000)
    }

    @Test func theOuterSpanOfTheVercelKitIsNotCountedAgain() {
        let usage = [("ai.usage.inputTokens", S.string("62")), ("ai.usage.outputTokens", S.string("10"))]
        let spans = [
            S(
                id: "00000000000000a1", parent: "00000000000000f0", start: 1_795_000_000_100, end: 1_795_000_000_900,
                attributes: [("ai.operationId", S.string("ai.generateText.doGenerate"))] + usage),
            S(
                id: "00000000000000a2", parent: "00000000000000f0", start: 1_795_000_000_900, end: 1_795_000_000_950,
                attributes: [("ai.operationId", S.string("ai.toolCall")), ("ai.toolCall.name", S.string("weather"))]),
            S(
                id: "00000000000000f0", start: 1_795_000_000_000, end: 1_795_000_001_000,
                attributes: [("ai.operationId", S.string("ai.generateText"))] + usage),
        ]
        let reader = FormatReader(reading: SpanText.line(spans))
        #expect(reader.totals == Totals(requests: 1, input: 62, output: 10, toolCalls: 1))
        #expect(reader.requests.first?.spans.map(\.kind) == [.model, .tool])
    }

    @Test func failureIsTheRoots() throws {
        var spans = Self.spans
        spans[4].status = #"{"code":2}"#
        var record = try #require(FormatReader(reading: SpanText.line(spans)).requests.first)
        #expect(record.success == false)
        // The last failure below names it.
        var reader = FormatReader(reading: SpanText.line(spans))
        #expect(reader.name(record.errorType) == "ValueError")
        spans[4].events =
            #"[{"name":"exception","timeUnixNano":"1","attributes":[{"key":"exception.type","value":{"stringValue":"openai.APITimeoutError"}}]}]"#
        reader = FormatReader(reading: SpanText.line(spans))
        record = try #require(reader.requests.first)
        #expect(reader.name(record.errorType) == "openai.APITimeoutError")
        #expect(ErrorClass.classify(errorType: "openai.APITimeoutError", statusCode: nil) == .timeout)
        // An exception that was handled is none.
        spans[4].status = "{}"
        #expect(FormatReader(reading: SpanText.line(spans)).requests.first?.success == true)
        spans[4].attributes.append(("error.type", S.string("_OTHER")))
        #expect(FormatReader(reading: SpanText.line(spans)).requests.first?.success == false)
        spans[4].status = #"{"code":1}"#
        #expect(FormatReader(reading: SpanText.line(spans)).requests.first?.success == true)
    }

    @Test func evaluationsAreRecordsOfTheirOwn() {
        let values =
            #"[{"key":"gen_ai.evaluation.name","value":{"stringValue":"Relevance"}},{"key":"gen_ai.evaluation.score.value","#
            + #""value":{"doubleValue":0.92}},{"key":"gen_ai.evaluation.score.label","value":{"stringValue":"pass"}}"#
        let ids = #""traceId":"5b8efff798038103d269b633813fc60c","spanId":"00000000000000a1""#
        func log(_ name: String, _ more: String = "") -> String {
            "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":\"1771322194000000000\",\(name)"
                + "\(ids),\"attributes\":\(values)\(more)]}]}]}]}"
        }
        let event = #"{"key":"event.name","value":{"stringValue":"gen_ai.evaluation.result"}}"#
        let lines = [
            log(#""eventName":"gen_ai.evaluation.result","#), log("", "," + event),
            log(#""body":{"stringValue":"gen_ai.evaluation.result"},"#),
        ]
        for line in lines {
            let reader = FormatReader(reading: line)
            #expect(reader.records.count == 1)
            #expect(reader.records.first?.record.kind == .eval)
            #expect(reader.records.first?.record.evalScore == 920_000)
            #expect(reader.records.first?.trace == "5b8efff798038103d269b633813fc60c")
            #expect(reader.name(reader.records.first?.record.evalName ?? .absent) == "Relevance")
            #expect(reader.name(reader.records.first?.record.evalLabel ?? .absent) == "pass")
        }
        var span = Self.spans[4]
        span.events =
            "[{\"name\":\"gen_ai.evaluation.result\",\"timeUnixNano\":\"1795000002000000000\",\"attributes\":\(values)]}]"
        let reader = FormatReader(reading: span.line)
        #expect(reader.records(.eval).map(\.time) == [1_795_000_002_000_000])
        #expect(reader.requests.count == 1)
    }

    @Test func theConsoleExporterIsToldWhatToDo() {
        let text = """
            {
                "name": "chat",
                "context": {
                    "trace_id": "0x5b8efff798038103d269b633813fc60c"
                },
                "start_time": "2026-11-20T12:00:00Z"
            }
            """
        let reader = FormatReader(reading: text)
        #expect(reader.rejections.map(\.reason) == [.consoleExporter])
    }
}
