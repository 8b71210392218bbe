/// Several series as lines of dots, each cell two dots wide and four high.
package struct BrailleChart: Sendable, Hashable {
    package struct Series: Sendable, Hashable {
        /// Oldest first, spread over the whole width; nil (or not a number) where the line breaks.
        package var values: [Double?]
        package var role: Role

        package init(_ values: [Double?], role: Role) {
            self.values = values
            self.role = role
        }
    }

    /// Later ones are drawn over earlier ones: a cell that two lines share has the later one's role.
    package var series: [Series]
    /// The values at the bottom and the top dot. What lies outside is drawn at the edge.
    package var range: ClosedRange<Double>

    package init(_ series: [Series], range: ClosedRange<Double>) {
        self.series = series
        self.range = range
    }

    /// The range of all finite values of the series, from 0 when `isZeroBased`; `0...1` without any.
    package static func range(of series: [Series], isZeroBased: Bool = true) -> ClosedRange<Double> {
        Sparkline.range(of: series.lazy.flatMap(\.values), isZeroBased: isZeroBased)
    }

    /// `height` rows of `width` cells. Without braille a cell with dots is `*`, one with dots in its lower half only `.`.
    package func rows(width: Int, height: Int, glyphs: GlyphSet) -> [[Cell]] {
        guard width > 0, height > 0 else { return [] }
        var dots = Array(repeating: UInt8(0), count: width * height)
        var roles = Array(repeating: Role.text, count: width * height)
        for line in series {
            var previous: Int?
            for column in 0..<(width * 2) {
                guard let value = Self.value(of: line.values, at: column, of: width * 2) else {
                    previous = nil
                    continue
                }
                let last = height * 4 - 1
                let y = last - Int((range.fraction(of: value) * Double(last)).rounded())
                // A steep line stays a line: the dots between belong to the newer column.
                let from = previous.map { $0 < y ? $0 + 1 : $0 > y ? $0 - 1 : y } ?? y
                for dot in min(from, y)...max(from, y) {
                    let cell = dot / 4 * width + column / 2
                    dots[cell] |= Self.bit(column: column % 2, row: dot % 4)
                    roles[cell] = line.role
                }
                previous = y
            }
        }
        return (0..<height).map { y in
            (0..<width).map { x in
                let cell = y * width + x
                return dots[cell] == 0 ? .blank : Cell(Self.glyph(dots[cell], glyphs), Style(roles[cell]))
            }
        }
    }

    /// The value a dot column shows: the greatest of those that fall into it (a spike must not vanish in a narrow
    /// chart), or the one that covers it when there are fewer values than columns.
    private static func value(of values: [Double?], at column: Int, of columns: Int) -> Double? {
        guard !values.isEmpty else { return nil }
        let start = values.count * column / columns
        let end = max(start + 1, values.count * (column + 1) / columns)
        var greatest: Double?
        for case let value? in values[start..<min(end, values.count)] where !value.isNaN {
            greatest = max(greatest ?? value, value)
        }
        return greatest
    }

    /// The dot's bit in a braille pattern's code point.
    private static func bit(column: Int, row: Int) -> UInt8 {
        row == 3 ? (column == 0 ? 0x40 : 0x80) : 1 << UInt8(column * 3 + row)
    }

    private static func glyph(_ dots: UInt8, _ glyphs: GlyphSet) -> Character {
        if glyphs.hasBraille { return Character(Unicode.Scalar(0x2800 + UInt32(dots)) ?? "*") }
        // The bits of the two upper rows.
        return dots & 0b0001_1011 == 0 ? "." : "*"
    }
}
