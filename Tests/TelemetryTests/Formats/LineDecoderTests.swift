import Foundation
import Telemetry
import Testing

@Suite struct LineDecoderTests {
    @Test func nativeLinesAreReadAsTheNativeDecoderReadsThem() {
        let symbols = SymbolTable()
        var native = LineReader()
        for line in sampleLines {
            let reader = FormatReader(reading: line, symbols: symbols)
            #expect(native.decode(line) == .record)
            let record = reader.records.first?.record
            #expect(reader.records.count == 1)
            #expect(record?.kind == native.record.kind)
            #expect(record?.time == native.record.time)
            #expect(record?.latency == native.record.latency)
            #expect(record?.traceHash == native.record.traceHash)
            #expect(reader.records.first?.trace == native.text(native.record.traceText))
        }
    }

    @Test func aLongNativeStreamMayHaveOtherLines() throws {
        var reader = FormatReader()
        for number in 0..<1_500 {
            reader.read("{\"trace_id\":\"t\(number)\",\"timestamp\":1795000000,\"latency_ms\":5}")
        }
        reader.read(
            try #require(
                fixture("litellm-1.106.2-standard-logging.jsonl").split(separator: "\n").first.map(String.init)))
        reader.read("{\"latency_ms\":")
        reader.read("{\"latency_ms\":6}")
        #expect(reader.records.count == 1_502)
        #expect(reader.rejections.map(\.reason) == [.truncated])
        #expect(reader.decoder.recognised == [.native: 1_501, .litellm: 1])
        #expect(reader.records[1_400].trace == "t1400")
    }

    @Test func whatIsHeldIsNotForgottenBehindNativeLines() {
        var reader = FormatReader()
        reader.read(OTLPTraceTests.spans[4].line)
        for number in 0..<1_200 {
            reader.read("{\"trace_id\":\"t\(number)\",\"timestamp\":1795000000,\"latency_ms\":5}")
        }
        #expect(reader.records.count == 1_200)
        reader.advance(to: 1_795_000_012_100_000)
        #expect(reader.records.count == 1_201)
        // No time is too late.
        reader.read(
            SpanText(
                trace: "5b8efff798038103d269b633813fc60d", id: "00000000000000f1", start: 1_795_000_020_000,
                end: 1_795_000_021_000
            ).line)
        reader.advance(to: .max)
        #expect(reader.records.count == 1_202)
        reader.read(
            SpanText(
                trace: "5b8efff798038103d269b633813fc60e", id: "00000000000000f2", start: 1_795_000_020_000,
                end: 1_795_000_021_000
            ).line)
        reader.finish()
        #expect(reader.records.count == 1_203)
    }

    @Test func linesOfAllFormatsMayBeMixed() throws {
        let otlp = try fixture("traces-latest.jsonl").split(separator: "\n").map(String.init)
        let litellm = try fixture("litellm-1.106.2-standard-logging.jsonl").split(separator: "\n").map(String.init)
        let langfuse = [LangfuseTests.generation, LangfuseTests.tool, LangfuseTests.root]
        let gateway = MappedTests.gateways.map(\.1)
        let claude = [
            #"{"type":"assistant","sessionId":"s","message":{"id":"m","role":"assistant","usage":{"input_tokens":1,"output_tokens":2}}}"#
        ]
        let codex = [
            #"{"timestamp":"2026-05-13T09:01:00.000Z","type":"event_msg","payload":{"type":"token_count","info":{"last_token_usage":{"input_tokens":3,"output_tokens":4}}}}"#
        ]
        let all = otlp + litellm + langfuse + gateway + claude + codex + ["", "  ", sampleLines[0]]
        let expected = FormatReader(reading: all.joined(separator: "\n"))
        #expect(expected.rejections.isEmpty)
        #expect(expected.totals.requests == 1 + 3 + 1 + 5 + 1 + 1 + 1)
        #expect(
            expected.decoder.recognised == [
                .otlp: 5, .litellm: 3, .langfuse: 3, .mapped: 5, .claudeCode: 1, .codex: 1, .native: 1,
            ])
        var generator = SeededGenerator(11)
        for _ in 0..<10 {
            let reader = FormatReader(reading: all.shuffled(using: &generator).joined(separator: "\n"))
            #expect(reader.totals == expected.totals)
            #expect(reader.decoder.recognised == expected.decoder.recognised)
        }
    }

    @Test func aFormatThatIsForcedTakesNoOther() throws {
        let otlp = try fixture("traces-latest.jsonl")
        #expect(
            FormatReader(reading: otlp, .litellm).rejections.map(\.reason) == [
                .otherFormat, .otherFormat, .otherFormat, .otherFormat, .otherFormat,
            ])
        #expect(FormatReader(reading: otlp, .otlp).totals.requests == 1)
        #expect(FormatReader(reading: otlp, .native).rejections.map(\.reason).contains(.otlp))
        for format in WireFormat.allCases { #expect(WireFormat(rawValue: format.rawValue) == format) }
        #expect(WireFormat(rawValue: "claude-code") == .claudeCode)
    }

    // MARK: Several lines

    @Test func prettyPrintedRecordsAreJoined() throws {
        for line in sampleLines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            let data = try JSONSerialization.data(withJSONObject: object, options: [.prettyPrinted, .sortedKeys])
            let text = String(decoding: data, as: UTF8.self)
            let reader = FormatReader(reading: text + "\n" + text + "\n" + sampleLines[0])
            #expect(reader.records.count == 3)
            #expect(reader.rejections.isEmpty)
        }
    }

    @Test func aBraceLeftAloneCostsOneReason() {
        let reader = FormatReader(reading: ["{", sampleLines[0], sampleLines[1]].joined(separator: "\n"))
        #expect(reader.records.count == 2)
        #expect(reader.rejections.map(\.reason) == [.unfinishedDocument])
        #expect(reader.records.first?.trace == "tr_1")
    }

    @Test func aDocumentThatNeverEndsIsSaidOnce() {
        let reader = FormatReader(reading: "{\n  \"latency_ms\": 5,\n  \"model\": \"x\"")
        #expect(reader.records.isEmpty)
        #expect(reader.rejections.map(\.reason) == [.unfinishedDocument])
        let array = FormatReader(reading: "[\n{\"latency_ms\":5},\n{\"latency_ms\":6}")
        #expect(array.requests.map(\.latency) == [5_000, 6_000])
        #expect(array.rejections.map(\.reason) == [.unfinishedDocument])
    }

    @Test func everyWayToCutADocumentIsSurvived() throws {
        let object = try JSONSerialization.jsonObject(with: Data(LangfuseTests.generation.utf8))
        let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys]
        let text = String(decoding: try JSONSerialization.data(withJSONObject: object, options: options), as: UTF8.self)
        let lines = text.split(separator: "\n").map(String.init)
        for place in 1..<lines.count {
            // Cut off, and followed by a record.
            let reader = FormatReader(reading: (lines[..<place] + [sampleLines[0]]).joined(separator: "\n"))
            #expect(reader.rejections.count <= 2)
            #expect(reader.records.count <= 1)
            // Split by a blank line: still one.
            let whole = FormatReader(reading: (lines[..<place] + [""] + lines[place...]).joined(separator: "\n"))
            #expect(whole.requests.count == 1)
        }
    }

    // MARK: Damage

    /// One line of everything.
    static func samples() throws -> [String] {
        var lines: [String] = []
        for name in [
            "traces-latest.jsonl", "traces-default.jsonl", "metrics-latest.jsonl",
            "litellm-1.106.2-standard-logging.jsonl",
        ] {
            lines.append(try #require(fixture(name).split(separator: "\n").last.map { String($0.prefix(20_000)) }))
        }
        lines[3] =
            #"{"litellm_call_id":"c","trace_id":"t","startTime":1795216171.5,"endTime":1795216172.25,"status":"success","prompt_tokens":100,"metadata":{"usage_object":{"prompt_tokens_details":{"cached_tokens":64}}},"request_tags":["variant:blue"]}"#
        lines += [
            LangfuseTests.generation, "{\"trace\":\(LangfuseTests.trace),\"observations\":[\(LangfuseTests.root)]}",
        ]
        lines += OTLPTraceTests.spans.map(\.line) + MappedTests.gateways.map(\.1)
        lines.append(
            #"{"parentUuid":null,"sessionId":"s","type":"assistant","timestamp":"2026-03-01T22:38:04.000Z","message":{"id":"m","role":"assistant","model":"c","content":[{"type":"tool_use","id":"t","name":"Bash","input":{}}],"usage":{"input_tokens":25,"output_tokens":85}}}"#
        )
        lines.append(
            #"{"timestamp":"2026-05-13T09:01:00.000Z","type":"event_msg","payload":{"type":"token_count","info":{"last_token_usage":{"input_tokens":3,"output_tokens":4},"total_token_usage":{"input_tokens":3,"output_tokens":4}}}}"#
        )
        return lines
    }

    @Test func everyTruncationIsRejectedAndSurvived() throws {
        for line in try Self.samples() {
            let bytes = Array(line.utf8)
            var reader = FormatReader()
            for length in stride(from: 1, to: bytes.count, by: max(1, bytes.count / 200)) {
                reader.read(Array(bytes[..<length]))
            }
            reader.read("]")
            reader.finish()
            #expect(reader.records.isEmpty, "\(line.prefix(60))")
        }
    }

    @Test func flippedBytesNeverTrap() throws {
        let samples = try Self.samples()
        var generator = SeededGenerator(5)
        var reader = FormatReader()
        for _ in 0..<6_000 {
            var bytes = Array(try #require(samples.randomElement(using: &generator)).utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            reader.read(bytes)
            if Int.random(in: 0..<200, using: &generator) == 0 {
                reader.advance(to: .random(in: 0...TimeLimits.latest, using: &generator))
            }
        }
        reader.finish()
        for kept in reader.records {
            #expect(kept.record.latency ?? 0 >= 0)
            #expect(kept.record.inputTokens ?? 0 >= 0)
        }
        #expect(reader.decoder.heldTraces == 0)
    }

    enum TimeLimits { static let latest: Int64 = 253_402_300_799_999_999 }

    @Test func valuesOfOtherTypesNeverTrap() throws {
        // Each value of each sample replaced by something else.
        let others = [
            "null", "true", "-1", "1e300", "\"\"", "\"x\"", "[]", "{}", "[[1]]", "{\"a\":{}}", "99999999999999999999",
            "0.5",
        ]
        var reader = FormatReader()
        for line in try Self.samples() where line.utf8.count < 3_000 {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            for (place, path) in paths(object).enumerated() {
                for other in [others[place % 12], others[(place + 5) % 12]] {
                    let value = try JSONSerialization.jsonObject(with: Data(other.utf8), options: .fragmentsAllowed)
                    guard JSONSerialization.isValidJSONObject([value]) else { continue }
                    let changed = replaced(object, path[...], value)
                    reader.read(Array(try JSONSerialization.data(withJSONObject: changed)))
                }
            }
        }
        reader.finish()
        #expect(reader.results.count > 400)
    }

    private func paths(_ value: Any) -> [[String]] {
        if let object = value as? [String: Any] {
            return object.flatMap { key, value in [[key]] + paths(value).map { [key] + $0 } }
        }
        if let array = value as? [Any] {
            return array.enumerated().flatMap { place, value in [["\(place)"]] + paths(value).map { ["\(place)"] + $0 }
            }
        }
        return []
    }

    private func replaced(_ value: Any, _ path: ArraySlice<String>, _ new: Any) -> Any {
        guard let first = path.first else { return new }
        if var object = value as? [String: Any] {
            object[first] = replaced(object[first] as Any, path.dropFirst(), new)
            return object
        }
        if var array = value as? [Any], let place = Int(first) {
            array[place] = replaced(array[place], path.dropFirst(), new)
            return array
        }
        return value
    }

    @Test func deepAndWideValuesAreBounded() {
        let deep =
            "{\"resourceSpans\":" + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
            + "}"
        #expect(FormatReader(reading: deep).rejections.map(\.reason) == [.tooDeep])
        let wide = "{\"resourceSpans\":[" + Array(repeating: "0", count: 200_000).joined(separator: ",") + "]}"
        #expect(FormatReader(reading: wide).rejections.isEmpty)
    }

    @Test func namesAreSafeToPrint() throws {
        let line = SpanText(
            id: "00000000000000f0", name: "x\\u001b[2J", start: 1_795_000_000_000, end: 1_795_000_001_000,
            attributes: [
                ("gen_ai.agent.name", SpanText.string("a\\u001b]0;evil\\u0007")),
                ("session.id", SpanText.string("s\\u001b[1m")),
                ("gen_ai.usage.input_tokens", SpanText.int(1)), ("evil\\u001b", SpanText.string("v\\u0000")),
            ])
        let reader = FormatReader(reading: line.line)
        let record = try #require(reader.requests.first)
        var texts = Telemetry.Dimension.ofRequest.map { reader.value(record, $0) } + [reader.records[0].session]
        let report = reader.decoder.understanding
        texts += report.fields.flatMap { [$0.field, $0.key, $0.example, $0.unit] } + report.notes
        #expect(texts.contains { $0.hasPrefix("a·]0;evil") })
        #expect(texts.allSatisfy { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F } })
    }

    @Test func whatWasUnderstoodIsReported() throws {
        let reader = FormatReader(reading: OTLPTraceTests.spans.map(\.line).joined(separator: "\n"))
        let report = reader.decoder.understanding
        #expect(report.lines == [.otlp: 5])
        #expect(report.sampled >= 5)
        let tokens = try #require(report.fields.first { $0.field == "input_tokens" })
        #expect(tokens.key == "gen_ai.usage.input_tokens")
        #expect(tokens.count == 3)
        #expect(report.fields.contains { $0.field == "timestamp" && $0.unit == "ns" })
        #expect(report.missing.contains("cost_usd"))
        #expect(!report.missing.contains("model"))
        // Prose is never shown.
        let prose = FormatReader(reading: #"{"latency_ms":5,"final_output":"secret","comment":"secret"}"#)
        #expect(!prose.decoder.understanding.fields.contains { $0.example.contains("secret") })
    }
}
