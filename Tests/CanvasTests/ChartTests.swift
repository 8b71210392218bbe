import Canvas
import Testing

private func text(_ cells: [Cell]) -> String { String(cells.compactMap(\.glyph)) }
private func roles(_ cells: [Cell]) -> String { String(cells.map { $0 == .blank ? " " : $0.style.role.letter }) }

struct SparklineTests {
    @Test func `values become heights, gaps stay gaps`() {
        let cells = Sparkline([0, 1, 2, nil, 4, 5, .nan, 7, 8]).cells(width: 9, glyphs: .unicode)
        #expect(text(cells) == " ▂▃ ▅▆ ██")
        #expect(roles(cells) == " ll mm hh")
    }

    @Test func `the newest value is at the right`() {
        #expect(text(Sparkline([1, 2, 8]).cells(width: 5, glyphs: .unicode)) == "  ▂▃█")
        #expect(text(Sparkline([1, 2, 4, 8]).cells(width: 2, glyphs: .unicode)) == "▅█")
        #expect(Sparkline([1]).cells(width: 0, glyphs: .unicode).isEmpty)
        #expect(Sparkline([1]).cells(width: -4, glyphs: .unicode).isEmpty)
    }

    @Test func `the smallest count is seen beside the largest`() {
        #expect(text(Sparkline([1, 0, 1_000_000]).cells(width: 3, glyphs: .unicode)) == "▁ █")
    }

    @Test func `a given scale clamps, and ASCII has its own heights`() {
        let spark = Sparkline(
            [-5, 0, 50, 99, 200, .infinity], scale: 0...100, isZeroBased: false, colouring: .role(.canary))
        #expect(text(spark.cells(width: 6, glyphs: .unicode)) == "▁▁▅███")
        #expect(text(spark.cells(width: 6, glyphs: .ascii)) == "__=###")
        #expect(roles(spark.cells(width: 6, glyphs: .unicode)) == "yyyyyy")
    }

    @Test func `a steady series stands in the middle unless it is counted from 0`() {
        #expect(text(Sparkline([3, 3], isZeroBased: false).cells(width: 2, glyphs: .unicode)) == "▅▅")
        #expect(text(Sparkline([3, 3]).cells(width: 2, glyphs: .unicode)) == "██")
        #expect(text(Sparkline([0, 0]).cells(width: 2, glyphs: .unicode)) == "  ")
        #expect(text(Sparkline([nil, nil]).cells(width: 2, glyphs: .unicode)) == "  ")
    }

    @Test func `extreme values never trap`() {
        let extremes: [Double?] = [
            .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .infinity, -.infinity, .nan, .leastNonzeroMagnitude,
            nil, -0.0,
        ]
        for isZeroBased in [true, false] {
            let cells = Sparkline(extremes, isZeroBased: isZeroBased).cells(width: 8, glyphs: .unicode)
            #expect(cells.count == 8)
        }
        let tiny = Sparkline(extremes, scale: 0...Double.leastNonzeroMagnitude).cells(width: 8, glyphs: .unicode)
        #expect(tiny.first?.glyph == "█")
    }
}

struct BarTests {
    @Test(arguments: [
        (0.0, "░░░░"), (0.001, "▏░░░"), (0.5, "██░░"), (0.53125, "██▏░"), (0.75, "███░"), (0.999, "███▉"), (1, "████"),
        (7, "████"), (-1, "░░░░"), (.infinity, "████"),
    ])
    func `a meter is honest at its ends`(fraction: Double, bar: String) {
        #expect(text(Bar.cells(fraction, width: 4, role: .accent, glyphs: .unicode)) == bar)
    }

    @Test func `an unknown share has no meter`() {
        #expect(text(Bar.cells(nil, width: 3, role: .accent, glyphs: .unicode)) == "   ")
        #expect(text(Bar.cells(.nan, width: 3, role: .accent, glyphs: .unicode)) == "   ")
    }

    @Test func `the empty part has its own role`() {
        let cells = Bar.cells(0.5, width: 4, role: .warning, glyphs: .ascii)
        #expect(text(cells) == "##..")
        #expect(roles(cells) == "wwdd")
    }
}

struct HistogramTests {
    @Test func `bins become columns and any count is seen`() {
        let cells = Histogram([0, 1, 500, 1000, 250]).cells(width: 6, glyphs: .unicode)
        #expect(text(cells) == " ▁▄█▂ ")
        #expect(roles(cells) == " lmhl ")
    }

    @Test func `more bins than columns are added up`() {
        #expect(text(Histogram([1, 1, 2, 2, 4, 4]).cells(width: 3, glyphs: .unicode)) == "▂▄█")
    }

    @Test func `higher histograms stack`() {
        let rows = Histogram([1, 2, 3, 4], colouring: .role(.accent)).rows(width: 4, height: 2, glyphs: .unicode)
        #expect(rows.map(text) == ["  ▄█", "▄███"])
    }

    @Test func `senseless counts are none`() {
        #expect(text(Histogram([-1, .nan, 0]).cells(width: 3, glyphs: .unicode)) == "   ")
        #expect(text(Histogram([1, .infinity]).cells(width: 2, glyphs: .unicode)) == "▁█")
        #expect(text(Histogram([]).cells(width: 2, glyphs: .unicode)) == "  ")
    }
}

