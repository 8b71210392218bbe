import Foundation
import GRDB
import Telemetry
import Testing

@testable import Databases

/// JSON, times and numbers as other programs write them.
@Suite struct AttributeTests {
    private func found(_ json: String, encoded: Bool = false, paths: AttributePaths = .span) -> [String] {
        var walk = JSONWalk(paths: paths)
        var found: [(SpanAttribute, Range<Int>, JSONWalk.Value)] = []
        let bytes = Array(json.utf8)
        walk.walk(bytes, 0..<bytes.count, encoded: encoded) { found.append(($0, $1, $2)) }
        return found.map { attribute, name, value in
            let range: Range<Int>
            switch value {
            case .text(let text), .scalar(let text): range = text
            }
            let key = String(decoding: walk.texts[name], as: UTF8.self)
            return "\(attribute)\(key.isEmpty ? "" : "(\(key))")=\(String(decoding: walk.texts[range], as: UTF8.self))"
        }
    }

    @Test func nestedAndDottedKeysAreTheSame() {
        #expect(found(#"{"llm":{"token_count":{"prompt":3}},"x":[1,{"y":"}"}]}"#) == ["inputTokens=3"])
        #expect(found(#"{"llm.token_count.prompt":3}"#) == ["inputTokens=3"])
        #expect(found(#"{"llm":{"token_count.prompt":3}}"#) == ["inputTokens=3"])
        #expect(found(#"{"llm.token_count":{"prompt":"3"}}"#) == ["inputTokens=3"])
        #expect(found(#"{"llm":{"token":3},"llm2":{"token_count":{"prompt":3}}}"#) == [])
    }

    @Test func metadataIsTakenWhateverItsKeys() {
        let expected = ["metadata(variant)=canary", "metadata(seats)=4"]
        #expect(found(#"{"metadata":{"variant":"canary","seats":4,"deep":{"x":1}}}"#).prefix(2) == expected[...])
        #expect(found(#"{"metadata":"{\"variant\":\"canary\",\"seats\":4}"}"#) == expected)
        #expect(found(#"{"metadata.variant":"canary","metadata.seats":4}"#) == expected)
    }

    @Test func valuesThatAreJSONInTextsAreOpened() {
        let content = #"{"attributes":{"mlflow.spanType":"\"TOOL\"","mlflow.chat.tokenUsage":"{\"input_tokens\": 7}"}}"#
        #expect(found(content, encoded: true, paths: .content) == ["spanKind=TOOL", "inputTokens=7"])
    }

    @Test func escapesAreUndone() {
        #expect(
            found(#"{"user":{"id":"a\"\\\n\u00e9\ud83d\ude00\ud83d!"}}"#) == ["user=a\"\\\n\u{E9}\u{1F600}\u{FFFD}!"])
    }

    @Test func valuesThatAreNoneAreLeftOut() {
        #expect(found(#"{"llm":{"token_count":{"prompt":NaN,"completion":null}},"user":{"id":"u"}}"#) == ["user=u"])
        #expect(found(#"{"llm":{"cost":{"total":-Infinity}}}"#) == [])
    }

    @Test func noDamageTraps() {
        let whole = Array(
            #"{"a":[{"b":"\u12"},-1.5e3,true],"metadata":"{\"x\":[1,\"\\u00","user":{"id":"\\"},"llm.cost":{"total":1},"t":"#
                .utf8)
        for end in 0...whole.count {
            _ = found(String(decoding: whole[..<end], as: UTF8.self), encoded: end % 2 == 0)
        }
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<3_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = Array(#"{}[]",:\u0t-.eN "#.utf8).randomElement(using: &generator)!
            }
            var walk = JSONWalk(paths: .span)
            var kept = 0
            walk.walk(bytes, 0..<bytes.count) { _, _, _ in kept += 1 }
            #expect(kept <= bytes.count)
        }
        let deep = String(repeating: #"{"metadata":["#, count: 50_000)
        #expect(found(deep) == [])
    }

    @Test(arguments: [
        ("2026-11-20 22:57:22.090317", 1_795_215_442_090_317), ("2026-11-20 22:57:22", 1_795_215_442_000_000),
        ("2026-11-20T22:57:22Z", 1_795_215_442_000_000), ("2026-11-20T22:57:22.1234567Z", 1_795_215_442_123_456),
        ("2026-11-20 22:58:10.081178+00:00", 1_795_215_490_081_178),
        ("2026-11-21T00:57:22.5+02:00", 1_795_215_442_500_000), ("2026-11-20T22:57", 1_795_215_420_000_000),
        ("1970-01-01 00:00:00", 0),
    ])
    func timesAreReadInEveryFormInUse(_ text: String, _ expected: Int64) {
        #expect(StoreTime.microseconds(Array(text.utf8)[...]) == expected)
    }

    @Test(arguments: ["", "noon", "2026-11-20", "2026-13-20 00:00", "2026-11-20 24:00:00", "2026-11-20 22:57:22x"])
    func whatIsNoTimeIsNone(_ text: String) {
        #expect(StoreTime.microseconds(Array(text.utf8)[...]) == nil)
    }

    @Test func numbersAreWrittenExactly() {
        func fixed(_ value: Int64, _ scale: Int) -> String {
            var bytes: [UInt8] = []
            JSONText.append(value, scale: scale, to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(fixed(387_500, 9) == "0.0003875")
        #expect(fixed(1_000_000_000, 9) == "1")
        #expect(fixed(-1_000_000_001, 9) == "-1.000000001")
        #expect(fixed(250_000_000, 9) == "0.25")
        #expect(fixed(67_174, 3) == "67.174" && fixed(5, 3) == "0.005" && fixed(5_000, 3) == "5")
        #expect(fixed(.max, 9) == "9223372036.854775807" && fixed(.min, 9) == "-9223372036.854775808")
        var bytes: [UInt8] = []
        #expect(JSONText.append(0.1, to: &bytes) && String(decoding: bytes, as: UTF8.self) == "0.1")
        #expect(!JSONText.append(1e300, to: &bytes))
        for text in ["0", "-1", "1.5", "1e9", "1.5E-3", "10"] { #expect(JSONText.isNumber(Array(text.utf8)[...])) }
        for text in ["", "-", "01", "1.", ".5", "1e", "0x1", "NaN", "1 ", "１"] {
            #expect(!JSONText.isNumber(Array(text.utf8)[...]))
        }
    }

    @Test func everyCharacterThatNeedsAnEscapeIsFound() {
        for length in 0...20 {
            for place in 0..<max(length, 1) {
                for byte in [0x00, 0x1F, 0x22, 0x5C, 0x20, 0x7F, 0xE9] as [UInt8] {
                    var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: length)
                    if length > 0 { bytes[place] = byte }
                    let expected = bytes.firstIndex { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C } ?? length
                    #expect(bytes.firstEscape(from: 0) == expected)
                }
            }
        }
    }
}
