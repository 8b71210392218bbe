import Telemetry
import Testing

/// Whatever a decoder has learned from the lines before, a line means what a new decoder finds in it.
@Suite struct SteadyPathTests {
    /// Results and summaries of a line by a decoder that has read others, and by a new one.
    private func expectSame(_ reader: inout LineReader, _ line: [UInt8], after: String, _ label: String = "") {
        var other = LineReader()
        let result = reader.decode(line, after: after)
        let expected = other.decode(line, after: "\n")
        let text = "\(label) \(String(decoding: line, as: UTF8.self))"
        #expect(result == expected, "\(text)")
        if case .record = expected { #expect(reader.summary == other.summary, "\(text)") }
    }

    private static let steadyLines =
        sampleLines + [
            #"{"trace_id":"5c1e0b7a00112233","timestamp":"2026-03-10T00:00:00.005Z","session_id":"s_00aa11bb","user_id":"user-17","model":"claude-sonnet-4-6","agent_version":"v2.3.1","variant":"control","task_type":"product_question","latency_ms":1102.3,"ttft_ms":350,"input_tokens":1812,"output_tokens":164,"cached_input_tokens":20,"cost_usd":0.012345,"success":true,"error_type":null}"#,
            #"{"trace_id": "a", "start_time": "2026-03-10T00:00:00.005Z", "end_time": "2026-03-10T00:00:01.5Z", "status_code": 200, "cached_input_tokens": 7, "steps": 3, "stop_reason": "end_turn", "sentiment": -0.25, "feature_flags": ["x", "y"], "spans": [{"operation_name": "llm_call", "duration_ms": 5}]}"#,
        ]

    @Test(arguments: steadyLines)
    func everyPrefixOfALearnedLineIsJudgedAsIfAlone(line: String) {
        var reader = LineReader()
        let bytes = Array(line.utf8)
        for _ in 0..<4 { #expect(reader.decode(bytes) == .record) }
        for count in 0...bytes.count {
            // What stands behind is what would have come, or the next line.
            let rest = String(decoding: bytes[count...], as: UTF8.self)
            expectSame(&reader, Array(bytes[..<count]), after: rest + "\n", "\(count) cut:")
            expectSame(&reader, Array(bytes[..<count]), after: "\n" + line, "\(count) ended:")
        }
    }

    @Test(arguments: steadyLines)
    func oneOddByteInALearnedLineIsJudgedAsIfAlone(line: String) {
        var learned = LineReader()
        let bytes = Array(line.utf8)
        for _ in 0..<4 { #expect(learned.decode(bytes) == .record) }
        for place in bytes.indices {
            for odd in [UInt8(ascii: " "), UInt8(ascii: "\""), UInt8(ascii: "0"), UInt8(ascii: "\\"), 0x01, 0xFF] {
                var changed = bytes
                changed[place] = odd
                // A copy: a decoder keeps only so many names of attributes.
                var reader = learned
                expectSame(&reader, changed, after: "\n", "\(place):")
            }
        }
    }

    @Test func linesInAnyOrderAndSpacingMeanTheSame() {
        var generator = SeededGenerator(3)
        var reader = LineReader()
        let fields = [
            #""trace_id""#: #""t-1""#, #""latency_ms""#: "12.5", #""model""#: #""gpt-4o""#, #""cost_usd""#: "0.25",
            #""success""#: "false", #""error_type""#: #""timeout""#, #""zone""#: #""eu-west""#,
            #""meta""#: #"{"a":[1]}"#,
            #""timestamp""#: #""2026-03-10T00:00:59.999Z""#, #""input_tokens""#: "7",
        ].sorted { $0.key < $1.key }
        var first: [String]?
        for _ in 0..<300 {
            let colon = [":", ": ", " : ", ":  "].randomElement(using: &generator) ?? ""
            let comma = [",", ", ", " ,", ",\t"].randomElement(using: &generator) ?? ""
            let members = fields.shuffled(using: &generator).map { $0.key + colon + $0.value }
            #expect(reader.decode("{" + members.joined(separator: comma) + "}") == .record)
            first = first ?? reader.summary
            #expect(reader.summary == first)
        }
    }

    @Test func nothingOfALineStaysInTheNextOne() {
        var fresh = LineReader()
        #expect(fresh.decode(#"{"latency_ms":1}"#) == .record)
        for line in Self.steadyLines {
            var reader = LineReader()
            #expect(reader.decode(line) == .record)
            #expect(reader.decode(#"{"latency_ms":1}"#) == .record)
            #expect(reader.summary == fresh.summary, "\(line)")
        }
    }

    @Test func theLastOfEqualKeysWins() {
        var reader = LineReader()
        for _ in 0..<3 {
            let line =
                #"{"latency_ms":1,"latency_ms":null,"success":true,"success":false,"model":"a","model":null,"#
                + #""trace_id":"t","trace_id":"","input_tokens":5,"input_tokens":6}"#
            #expect(reader.decode(line) == .record)
            #expect(reader.record.latency == nil && reader.record.success == false)
            #expect(reader.record.values[.model].isAbsent && reader.record.values.present == 0)
            #expect(reader.record.traceHash == 0 && reader.record.traceText.isEmpty)
            #expect(reader.record.inputTokens == 6)
        }
    }

    @Test func namesOfEveryLengthAreToldApart() {
        var reader = LineReader()
        var symbols: Set<Symbol> = []
        for turn in 0..<3 {
            for count in 1...70 {
                for ending in ["x", "y"] {
                    let name = String(repeating: "n", count: count - 1) + ending
                    #expect(reader.decode(#"{"latency_ms":1,"model":"\#(name)","variant":"\#(name)"}"#) == .record)
                    let values = reader.record.values
                    #expect(reader.name(values[.model]) == name && reader.name(values[.variant]) == name)
                    #expect(values[.model] != values[.variant])
                    #expect(symbols.insert(values[.model]).inserted == (turn == 0))
                }
            }
        }
    }

    @Test func identifiersOfEveryLengthHaveTheHashOfTheirText() {
        var reader = LineReader()
        for count in 1...80 {
            let text = String(String(repeating: "0123456789abcdef-", count: 5).prefix(count))
            #expect(reader.decode(#"{"latency_ms":1,"trace_id":"\#(text)","user_id":"\#(text)"}"#) == .record)
            #expect(reader.record.traceHash == IdentifierHash.hash(text))
            #expect(reader.record.userHash == IdentifierHash.hash(text))
            #expect(reader.text(reader.record.traceText) == text)
        }
    }

    @Test func aMaskTellsTheDimensionsThatHaveAValue() {
        var reader = LineReader()
        #expect(reader.decode(#"{"latency_ms":1,"agent":"a","model":"m","locale":"de","error_type":"e"}"#) == .record)
        let places = [Telemetry.Dimension.agent, .model, .locale].map { UInt32(1) << UInt32($0.rawValue) }
        #expect(reader.record.values.present == places.reduce(0, |))
        for dimension in Telemetry.Dimension.ofRequest {
            #expect(reader.record.values[place: Int(dimension.rawValue)] == reader.record.values[dimension])
        }
    }
}