struct BrailleChartTests {
    @Test func `a rising line climbs from corner to corner`() {
        let chart = BrailleChart([.init([0, 1, 2, 3, 4, 5, 6, 7], role: .series1)], range: 0...7)
        #expect(chart.rows(width: 4, height: 2, glyphs: .unicode).map(text) == ["  ⡠⠊", "⡠⠊  "])
    }

    @Test func `a step is joined and a gap is not`() {
        let step = BrailleChart([.init([0, 0, 3, 3], role: .series1)], range: 0...3)
        #expect(step.rows(width: 2, height: 1, glyphs: .unicode).map(text) == ["⣀⠏"])
        let gap = BrailleChart([.init([0, nil, 3, 3], role: .series1)], range: 0...3)
        #expect(gap.rows(width: 2, height: 1, glyphs: .unicode).map(text) == ["⡀⠉"])
    }

    @Test func `later series lie on top`() {
        let chart = BrailleChart(
            [.init([0, 0], role: .control), .init([3, 3], role: .canary)], range: 0...3)
        let rows = chart.rows(width: 2, height: 1, glyphs: .unicode)
        #expect(rows.map(text) == ["⣉⣉"])
        #expect(rows.map(roles) == ["yy"])
    }

    @Test func `a spike survives a narrow chart`() {
        var values = [Double?](repeating: 0, count: 1000)
        values[500] = 3
        let rows = BrailleChart([.init(values, role: .series1)], range: 0...3).rows(
            width: 3, height: 1, glyphs: .unicode)
        #expect(rows.map(text).joined().unicodeScalars.contains { $0.value & 0b1001 != 0 && $0.value > 0x2800 })
    }

    @Test func `ASCII has dots and stars`() {
        let chart = BrailleChart([.init([0, 0, 3, 3], role: .series1)], range: 0...3)
        #expect(chart.rows(width: 2, height: 1, glyphs: .ascii).map(text) == [".*"])
    }

    @Test func `no size and no value traps`() {
        let values: [Double?] = [.infinity, -.infinity, .nan, nil, .greatestFiniteMagnitude, -.greatestFiniteMagnitude]
        for width in [-1, 0, 1, 2, 50] {
            for range in [0.0...0.0, -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude, 0...1] {
                let rows = BrailleChart([.init(values, role: .series1), .init([], role: .series2)], range: range)
                    .rows(width: width, height: 3, glyphs: .unicode)
                #expect(rows.allSatisfy { $0.count == width })
            }
        }
        #expect(BrailleChart.range(of: [.init([2, nil, 5], role: .text)]) == 0...5)
        #expect(BrailleChart.range(of: [.init([2, nil, 5], role: .text)], isZeroBased: false) == 2...5)
    }
}

struct AxisTicksTests {
    @Test func `ticks are round numbers, exactly`() {
        #expect(AxisTicks.values(in: 0...10, atMost: 6) == [0, 2, 4, 6, 8, 10])
        #expect(AxisTicks.values(in: 0...31.2, atMost: 4) == [0, 10, 20, 30])
        #expect(AxisTicks.values(in: 0...0.7, atMost: 8) == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7])
        #expect(AxisTicks.values(in: -3...3, atMost: 3) == [-2, 0, 2])
        #expect(AxisTicks.values(in: 1_234_000...1_236_000, atMost: 3) == [1_234_000, 1_235_000, 1_236_000])
    }

    @Test func `ticks lie inside, are as many as wanted at most, and an axis with room has at least two`() {
        var random = SeededGenerator(3)
        for _ in 0..<2000 {
            let low = Double.random(in: -1000...1000, using: &random)
            let exponent = Int.random(in: -9...9, using: &random)
            var extent = Double.random(in: 1...10, using: &random)
            for _ in 0..<abs(exponent) { extent = exponent < 0 ? extent / 10 : extent * 10 }
            let count = Int.random(in: 1...12, using: &random)
            let ticks = AxisTicks.values(in: low...(low + extent), atMost: count)
            #expect(ticks.count <= count)
            #expect(ticks.allSatisfy { $0 >= low - extent * 1e-6 && $0 <= low + extent * 1.000001 })
            if count >= 5 { #expect(ticks.count >= 2) }
        }
    }

    @Test func `senseless ranges have no ticks`() {
        #expect(AxisTicks.values(in: 1...1, atMost: 5).isEmpty)
        #expect(AxisTicks.values(in: 0...Double.infinity, atMost: 5).isEmpty)
        #expect(
            AxisTicks.values(in: -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude, atMost: 5).isEmpty)
        #expect(AxisTicks.values(in: 0...Double.leastNonzeroMagnitude, atMost: 5).isEmpty)
        #expect(AxisTicks.values(in: 0...1, atMost: 0).isEmpty)
    }

    @Test func `times are full minutes and hours, in local time too`() {
        let start: Int64 = 1_767_226_087
        let minutes: [Int64] = [1_767_226_200, 1_767_226_500, 1_767_226_800]
        #expect(AxisTicks.times(in: start...(start + 900), atMost: 3) == minutes)
        let india: Int64 = 19_800
        let ticks = AxisTicks.times(in: start...(start + 86_400), atMost: 4, offset: india)
        #expect(!ticks.isEmpty && ticks.allSatisfy { ($0 + india) % 21_600 == 0 })
        #expect(AxisTicks.times(in: Int64.min...Int64.max, atMost: 4).isEmpty)
        #expect(AxisTicks.times(in: -90...90, atMost: 3) == [-60, 0, 60])
    }
}
