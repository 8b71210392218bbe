import Telemetry
import Testing

@Suite struct TranscriptTests {
    private func line(_ type: String, _ second: Int, _ message: String, _ more: String = "") -> String {
        #"{"parentUuid":null,"isSidechain":false,"cwd":"/srv/shop","sessionId":"s-1","version":"2.1.63","type":"\#(type)","uuid":"u\#(second)","timestamp":"2026-03-01T22:38:\#(second < 10 ? "0" : "")\#(second).000Z","message":\#(message)\#(more)}"#
    }

    private func answer(_ second: Int, _ id: String, _ content: String, output: Int = 85, stop: String = "null")
        -> String
    {
        line(
            "assistant", second,
            #"{"id":"\#(id)","role":"assistant","model":"claude-sonnet-4-5","content":[\#(content)],"stop_reason":\#(stop),"usage":{"input_tokens":25,"cache_creation_input_tokens":100,"cache_read_input_tokens":1000,"output_tokens":\#(output)}}"#,
            #","requestId":"req_\#(id)""#)
    }

    private let text = #"{"type":"text","text":"hi"}"#
    private let use = #"{"type":"tool_use","id":"toolu_1","name":"Bash","input":{}}"#

    private func prompt(_ second: Int) -> String { line("user", second, #"{"role":"user","content":"please"}"#) }

    private func result(_ second: Int, isError: Bool) -> String {
        line(
            "user", second,
            #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"x","is_error":\#(isError)}]}"#
        )
    }

    @Test func aTurnIsARequest() throws {
        let lines = [
            prompt(0), answer(4, "m1", text), answer(5, "m1", use), result(8, isError: true),
            answer(12, "m2", text, stop: "\"end_turn\""), #"{"type":"summary","summary":"x","leafUuid":"u"}"#,
            prompt(20),
            answer(23, "m3", text), #"{"type":"file-history-snapshot","messageId":"m","snapshot":{}}"#,
        ]
        let reader = FormatReader(reading: lines.joined(separator: "\n"))
        #expect(reader.rejections.isEmpty)
        // A message that comes in two lines is counted once; the input includes what the cache gave.
        #expect(reader.totals == Totals(requests: 2, input: 3 * 1_125, output: 3 * 85, cached: 3_000, toolCalls: 1))
        let turn = reader.requests[0]
        #expect(turn.latency == 12_000_000)
        #expect(turn.steps == 2)
        #expect(turn.success == true)
        #expect(reader.name(turn.stopReason) == "stop")
        #expect(turn.tools.map { reader.name($0.name) } == ["Bash"])
        #expect(turn.tools.map(\.success) == [false])
        #expect(turn.tools.map(\.latency) == [3_000_000])
        // Each call to the model lasts from what was said to it until its last line.
        #expect(turn.spans.filter { $0.kind == .model }.map(\.duration) == [5_000_000, 4_000_000])
        #expect(reader.value(turn, .model) == "claude-sonnet-4-5")
        #expect(reader.value(turn, .agentVersion) == "2.1.63")
        #expect(reader.value(turn, .taskType) == "shop")
        #expect(reader.records[0].session == "s-1")
        #expect(reader.requests[1].latency == 3_000_000)
        #expect(reader.requests[0].spanHash != reader.requests[1].spanHash)
    }

    @Test func repeatedAndReplayedMessagesCountOnce() {
        let lines = [
            prompt(0), answer(4, "m1", text, output: 1), answer(5, "m1", text, output: 85), answer(6, "m2", text),
        ]
        let replay = [
            answer(4, "m1", text).replacing("\"isSidechain\":false", with: "\"isSidechain\":true").replacing(
                "req_m1", with: "req_other"),
            answer(7, "side", text).replacing("\"isSidechain\":false", with: "\"isSidechain\":true"),
        ]
        let reader = FormatReader(reading: (lines + replay).joined(separator: "\n"))
        #expect(reader.totals == Totals(requests: 1, input: 3 * 1_125, output: 3 * 85, cached: 3_000))
        #expect(reader.decoder.understanding.notes.contains { $0.hasPrefix("1 repeated") })
    }

    @Test func aFailureOfTheServiceIsAFailedRequest() throws {
        let error =
            #"API Error: 529 {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}"#
        let failure = line(
            "assistant", 9,
            #"{"id":"f","role":"assistant","model":"<synthetic>","content":[{"type":"text","text":"\#(error)"}],"usage":{"input_tokens":0,"output_tokens":0}}"#,
            #","isApiErrorMessage":true"#)
        let reader = FormatReader(
            reading: [prompt(0), failure, prompt(10), answer(11, "m", text)].joined(separator: "\n"))
        #expect(reader.requests.map(\.success) == [false, true])
        let record = try #require(reader.requests.first)
        #expect(reader.name(record.errorType) == "overloaded_error")
        #expect(record.statusCode == 529)
        #expect(record.latency == 9_000_000)
        #expect(reader.value(record, .model) == "")
    }

    @Test func aTurnIsOverSomeTimeAfterItsLastAnswer() {
        var reader = FormatReader()
        for line in [prompt(0), answer(4, "m1", use)] { reader.read(line) }
        let base: Int64 = 1_772_404_680_000_000  // 22:38:00
        reader.advance(to: base + 600_000_000)
        // A tool runs.
        #expect(reader.records.isEmpty)
        reader.read(result(8, isError: false))
        reader.read(answer(9, "m2", text, stop: "\"end_turn\""))
        reader.advance(to: base + 18_999_999)
        #expect(reader.records.isEmpty)
        reader.advance(to: base + 19_000_000)
        #expect(reader.records.count == 1)
        reader.finish()
        #expect(reader.records.count == 1)
    }

    @Test func answersWithoutAUserAreRequestsOfTheirOwn() {
        let old = (1...3).map { number in
            #"{"timestamp":"2026-01-09T1\#(number):00:00.000Z","sessionId":"a","message":{"role":"assistant","id":"m\#(number)","model":"claude-opus-4","usage":{"input_tokens":100,"output_tokens":50,"cache_creation_input_tokens":25,"cache_read_input_tokens":10}},"requestId":"r\#(number)","costUSD":0.12,"version":"1.0.0"}"#
        }
        let reader = FormatReader(reading: old.joined(separator: "\n"))
        #expect(reader.totals == Totals(requests: 3, input: 405, output: 150, cached: 30, cost: 360_000_000))
        #expect(reader.requests.allSatisfy { $0.latency == nil })
        // Nothing but usage.
        let bare = #"{"type":"assistant","message":{"usage":{"input_tokens":1000,"output_tokens":50}}}"#
        #expect(FormatReader(reading: bare + "\n" + bare).totals == Totals(requests: 2, input: 2000, output: 100))
    }

    // MARK: Codex

    private func codex(_ minute: Int, _ type: String, _ payload: String) -> String {
        #"{"timestamp":"2026-05-13T09:\#(minute < 10 ? "0" : "")\#(minute):00.000Z","type":"\#(type)","payload":\#(payload)}"#
    }

    private func tokens(_ minute: Int, last: (Int, Int, Int)?, total: (Int, Int, Int)) -> String {
        func usage(_ usage: (Int, Int, Int)) -> String {
            #"{"input_tokens":\#(usage.0),"cached_input_tokens":\#(usage.1),"output_tokens":\#(usage.2),"reasoning_output_tokens":1,"total_tokens":\#(usage.0 + usage.2)}"#
        }
        let lastText = last.map { "\"last_token_usage\":\(usage($0))," } ?? ""
        return codex(
            minute, "event_msg",
            "{\"type\":\"token_count\",\"info\":{\(lastText)\"total_token_usage\":\(usage(total))}}")
    }

    @Test func codexTurnsAreRequests() throws {
        let lines = [
            codex(
                0, "session_meta", #"{"id":"c-1","cwd":"/srv/shop","cli_version":"0.50.0","model_provider":"openai"}"#),
            codex(0, "turn_context", #"{"model":"gpt-5.2-codex","cwd":"/srv/shop"}"#),
            codex(1, "event_msg", #"{"type":"user_message","message":"go"}"#),
            codex(1, "event_msg", #"{"type":"token_count","info":null,"rate_limits":{}}"#),
            codex(2, "response_item", #"{"type":"function_call","name":"shell","arguments":"{}","call_id":"k"}"#),
            tokens(2, last: (1000, 250, 125), total: (1000, 250, 125)),
            // The same total again is no call.
            tokens(2, last: (1000, 250, 125), total: (1000, 250, 125)),
            codex(
                3, "response_item",
                #"{"type":"function_call_output","call_id":"k","output":"{\"output\":\"x\",\"metadata\":{\"exit_code\":2}}"}"#
            ),
            codex(4, "event_msg", #"{"type":"agent_message","message":"done"}"#),
            // Only the running total.
            tokens(4, last: nil, total: (1600, 450, 225)),
            codex(5, "event_msg", #"{"type":"task_complete"}"#),
            codex(9, "event_msg", #"{"type":"user_message","message":"more"}"#),
            // The total began again.
            tokens(10, last: nil, total: (70, 0, 7)),
        ]
        let reader = FormatReader(reading: lines.joined(separator: "\n"))
        #expect(reader.rejections.isEmpty)
        #expect(reader.totals == Totals(requests: 2, input: 1_670, output: 232, cached: 450, toolCalls: 1))
        let turn = try #require(reader.requests.first)
        #expect(turn.latency == 240_000_000)
        #expect(turn.steps == 2)
        #expect(turn.tools.map { reader.name($0.name) } == ["shell"])
        #expect(turn.tools.map(\.success) == [false])
        #expect(turn.tools.map(\.latency) == [60_000_000])
        #expect(reader.value(turn, .model) == "gpt-5.2-codex")
        #expect(reader.value(turn, .agentVersion) == "0.50.0")
        #expect(reader.records.map(\.session) == ["c-1", "c-1"])
        #expect(reader.decoder.recognised == [.codex: lines.count])
    }

    @Test func codexCallsWithoutAUserAreRequestsOfTheirOwn() {
        let lines = [
            codex(0, "turn_context", #"{"model":"gpt-5.2-codex"}"#),
            tokens(1, last: (1000, 250, 125), total: (1000, 250, 125)),
            tokens(50, last: (2500, 500, 300), total: (3500, 750, 425)),
        ]
        let reader = FormatReader(reading: lines.joined(separator: "\n"))
        #expect(reader.totals == Totals(requests: 2, input: 3_500, output: 425, cached: 750))
        #expect(reader.requests.map(\.latency) == [60_000_000, nil])
    }

    @Test func helpersSideBySideKeepTheirToolCalls() {
        func side(_ line: String) -> String { line.replacing("\"isSidechain\":false", with: "\"isSidechain\":true") }
        func call(_ id: String) -> String { #"{"type":"tool_use","id":"\#(id)","name":"Grep","input":{}}"# }
        let lines = [
            prompt(0), answer(1, "m1", use), side(answer(2, "a", text)), side(answer(3, "b", text)),
            side(answer(4, "a", call("toolu_a"))), side(answer(5, "b", call("toolu_b"))),
            // Told again by a helper's copy.
            side(answer(6, "m1", use)), side(answer(7, "a", call("toolu_a"))), result(8, isError: false),
            answer(9, "m2", text),
        ]
        let reader = FormatReader(reading: lines.joined(separator: "\n"))
        #expect(reader.totals == Totals(requests: 1, input: 4 * 1_125, output: 4 * 85, cached: 4_000, toolCalls: 3))
    }

    @Test func aSessionTakenUpInAnotherFileCountsItsHistoryOnce() {
        let seen = SeenMessages()
        let symbols = SymbolTable()
        let lines = [prompt(0), answer(1, "m1", use), result(2, isError: true), answer(3, "m2", text)]
        let more = [prompt(10), answer(12, "m3", text)]
        var totals = Totals()
        for file in [lines, lines.map { $0.replacing("s-1", with: "s-2") } + more] {
            var reader = FormatReader(symbols: symbols)
            reader.decoder = LineDecoder(symbols: symbols, seen: seen)
            for line in file { reader.read(line) }
            reader.finish()
            totals.requests += reader.totals.requests
            totals.input += reader.totals.input
            totals.toolCalls += reader.totals.toolCalls
        }
        #expect(totals == Totals(requests: 2, input: 3 * 1_125, toolCalls: 1))
    }

    @Test func aTurnThatMayGoOnIsHeld() {
        var reader = FormatReader()
        reader.read(prompt(0))
        #expect(reader.decoder.heldTraces == 0)
        reader.read(answer(1, "m1", text, stop: "\"end_turn\""))
        #expect(reader.decoder.heldTraces == 1)
        reader.advance(to: 1_900_000_000_000_000)
        #expect(reader.decoder.heldTraces == 0)
        #expect(reader.totals.requests == 1)
    }
}
