import Canvas
import Metrics
import Monitoring
import Testing

@testable import Dashboard

/// What holds for every size and every situation.
struct LayoutTests {
    private static let situations: [Situation?] =
        [nil] + GoldenTests.states.map(\.1) + [Situations.scaled(by: 10), Situations.scaled(by: 1000)]

    private func columns(_ row: String) -> Int { DisplayWidth.width(of: row) }

    /// Nothing that a terminal could take for a command, or that turns or hides text.
    private func isHarmless(_ glyph: Character) -> Bool {
        glyph.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
            case .format: scalar == "\u{200D}"
            default: true
            }
        }
    }

    @Test func `any key on any screen of any size leaves whole rows of harmless glyphs`() {
        var random = SeededGenerator(11)
        let keys: [Key] =
            KeyTable.standard.bindings.flatMap(\.keys)
            + [.character("é"), .click(x: 3, y: 3), .click(x: 30, y: 9), .wheel(up: false, x: 3, y: 3)]
        for _ in 0..<150 {
            let size = Size(width: 1 + Int(random.next() % 250), height: 1 + Int(random.next() % 80))
            var model = Model(size: size, window: Window.allCases[Int(random.next() % 7)])
            for _ in 0..<2 {
                if let situation = Self.situations[Int(random.next() % UInt64(Self.situations.count))] {
                    _ = model.update(.situation(situation))
                }
                for _ in 0..<(random.next() % 12) {
                    _ = model.update(.key(keys[Int(random.next() % UInt64(keys.count))]))
                }
            }
            let glyphs: GlyphSet = random.next() % 4 == 0 ? .ascii : .unicode
            let screen = model.view(glyphs: glyphs)
            #expect(screen.size == size)
            for y in 0..<size.height {
                var width = 0
                for x in 0..<size.width {
                    guard let glyph = screen[x, y].glyph else { continue }
                    #expect(isHarmless(glyph), "\(size) row \(y) column \(x)")
                    width += DisplayWidth.width(of: glyph)
                }
                #expect(width == size.width, "\(size) row \(y)")
            }
        }
    }

    @Test func `the panels of the overview fill its rectangle and never overlap`() {
        var random = SeededGenerator(12)
        for _ in 0..<300 {
            let rect = Rect(
                x: Int(random.next() % 5), y: Int(random.next() % 5), width: Int(random.next() % 250),
                height: Int(random.next() % 80))
            let places = Overview.places(in: rect)
            #expect(places.map(\.0) == Panel.allCases)
            var covered = Array(repeating: 0, count: rect.width * rect.height)
            for (_, place) in places {
                for y in place.y..<place.maxY {
                    for x in place.x..<place.maxX { covered[(y - rect.y) * rect.width + x - rect.x] += 1 }
                }
            }
            #expect(covered.allSatisfy { $0 == 1 })
        }
    }

    @Test func `columns keep their places when values change their width`() {
        let screens = [1.0, 10, 1000].map { scale in
            var model = Model(size: Size(width: 80, height: 24))
            model.latest = Situations.scaled(by: scale)
            return model.view(glyphs: .unicode)
        }
        // Every line of the common grammar: where its label begins, and the first and last column of its sparkline.
        let lines: [(label: String, x: Int)] = [
            ("p50", 2), ("p95", 2), ("p99", 2), ("burn", 42), ("cost", 42), ("output len", 42), ("tool calls", 42),
            ("sentiment", 42),
        ]
        for (label, x) in lines {
            let places = screens.map { screen in
                (0..<24).first { y in (0..<label.count).allSatisfy { screen[x + $0, y].glyph == Array(label)[$0] } }
            }
            #expect(Set(places).count == 1 && places[0] != nil, "\(label) is in \(places)")
            guard let y = places[0] else { continue }
            let sparks = screens.map { screen in
                (x..<x + 36).filter { column in
                    screen[column, y].glyph.map { GlyphSet.unicode.spark.contains($0) } ?? false
                }
            }
            #expect(Set(sparks.map(\.first)).count == 1, "the sparkline of \(label) begins in \(sparks.map(\.first))")
            #expect(Set(sparks.map(\.last)).count == 1, "the sparkline of \(label) ends in \(sparks.map(\.last))")
            #expect(sparks[0].count >= 7)
        }
        // Numbers are whole: an ellipsis stands in none of these lines.
        for screen in screens {
            for row in screen.rows[3..<9] { #expect(!row.prefix(40).contains("…"), "\(row)") }
        }
    }

    @Test func `what is not known is a dash and never a zero`() throws {
        for size in [Size(width: 80, height: 24), Size(width: 60, height: 15), Size(width: 40, height: 5)] {
            var model = Model(size: size)
            model.latest = Situations.unknown
            let text = model.view(glyphs: .unicode).rows.joined(separator: "\n")
            #expect(text.contains("–"))
            for zero in ["0.0%", " 0%", "$0", " 0ms", " 0s", "0 tok"] {
                #expect(!text.contains(zero), "\(zero) in\n\(text)")
            }
        }
    }

    @Test func `numbers that nobody can vouch for are dashes while the source is silent`() {
        var model = Model(size: Size(width: 80, height: 24))
        model.latest = Situations.stale
        let rows = model.view(glyphs: .unicode).rows
        #expect(rows[0].contains("SILENT") && !rows[0].contains("req/"))
        #expect(rows[1].hasPrefix(" ? NO DATA  for 4m12s"))
        let text = rows.joined()
        #expect(!text.contains("tok/min") && !text.contains("/h "))
    }
}
