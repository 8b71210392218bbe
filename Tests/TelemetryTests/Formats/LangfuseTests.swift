import Telemetry
import Testing

@Suite struct LangfuseTests {
    static let root =
        #"{"id":"r","traceId":"t1","startTime":"2025-08-22T09:38:55.000Z","endTime":"2025-08-22T09:39:00.000Z","parentObservationId":null,"type":"AGENT","name":"planner","level":"DEFAULT","usageDetails":{"input":0,"output":0},"totalCost":0}"#
    static let generation =
        #"{"id":"g1","traceId":"t1","startTime":"2025-08-22T09:38:57.089Z","endTime":"2025-08-22T09:38:58.832Z","parentObservationId":"r","type":"GENERATION","environment":"default","name":"ChatOpenAI","level":"DEFAULT","statusMessage":null,"model":"gpt-4o-2024-08-06","completionStartTime":"2025-08-22T09:38:57.589Z","promptName":"p","promptVersion":3,"latency":1.743,"usageDetails":{"input":108,"output":51,"total":159,"input_cache_read":8,"output_reasoning":0},"costDetails":{"total":0.000159},"totalCost":0.000159,"metadata":"{\"tags\":[\"a\"]}"}"#
    static let tool =
        #"{"id":"x","traceId":"t1","startTime":"2025-08-22T09:38:58.900Z","endTime":"2025-08-22T09:38:59.000Z","parentObservationId":"r","type":"TOOL","name":"search","level":"ERROR","statusMessage":"ValueError: no such table"}"#
    static let trace =
        #"{"id":"t1","name":"support","timestamp":"2025-08-22T09:38:55.000Z","environment":"prod","tags":["canary"],"release":"v2","version":null,"userId":"u","sessionId":"s","metadata":"{\"task_type\":\"sql\"}","latency":5.0,"scores":[{"id":"e1","name":"helpful","value":0.75,"source":"EVAL","dataType":"NUMERIC","timestamp":"2025-08-22T09:40:00.000Z"},{"id":"e2","name":"thumbs","value":1,"source":"ANNOTATION","dataType":"BOOLEAN","timestamp":"2025-08-22T09:41:00.000Z"}]}"#

    private func check(_ reader: FormatReader) throws {
        let record = try #require(reader.requests.first)
        #expect(reader.totals == Totals(requests: 1, input: 108, output: 51, cached: 8, cost: 159_000, toolCalls: 1))
        #expect(record.latency == 5_000_000)
        #expect(record.success == true)
        #expect(record.timeToFirstToken == 500_000)
        #expect(reader.value(record, .model) == "gpt-4o-2024-08-06")
        #expect(reader.value(record, .agent) == "planner")
        #expect(reader.value(record, .promptVersion) == "3")
        #expect(record.spans.map(\.kind) == [.model, .tool])
        #expect(record.tools.map(\.success) == [false])
        #expect(reader.rejections.isEmpty)
    }

    @Test func aTraceAsItIsDownloaded() throws {
        let observations = "[\(Self.root),\(Self.generation),\(Self.tool)]"
        let flat = Self.trace.dropLast() + ",\"observations\":\(observations)}"
        for text in [
            "{\"trace\":\(Self.trace),\"observations\":\(observations)}", String(flat), "[\(flat)]",
            "{\"data\":[\(flat)],\"meta\":{}}",
        ] {
            let reader = FormatReader(reading: text)
            try check(reader)
            let record = try #require(reader.requests.first)
            #expect(reader.value(record, .taskType) == "sql")
            #expect(reader.value(record, .agentVersion) == "v2")
            #expect(reader.value(record, .environment) == "prod")
            #expect(reader.value(record, .variant) == "canary")
            #expect(record.sessionHash == IdentifierHash.hash("s"))
            #expect(record.userHash == IdentifierHash.hash("u"))
            #expect(reader.records(.eval).map(\.evalScore) == [750_000])
            #expect(reader.records(.feedback).map(\.ratedPositive) == [true])
            #expect(reader.records.allSatisfy { $0.trace == "t1" })
            #expect(reader.decoder.recognised == [.langfuse: 1])
        }
    }

    @Test func aTracePrettyPrintedIsTheSame() throws {
        var lines = ["{", "  \"trace\":"]
        lines += [
            Self.trace + ",", "  \"observations\": [", Self.root + ",", Self.generation + ",", Self.tool, "  ]", "}",
        ]
        try check(FormatReader(reading: lines.joined(separator: "\n")))
    }

