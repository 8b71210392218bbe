import Configuration
import Testing

struct TomlDocumentTests {
    @Test func `every kind of value arrives`() throws {
        let document = try TomlDocument(
            text: """
                s = "a\\tb"
                i = -1_000
                h = 0xff
                n = 6.5e2
                y = true
                d = 1979-05-27T07:32:00.5-07:00
                l = 1979-05-27 07:32:00
                c = 07:32:00
                a = [1, "x", [], {k = 1}]
                [t.u]
                v = nan
                """, file: "x")
        #expect(document.root["s"] == .string("a\tb"))
        #expect(document.root["i"] == .integer(-1000) && document.root["h"] == .integer(255))
        #expect(document.root["n"] == .number(650) && document.root["y"] == .boolean(true))
        #expect(document.root["a"] == .array([.integer(1), .string("x"), .array([]), .table(["k": .integer(1)])]))
        for key in ["d", "l", "c"] { #expect(document.root[key]?.kind == "a date") }
        guard case .table(let outer) = document.root["t"], case .table(let inner) = outer["u"] else {
            Issue.record("no table")
            return
        }
        #expect(inner["v"]?.kind == "a number")
    }

    @Test(arguments: [
        ("a = 1979-05-27true07:32", "1:5"), ("a = 1979-05-27 9}", "1:5"), ("[{", "1:2"), ("a = [\u{2028}1]", "1:6"),
        ("[]", "1:2"), ("[[]]", "1:3"), ("a = _1", "1:5"), ("a = .5", "1:5"), ("a = 1 2", "1:5"), ("a b = 1", "1:3"),
        ("é = 1", "1:1"), ("a = [1 2]", "1:6"), ("a = [1", "1:7"), ("a = {b = 1", "1:11"), ("a =\n", "1:4"),
        ("a = yes", "1:5"), ("a = \"x\ny = 1", "1:5"), ("a = 1\n[b]c", "2:4"), ("a. = 1", "1:4"), ("a", "1:2"),
        ("a = \"\\u0000\"", "1:5"), ("[\rh]", "1:2"), ("a.\rb = 1", "1:3"), ("a = {\rb = 1}", "1:6"),
    ])
    func `what trips the parser is caught before it, at its place`(text: String, place: String) {
        #expect {
            _ = try TomlDocument(text: text, file: "x")
        } throws: {
            "\($0)".hasPrefix("x:\(place): ")
        }
    }

    /// In debug builds the parser's assertions would end the test run.
    @Test func `whatever is typed, the answer is a document or an error with a place in the text`() {
        let pieces = [
            "[", "]", "{", "}", "=", ".", ",", "\"", "'", "\"\"\"", "'''", "#", "\\", "\n", "\r\n", "\r", " ", "\t",
            "a", "b",
            "0", "1", "9", "_", "-", "+", "e", "x", "o", "inf", "nan", "true", "u00e9", "U0001F600", "1979-05-27", "T",
            "07:32:00", "Z", ":", "é", "日", "\u{1}", "\u{7F}", "\u{1B}", "a=", "[a]\n", "[[a]]\n", "a = 1\n",
            "{ b = 1 }",
            "\u{FEFF}", "\u{2028}", "\u{A0}", "\u{0}",
        ]
        var state: UInt64 = 5
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        var documents = 0
        for _ in 0..<10_000 {
            var text = random(2) == 0 ? "a = " : ""
            for _ in 0..<(1 + random(12)) { text += pieces[random(pieces.count)] }
            do {
                _ = try TomlDocument(text: text, file: "x")
                documents += 1
            } catch {
                let lines = text.unicodeScalars.count { $0 == "\n" } + 1
                #expect(
                    text.utf8.contains(0) || (1...lines).contains(error.position?.line ?? 0),
                    "\(text.debugDescription): \(error)")
            }
        }
        #expect(documents > 100)
    }
}
