import Testing

@testable import Telemetry

@Suite struct JSONDocumentTests {
    /// Every value with its text, depth first.
    private func outline(_ text: String) -> [String]? {
        var document = JSONDocument()
        let bytes = Array(text.utf8)
        guard (try? document.load(bytes, 0..<bytes.count)) != nil else { return nil }
        return (0..<document.next(0)).map { node in
            let kind = document.kind(node)
            // Containers with blanks have other ranges.
            let isContainer = kind == .object || kind == .array
            let text = isContainer ? "" : String(decoding: document.bytes[document.range(node)], as: UTF8.self)
            return "\(kind) \(text) \(document.next(node))"
        }
    }

    private static let attributes = [
        #"{"key":"gen_ai.usage.cost","value":{"doubleValue":0.0125}}"#, #"{"key":"k","value":{"intValue":"12"}}"#,
        #"{"key":"a.b","value":{"stringValue":"some text"}}"#, #"{"key":"","value":{"stringValue":""}}"#,
        #"{"key":"e","value":{"stringValue":"a\"b"}}"#, #"{"key":"e\\","value":{"stringValue":"b"}}"#,
        #"{"key":"n","value":{"intValue":12}}"#, #"{"key":"b","value":{"boolValue":true}}"#,
        #"{"key":"l","value":{"arrayValue":{"values":[{"stringValue":"x"}]}}}"#,
        #"{"key":"x","value":{"stringValue":"v"},"more":1}"#, #"{"key":"x","value":{"stringValue":"v","more":1}}"#,
        #"{"key":"d","value":{"doubleValue":-1e-7}}"#, #"{"key":"d","value":{"doubleValue":"NaN"}}"#,
    ]

    @Test func attributesAreIndexedAsIfTheyWereNothingSpecial() {
        for attribute in Self.attributes {
            let blank = attribute.replacing("{\"key\":", with: "{ \"key\":")
            #expect(outline("[\(attribute)]") == outline("[\(blank)]"))
            #expect(outline("[\(attribute)]") != nil)
            #expect(outline(attribute) == outline(blank))
        }
        let all = "[" + Self.attributes.joined(separator: ",") + "]"
        #expect(outline(all) == outline(all.replacing("{\"key\":", with: "{ \"key\":")))
    }

    @Test func attributesCutOffAreNoJSON() {
        for attribute in Self.attributes {
            let text = Array("[\(attribute)]".utf8)
            for length in 0..<text.count {
                #expect(outline(String(decoding: text.prefix(length), as: UTF8.self)) == nil)
            }
        }
    }

    @Test func attributesAreReadThroughEitherWriting() {
        for attribute in Self.attributes.prefix(4) {
            for text in ["[\(attribute)]", "[\(attribute.replacing(":{", with: ": {"))]"] {
                var document = JSONDocument()
                let bytes = Array(text.utf8)
                #expect(throws: Never.self) { try document.load(bytes, 0..<bytes.count) }
                var cursor = AttributeCursor(document, 0)
                let found = cursor.next(document)
                let key = found.map { String(decoding: document.bytes[document.range($0.key)], as: UTF8.self) }
                #expect(key.map { attribute.contains("\"key\":\"\($0)\"") } == true)
                guard let found, case .scalar(let value) = document.otlpValue(found.value) else {
                    Issue.record("no scalar in \(text)")
                    continue
                }
                let written = String(decoding: document.bytes[document.range(value)], as: UTF8.self)
                #expect(attribute.contains("Value\":\(written)}") || attribute.contains("Value\":\"\(written)\"}"))
            }
        }
    }
}

@Suite struct NanosecondTests {
    private func time(_ text: String) -> Int64? {
        var document = JSONDocument()
        let bytes = Array("[\(text)]".utf8)
        guard (try? document.load(bytes, 0..<bytes.count)) != nil else { return nil }
        return document.time(1, power: -3)
    }

    @Test func digitsAreReadEightAtOnceAsOneByOne() {
        var generator = SeededGenerator(8)
        for _ in 0..<2_000 {
            let nanoseconds =
                Int64.random(in: 0...Int64.max, using: &generator) >> Int64.random(in: 0...62, using: &generator)
            for text in ["\(nanoseconds)", "\"\(nanoseconds)\""] { #expect(time(text) == nanoseconds / 1_000) }
        }
        #expect(time("\"1795215971886088318\"") == 1_795_215_971_886_088)
        #expect(time("\"9999999999999999999\"") == 9_999_999_999_999_999)
    }

    @Test(arguments: [
        "\"179521597188608831x\"", "\"17952159718860883:8\"", "\"x795215971886088318\"", "\"1795215 71886088318\"",
        "\"-795215971886088318\"", "\"/795215971886088318\"",
    ])
    func whatIsNoNumberIsNoTime(text: String) { #expect(time(text) == nil) }

    @Test func longKeysDifferInTheirMiddle() {
        let names = [
            "llm.token_count.prompt_details.cache_read", "llm.token_count.prompt_detailz.cache_read",
            "llm.token_cound.prompt_details.cache_read", "a", "ab", "abcdefgh", "abcdefghi", "abcdefghijklmnopqrstuvwx",
            "abcdefghijklmnopqrstuvwxy", "",
        ]
        let index = KeyIndex(names)
        for (place, name) in names.enumerated() {
            let bytes = Array((name + "\"\"\"\"\"\"\"\"\"").utf8)
            #expect(bytes.withBytes { index.find($0, 0..<name.utf8.count) } == place)
        }
        let other = "llm.token_count.prompt_detailx.cache_read"
        let bytes = Array((other + "\"\"\"\"\"\"\"\"\"").utf8)
        #expect(bytes.withBytes { index.find($0, 0..<other.utf8.count) } == nil)
    }
}