    @Test func linesOfTheBlobExportAreCollected() throws {
        let rows = [Self.generation, Self.tool, Self.root].map { row in
            var row = row
            for (key, snake) in [
                ("traceId", "trace_id"), ("startTime", "start_time"), ("endTime", "end_time"),
                ("parentObservationId", "parent_observation_id"), ("usageDetails", "usage_details"),
                ("totalCost", "total_cost"), ("completionStartTime", "completion_start_time"),
                ("promptVersion", "prompt_version"), ("promptName", "prompt_name"),
                ("\"model\"", "\"provided_model_name\""),
            ] { row = row.replacing(key, with: snake) }
            // Times without a zone.
            return row.replacing(/(\d)T(\d\d:\d\d:\d\d\.\d\d\d)Z/) { "\($0.1) \($0.2)000" }
        }
        try check(FormatReader(reading: rows.joined(separator: "\n")))
        try check(FormatReader(reading: rows.reversed().joined(separator: "\n")))
        // An older version of a row, a newer one, and a row that is deleted.
        let old =
            rows[0].replacing("\"input\":108", with: "\"input\":1").dropLast()
            + ",\"event_ts\":\"2025-08-22 09:39:00.000000\"}"
        let new = rows[0].dropLast() + ",\"event_ts\":\"2025-08-22 09:50:00.000000\"}"
        let deleted = rows[1].replacing("\"id\":\"x\"", with: "\"id\":\"y\"").dropLast() + ",\"is_deleted\":1}"
        for versions in [[old, new], [new, old]] {
            let text = versions.map(String.init) + [String(deleted)] + rows.dropFirst()
            try check(FormatReader(reading: text.joined(separator: "\n")))
        }
    }

    @Test func withSeveralRootsTheRequestLastsAsLongAsAll() {
        let first = Self.generation.replacing("\"parentObservationId\":\"r\"", with: "\"parentObservationId\":null")
        let second = Self.tool.replacing("\"parentObservationId\":\"r\"", with: "\"parentObservationId\":null")
        let reader = FormatReader(reading: [first, second].joined(separator: "\n"))
        #expect(reader.requests.map(\.latency) == [1_911_000])
        #expect(reader.requests.map(\.success) == [false])
        #expect(reader.name(reader.requests[0].errorType) == "ValueError")
    }

    @Test func scoresAloneAreEvaluationsAndFeedback() {
        func score(_ name: String, _ value: String, _ source: String) -> String {
            #"{"id":"\#(name)","timestamp":"2025-08-22 09:40:00.000","project_id":"p","trace_id":"t","observation_id":null,"name":"\#(name)","value":\#(value),"source":"\#(source)","data_type":"NUMERIC","string_value":null}"#
        }
        let reader = FormatReader(
            reading: [
                score("relevance", "0.5", "EVAL"), score("user-feedback", "0", "API"), score("quality", "0.25", "API"),
                score("stars", "5", "ANNOTATION"), score("length", "4000", "EVAL"),
            ].joined(separator: "\n"))
        #expect(reader.records.map(\.record.kind) == [.eval, .feedback, .eval, .feedback])
        #expect(reader.records.map(\.record.evalScore) == [500_000, nil, 250_000, nil])
        #expect(reader.records.map(\.record.ratedPositive) == [nil, false, nil, true])
    }

    /// Newer kits write parts that only together make the total.
    @Test(
        arguments: [
            (#"{"input":40,"output":31,"total":159,"input_cached_tokens":68,"output_reasoning_tokens":20}"#, 108, 51),
            (#"{"input":108,"output":51,"total":159,"input_cached_tokens":68,"output_reasoning_tokens":20}"#, 108, 51),
            (#"{"input":108,"output":51,"input_cached_tokens":68}"#, 108, 51),
            (#"{"input":8,"output":51,"input_cached_tokens":68}"#, 76, 51),
        ] as [(String, Int64, Int64)])
    func whetherPartsAreIncludedIsToldByTheTotal(usage: String, input: Int64, output: Int64) {
        let row = Self.generation.replacing(
            #"{"input":108,"output":51,"total":159,"input_cache_read":8,"output_reasoning":0}"#, with: usage)
        let reader = FormatReader(reading: row)
        #expect(reader.totals.input == input)
        #expect(reader.totals.output == output)
        #expect(reader.totals.cached == 68)
    }

    @Test func aListOfTracesNamesItsObservations() {
        let row = Self.trace.dropLast() + #","totalCost":0.25,"observations":["r","g1","x"]}"#
        let reader = FormatReader(reading: String(row))
        #expect(reader.totals == Totals(requests: 1, cost: 250_000_000))
        // What was said about a request comes after it.
        #expect(reader.records.map(\.record.kind) == [.request, .eval, .feedback])
    }

    @Test func aDescribedTraceWithoutObservationsIsARequest() {
        let row =
            #"{"id":"t9","project_id":"p","name":"lone","timestamp":"2025-08-22 09:38:55.000000","tags":[],"session_id":"s"}"#
        let score =
            #"{"id":"e9","trace_id":"t9","name":"helpful","value":0.5,"source":"EVAL","data_type":"NUMERIC","timestamp":"2025-08-22 09:40:00.000000"}"#
        let reader = FormatReader(reading: row + "\n" + score)
        #expect(reader.totals == Totals(requests: 1))
        #expect(reader.records.map(\.record.kind) == [.request, .eval])
        #expect(reader.requests.map { reader.value($0, .taskType) } == ["lone"])
    }
}
