import Telemetry
import Testing

@Suite struct MappedTests {
    @Test func aMapFindsNestedKeysAndUnits() throws {
        let map = try FieldMap(
            parsing:
                "latency_ms=duration.total:s, model=request.model.name,timestamp=t:ms,cost_usd=price:cents,error_type=err.kind,trace_id=a.b,stop_reason=choices.0.why"
        )
        let line =
            #"{"duration":{"total":1.25},"request":{"model":{"name":"m"}},"t":1795000000000,"price":"12.5","err":null,"a.b":"tr","choices":[{"why":"stop"}],"input_tokens":"7"}"#
        let reader = FormatReader(reading: line, map: map)
        let record = try #require(reader.requests.first)
        #expect(record.latency == 1_250_000)
        #expect(reader.value(record, .model) == "m")
        #expect(record.time == 1_795_000_000_000_000)
        #expect(record.cost == 125_000_000)
        #expect(record.errorType.isAbsent)
        #expect(reader.records[0].trace == "tr")
        #expect(reader.name(record.stopReason) == "stop")
        // Our own names need no map, and a number may stand in quotes.
        #expect(record.inputTokens == 7)
        #expect(reader.decoder.recognised == [.mapped: 1])
        #expect(
            reader.decoder.understanding.fields.contains {
                $0.field == "latency_ms" && $0.key == "duration.total" && $0.unit == "s" && !$0.isGuess
            })
    }

    @Test(arguments: [
        ("latency_ms", "FIELD=PATH"), ("", "empty map"), ("speed=x", "not a field"), ("latency_ms=", "not a path"),
        ("latency_ms=a..b", "not a path"), ("spans=x", "not a field"),
    ])
    func whyAMapIsNone(text: String, reason: String) {
        do throws(FieldMapError) {
            _ = try FieldMap(parsing: text)
            Issue.record("taken for a map")
        } catch {
            #expect(error.description.contains(reason))
        }
    }

    @Test func aNativeRecordIsCompletedByTheMap() throws {
        let map = try FieldMap(parsing: "variant=labels.arm")
        let line = #"{"trace_id":"t\"1","latency_ms":5,"labels":{"arm":"canary"},"tool_calls":[{"name":"search"}]}"#
        let reader = FormatReader(reading: line, map: map)
        let record = try #require(reader.requests.first)
        #expect(reader.value(record, .variant) == "canary")
        #expect(record.toolCallCount == 1)
        #expect(reader.records[0].trace == "t\"1")
    }

    @Test func likelyKeysAreGuessedAndReported() throws {
        let lines = [
            #"{"event":"launched","properties":{},"user_id":"u","time":1755100352}"#,
            #"{"event":"message_send","properties":{"main_model":"gemini/gemini-2.5-pro","prompt_tokens":10006,"completion_tokens":81,"total_tokens":10087,"cost":0.0133175,"total_cost":99.5},"user_id":"u","time":1755100406}"#,
            #"{"event":"exit","properties":{"reason":"x"},"user_id":"u","time":1755100410}"#,
        ]
        let reader = FormatReader(reading: lines.joined(separator: "\n"))
        // A running total beside the cost is not the cost.
        #expect(reader.totals == Totals(requests: 1, input: 10_006, output: 81, cost: 13_317_500))
        let record = try #require(reader.requests.first)
        #expect(reader.value(record, .model) == "gemini/gemini-2.5-pro")
        #expect(record.time == 1_755_100_406_000_000)
        #expect(record.success == nil)
        let fields = reader.decoder.understanding.fields
        #expect(
            fields.contains {
                $0.field == "input_tokens" && $0.key == "properties.prompt_tokens" && $0.isGuess
                    && $0.example == "10006"
            })
        #expect(reader.decoder.understanding.missing.contains("latency_ms"))
        // Events of other shapes beside requests are no mistakes; what comes before the first one is.
        #expect(reader.rejections.map(\.reason) == [.noRecordField])
    }

    @Test func arrivalsThatCountFromTheirBeginning() {
        let reader = FormatReader(
            reading: #"{"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47]}"#)
        #expect(reader.totals == Totals(requests: 1, input: 6_955, output: 52))
        #expect(reader.requests.first?.time == 27_482_000)
    }

    static let gateways: [(String, String)] = [
        (
            "Envoy",
            #"{"start_time":"2026-11-20T12:00:00.000Z","duration":"1297","response_code":"200","model":"m","prompt_tokens":"541","completion_tokens":"41","upstream":"-"}"#
        ),
        (
            "camel",
            #"{"createdAt":"2026-11-20T12:00:01.297Z","latencyMs":1297,"status":200,"modelName":"m","usage":{"promptTokens":541,"completionTokens":41}}"#
        ),
        (
            "nginx",
            #"{"time_iso8601":"2026-11-20T12:00:01.297Z","request_time":1.297,"status":"200","model":"m","usage":{"input_tokens":541,"output_tokens":41}}"#
        ),
        (
            "ns",
            #"{"ts":1795176001.297,"duration_ns":1297000000,"http_status":200,"request":{"model":"m"},"usage":{"input_tokens":541,"output_tokens":41}}"#
        ),
        (
            "seconds",
            #"{"@timestamp":"2026-11-20T12:00:01.297Z","latency_seconds":1.297,"success":"true","model":"m","tokens_in":541,"tokens_out":41}"#
        ),
    ]

    @Test(arguments: gateways)
    func gatewaysAreUnderstoodWithoutAMap(name: String, line: String) throws {
        let reader = FormatReader(reading: line)
        let record = try #require(reader.requests.first, "\(name)")
        #expect(record.latency == 1_297_000, "\(name)")
        #expect(record.inputTokens == 541, "\(name)")
        #expect(record.outputTokens == 41, "\(name)")
        #expect(record.success == true, "\(name)")
        #expect(record.time == 1_795_176_001_297_000, "\(name)")
        #expect(reader.value(record, .model) == "m", "\(name)")
        #expect(reader.decoder.understanding.fields.contains { $0.isGuess }, "\(name)")
        let asksForUnit = reader.decoder.understanding.notes.contains { $0.contains("names no unit") }
        #expect(asksForUnit == (name == "Envoy"))
    }

    @Test func nativeNamesBesideForeignOnesAreBothRead() {
        let line =
            #"{"trace_id":"t","timestamp":"2026-11-20T12:00:01Z","latency_ms":5,"prompt_tokens":10,"completion_tokens":3,"response_cost":0.25}"#
        let reader = FormatReader(reading: line + "\n" + line.replacing("\"t\"", with: "\"u\""))
        #expect(reader.totals == Totals(requests: 2, input: 20, output: 6, cost: 500_000_000))
        #expect(reader.records.map(\.trace) == ["t", "u"])
        #expect(reader.decoder.recognised == [.mapped: 2])
    }

    @Test func aDamagedNativeLineStaysOne() {
        for (line, reason) in [
            (#"{"latency_ms":"fast","input_tokens":5}"#, "latency_ms is not a number"),
            (#"{"success":"yes"}"#, "success is not true"),
            (#"{"a":1}"#, "no field of a record found"), (#"{"latency_ms":1,"model":["a"]}"#, "model is not a text"),
            (#"{"latency_ms":NaN}"#, "NaN"), ("[1,2]", "a JSON array"), ("42", "not JSON"),
        ] {
            let reader = FormatReader(reading: line)
            #expect(reader.records.isEmpty)
            #expect(
                reader.rejections.map(\.description).first?.hasPrefix(reason) == true
                    || reader.rejections.first?.description.contains(reason) == true, "\(line): \(reader.rejections)")
        }
    }
}
