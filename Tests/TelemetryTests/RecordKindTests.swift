import Telemetry
import Testing

@Suite struct RecordKindTests {
    /// A line of each kind, without `type`.
    static let lines: [(RecordKind, String)] = [
        (.request, #""latency_ms":5"#), (.request, #""duration_ms":5"#), (.request, #""input_tokens":5"#),
        (.request, #""output_tokens":5"#), (.request, #""success":false"#), (.request, #""error_type":"timeout""#),
        (.request, #""latency_ms":null,"success":null"#),
        (.span, #""span_id":"s","start_time":1"#), (.outcome, #""trace_id":"t","outcome":"corrected""#),
        (.feedback, #""trace_id":"t","score":1"#), (.feedback, #""trace_id":"t","rating":3"#),
        (.eval, #""eval_score":0.5"#), (.deploy, #""deployed_version":"v2""#),
        (.fallback, #""fallback_action":"ask_user""#), (.queue, #""queue_depth":3"#),
        (.snapshot, #""window_s":60,"requests":5"#),
    ]

    @Test(arguments: lines)
    func aKindIsKnownByItsKeys(kind: RecordKind, fields: String) {
        #expect(record("{\(fields)}").kind == kind)
        // Of several kinds' keys the first kind of the table counts, wherever they stand.
        #expect(record("{\"latency_ms\":1,\(fields)}").kind == kind)
        // Null is absent.
        let nulls = #""eval_score":null,"queue_depth":null,"deployed_version":null,"outcome":null,"score":null,"#
        #expect(record("{\(nulls)\"trace_id2\":1,\(fields)}").kind == kind)
    }

    @Test(arguments: lines)
    func typeNamesTheKindWhereverItStands(kind: RecordKind, fields: String) {
        #expect(record("{\"type\":\"\(kind)\",\(fields)}").kind == kind)
        #expect(record("{\(fields),\"type\":\"\(kind)\"}").kind == kind)
        #expect(record("{\"latency_ms\":1,\"type\":\"request\",\"queue_depth\":3}").kind == .request)
    }

    @Test func theOrderOfKindsIsTheTables() {
        let all = Self.lines.map(\.1).joined(separator: ",")
        #expect(record("{\(all)}").kind == .snapshot)
        #expect(record(#"{"trace_id":"t","outcome":"copied","score":1,"latency_ms":3}"#).kind == .feedback)
        #expect(record(#"{"span_id":"s","start_time":1,"trace_id":"t","outcome":"copied"}"#).kind == .outcome)
        #expect(record(#"{"span_id":"s","start_time":1,"latency_ms":5}"#).kind == .span)
        #expect(record(#"{"score":1,"latency_ms":5}"#).kind == .request)
    }

    @Test func aForeignTypeDecidesNothingAndIsKept() {
        var reader = LineReader()
        #expect(reader.decode(#"{"type":"completion","latency_ms":5}"#) == .record)
        #expect(reader.record.kind == .request)
        #expect(reader.attributes == ["type": "completion"])
    }

    @Test(arguments: [
        ("snapshot", "window_s"), ("deploy", "deployed_version"), ("fallback", "fallback_action"),
        ("queue", "queue_depth"),
        ("eval", "eval_score"), ("feedback", "score"),
    ])
    func aKindWithoutItsEssenceIsRejected(type: String, field: String) {
        #expect(reason("{\"type\":\"\(type)\",\"latency_ms\":1}").contains(field))
    }

    @Test func linesOfNoKindSayWhatWasLookedFor() {
        #expect(reason("{}").hasPrefix("no field of a record found"))
        #expect(reason(#"{"a":1,"trace_id":"t","timestamp":5}"#).hasPrefix("no field of a record found"))
        #expect(reason(#"{"resourceSpans":[]}"#).contains("OTLP"))
        #expect(reason(#"{"id":"x","litellm_call_id":"y"}"#).contains("LiteLLM"))
        #expect(reason(#"{"parentUuid":null,"type":"assistant"}"#).contains("transcript"))
    }

    @Test func feedbackAndOutcome() {
        #expect(record(#"{"trace_id":"t","score":1}"#).ratedPositive == true)
        #expect(record(#"{"trace_id":"t","score":0}"#).ratedPositive == false)
        for (rating, positive) in [(1, false), (2, false), (3, nil), (4, true), (5, true)] as [(Int, Bool?)] {
            #expect(record("{\"trace_id\":\"t\",\"rating\":\(rating)}").ratedPositive == positive)
        }
        var reader = LineReader()
        #expect(reader.decode(#"{"trace_id":"t","score":0,"failure_category":"wrong","comment":"secret"}"#) == .record)
        #expect(reader.name(reader.record.feedbackCategory) == "wrong")
        #expect(reader.attributes.isEmpty)
        let outcome = record(
            #"{"trace_id":"t","outcome":{"corrected":true,"copied":false,"x":[1]},"followed_up":true}"#)
        #expect(outcome.corrected == true)
        #expect(outcome.copied == false)
        #expect(outcome.followedUp == true)
        #expect(outcome.accepted == nil)
        #expect(record(#"{"trace_id":"t","outcome":["abandoned","rephrased"]}"#).abandoned == true)
        #expect(reason(#"{"trace_id":"t","outcome":"resolved"}"#).hasPrefix("outcome has an unknown value"))
    }

    @Test func evalFallbackAndQueue() {
        var reader = LineReader()
        #expect(reader.decode(#"{"eval_score":0.85,"name":"relevance","label":"pass"}"#) == .record)
        #expect(reader.record.evalScore == 850_000)
        #expect(reader.name(reader.record.evalName) == "relevance")
        #expect(reader.name(reader.record.evalLabel) == "pass")
        #expect(reader.decode(#"{"fallback_action":"reroute","reason":"slow","helped":false}"#) == .record)
        #expect(reader.name(reader.record.fallbackAction) == "reroute")
        #expect(reader.record.fallbackHelped == false)
        #expect(reader.attributes == ["reason": "slow"])
        #expect(reader.decode(#"{"queue":"human_review","queue_depth":14}"#) == .record)
        #expect(reader.name(reader.record.queue) == "human_review")
        #expect(reader.record.queueDepth == 14)
        #expect(reader.record.evalScore == nil)
    }

    @Test func aDeployKeepsItsTexts() throws {
        let line =
            #"{"deployed_version":"v2.4\u001b[2J","prompt_hash":"a9f2","model":"gpt-4o","variant":"canary","percent":2.5,"#
            + #""eval_score":0.9,"note":"first \"try\"","rollback_command":"deployctl rollback v2.3"}"#
        let deploy = try #require(record(line).deploy)
        #expect(deploy.version == "v2.4·[2J")
        #expect(deploy.promptHash == "a9f2")
        #expect(deploy.model == "gpt-4o")
        #expect(deploy.variant == "canary")
        #expect(deploy.percent == 2.5)
        #expect(deploy.evalScore == 0.9)
        #expect(deploy.note == "first \"try\"")
        #expect(deploy.rollbackCommand == "deployctl rollback v2.3")
        #expect(record(#"{"latency_ms":1}"#).deploy == nil)
    }

    @Test func aHistogramMayTellItsSumAndExtremes() throws {
        let line = { (rest: String) in
            #"{"type":"snapshot","window_s":60,"requests":1,"latency_histogram":{"scale":6,"offset":1,"counts":[1]\#(rest)}}"#
        }
        let told = try #require(record(line(#","sum":12.5,"min":0.25,"max":1e1"#)).aggregate?.latencyHistogram)
        #expect(told.sum == 12_500 && told.minimum == 250 && told.maximum == 10_000)
        for rest in ["", #","sum":null,"min":null,"max":null"#] {
            let silent = try #require(record(line(rest)).aggregate?.latencyHistogram)
            #expect(silent.sum == nil && silent.minimum == nil && silent.maximum == nil)
        }
        var reader = LineReader()
        for rest in [#","sum":"x""#, #","max":-1"#] {
            #expect(reader.decode(line(rest)) != .record)
        }
    }

    @Test func aSnapshotIsReadWhole() throws {
        var reader = LineReader()
        #expect(reader.decode(sampleLines[8]) == .record)
        let aggregate = try #require(reader.record.aggregate)
        #expect(aggregate.duration == 60_000_000)
        #expect(aggregate.requests == 100)
        #expect(aggregate.errors.map { (reader.name($0.key), $0.value) }.contains { $0 == ("timeout", 3) })
        #expect(aggregate.latencyPercentiles == ["p50": 1_200_500, "p95": 4_000_000])
        #expect(aggregate.latencyHistogram?.scale == 6)
        #expect(aggregate.latencyHistogram?.offset == 600)
        #expect(aggregate.latencyHistogram?.counts == [1, 2, 3])
        #expect(aggregate.inputTokens == 1_000)
        #expect(aggregate.outputTokens == 200)
        #expect(aggregate.cost == 1_250_000_000)
        #expect(aggregate.toolCalls.map { (reader.name($0.key), $0.value) }.contains { $0 == ("search", 40) })
        #expect(aggregate.sentimentMean == -0.25)
        #expect(aggregate.qualityMean == nil)
        let zeros = Array(repeating: "0", count: 5_000).joined(separator: ",")
        #expect(
            reason("{\"window_s\":1,\"requests\":1,\"latency_histogram\":{\"counts\":[\(zeros)]}}").contains("buckets"))
        #expect(reason(#"{"window_s":0,"requests":1}"#).contains("window_s"))
        #expect(reason(#"{"window_s":60,"requests":1,"latency_histogram":{"scale":99}}"#).contains("latency_histogram"))
    }

    @Test func aSpanTellsItsKindAndItsFailure() {
        var reader = LineReader()
        #expect(reader.decode(sampleLines[1]) == .record)
        #expect(reader.record.kind == .span)
        #expect(reader.record.span.kind == .tool)
        #expect(reader.record.span.failed == true)
        #expect(reader.record.success == false)
        #expect(reader.record.span.duration == 1_250_000)
        #expect(reader.name(reader.record.span.tool) == "search")
        #expect(reader.attributes == ["k": "1"])
        let model =
            #"{"span_id":"s","start_time":1,"operation_name":"llm_call","status":"OK","#
            + #""attributes":{"model":"gpt-4o","input_tokens":7,"stop_reason":"end_turn"}}"#
        #expect(reader.decode(model) == .record)
        #expect(reader.record.span.kind == .model)
        #expect(reader.record.span.failed == false)
        #expect(reader.record.inputTokens == 7)
        #expect(reader.name(reader.record.stopReason) == "end_turn")
        #expect(reader.name(reader.record.values[.model]) == "gpt-4o")
    }
}
