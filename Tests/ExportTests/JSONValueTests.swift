import Export
import Foundation
import Testing

@Suite struct JSONValueTests {
    private static func parsed(_ value: JSONValue) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(value.text.utf8), options: .fragmentsAllowed)
    }

    @Test func textSurvivesWhateverIsInIt() throws {
        let texts = [
            "", "plain", "\"quoted\\\"", "a\nb\tc\r", "\u{0}\u{1}\u{1b}[31m\u{7f}\u{85}\u{9b}", "é漢🎉", "\u{2028}",
        ]
        for text in texts {
            #expect(try Self.parsed(.string(text)) as? String == text)
        }
    }

    @Test func noControlCharacterIsWrittenRaw() {
        let all = String(String.UnicodeScalarView((0...0x9f).compactMap(Unicode.Scalar.init)))
        let written = JSONValue.object([(all, .string(all))]).text
        for scalar in written.unicodeScalars where scalar != "\n" {
            #expect(scalar.value >= 0x20 && !(0x7f...0x9f).contains(scalar.value))
        }
        #expect(written.split(separator: "\n").count == 3)
    }

    @Test func numbersThatJSONLacksAreNull() throws {
        for value in [Double.nan, .infinity, -.infinity] {
            #expect(JSONValue.number(value).text == "null")
        }
    }

    @Test func numbersSurvive() throws {
        for value in [0, 1, -1, 0.1, 1e-9, 1e300, -2.5e-300, 1e15, 123_456_789.125, 9e15, Double(1 << 53)] {
            #expect(try Self.parsed(.number(value)) as? Double == value)
        }
        for value in [Int64.min, -1, 0, 1, .max] {
            #expect(JSONValue.integer(value).text == String(value))
        }
        #expect(JSONValue.number(-0.0).text == "0")
    }

    @Test func membersThatAreNotThereAreLeftOut() throws {
        let value = JSONValue.members(("a", .integer(1)), ("b", nil), ("c", .array([])), ("d", .object([])))
        let object = try #require(try Self.parsed(value) as? [String: Any])
        #expect(object.keys.sorted() == ["a", "c", "d"])
    }

    @Test func keysStayInOrder() {
        let text = JSONValue.members(("z", .bool(true)), ("a", .bool(false))).text
        #expect(text == "{\n  \"z\": true,\n  \"a\": false\n}")
    }
}
