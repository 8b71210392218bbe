import Foundation
import Telemetry
import Testing

@Suite struct RejectionTests {
    @Test(arguments: [
        (#"{"latency_ms" 5}"#, "not JSON: expected ':' at column 15"),
        (#"{"model":"gpt-4o"#, "unterminated string at column 10 (line cut off?)"),
        (#"{"latency_ms":5"#, "the line ends inside the record (cut off?)"),
        (#"{"latency_ms":5,}"#, "not JSON: expected a key in quotes at column 17"),
        (#"{"latency_ms":5} x"#, "text after the record's end at column 18"),
        (#"{"latency_ms":5}{}"#, "text after the record's end at column 17"),
        (#"{"latency_ms":5 "a":1}"#, "not JSON: expected ',' or an end at column 17"),
        (#"{"a":}"#, "not JSON: expected a value at column 6"),
        (#"{"a":tru}"#, "not JSON: expected a value at column 6"),
        (#"{"a":"\x"}"#, "not JSON: unknown escape in a string at column 7"),
        ("{\"a\":\"\u{1}\"}", "not JSON: control character in a string at column 7"),
        ("{\"a\":\"\0\"}", "NUL byte at column 7 (a hole in a truncated file?)"),
        ("[1,2]", "a JSON array: records are one object a line (jq -c '.[]' splits it)"),
        ("hello", "not JSON: a record starts with '{'"),
        (#"2026-11-20 INFO {"latency_ms":5}"#, "not JSON: text before the '{' at column 17 (a log prefix?)"),
        ("{", "a piece of JSON over several lines: a record is one line (jq -c . joins it)"),
        ("  \"latency_ms\": 5,", "a piece of JSON over several lines: a record is one line (jq -c . joins it)"),
        ("}", "a piece of JSON over several lines: a record is one line (jq -c . joins it)"),
        (#"{"latency_ms":"fast"}"#, "latency_ms is not a number (at column 15)"),
        (#"{"latency_ms":true}"#, "latency_ms is not a number (at column 15)"),
        (#"{"latency_ms":{"p50":1}}"#, "latency_ms is not a number (at column 15)"),
        (#"{"success":"yes"}"#, "success is not true, false or null (at column 12)"),
        (#"{"latency_ms":1,"model":["a"]}"#, "model is not a text (at column 25)"),
        (#"{"latency_ms":1,"model":true}"#, "model is not a text (at column 25)"),
        (#"{"latency_ms":1,"flags":"safety"}"#, "flags is not an array (at column 25)"),
        (#"{"latency_ms":1,"flags":[1]}"#, "flags is not a text (at column 26)"),
        (#"{"latency_ms":1,"spans":[5]}"#, "spans is not an object (at column 26)"),
        (#"{"latency_ms":1,"trace_url":5}"#, "trace_url is not a text (at column 29)"),
        (#"{"latency_ms":1,"model":nul}"#, "not JSON: expected a value at column 25"),
        (#"{"latency_ms":flase}"#, "not JSON: expected a value at column 15"),
    ])
    func theReasonIsPlain(line: String, text: String) {
        #expect(reason(line) == text, "\(line)")
    }

    @Test func whatIsNotARejection() {
        var reader = LineReader()
        #expect(reader.decode("") == .blank)
        #expect(reader.decode(" \t\r") == .blank)
        #expect(reader.decode("\u{FEFF}") == .blank)
        #expect(reader.decode("\u{FEFF}{\"latency_ms\":5}\r") == .record)
        #expect(reader.decode(" { \"latency_ms\"\t: 5 , \"a\" : [ ] , \"b\" : { } } ") == .record)
    }

    @Test func theFieldAndThePlaceAreData() {
        var reader = LineReader()
        guard case .rejected(let rejection) = reader.decode(#"{"latency_ms":-1}"#) else {
            Issue.record("not rejected")
            return
        }
        #expect(rejection.reason == .negative)
        #expect(rejection.fieldName == "latency_ms")
        #expect(rejection.offset == 14)
    }

    @Test func nestingIsBounded() {
        func nested(_ depth: Int) -> String {
            "{\"latency_ms\":1,\"x\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
                + "}"
        }
        #expect(reason(nested(127)) == "")
        #expect(reason(nested(129)).hasPrefix("nested too deep"))
        #expect(reason(nested(100_000)).hasPrefix("nested too deep"))
        let objects = String(repeating: "{\"a\":", count: 120) + "1" + String(repeating: "}", count: 120)
        #expect(reason("{\"latency_ms\":1,\"x\":\(objects)}") == "")
    }

    @Test(arguments: sampleLines.indices)
    func everyTruncationIsRejected(sample: Int) {
        let line = Array(sampleLines[sample].utf8)
        var reader = LineReader()
        #expect(reader.decode(line) == .record)
        for length in 1..<line.count {
            for after in ["\n{\"latency_ms\":9}\n", "", String(decoding: line[length...], as: UTF8.self)] {
                guard case .rejected = reader.decode(Array(line[..<length]), after: after) else {
                    Issue.record("accepted: \(String(decoding: line[..<length], as: UTF8.self))")
                    return
                }
            }
        }
    }

    /// Flips of any bit anywhere: nothing traps, and what is still accepted is JSON.
    @Test(arguments: sampleLines.indices)
    func damageNeverTraps(sample: Int) throws {
        var generator = SeededGenerator(UInt64(sample))
        var reader = LineReader()
        let line = Array(sampleLines[sample].utf8)
        var accepted = 0
        for _ in 0..<3_000 {
            var damaged = line
            for _ in 0...Int.random(in: 0...2, using: &generator) {
                damaged[Int.random(in: 0..<line.count, using: &generator)] ^=
                    1 << UInt8.random(in: 0..<8, using: &generator)
            }
            guard reader.decode(damaged) == .record else { continue }
            accepted += 1
            // Broken UTF-8 and lone surrogates are repaired here and refused there.
            let text = String(decoding: damaged, as: UTF8.self)
            guard damaged.allSatisfy({ $0 < 0x80 }), !text.contains("\\u") else { continue }
            #expect((try? JSONSerialization.jsonObject(with: Data(damaged))) is [String: Any], "\(text)")
        }
        #expect(accepted > 0)
        #expect(reader.decode(line) == .record)
    }

    @Test func randomBytesNeverTrap() {
        var generator = SeededGenerator(7)
        var reader = LineReader()
        let alphabet = Array(#"{}[]":,\u0123456789abcdefntrl-+.eE latency_ms"#.utf8)
        var records = 0
        for _ in 0..<20_000 {
            var line = Array("{\"latency_ms\":".utf8)
            for _ in 0..<Int.random(in: 0..<40, using: &generator) {
                line.append(alphabet[Int.random(in: 0..<alphabet.count, using: &generator)])
            }
            if Bool.random(using: &generator) { line.removeFirst(Int.random(in: 0..<14, using: &generator)) }
            if reader.decode(line) == .record { records += 1 }
        }
        #expect(records < 2_000)
        #expect(reader.decode(sampleLines[0]) == .record)
    }

    @Test func damageCostsOneLine() {
        var reader = LineReader()
        var rejected = 0
        for index in 0..<1_000 {
            let line = index % 10 == 3 ? String(sampleLines[0].dropLast(index % 100 + 1)) : sampleLines[0]
            if reader.decode(line) == .record {
                #expect(reader.record.latency == 1_297_240)
            } else {
                rejected += 1
            }
        }
        #expect(rejected == 100)
    }
}
