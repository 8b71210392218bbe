import Foundation
import Telemetry
import Testing

@Suite struct LiteLLMTests {
    @Test func theWritersLinesEqualAnIndependentCount() throws {
        let text = try fixture("litellm-1.106.2-standard-logging.jsonl")
        let lines = try independent(text)
        var expected = Totals()
        for line in lines {
            expected.requests += 1
            let failed = line["status"] as? String == "failure"
            expected.failures += failed ? 1 : 0
            expected.input += try #require(line["prompt_tokens"] as? NSNumber).int64Value
            expected.output += try #require(line["completion_tokens"] as? NSNumber).int64Value
            expected.cost += Int64((try #require(line["response_cost"] as? NSNumber).doubleValue * 1e9).rounded())
        }
        let reader = FormatReader(reading: text)
        #expect(reader.totals == expected)
        #expect(reader.requests.map(\.latency) == [1_004, 243_161, 437_856])
        // Streamed: `response_time` would have been the time to the first token.
        #expect(reader.requests.map(\.timeToFirstToken) == [nil, nil, 144_700])
        #expect(reader.requests.map { reader.name($0.errorType) } == ["RateLimitError", "", ""])
        #expect(reader.requests.map(\.statusCode) == [429, nil, nil])
        // A failure's 0.0 is not known, and not free.
        #expect(reader.requests.map(\.cost) == [nil, 225_000, 60_000])
        #expect(reader.requests.map { reader.value($0, .variant) } == ["", "canary", ""])
        #expect(reader.requests.map { reader.name($0.stopReason) } == ["", "stop", "stop"])
        #expect(reader.requests.map { reader.value($0, .model) } == ["gpt-4o", "gpt-4o", "gpt-4o"])
        #expect(reader.records.map(\.trace) == lines.map { $0["trace_id"] as? String ?? "" })
        #expect(reader.requests.allSatisfy { $0.sessionHash == 0 })
        #expect(reader.requests[1].userHash == IdentifierHash.hash("end-user-1"))
        #expect(reader.requests.map(\.time) == [1_795_216_171_302_473, 1_795_216_171_296_669, 1_795_216_171_760_928])
    }

    @Test func anArrayIsReadOnOneLineAndOverMany() throws {
        let text = try fixture("litellm-1.106.2-standard-logging.jsonl")
        let symbols = SymbolTable()
        let first = FormatReader(reading: text, symbols: symbols).records
        let lines = text.split(separator: "\n")
        let one = "[" + lines.joined(separator: ", ") + "]"
        #expect(FormatReader(reading: one, symbols: symbols).records == first)
        let perLine = "[\n" + lines.joined(separator: ",\n") + "\n]"
        let reader = FormatReader(reading: perLine, symbols: symbols)
        #expect(reader.records == first)
        #expect(reader.rejections.isEmpty)
        let objects = try independent(text)
        let data = try JSONSerialization.data(withJSONObject: objects, options: [.prettyPrinted, .sortedKeys])
        let pretty = FormatReader(reading: String(decoding: data, as: UTF8.self), symbols: symbols)
        #expect(pretty.rejections.isEmpty)
        #expect(pretty.totals.requests == 3)
        #expect(pretty.totals.input == 18)
        #expect(pretty.records.map(\.trace) == first.map(\.trace))
    }

    private func call(_ more: String) -> String {
        "{\"litellm_call_id\":\"c\",\"trace_id\":\"t\",\"startTime\":1795216171.5,\"endTime\":1795216172.25,\"status\":\"success\","
            + "\"error_information\":{\"error_code\":\"\",\"error_class\":\"\"},\"prompt_tokens\":100,\"completion_tokens\":5,"
            + "\"response_cost\":0.5\(more)}"
    }

    @Test func aCacheHitCostsWhatTheRecordSaysElseNothing() {
        for hit in ["true", "\"True\"", "false", "null"] {
            #expect(FormatReader(reading: call(",\"cache_hit\":\(hit)")).requests.first?.cost == 500_000_000)
            let unpriced = call(",\"cache_hit\":\(hit)").replacing(
                "\"response_cost\":0.5", with: "\"response_cost\":null")
            let isHit = hit.lowercased().contains("true")
            #expect(FormatReader(reading: unpriced).requests.first?.cost == (isHit ? 0 : nil))
        }
    }

    @Test func spendLogsHaveTheirMetadataInAText() {
        let row =
            #"{"request_id":"r","call_type":"acompletion","spend":0.25,"prompt_tokens":100,"completion_tokens":5,"startTime":"2026-11-20T10:00:00.000+00:00","endTime":"2026-11-20T10:00:02.000+00:00","status":"success","metadata":"{\"usage_object\":{\"prompt_tokens_details\":{\"cached_tokens\":64},\"completion_tokens_details\":{\"reasoning_tokens\":2}}}"}"#
        let reader = FormatReader(reading: row)
        #expect(reader.totals == Totals(requests: 1, input: 100, output: 5, cached: 64, cost: 250_000_000))
        #expect(reader.requests.first?.reasoningTokens == 2)
        #expect(reader.requests.first?.latency == 2_000_000)
    }

    @Test func retriesOfOneTraceAreCallsOfTheirOwn() {
        let other = call("").replacingOccurrences(of: "\"c\"", with: "\"d\"")
        let reader = FormatReader(reading: [call(""), other, call("")].joined(separator: "\n"))
        #expect(Set(reader.requests.map(\.traceHash)).count == 1)
        // The line that was written twice can be told.
        #expect(Set(reader.requests.map(\.spanHash)).count == 2)
    }

    @Test func whatOnlyDetailsSay() throws {
        let more =
            #","session_id":"s","end_user":"u","request_tags":["x","variant:blue"],"metadata":{"usage_object":{"prompt_tokens_details":{"cached_tokens":64},"completion_tokens_details":{"reasoning_tokens":3}},"requester_metadata":{"task_type":"sql"}},"status_fields":{"guardrail_status":"guardrail_intervened"},"response":{"choices":[{"finish_reason":"tool_calls","message":{"tool_calls":[{"function":{"name":"search"}},{"function":{"name":"fetch"}}]}}]}"#
        let reader = FormatReader(reading: call(more))
        let record = try #require(reader.requests.first)
        #expect(record.cachedInputTokens == 64)
        #expect(record.reasoningTokens == 3)
        #expect(reader.value(record, .variant) == "blue")
        #expect(reader.value(record, .taskType) == "sql")
        #expect(record.flags == .guardrailBlock)
        #expect(record.toolCallCount == 2)
        #expect(record.tools.map { reader.name($0.name) } == ["search", "fetch"])
        #expect(reader.records[0].session == "s")
        #expect(record.userHash == IdentifierHash.hash("u"))
    }
}
