import Telemetry
import Testing

@Suite struct RequestTests {
    @Test func everyFieldOfARequestIsRead() {
        var reader = LineReader()
        let line = #"""
            {"trace_id":"tr_00000001","timestamp":10,"latency_ms":1500,"ttft_ms":250.5,"input_tokens":100,"output_tokens":20,
            "cached_input_tokens":30,"cache_write_tokens":5,"reasoning_tokens":6,"cost_usd":0.01,"tool_cost_usd":0.002,
            "compute_cost_usd":0.003,"success":false,"error_type":"RateLimitError","status_code":429,"stop_reason":"max_tokens",
            "completed":false,"final_output":"","user_corrected":true,"escalated_to_human":true,"user_rated_positive":false,
            "flags":["injection_attempt","parse_error"],"steps":4,"redundant_tool_calls":1,"output_length":80,"input_length":400,
            "attachments":2,"session_number":3,"session_id":"s1","conversation_id":"c1","user_id":7,"shadow_of":"x",
            "trace_url":"https://t/1","feature_flags":["eu_banner",""],"agent":"a","service":"b","environment":"c","region":"d",
            "host":"e","provider":"f","model":"g","prompt_version":3,"prompt_hash":"i","agent_version":"1.4","index_version":"k",
            "collection":"l","variant":"canary","task_type":"n","intent":"o","user_segment":"p","customer_tier":"q","device":"r",
            "locale":"de"}
            """#.split(separator: "\n").joined()
        #expect(reader.decode(String(line)) == .record)
        let record = reader.record
        #expect(record.kind == .request)
        #expect(record.traceHash == IdentifierHash.hash("tr_00000001"))
        #expect(reader.text(record.traceText) == "tr_00000001")
        #expect(reader.text(record.sessionText) == "s1")
        #expect(reader.text(record.traceURLText) == "https://t/1")
        #expect(record.userHash == IdentifierHash.hash("7"))
        #expect([record.sessionHash, record.conversationHash, record.shadowOfHash].allSatisfy { $0 != 0 })
        #expect(record.latency == 1_500_000)
        #expect(record.timeToFirstToken == 250_500)
        #expect([record.inputTokens, record.outputTokens, record.cachedInputTokens] == [100, 20, 30])
        #expect([record.cacheWriteTokens, record.reasoningTokens] == [5, 6])
        #expect([record.cost, record.toolCost, record.computeCost] == [10_000_000, 2_000_000, 3_000_000])
        #expect(
            [record.success, record.completed, record.hasFinalOutput, record.ratedPositive] == [
                false, false, false, false,
            ])
        #expect([record.corrected, record.escalated] == [true, true])
        #expect(reader.name(record.errorType) == "RateLimitError")
        #expect(reader.name(record.stopReason) == "max_tokens")
        #expect(record.flags == [.injectionAttempt, .parseError])
        #expect([record.statusCode, record.steps, record.redundantToolCalls] == [429, 4, 1])
        #expect(
            [record.outputLength, record.inputLength, record.attachments, record.sessionNumber] == [80, 400, 2, 3])
        #expect(record.featureFlags.map { reader.name($0) } == ["eu_banner"])
        let values = Dimension.ofRequest.map { reader.name(record.values[$0]) }
        #expect(values == "a b c d e f g 3 i 1.4 k l canary n o p q r de".split(separator: " ").map(String.init))
        #expect(record.attributes.isEmpty)
    }

    @Test func absentIsUnknown() {
        let record = record(#"{"latency_ms":5}"#)
        #expect(
            [record.inputTokens, record.cost, record.statusCode, record.steps, record.toolCallCount] == [
                nil, nil, nil, nil, nil,
            ])
        #expect([record.success, record.completed, record.hasFinalOutput, record.corrected] == [nil, nil, nil, nil])
        #expect(record.weight == Record.unitWeight)
        #expect(record.errorType.isAbsent)
    }

    @Test func nothingOfALineStaysForTheNext() {
        var reader = LineReader()
        for line in sampleLines { #expect(reader.decode(line) == .record, "\(line)") }
        #expect(reader.decode(#"{"latency_ms":5}"#) == .record)
        let record = reader.record
        #expect(
            record.tools.isEmpty && record.spans.isEmpty && record.attributes.isEmpty && record.featureFlags.isEmpty)
        #expect(record.traceHash == 0 && record.flags.isEmpty && record.aggregate == nil && record.deploy == nil)
        #expect(record.values[.model].isAbsent)
    }

    @Test(
        arguments: [
            (#""error_type":"timeout""#, false), (#""error_type":null"#, nil), (#""error_type":"""#, nil),
            (#""error_type":"timeout","success":true"#, true), (#""error_type":"x","success":null"#, false),
            (#""status_code":500"#, false), (#""status_code":400"#, false), (#""status_code":200"#, true),
            (#""status_code":399"#, true), (#""status_code":0"#, nil), (#""status_code":200,"success":null"#, nil),
            (#""status_code":200,"error_type":"refusal""#, false), (#""status_code":500,"success":true"#, true),
            (#""success":null"#, nil),
        ] as [(String, Bool?)])
    func anErrorOrAStatusTellsTheOutcome(fields: String, success: Bool?) {
        #expect(record("{\"latency_ms\":1,\(fields)}").success == success)
    }

    @Test(arguments: [
        ("\"text\"", true), ("\"\"", false), ("null", false), ("{\"a\":1}", true), ("[]", true), ("\"\\\"\"", true),
    ])
    func theFinalOutputCountsByItsPresence(value: String, isThere: Bool) {
        #expect(record("{\"latency_ms\":1,\"final_output\":\(value)}").hasFinalOutput == isThere)
    }

    @Test func toolCallsAreACountOrAList() {
        #expect(record(#"{"latency_ms":1,"tool_calls":3}"#).toolCallCount == 3)
        #expect(record(#"{"latency_ms":1,"tool_calls":[]}"#).toolCallCount == 0)
        #expect(record(#"{"latency_ms":1,"tool_calls":null}"#).toolCallCount == nil)
        var reader = LineReader()
        let line =
            #"{"latency_ms":1,"tool_calls":[{"name":"search","latency_ms":2.5,"success":false,"arguments_valid":true,"x":[{}]},"calc"]}"#
        #expect(reader.decode(line) == .record)
        #expect(reader.record.toolCallCount == 2)
        #expect(reader.record.tools.map { reader.name($0.name) } == ["search", "calc"])
        #expect(reader.record.tools[0].latency == 2_500)
        #expect(reader.record.tools[0].success == false)
        #expect(reader.record.tools[0].argumentsValid == true)
        let many = "[" + Array(repeating: "{}", count: 1_000).joined(separator: ",") + "]"
        #expect(reader.decode("{\"latency_ms\":1,\"tool_calls\":\(many)}") == .record)
        #expect(reader.record.toolCallCount == 1_000)
        #expect(reader.record.tools.count == Record.maximumParts)
    }

    @Test func spansTellWhereTheTimeWent() {
        var reader = LineReader()
        let line =
            #"{"latency_ms":1,"spans":[{"operation_name":"llm_call","start_time":10,"end_time":11,"status":"OK"},"#
            + #"{"operation_name":"tool_call","duration_ms":5,"status":"ERROR","attributes":{"tool_name":"search"}},"#
            + #"{"operation_name":"retrieval"},{"operation_name":"postprocess","success":true},{"tool":"calc"}]}"#
        #expect(reader.decode(line) == .record)
        let spans = reader.record.spans
        #expect(spans.map(\.kind) == [.model, .tool, .retrieval, .other, .tool])
        #expect(spans.map(\.duration) == [1_000_000, 5_000, nil, nil, nil])
        #expect(spans.map(\.failed) == [false, true, nil, false, nil])
        #expect(reader.name(spans[1].tool) == "search")
    }

    @Test func unknownFieldsAreKeptWhileTheyAreCategories() {
        var reader = LineReader()
        let prose = String(repeating: "x", count: 65)
        let line =
            "{\"latency_ms\":1,\"shard\":7,\"cold\":true,\"zone\":\"a\\u0062\",\"deep\":{\"a\":[1,{\"b\":\"}\"}]},"
            + "\"none\":null,\"empty\":\"\",\"prose\":\"\(prose)\",\"name\":\"n\",\"status\":\"ok\",\"corrected\":12,\"rating\":\"good\"}"
        #expect(reader.decode(line) == .record)
        let expected = [
            "shard": "7", "cold": "true", "zone": "ab", "name": "n", "status": "ok", "corrected": "12",
            "rating": "good",
        ]
        #expect(reader.attributes == expected)
    }

    @Test func attributesStayWithinTheirLimits() {
        var reader = LineReader()
        for index in 0..<300 {
            #expect(
                reader.decode("{\"latency_ms\":1,\"key\(index)\":\"v\",\"request_uid\":\"id-\(index)\"}") == .record)
        }
        #expect(reader.symbols.count(.attribute) < 64 + 128 + 2)
        #expect(reader.decode(#"{"latency_ms":1,"key999":"v","key5":"v","request_uid":"id-5"}"#) == .record)
        #expect(reader.attributes == ["key5": "v", "request_uid": "id-5"])
        #expect(reader.decode(#"{"latency_ms":1,"request_uid":"id-290","key5":"new"}"#) == .record)
        #expect(reader.attributes == ["key5": "new", "request_uid": "other"])
        let many = (0..<40).map { "\"key\($0)\":1" }.joined(separator: ",")
        #expect(reader.decode("{\"latency_ms\":1,\(many)}") == .record)
        #expect(reader.record.attributes.count == Record.maximumAttributes)
    }

    @Test func ofEqualKeysTheLastCounts() {
        var reader = LineReader()
        let line =
            #"{"latency_ms":1,"latency_ms":2,"model":"a","model":"b","x":1,"x":2,"tool_calls":[{}],"tool_calls":4,"steps":1,"steps":null}"#
        #expect(reader.decode(line) == .record)
        #expect(reader.record.latency == 2_000)
        #expect(reader.name(reader.record.values[.model]) == "b")
        #expect(reader.attributes == ["x": "2"])
        #expect(reader.record.toolCallCount == 4)
        #expect(reader.record.tools.isEmpty)
        #expect(reader.record.steps == nil)
    }

    @Test func keysMayBeEscaped() {
        #expect(record(#"{"latency\u005fms":5}"#).latency == 5_000)
    }
}
