import Telemetry
import Testing

@Suite struct AgentLogTests {
    private func log(_ body: String, _ time: Int, _ attributes: [(String, String)]) -> String {
        let list = attributes.map { "{\"key\":\"\($0.0)\",\"value\":\($0.1)}" }.joined(separator: ",")
        return
            "{\"resourceLogs\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"claude-code\"}},"
            + "{\"key\":\"experiment.group\",\"value\":{\"stringValue\":\"control\"}}]},\"scopeLogs\":[{\"logRecords\":["
            + "{\"timeUnixNano\":\"\(1_795_000_000 + time)000000000\",\"body\":{\"stringValue\":\"\(body)\"},\"attributes\":[\(list)]}]}]}]}"
    }

    private func text(_ text: String) -> String { "{\"stringValue\":\"\(text)\"}" }

    @Test func claudeCodesEventsAreRequestsAndToolResults() throws {
        let common = [("session.id", text("s-1")), ("prompt.id", text("p-1")), ("user.account_uuid", text("u-1"))]
        let lines = [
            log("claude_code.user_prompt", 0, common + [("event.name", text("user_prompt"))]),
            log(
                "claude_code.api_request", 2,
                common + [
                    ("event.name", text("api_request")), ("event.sequence", "{\"intValue\":\"1\"}"),
                    ("model", text("claude-sonnet-4-5")),
                    ("cost_usd", text("0.0125")), ("duration_ms", text("1500")), ("input_tokens", text("10")),
                    ("output_tokens", text("40")), ("cache_read_tokens", text("1000")),
                    ("cache_creation_tokens", text("200")),
                ]),
            log(
                "claude_code.tool_result", 3,
                common + [
                    ("tool_name", text("Bash")), ("success", text("false")), ("duration_ms", "{\"intValue\":\"250\"}"),
                ]),
            log(
                "claude_code.api_error", 4,
                common + [
                    (
                        "error",
                        text("529 {\\\"type\\\":\\\"error\\\",\\\"error\\\":{\\\"type\\\":\\\"overloaded_error\\\"}}")
                    ),
                    ("status_code", text("529")), ("duration_ms", text("90")), ("model", text("claude-sonnet-4-5")),
                ]),
        ]
        let reader = FormatReader(reading: lines.joined(separator: "\n"))
        #expect(
            reader.totals == Totals(requests: 2, failures: 1, input: 1_210, output: 40, cached: 1_000, cost: 12_500_000)
        )
        let request = try #require(reader.requests.first)
        #expect(request.latency == 1_500_000)
        #expect(request.cacheWriteTokens == 200)
        #expect(reader.value(request, .model) == "claude-sonnet-4-5")
        #expect(reader.value(request, .variant) == "control")
        #expect(request.sessionHash == IdentifierHash.hash("s-1"))
        #expect(request.userHash == IdentifierHash.hash("u-1"))
        #expect(reader.records[0].trace == "p-1")
        #expect(reader.name(reader.requests[1].errorType) == "overloaded_error")
        #expect(ErrorClass.classify(errorType: "overloaded_error", statusCode: 529) == .serviceUnavailable)
        let tool = try #require(reader.records(.span).first)
        #expect(tool.span.kind == .tool)
        #expect(reader.name(tool.span.tool) == "Bash")
        #expect(tool.span.failed == true)
        #expect(tool.span.duration == 250_000)
        // Events of one prompt are told apart.
        #expect(Set(reader.records.map(\.record.spanHash)).count == 3)
        // Sent again they are the same.
        let twice = FormatReader(reading: (lines + lines).joined(separator: "\n"))
        #expect(Set(twice.records.map(\.record.spanHash)).count == 3)
    }

    @Test func codexCountsARequestOnceItsStreamIsComplete() {
        let common = [("conversation.id", text("c-1")), ("model", text("gpt-5.2-codex"))]
        let lines = [
            log(
                "codex.api_request", 1,
                common + [("duration_ms", text("800")), ("http.response.status_code", "{\"intValue\":\"200\"}")]),
            log("codex.sse_event", 2, common + [("event.kind", text("response.created"))]),
            log(
                "codex.sse_event", 3,
                common + [
                    ("event.kind", text("response.completed")), ("input_token_count", "{\"intValue\":\"100\"}"),
                    ("output_token_count", "{\"intValue\":\"30\"}"), ("cached_token_count", "{\"intValue\":\"60\"}"),
                ]),
            log(
                "codex.api_request", 5,
                common + [
                    ("duration_ms", text("20")), ("http.response.status_code", "{\"intValue\":\"429\"}"),
                    ("error.message", text("slow down")),
                ]),
        ]
        let reader = FormatReader(reading: lines.joined(separator: "\n"))
        #expect(reader.totals == Totals(requests: 2, failures: 1, input: 100, output: 30, cached: 60))
        #expect(reader.requests.map(\.latency) == [800_000, 20_000])
        #expect(reader.requests.last?.statusCode == 429)
    }

    @Test func geminisThoughtsAreOutput() {
        let reader = FormatReader(
            reading: log(
                "gemini_cli.api_response", 1,
                [
                    ("model", text("gemini-2.5-pro")), ("duration_ms", "{\"intValue\":\"700\"}"),
                    ("input_token_count", "{\"intValue\":\"50\"}"),
                    ("output_token_count", "{\"intValue\":\"8\"}"), ("thoughts_token_count", "{\"intValue\":\"12\"}"),
                    ("cached_content_token_count", "{\"intValue\":\"20\"}"), ("prompt_id", text("p")),
                ]))
        #expect(reader.totals == Totals(requests: 1, input: 50, output: 20, cached: 20))
    }
}
