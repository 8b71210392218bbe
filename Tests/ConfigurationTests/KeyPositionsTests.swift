import Configuration
import Testing

struct KeyPositionsTests {
    private let positions = KeyPositions(
        toml: """
            # comment with key = 1
            name = "x"
              [roles]   # trailing
            warning = { fg = "#fff", 256 = [1, 2], "a b" = { c = 1 } }
            series.1 = "red"
            series."2" = 'blue = "x"'
            text = \"""
            [not.a.table]
            nor = "a key"
            \"""
            list = [
              "one", # [
              { when = "p95 > 4s" },
            ]

            [[rules]]
            name = "a"
            [[rules]]
            name = "b"
            [rules.notify]
            on = 1979-05-27T07:32:00Z
            tail = 1
            """)

    @Test(arguments: [
        (["name"], 2, 1, 2, 8), (["roles", "warning"], 4, 1, 4, 11), (["roles", "warning", "fg"], 4, 13, 4, 18),
        (["roles", "warning", "256"], 4, 26, 4, 32), (["roles", "warning", "256", "1"], 4, 36, 4, 36),
        (["roles", "warning", "a b"], 4, 40, 4, 48), (["roles", "warning", "a b", "c"], 4, 50, 4, 54),
        (["roles", "series", "1"], 5, 8, 5, 12), (["roles", "series", "2"], 6, 8, 6, 14),
        (["roles", "text"], 7, 1, 7, 8), (["roles", "list"], 11, 1, 11, 8), (["roles", "list", "0"], 12, 3, 12, 3),
        (["roles", "list", "1", "when"], 13, 5, 13, 12), (["rules", "0", "name"], 17, 1, 17, 8),
        (["rules", "1", "name"], 19, 1, 19, 8), (["rules", "1", "notify", "on"], 21, 1, 21, 6),
        (["rules", "1", "notify", "tail"], 22, 1, 22, 8),
    ])
    func `keys and values are found where they stand`(
        path: [String], line: Int, column: Int, valueLine: Int, valueColumn: Int
    ) {
        let entry = positions[path]
        #expect(entry?.key == TextPosition(line: line, column: column))
        #expect(entry?.value == TextPosition(line: valueLine, column: valueColumn))
    }

    @Test func `tables have a key and no value, texts in strings and comments are no keys`() {
        #expect(positions[["roles"]]?.key == TextPosition(line: 3, column: 4))
        #expect(positions[["roles"]]?.value == nil)
        #expect(positions[["roles", "series"]]?.key == TextPosition(line: 5, column: 1))
        #expect(positions[["rules"]]?.key == TextPosition(line: 16, column: 3))
        #expect(positions[["not", "a", "table"]] == nil)
        #expect(positions[["roles", "nor"]] == nil)
        #expect(positions[["key"]] == nil)
    }

    @Test func `columns count scalars, and a byte order mark not at all`() {
        let positions = KeyPositions(toml: "\u{FEFF}\"日本\" = { \"e\\u0301\" = 1 }\r\nb = 2")
        #expect(positions[["日本"]]?.key == TextPosition(line: 1, column: 1))
        #expect(positions[["日本", "e\u{301}"]]?.key == TextPosition(line: 1, column: 10))
        #expect(positions[["b"]]?.key == TextPosition(line: 2, column: 1))
    }

    @Test func `any text at all is scanned to its end`() {
        var state: UInt64 = 99
        let pieces = Array("[]{}=.,\"'#\\\n\r abc019_-u\u{0}é日")
        for _ in 0..<3000 {
            var text = ""
            for _ in 0..<40 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(pieces[Int(state >> 33) % pieces.count])
            }
            let positions = KeyPositions(toml: text)
            #expect(positions[["no such key"]] == nil)
        }
        _ = KeyPositions(toml: "a = " + String(repeating: "[", count: 100_000))
        _ = KeyPositions(toml: "a = " + String(repeating: "{b=", count: 100_000))
    }
}
